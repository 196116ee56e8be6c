import { messages } from '../messages/editor.ts'
import { Button } from '../parts/Button.tsx'
import { Dialog } from '../parts/Dialog.tsx'
import { Row } from '../parts/Page.tsx'

interface LeaveDialogProps {
  count: number
  onStay: () => void
  onLeave: () => void
}

export const LeaveDialog = ({ count, onStay, onLeave }: LeaveDialogProps) => (
  <Dialog title={messages.leaveTitle} isOpen onClose={onStay}>
    <p>{messages.leaveMore(count)}</p>
    <Row>
      <Button variant="primary" autoFocus onPress={onStay}>
        {messages.stay}
      </Button>
      <Button variant="danger" onPress={onLeave}>
        {messages.leave}
      </Button>
    </Row>
  </Dialog>
)
