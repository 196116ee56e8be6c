import { useState } from 'react'
import { useLocation } from 'wouter'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages as all } from '../../messages/services.ts'
import { RadioGroup } from '../../parts/Choices.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { toast } from '../../parts/Toast.tsx'
import { begin, type Preset, presets } from './presets.ts'

const messages = all.dialog

const choices = presets.map((id) => ({
  id,
  label: messages.presets[id],
  more: messages.presets[`${id}More`],
}))

/** RFC 8414 §2: https, without query and fragment. */
const issuerForm = /^https?:\/\/[^\s?#]+$/

export function CreateService({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const [issuer, setIssuer] = useState('')
  const [preset, setPreset] = useState<Preset>('openid')
  const isWrong = issuer !== '' && !issuerForm.test(issuer.trim())

  async function create(): Promise<void> {
    const serviceName = name.trim()
    const { settings, keys } = begin(preset, issuer.trim())
    const { body } = await call<{ apiKey: number }>('POST', '/api/service/create', {
      body: { serviceName, issuer: issuer.trim(), ...settings },
    })
    for (const alg of keys) {
      const path = `/api/${body.apiKey}/service/keys/generate`
      await call('POST', path, { body: { alg, activate: 'current' } })
    }
    await refresh('/api/services')
    toast(all.created(serviceName))
    navigate(`/services/${body.apiKey}/clients`)
  }

  return (
    <FormDialog
      title={messages.title}
      submit={messages.submit}
      isOpen
      onClose={onClose}
      onSubmit={create}
      isDisabled={name.trim() === '' || issuer.trim() === '' || isWrong}
    >
      <TextField
        label={messages.name}
        description={messages.nameMore}
        value={name}
        onChange={setName}
        isRequired
        autoFocus
      />
      <TextField
        label={messages.issuer}
        description={messages.issuerMore}
        error={isWrong ? messages.issuerWrong : undefined}
        placeholder="https://"
        value={issuer}
        onChange={setIssuer}
        isRequired
        mono
      />
      <RadioGroup
        label={messages.preset}
        choices={choices}
        value={preset}
        onChange={(id) => setPreset(id as Preset)}
      />
    </FormDialog>
  )
}
