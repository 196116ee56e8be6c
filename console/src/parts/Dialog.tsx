import { type FormEvent, type ReactNode, useState } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { messages } from '../messages/app.ts'
import { Button } from './Button.tsx'
import styles from './Dialog.module.css'
import { Problem } from './Problem.tsx'

interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  /** `wide` is for code and tables. */
  width?: 'normal' | 'wide'
  /** A dialog with something that is shown once closes by its buttons only. */
  isDismissable?: boolean
  children: ReactNode
}

/** A modal dialog: the focus stays in it, and returns to what had it before. */
export function Dialog({
  title,
  isOpen,
  onClose,
  width = 'normal',
  isDismissable = true,
  children,
}: DialogProps) {
  return (
    <ModalOverlay
      className={styles['overlay'] ?? ''}
      isOpen={isOpen}
      onOpenChange={(open) => open || onClose()}
      isDismissable={isDismissable}
      isKeyboardDismissDisabled={!isDismissable}
    >
      <Modal className={`${styles['modal']} ${width === 'wide' ? styles['wide'] : ''}`}>
        <AriaDialog className={styles['dialog'] ?? ''}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

interface FormDialogProps extends Omit<DialogProps, 'children'> {
  submit: string
  /** The dialog closes by itself once this resolves, and shows the error if it rejects. */
  onSubmit: () => Promise<unknown>
  variant?: 'primary' | 'danger'
  isDisabled?: boolean
  /** What is sent is followed by another dialog, which closes both. */
  staysOpen?: boolean
  children: ReactNode
}

/** A dialog with a form, its buttons, and the error of its last attempt. */
export function FormDialog(props: FormDialogProps) {
  const { submit, onSubmit, variant = 'primary', isDisabled = false, children, ...rest } = props
  const { staysOpen = false, ...dialog } = rest
  const [error, setError] = useState<unknown>()
  const [isPending, setPending] = useState(false)

  async function send(): Promise<void> {
    setPending(true)
    setError(undefined)
    try {
      await onSubmit()
      if (!staysOpen) dialog.onClose()
    } catch (problem) {
      setError(problem)
    } finally {
      setPending(false)
    }
  }
  function start(event: FormEvent): void {
    event.preventDefault()
    if (!isPending && !isDisabled) void send()
  }
  const close = () => {
    setError(undefined)
    dialog.onClose()
  }

  return (
    <Dialog {...dialog} onClose={close}>
      <form className={styles['form']} onSubmit={start} noValidate>
        {children}
        {error !== undefined && <Problem error={error} />}
        <div className={styles['buttons']}>
          <Button onPress={close}>{messages.cancel}</Button>
          <Button variant={variant} type="submit" isPending={isPending} isDisabled={isDisabled}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
