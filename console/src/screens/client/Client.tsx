import { useParams } from 'wouter'
import type { Json } from '../../editor/document.ts'
import { Editor } from '../../editor/Editor.tsx'
import { clientTarget } from '../../editor/target.ts'
import { messages } from '../../messages/client.ts'
import { ClientActions } from './ClientActions.tsx'
import { Credentials } from './Credentials.tsx'
import { Use } from './Use.tsx'

/** A client as it is read. */
export interface ClientShown extends Json {
  clientId: number
  clientName?: string
  locked?: boolean
  tokenAuthMethod?: string
  clientType?: string
}

/** The settings of a client, its secret, and how to use it. */
export function Screen() {
  const { serviceId = '', clientId = '' } = useParams()
  return (
    <Editor
      key={`${serviceId} ${clientId}`}
      target={clientTarget(serviceId, clientId)}
      right="modify_client"
      titleOf={({ clientName }) => String(clientName ?? messages.unnamed(clientId))}
      description={messages.description}
      actionsOf={(whole, reload) => (
        <ClientActions serviceId={serviceId} client={whole as ClientShown} onChanged={reload} />
      )}
      tabsOf={(whole, reload) => [
        {
          id: 'credentials',
          label: messages.credentials,
          content: (
            <Credentials serviceId={serviceId} client={whole as ClientShown} onChanged={reload} />
          ),
        },
        {
          id: 'use',
          label: messages.use.title,
          content: <Use serviceId={serviceId} client={whole as ClientShown} />,
        },
      ]}
    />
  )
}
