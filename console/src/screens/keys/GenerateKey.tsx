import { useState } from 'react'
import { messages as all } from '../../messages/keys.ts'
import { RadioGroup } from '../../parts/Choices.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Select } from '../../parts/Select.tsx'
import { toast } from '../../parts/Toast.tsx'
import { changeKeys } from './change.ts'

const messages = all.generating

const algorithms = [
  ...['ES256', 'RS256', 'PS256', 'EdDSA', 'ES384', 'ES512', 'RS384', 'RS512', 'PS384', 'PS512'],
  ...['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'],
].map((id) => ({ id, label: id }))

const starts = (['auto', 'next', 'current'] as const).map((id) => ({
  id,
  label: messages.starts[id],
  more: messages.starts[`${id}More`],
}))

export function GenerateKey({ serviceId, onClose }: { serviceId: string; onClose: () => void }) {
  const [alg, setAlg] = useState('ES256')
  const [start, setStart] = useState('auto')
  async function generate(): Promise<void> {
    const activate = start === 'auto' ? {} : { activate: start }
    await changeKeys(serviceId, 'generate', { alg, ...activate })
    toast(all.done)
  }
  return (
    <FormDialog
      title={messages.title}
      submit={messages.submit}
      isOpen
      onClose={onClose}
      onSubmit={generate}
    >
      <Select
        label={messages.alg}
        description={messages.algMore}
        choices={algorithms}
        value={alg}
        onChange={setAlg}
      />
      <RadioGroup label={messages.activate} choices={starts} value={start} onChange={setStart} />
    </FormDialog>
  )
}
