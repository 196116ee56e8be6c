/** What is said where there is nothing to show: an error, a missing right, an empty list. */
import type { ReactNode } from 'react'
import { ApiError } from '../app/api.ts'
import { messages } from '../messages/app.ts'
import { Button } from './Button.tsx'
import { Icon, type IconName } from './Icon.tsx'
import styles from './Problem.module.css'

interface NoticeProps {
  tone?: 'info' | 'good' | 'warn' | 'bad'
  title: string
  children?: ReactNode
  /** Read out as soon as it appears. */
  isAlert?: boolean
}

const icons: Record<string, IconName> = { info: 'info', good: 'good', warn: 'warn', bad: 'bad' }

export function Notice({ tone = 'info', title, children, isAlert = false }: NoticeProps) {
  return (
    <div className={`${styles['notice']} ${styles[tone]}`} {...(isAlert ? { role: 'alert' } : {})}>
      <span className={styles['icon']}>
        <Icon name={icons[tone] ?? 'info'} />
      </span>
      <div className={styles['text']}>
        <p className={styles['title']}>{title}</p>
        {children}
      </div>
    </div>
  )
}

/** The error of a call, with its code and, if it may pass, a button to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, more, code } = describe(error)
  return (
    <Notice tone="bad" title={title} isAlert>
      {more && (
        <p lang="en" translate="no">
          {more}
        </p>
      )}
      {code && (
        <p className={styles['code']}>
          <a href={`/docs/codes/${code}`} target="_blank" rel="noreferrer">
            {messages.code(code)}
          </a>
        </p>
      )}
      {onRetry && (
        <Button size="small" onPress={onRetry}>
          {messages.tryAgain}
        </Button>
      )}
    </Notice>
  )
}

function describe(error: unknown): { title: string; more?: string; code?: string | undefined } {
  if (!(error instanceof ApiError)) return { title: messages.failed, more: String(error) }
  const { status, resultMessage: more, resultCode: code } = error
  if (status === 0) return { title: messages.unreachable, more: messages.unreachableMore }
  if (status === 503) return { title: messages.unavailable, more: messages.unavailableMore, code }
  if (status === 403) return { title: messages.noRight, more, code }
  return { title: messages.failed, more, code }
}

/** For a screen that the rights of the session do not include. */
export const NoRight = ({ right }: { right: string }) => (
  <Notice tone="warn" title={messages.noRight}>
    <p>{messages.noRightMore(right)}</p>
  </Notice>
)

interface EmptyProps {
  title: string
  children?: ReactNode
}

export const Empty = ({ title, children }: EmptyProps) => (
  <div className={styles['empty']}>
    <p className={styles['title']}>{title}</p>
    {children}
  </div>
)
