import { messages } from '../messages/editor.ts'
import { Button } from '../parts/Button.tsx'
import styles from './editor.module.css'

interface SaveBarProps {
  count: number
  onDiscard: () => void
  onReview: () => void
}

/** Always in sight while there are changes. */
export const SaveBar = ({ count, onDiscard, onReview }: SaveBarProps) => (
  <section aria-label={messages.saveBar} className={styles['saveBar']}>
    <p role="status">{messages.changes(count)}</p>
    <Button onPress={onDiscard}>{messages.discard}</Button>
    <Button variant="primary" onPress={onReview}>
      {messages.review}
    </Button>
  </section>
)
