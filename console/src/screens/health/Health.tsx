import { useGet } from '../../app/queries.ts'
import { messages } from '../../messages/health.ts'
import { bytes } from '../../messages/messages.ts'
import { Button } from '../../parts/Button.tsx'
import { Facts, Loading, Page, Section } from '../../parts/Page.tsx'
import { Notice, Problem } from '../../parts/Problem.tsx'
import { Time } from '../../parts/Time.tsx'
import { DatabaseFacts, Examination, type Examined } from './Examination.tsx'

interface Health {
  version: string
  node: string
  uptimeSeconds: number
  now: number
  memoryBytes: number
  databaseMilliseconds: number
  logoutDeliveries: { waiting: number; oldestAt?: number }
}

const longWait = 600_000
const largeSkew = 30_000

export function Screen() {
  const { data, error, refetch, dataUpdatedAt } = useGet<Health>('/api/health')
  const examined = useGet<Examined>('/api/doctor')
  const readAgain = () => {
    void refetch()
    void examined.refetch()
  }
  const again = <Button onPress={readAgain}>{messages.renew}</Button>
  return (
    <Page title={messages.title} description={messages.about} actions={again}>
      {error ? (
        <Problem error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <State health={data} readAt={dataUpdatedAt} examined={examined.data} />
          <Examination examined={examined} />
        </>
      ) : (
        <Loading />
      )}
    </Page>
  )
}

interface StateProps {
  health: Health
  readAt: number
  examined: Examined | undefined
}

function State({ health, readAt, examined }: StateProps) {
  const { waiting, oldestAt } = health.logoutDeliveries
  const skew = Math.abs(health.now - readAt)
  return (
    <>
      <Judgement isLate={oldestAt !== undefined && health.now - oldestAt > longWait} skew={skew} />
      <Section title={messages.server}>
        <Facts
          facts={[
            [messages.version, <code key="version">{health.version}</code>],
            [messages.node, <code key="node">{health.node}</code>],
            [messages.uptime, lasting(health.uptimeSeconds)],
            [
              messages.memory,
              <span key="memory" translate="no">
                {bytes(health.memoryBytes)}
              </span>,
            ],
            [messages.clock, <Time key="clock" at={health.now} isLong />],
            [
              messages.difference,
              skew < 1_000 ? messages.none : messages.seconds(Math.round(skew / 1_000)),
            ],
          ]}
        />
      </Section>
      <Section title={messages.database}>
        <DatabaseFacts answers={messages.milliseconds(health.databaseMilliseconds)} of={examined} />
      </Section>
      <Section title={messages.outbox}>
        <Facts
          facts={[
            [messages.waiting, waiting],
            [messages.oldest, <Time key="oldest" at={oldestAt} />],
          ]}
        />
      </Section>
    </>
  )
}

function Judgement({ isLate, skew }: { isLate: boolean; skew: number }) {
  const isSkewed = skew > largeSkew
  return (
    <>
      {isLate && (
        <Notice tone="warn" title={messages.late}>
          <p>{messages.lateMore}</p>
        </Notice>
      )}
      {isSkewed && (
        <Notice tone="warn" title={messages.skewed}>
          <p>{messages.skewedMore}</p>
        </Notice>
      )}
      {!isLate && !isSkewed && (
        <Notice tone="good" title={messages.good}>
          <p>{messages.goodMore}</p>
        </Notice>
      )}
    </>
  )
}

function lasting(seconds: number): string {
  if (seconds < 120) return messages.seconds(seconds)
  if (seconds < 7_200) return messages.minutes(Math.floor(seconds / 60))
  if (seconds < 172_800) return messages.hours(Math.floor(seconds / 3_600))
  return messages.days(Math.floor(seconds / 86_400))
}
