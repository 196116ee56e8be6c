import { messages } from '../messages/app.ts'
import { Icon } from '../parts/Icon.tsx'
import styles from './Login.module.css'

/** The mark of the product: a small gate. */
export const Mark = () => (
  <span className={styles['mark']}>
    <span className={styles['gate']}>
      <Icon name="gate" />
    </span>
    {messages.product}
  </span>
)
