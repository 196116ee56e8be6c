import { messages } from '../../messages/explorer.ts'
import { ApplyChange } from './ApplyChange.tsx'
import type { Evidence, RefusedBy } from './dry-run.ts'
import styles from './explorer.module.css'
import { Pairs } from './Pairs.tsx'

interface RefusingProps {
  by: RefusedBy
  serviceId: string
  onApplied: () => void
}

/** The rule that refused, with its evidence and what helps. */
export function Refusing({ by, serviceId, onApplied }: RefusingProps) {
  const { code, says, error, spec, page, evidence, fix, change } = by
  return (
    <article className={styles['refusal']} aria-label={messages.refusedBy}>
      <p className={styles['says']} translate="no">
        {says}
      </p>
      {evidence && <EvidenceFacts evidence={evidence} />}
      {fix && (
        <p>
          <strong>{messages.fix}</strong>
          <span translate="no">: {fix}</span>
        </p>
      )}
      <p className={styles['citation']}>
        {error && <code>{error}</code>} {spec && <span translate="no">{spec}</span>}{' '}
        <a href={page} target="_blank" rel="noreferrer">
          {messages.code(code)}
        </a>
      </p>
      {change && <ApplyChange change={change} serviceId={serviceId} onApplied={onApplied} />}
    </article>
  )
}

export function EvidenceFacts({ evidence }: { evidence: Evidence }) {
  const { parameter, given, setting, expected, note } = evidence
  const rows: [string, unknown][] = [
    [messages.parameter, parameter],
    [messages.given, given],
    [messages.setting, setting],
    [messages.expected, expected],
    [messages.note, note],
  ]
  const pairs = rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, <Value key={name} value={value} />, name] as const)
  return <Pairs pairs={pairs} />
}

/** A value of evidence: text as it is, lists line by line. */
export function Value({ value }: { value: unknown }) {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    if (value.length === 0) return <>{messages.none}</>
    return (
      <ul className={styles['values']}>
        {value.map((each) => (
          <li key={each}>
            <code>{each}</code>
          </li>
        ))}
      </ul>
    )
  }
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
}
