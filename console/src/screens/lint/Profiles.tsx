import type { Report } from '../../editor/lint.ts'
import { messages } from '../../messages/lint.ts'
import { Badge } from '../../parts/Badge.tsx'
import styles from './lint.module.css'

/** By profile, whether the settings comply with it. */
export function Profiles({ report }: { report: Report }) {
  return (
    <ul className={styles['profiles']}>
      {Object.entries(report.conforms).map(([name, conforms]) => {
        const own = report.findings.filter(({ profiles }) => profiles.some((each) => each === name))
        const errors = own.filter(({ level }) => level === 'error').length
        const others = own.length - errors
        return (
          <li key={name} className={styles['profile']}>
            <code>{name}</code>
            <span className={styles['state']}>
              <Badge tone={conforms ? 'good' : 'bad'}>
                {conforms ? messages.conforms : messages.broken(errors)}
              </Badge>
              {others > 0 && <Badge>{messages.further(others)}</Badge>}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
