import type { ReactNode } from 'react'
import styles from './Disclosure.module.css'
import { Icon } from './Icon.tsx'

interface DisclosureProps {
  title: ReactNode
  isOpen?: boolean
  children: ReactNode
}

/** Content that is folded until it is asked for. */
export function Disclosure({ title, isOpen = false, children }: DisclosureProps) {
  return (
    <details className={styles['disclosure']} open={isOpen}>
      <summary className={styles['summary']}>
        <span className={styles['mark']}>
          <Icon name="chevron" />
        </span>
        {title}
      </summary>
      <div className={styles['content']}>{children}</div>
    </details>
  )
}
