import { useState } from 'react'
import { useLocation } from 'wouter'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/client.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { toast } from '../../parts/Toast.tsx'
import type { ClientShown } from './Client.tsx'

interface ClientProps {
  serviceId: string
  client: ClientShown
  onChanged: () => Promise<void>
}

/** Locking, unlocking and deleting a client. */
export function ClientActions(props: ClientProps) {
  const isEditable = useMay('modify_client')
  const [dialog, setDialog] = useState<'lock' | 'remove'>()
  const { locked = false } = props.client
  const close = () => setDialog(undefined)
  return (
    <>
      {locked && <Badge tone="bad">{messages.locked}</Badge>}
      {isEditable && (
        <>
          {locked ? (
            <Button onPress={() => void setLock(props, false)}>{messages.unlock}</Button>
          ) : (
            <Button onPress={() => setDialog('lock')}>{messages.lock}</Button>
          )}
          <Button variant="danger" onPress={() => setDialog('remove')}>
            {messages.remove}
          </Button>
        </>
      )}
      <FormDialog
        title={messages.lockTitle}
        isOpen={dialog === 'lock'}
        submit={messages.lock}
        onSubmit={() => setLock(props, true)}
        onClose={close}
      >
        <p>{messages.lockWhat}</p>
      </FormDialog>
      {dialog === 'remove' && <RemoveDialog {...props} onClose={close} />}
    </>
  )
}

async function setLock({ serviceId, client, onChanged }: ClientProps, isLocked: boolean) {
  const path = `/api/${serviceId}/client/lock_flag/update/${client.clientId}`
  await call('POST', path, { body: { clientLocked: isLocked } })
  await onChanged()
  toast(isLocked ? messages.nowLocked : messages.nowUnlocked)
}

function RemoveDialog({ serviceId, client, onClose }: ClientProps & { onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [, navigate] = useLocation()
  const name = client.clientName ?? String(client.clientId)

  async function remove(): Promise<void> {
    await call('DELETE', `/api/${serviceId}/client/delete/${client.clientId}`)
    await refresh(`/api/${serviceId}/clients`)
    toast(messages.removed)
    navigate(`/services/${serviceId}/clients`)
  }
  return (
    <FormDialog
      title={messages.removeTitle}
      isOpen
      variant="danger"
      submit={messages.remove}
      onSubmit={remove}
      onClose={onClose}
      isDisabled={typed.trim() !== name}
    >
      <p>{messages.removeWhat}</p>
      <TextField
        label={messages.typeToConfirm(name)}
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  )
}
