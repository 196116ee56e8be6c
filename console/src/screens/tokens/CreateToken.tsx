import { useState } from 'react'
import { call } from '../../app/api.ts'
import { messages as all } from '../../messages/tokens.ts'
import { Button } from '../../parts/Button.tsx'
import { RadioGroup } from '../../parts/Choices.tsx'
import { Secret } from '../../parts/CodeBlock.tsx'
import { Dialog, FormDialog } from '../../parts/Dialog.tsx'
import { Row } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { addressOf, kindOf } from './token.ts'

const messages = all.dialog

const rightsOf = {
  server: ['use_service'],
  resource: ['use_introspection'],
  viewer: ['view_service', 'view_audit_log'],
  operator: ['modify_service', 'view_audit_log'],
  administrator: ['admin', 'view_audit_log'],
}
type Preset = keyof typeof rightsOf

const presets = (Object.keys(rightsOf) as Preset[]).map((id) => ({
  id,
  label: messages.presets[id],
  more: messages.presets[`${id}More`],
}))
const lifetimes = Object.entries(messages.lifetimes).map(([id, label]) => ({ id, label }))
const dayMilliseconds = 86_400_000

interface CreateTokenProps {
  scope: string
  onMade: (value?: string) => void
  onClose: () => void
}

export function CreateToken({ scope, onMade, onClose }: CreateTokenProps) {
  const [description, setDescription] = useState('')
  const [preset, setPreset] = useState<Preset>('server')
  const [days, setDays] = useState('365')

  async function create(): Promise<void> {
    const expiresAt = days === '0' ? 0 : Date.now() + Number(days) * dayMilliseconds
    const token = { description: description.trim(), rights: rightsOf[preset], expiresAt }
    const path = `/api/${kindOf(scope)}/create`
    const body = { ...addressOf(scope), ...token }
    const made = await call<{ accessToken: string }>('POST', path, { body })
    onMade(made.body.accessToken)
  }
  return (
    <FormDialog
      title={messages.title}
      submit={messages.submit}
      isOpen
      staysOpen
      onClose={onClose}
      onSubmit={create}
      isDisabled={description.trim() === ''}
    >
      <TextField
        label={messages.name}
        description={messages.nameMore}
        value={description}
        onChange={setDescription}
        isRequired
        autoFocus
      />
      <RadioGroup
        label={messages.preset}
        choices={presets}
        value={preset}
        onChange={(id) => setPreset(id as Preset)}
      />
      <Select label={messages.days} choices={lifetimes} value={days} onChange={setDays} />
    </FormDialog>
  )
}

/** The value of a new or rotated token, which is shown once. */
export const Made = ({ value, onClose }: { value: string; onClose: () => void }) => (
  <Dialog title={all.made.title} isOpen onClose={onClose} isDismissable={false}>
    <Notice tone="warn" title={all.made.once}>
      <p>{all.made.onceMore}</p>
    </Notice>
    <Secret label={all.made.value} copy={all.made.copy} value={value} />
    <Row>
      <Button variant="primary" onPress={onClose} autoFocus>
        {all.made.done}
      </Button>
    </Row>
  </Dialog>
)
