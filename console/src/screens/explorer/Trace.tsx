import { messages } from '../../messages/explorer.ts'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Section } from '../../parts/Page.tsx'
import type { Explanation, Step } from './dry-run.ts'
import styles from './explorer.module.css'
import { Value } from './Refusing.tsx'

/** The steps of the operation, with their facts. */
export function Trace({ explanation: { trace, notReached } }: { explanation: Explanation }) {
  return (
    <Section title={messages.trace} description={messages.traceMore}>
      <ol className={styles['trace']}>
        {trace.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps may repeat, and keep their order
          <li key={`${at} ${step.step}`} data-refused={step.refused !== undefined}>
            <StepRow step={step} />
          </li>
        ))}
        {(notReached ?? []).map((name) => (
          <li key={name} data-unreached="true">
            <span className={styles['mark']}>
              <Icon name="dash" />
            </span>
            <span>
              <span translate="no">{name}</span>
              <span className={styles['quiet']}> {messages.notReached}</span>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function StepRow({ step: { step, passed = [], facts = {}, refused } }: { step: Step }) {
  const told = Object.entries(facts).filter(([name]) => name !== 'policy')
  const mark = (
    <span className={styles['mark']}>
      <Icon name={refused ? 'bad' : 'check'} />
    </span>
  )
  const title = (
    <span>
      <strong translate="no">{step}</strong>
      <span className={styles['quiet']}>
        {' '}
        {refused ? `${messages.stepRefused}: ` : messages.stepPassed}
      </span>
      {refused && <code>{refused}</code>}
      {passed.length > 0 && (
        <span className={styles['quiet']}> · {messages.passedRules(passed.length)}</span>
      )}
    </span>
  )
  return (
    <>
      {mark}
      {told.length === 0 ? (
        title
      ) : (
        <Disclosure title={title} isOpen={refused !== undefined}>
          <dl className={styles['facts']}>
            {told.map(([name, value]) => (
              <div key={name}>
                <dt translate="no">{name}</dt>
                <dd>
                  <Value value={value} />
                </dd>
              </div>
            ))}
          </dl>
        </Disclosure>
      )}
    </>
  )
}
