import type { ReactNode } from 'react'
import { messages } from '../messages/app.ts'
import { Button } from './Button.tsx'
import styles from './Page.module.css'
import { Loading } from './Page.tsx'
import { Problem } from './Problem.tsx'

interface PagesProps {
  /** Undefined until the first page was read. */
  items: readonly unknown[] | undefined
  error: unknown
  hasMore: boolean
  more: () => void
  retry: () => void
  /** What is shown without items. */
  empty: ReactNode
  children: ReactNode
}

/** What is around a list that is read page by page. */
export function Pages({ items, error, hasMore, more, retry, empty, children }: PagesProps) {
  if (error) return <Problem error={error} onRetry={retry} />
  if (!items) return <Loading />
  if (items.length === 0 && !hasMore) return empty
  return (
    <>
      {children}
      {hasMore && (
        <div className={styles['row']}>
          <Button onPress={more}>{messages.more}</Button>
        </div>
      )}
    </>
  )
}
