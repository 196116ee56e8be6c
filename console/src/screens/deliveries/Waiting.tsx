import { useGet } from '../../app/queries.ts'
import { messages as all } from '../../messages/deliveries.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Loading, Section } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'

const messages = all.others

interface Notification {
  notificationId: string
  kind: keyof typeof messages.kinds
  clientId?: number
  attempts: number
  createdAt: number
  nextAttemptAt: number
  givenUpAt: number
}

const columns: readonly Column<Notification>[] = [
  {
    id: 'id',
    header: messages.id,
    isName: true,
    cell: ({ notificationId }) => <code>{notificationId.slice(0, 12)}</code>,
  },
  {
    id: 'kind',
    header: messages.kind,
    cell: ({ kind }) => <Badge tone="info">{messages.kinds[kind]}</Badge>,
  },
  {
    id: 'client',
    header: all.client,
    cell: ({ clientId }) => (clientId ? <code>{clientId}</code> : messages.caller),
  },
  { id: 'attempts', header: all.attempts, align: 'end', cell: ({ attempts }) => attempts },
  { id: 'created', header: all.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'next', header: all.next, cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} /> },
  { id: 'until', header: messages.givenUp, cell: ({ givenUpAt }) => <Time at={givenUpAt} /> },
]

/** Notifications of other kinds than logouts, which are kept only while they wait. */
export function Waiting({ serviceId }: { serviceId: string }) {
  const { data, error, refetch } = useGet<{ notifications: Notification[]; hasMore: boolean }>(
    `/api/${serviceId}/notifications`,
  )
  return (
    <Section title={messages.title}>
      <p>{messages.about}</p>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.notifications.length === 0 && <p>{messages.none}</p>}
      {data && data.notifications.length > 0 && (
        <Table
          label={messages.title}
          columns={columns}
          rows={data.notifications}
          idOf={({ notificationId }) => notificationId}
        />
      )}
      {data?.hasMore && <p>{messages.more}</p>}
    </Section>
  )
}
