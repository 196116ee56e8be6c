import { call } from '../../app/api.ts'
import { messages } from '../../messages/tokens.ts'
import { FormDialog } from '../../parts/Dialog.tsx'
import { toast } from '../../parts/Toast.tsx'
import { addressOf, kindOf } from './token.ts'

export interface Doing {
  kind: 'rotate' | 'revoke'
  tokenId: string
  name: string
}

interface ConfirmProps {
  scope: string
  doing: Doing
  /** With the new value, if there is one. */
  onEnd: (value?: string) => void
  onClose: () => void
}

export function Confirm({ scope, doing, onEnd, onClose }: ConfirmProps) {
  const { kind, tokenId, name } = doing
  const texts = kind === 'rotate' ? messages.confirmRotate : messages.confirmRevoke
  async function act(): Promise<void> {
    const path = `/api/${kindOf(scope)}/${kind}`
    const body = { ...addressOf(scope), tokenId }
    const answer = await call<{ accessToken?: string } | undefined>('POST', path, { body })
    if (kind === 'revoke') toast(messages.revoked(name))
    onEnd(answer.body?.accessToken)
  }
  return (
    <FormDialog
      title={texts.title}
      submit={kind === 'rotate' ? messages.rotate : messages.revoke}
      variant={kind === 'rotate' ? 'primary' : 'danger'}
      isOpen
      staysOpen
      onClose={onClose}
      onSubmit={act}
    >
      <p>{texts.about(name)}</p>
    </FormDialog>
  )
}
