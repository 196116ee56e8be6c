import { messages } from '../messages/parts.ts'
import styles from './Diff.module.css'

export interface Change {
  property: string
  before?: unknown
  after?: unknown
  /** The values are secrets, or too many. */
  changed?: boolean
}

const shown = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)

/** Properties with their values before and after a change. */
export function Diff({ changes }: { changes: readonly Change[] }) {
  return (
    <dl className={styles['diff']}>
      {changes.map(({ property, before, after, changed }) => (
        <div key={property} className={styles['change']}>
          <dt>
            <code>{property}</code>
          </dt>
          {changed && <dd>{messages.changed}</dd>}
          {before !== undefined && (
            <dd className={styles['before']}>
              <del>
                <span className="visually-hidden">{messages.before}</span>
                <code>{shown(before)}</code>
              </del>
            </dd>
          )}
          {after !== undefined && (
            <dd className={styles['after']}>
              <ins>
                <span className="visually-hidden">{messages.after}</span>
                <code>{shown(after)}</code>
              </ins>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}
