import { useState } from 'react'
import { messages } from '../../messages/keys.ts'
import { Checkbox } from '../../parts/Choices.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Facts } from '../../parts/Page.tsx'
import { Select } from '../../parts/Select.tsx'
import { toast } from '../../parts/Toast.tsx'
import { changeKeys } from './change.ts'

export type Operation = 'begin' | 'activate' | 'cancel' | 'rollback' | 'retire' | 'revoke'

export interface Rotation {
  operation: Operation
  alg: string
  set: string
  kid: string | undefined
}

interface RotateProps {
  serviceId: string
  rotation: Rotation
  onClose: () => void
}

const reasons = Object.entries(messages.confirm.reasons).map(([id, label]) => ({ id, label }))

export function Rotate({ serviceId, rotation, onClose }: RotateProps) {
  const { operation, alg, set, kid } = rotation
  const [immediately, setImmediately] = useState(false)
  const [reason, setReason] = useState(operation === 'revoke' ? 'compromised' : 'superseded')
  const needsReason = operation === 'revoke' || immediately

  async function rotate(): Promise<void> {
    await changeKeys(serviceId, 'rotate', {
      ...{ operation, alg, set },
      ...(operation === 'begin' || kid === undefined ? {} : { kid }),
      ...(immediately ? { immediately } : {}),
      ...(needsReason ? { reason } : {}),
    })
    toast(messages.done)
  }
  return (
    <FormDialog
      title={messages.confirm.title(messages.operations[operation])}
      submit={messages.operations[operation]}
      variant={operation === 'revoke' ? 'danger' : 'primary'}
      isOpen
      onClose={onClose}
      onSubmit={rotate}
    >
      <p>{messages.operations[`${operation}More`]}</p>
      <Facts
        facts={[
          [messages.confirm.alg, <code key="alg">{alg}</code>],
          [messages.confirm.key, <code key="kid">{kid}</code>],
        ]}
      />
      {operation === 'activate' && (
        <Checkbox isSelected={immediately} onChange={setImmediately}>
          {messages.confirm.immediately}
        </Checkbox>
      )}
      {needsReason && (
        <Select
          label={messages.confirm.reason}
          choices={reasons}
          value={reason}
          onChange={setReason}
        />
      )}
    </FormDialog>
  )
}
