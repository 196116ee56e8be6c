import { messages } from '../../messages/explorer.ts'
import { Badge } from '../../parts/Badge.tsx'
import { CodeBlock } from '../../parts/CodeBlock.tsx'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Facts, Section } from '../../parts/Page.tsx'
import { type DryRun, json } from './dry-run.ts'
import styles from './explorer.module.css'
import { Policy } from './Policy.tsx'
import { Refusing, Value } from './Refusing.tsx'
import { Trace } from './Trace.tsx'

interface ResultProps {
  run: DryRun
  serviceId: string
  onApplied: () => void
}

/** The outcome of a dry run: the refusing rule first, then how it came about. */
export function Result({ run, serviceId, onApplied }: ResultProps) {
  const { operation, outcome, explanation, issued } = run
  const refusedBy = explanation?.refusedBy
  const isRefused = refusedBy !== undefined || outcome.status >= 400
  return (
    <>
      <Section title={messages.result}>
        <div className={styles['outcome']} role="status">
          <Badge tone={isRefused ? 'bad' : 'good'}>
            {isRefused ? messages.refused : messages.passed}
          </Badge>
          <code>{messages.outcome(operation, String(outcome.status))}</code>
          {outcome.action && <code>{outcome.action}</code>}
          {outcome.resultCode && <code>{outcome.resultCode}</code>}
        </div>
        {refusedBy ? (
          <Refusing by={refusedBy} serviceId={serviceId} onApplied={onApplied} />
        ) : (
          <p translate="no">{outcome.resultMessage?.replace(/^\[\w+\] /, '')}</p>
        )}
      </Section>
      {issued && <Issued issued={issued} />}
      {explanation && (
        <div className={styles['columns']}>
          <Trace explanation={explanation} />
          <Policy steps={explanation.trace} />
        </div>
      )}
    </>
  )
}

function Issued({ issued }: { issued: NonNullable<DryRun['issued']> }) {
  const { members, tokens } = issued
  const facts = Object.entries(members).map(
    ([name, value]) => [name, <Value key={name} value={value} />] as const,
  )
  if (facts.length === 0 && tokens.length === 0) return null
  return (
    <Section title={messages.issued}>
      {facts.length > 0 && (
        <div translate="no">
          <Facts facts={facts} />
        </div>
      )}
      {tokens.map(({ token, header, claims }) => (
        <Disclosure key={token} title={messages.claimsOf(token)}>
          <CodeBlock label={messages.claimsOf(token)} code={json({ header, claims })} />
        </Disclosure>
      ))}
    </Section>
  )
}
