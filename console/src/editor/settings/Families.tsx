import { messages } from '../../messages/editor.ts'
import { number } from '../../messages/messages.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import styles from '../editor.module.css'

export interface FamilyEntry {
  id: string
  title: string
  changes: number
  findings: number
}

interface FamiliesProps {
  families: readonly FamilyEntry[]
  current: string
  onChoose: (id: string) => void
}

/** The chapters of the settings. */
export const Families = ({ families, current, onChoose }: FamiliesProps) => (
  <nav aria-label={messages.familyList} className={styles['families']}>
    <ul>
      {families.map(({ id, title, changes, findings }) => (
        <li key={id}>
          <button
            type="button"
            className={styles['family']}
            {...(id === current ? { 'aria-current': 'true' as const } : {})}
            onClick={() => onChoose(id)}
          >
            <span>{title}</span>
            <span className={styles['marks']}>
              {changes > 0 && (
                <Count tone="info" count={changes} text={messages.changedIn(changes)} />
              )}
              {findings > 0 && (
                <Count tone="warn" count={findings} text={messages.findingsIn(findings)} />
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  </nav>
)

/** A number for those who see it, and what it counts for those who hear it. */
const Count = ({ tone, count, text }: { tone: Tone; count: number; text: string }) => (
  <Badge tone={tone}>
    <span aria-hidden="true">{number(count)}</span>
    <span className="visually-hidden">{text}</span>
  </Badge>
)
