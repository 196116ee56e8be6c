import { CopyButton } from './CodeBlock.tsx'
import styles from './Secret.module.css'

interface SecretProps {
  label: string
  /** The name of the button that copies it. */
  copy: string
  value: string
}

/** A value to copy, such as one that is shown once. It is in this page only, and never stored. */
export const Secret = ({ label, copy, value }: SecretProps) => (
  <div className={styles['secret']}>
    <p className={styles['label']}>{label}</p>
    <div className={styles['value']}>
      <code>{value}</code>
      <CopyButton text={value} label={copy} />
    </div>
  </div>
)
