import { useParams } from 'wouter'
import { Editor } from '../../editor/Editor.tsx'
import { serviceTarget } from '../../editor/target.ts'
import { messages } from '../../messages/service.ts'

/** The settings of a service. */
export function Screen() {
  const { serviceId = '' } = useParams()
  return (
    <Editor
      key={serviceId}
      target={serviceTarget(serviceId)}
      right="modify_service"
      titleOf={({ serviceName }) => String(serviceName ?? messages.unnamed(serviceId))}
      description={messages.description}
    />
  )
}
