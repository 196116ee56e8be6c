import { Label } from 'react-aria-components/Label'
import { ProgressBar } from 'react-aria-components/ProgressBar'
import styles from './Progress.module.css'

interface ProgressProps {
  label: string
  value: number
  of: number
}

/** How much of a work is done. The native element needs no style of its own for its width. */
export function Progress({ label, value, of }: ProgressProps) {
  return (
    <ProgressBar className={styles['progress'] ?? ''} value={value} maxValue={of}>
      <Label className={styles['label'] ?? ''}>{label}</Label>
      <progress className={styles['bar']} value={value} max={of} aria-hidden="true" />
    </ProgressBar>
  )
}
