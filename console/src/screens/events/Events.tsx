import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'wouter'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages } from '../../messages/events.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Loading, Page, Row, Section, Toolbar } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { toast } from '../../parts/Toast.tsx'
import { stateColumns } from '../deliveries/columns.tsx'
import { Endpoints } from './Endpoints.tsx'
import { type Delivery, type Endpoint, type Status, useList } from './events.ts'

interface Found {
  deliveries: Delivery[]
  pendingCount: number
  parkedCount: number
}

const all = 'ALL'
const mostShown = 100
const tones: Record<Status, Tone> = { PENDING: 'info', DELIVERED: 'good', PARKED: 'bad' }

export function Screen() {
  const { serviceId = '' } = useParams()
  const [endpoint, setEndpoint] = useState<string>(all)
  const [status, setStatus] = useState<string>(all)
  const path = `/api/${serviceId}/events`
  const known = useList<{ endpoints: Endpoint[] }>(`${path}/endpoint/list`, {})
  const found = useList<Found>(`${path}/delivery/list`, {
    ...(endpoint === all ? {} : { endpointId: Number(endpoint) }),
    ...(status === all ? {} : { status }),
    ...{ start: 0, end: mostShown },
  })
  const retry = useMutation({
    mutationFn: async (which: object) =>
      (await call<{ count: number }>('POST', `${path}/delivery/retry`, { body: which })).body,
    onSuccess: async ({ count }) => {
      toast(messages.retried(count))
      await refresh(path)
    },
  })
  const endpoints = known.data?.endpoints ?? []
  const urls = new Map(endpoints.map(({ endpointId, url }) => [endpointId, url]))
  const { deliveries = [], pendingCount = 0, parkedCount = 0 } = found.data ?? {}
  const error = known.error ?? found.error
  function readAgain() {
    void known.refetch()
    void found.refetch()
  }
  return (
    <Page title={messages.title} description={messages.description}>
      {error && <Problem error={error} onRetry={readAgain} />}
      {retry.error && <Problem error={retry.error} />}
      {!(known.data && found.data) && !error && <Loading />}
      {known.data && (
        <Endpoints
          path={path}
          endpoints={endpoints}
          onRetry={(endpointId) => retry.mutate({ endpointId, status: 'PARKED' })}
        />
      )}
      {found.data && (
        <Section title={messages.deliveries}>
          <Toolbar>
            <Select
              label={messages.endpoint}
              choices={choicesOf(
                endpoints.map(({ endpointId, url }) => [`${endpointId}`, messages.endpointAt(url)]),
              )}
              value={endpoint}
              onChange={setEndpoint}
            />
            <Select
              label={messages.status}
              choices={choicesOf(Object.entries(messages.statuses))}
              value={status}
              onChange={setStatus}
            />
          </Toolbar>
          <Row>
            <Badge tone="info">{messages.waiting(pendingCount)}</Badge>
            <Badge tone={parkedCount > 0 ? 'bad' : 'neutral'}>{messages.parked(parkedCount)}</Badge>
          </Row>
          {deliveries.length === 0 ? (
            <Empty title={messages.empty}>
              <p>{messages.emptyMore}</p>
            </Empty>
          ) : (
            <Table
              label={messages.deliveries}
              rows={deliveries}
              columns={columnsFor(urls, ({ eventId, endpointId }) =>
                retry.mutate({ eventIds: [eventId], endpointId }),
              )}
              idOf={({ eventId, endpointId }) => `${eventId} ${endpointId}`}
            />
          )}
        </Section>
      )}
    </Page>
  )
}

const choicesOf = (named: [id: string, label: string][]) => [
  { id: all, label: messages.all },
  ...named.map(([id, label]) => ({ id, label })),
]

const shortest = (eventId: string) => eventId.slice(0, 12)

const columnsFor = (
  urls: ReadonlyMap<number, string>,
  onRetry: (delivery: Delivery) => void,
): Column<Delivery>[] => [
  {
    id: 'event',
    header: messages.event,
    isName: true,
    cell: ({ eventId }) => <code>{shortest(eventId)}</code>,
  },
  { id: 'type', header: messages.type, cell: ({ type }) => <code>{type}</code> },
  {
    id: 'endpoint',
    header: messages.endpoint,
    cell: ({ endpointId }) => <code>{urls.get(endpointId) ?? endpointId}</code>,
  },
  {
    id: 'status',
    header: messages.status,
    cell: ({ status }) => <Badge tone={tones[status]}>{messages.statuses[status]}</Badge>,
  },
  ...stateColumns,
  {
    id: 'actions',
    header: messages.retry,
    isHeaderHidden: true,
    align: 'end',
    cell: (delivery) =>
      delivery.status !== 'PENDING' && (
        <Button
          size="small"
          aria-label={messages.retryOne(shortest(delivery.eventId))}
          onPress={() => onRetry(delivery)}
        >
          {messages.retry}
        </Button>
      ),
  },
]
