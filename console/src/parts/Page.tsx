import { type ReactNode, useEffect, useRef } from 'react'
import { messages } from '../messages/app.ts'
import { Button } from './Button.tsx'
import styles from './Page.module.css'
import { Problem } from './Problem.tsx'

interface PageProps {
  title: string
  /** One sentence about what the page is for. */
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

let isFirst = true

/** A page with its heading, which gets the focus when the route changes. */
export function Page({ title, description, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${messages.product}`
  }, [title])
  useEffect(() => {
    if (!isFirst) heading.current?.focus()
    isFirst = false
  }, [])
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <div className={styles['heading']}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {description && <p className={styles['description']}>{description}</p>}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  title: string
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

export function Section({ title, description, actions, children }: SectionProps) {
  return (
    <section className={styles['section']} aria-label={title}>
      <div className={styles['sectionHeader']}>
        <div>
          <h2>{title}</h2>
          {description && <p className={styles['description']}>{description}</p>}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** Fields and buttons above a list. */
export const Toolbar = ({ children }: { children: ReactNode }) => (
  <div className={styles['toolbar']}>{children}</div>
)

/** Buttons and words side by side. */
export const Row = ({ children }: { children: ReactNode }) => (
  <div className={styles['row']}>{children}</div>
)

/** Names with their values. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [name: string, value: ReactNode])[]
}) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** While something is read. */
export const Loading = () => (
  <p className={styles['loading']} role="status">
    {messages.loading}
  </p>
)

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
