import { useState } from 'react'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages as all } from '../../messages/clients.ts'
import { Button } from '../../parts/Button.tsx'
import { RadioGroup } from '../../parts/Choices.tsx'
import { Secret } from '../../parts/CodeBlock.tsx'
import { Dialog, FormDialog } from '../../parts/Dialog.tsx'
import { Row } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { type Kind, kinds, settingsOf } from './kinds.ts'

const messages = all.dialog

const choices = kinds.map((id) => ({
  id,
  label: messages.kinds[id],
  more: messages.kinds[`${id}More`],
}))

interface Created {
  clientId: number
  clientIdAlias?: string
  clientType: string
  clientSecret?: string
}

interface CreateClientProps {
  serviceId: string
  onClose: () => void
}

export function CreateClient({ serviceId, onClose }: CreateClientProps) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<Kind>('web')
  const [redirectUris, setRedirectUris] = useState('')
  const [created, setCreated] = useState<Created>()
  const uris = redirectUris.split(/\s+/).filter(Boolean)
  const needsUris = kind !== 'machine'

  async function create(): Promise<void> {
    const settings = { clientName: name.trim(), ...settingsOf(kind, uris) }
    const path = `/api/${serviceId}/client/create`
    const { body } = await call<Created>('POST', path, { body: settings })
    setCreated(body)
    await refresh(`/api/${serviceId}/clients`)
  }

  if (created) return <Made client={created} onClose={onClose} />
  return (
    <FormDialog
      title={messages.title}
      submit={messages.submit}
      isOpen
      onClose={onClose}
      onSubmit={create}
      staysOpen
      isDisabled={name.trim() === '' || (needsUris && uris.length === 0)}
    >
      <TextField
        label={messages.name}
        description={messages.nameMore}
        value={name}
        onChange={setName}
        isRequired
        autoFocus
      />
      <RadioGroup
        label={messages.kind}
        choices={choices}
        value={kind}
        onChange={(id) => setKind(id as Kind)}
      />
      {needsUris && (
        <TextField
          label={messages.redirectUris}
          description={messages.redirectUrisMore}
          value={redirectUris}
          onChange={setRedirectUris}
          rows={3}
          isRequired
          mono
        />
      )}
    </FormDialog>
  )
}

function Made({ client, onClose }: { client: Created; onClose: () => void }) {
  const { clientId, clientIdAlias, clientType, clientSecret } = client
  const texts = all.made
  const hasSecret = clientType === 'CONFIDENTIAL' && clientSecret
  return (
    <Dialog title={texts.title} isOpen onClose={onClose} isDismissable={false}>
      {hasSecret && (
        <Notice tone="warn" title={texts.once}>
          <p>{texts.onceMore}</p>
        </Notice>
      )}
      <Secret label={texts.id} copy={texts.copyId} value={clientIdAlias ?? String(clientId)} />
      {hasSecret && <Secret label={texts.secret} copy={texts.copySecret} value={clientSecret} />}
      <Row>
        <Button variant="primary" onPress={onClose} autoFocus>
          {texts.done}
        </Button>
      </Row>
    </Dialog>
  )
}
