import { useState } from 'react'
import { messages as all } from '../../messages/keys.ts'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Select } from '../../parts/Select.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { toast } from '../../parts/Toast.tsx'
import { changeKeys } from './change.ts'

const messages = all.importing

const kinds = Object.entries(messages.kinds).map(([id, label]) => ({ id, label }))

export function ImportKeys({ serviceId, onClose }: { serviceId: string; onClose: () => void }) {
  const [kind, setKind] = useState('pem')
  const [content, setContent] = useState('')
  const [passphrase, setPassphrase] = useState('')
  async function send(): Promise<void> {
    const secret = passphrase ? { passphrase } : {}
    await changeKeys(serviceId, 'import', { [kind]: content.trim(), ...secret })
    toast(all.done)
  }
  return (
    <FormDialog
      title={messages.title}
      submit={messages.submit}
      isOpen
      onClose={onClose}
      onSubmit={send}
      isDisabled={content.trim() === ''}
    >
      <Select label={messages.kind} choices={kinds} value={kind} onChange={setKind} />
      <TextField
        label={messages.content}
        description={messages.contentMore}
        value={content}
        onChange={setContent}
        rows={8}
        autoComplete="off"
        isRequired
        mono
      />
      <TextField
        label={messages.passphrase}
        description={messages.passphraseMore}
        type="password"
        autoComplete="off"
        value={passphrase}
        onChange={setPassphrase}
      />
    </FormDialog>
  )
}
