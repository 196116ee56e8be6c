import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'wouter'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages } from '../../messages/deliveries.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Loading, Page, Row, Toolbar } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { toast } from '../../parts/Toast.tsx'
import { type DeliveryState, stateColumns } from './columns.tsx'
import { Waiting } from './Waiting.tsx'

type Status = keyof typeof messages.statuses

interface Delivery extends DeliveryState {
  deliveryId: string
  clientId: number
  subject?: string
  status: Status
}

interface Found {
  deliveries?: Delivery[]
  pendingCount?: number
  deadCount?: number
}

const all = 'ALL'
const mostShown = 100
const refreshMilliseconds = 5_000
const tones: Record<Status, Tone> = { PENDING: 'info', DELIVERED: 'good', DEAD: 'bad' }

export function Screen() {
  const { serviceId = '' } = useParams()
  const [status, setStatus] = useState<string>(all)
  const [client, setClient] = useState('')
  const path = `/api/${serviceId}/logout/delivery/list`
  const body = {
    ...(status === all ? {} : { status }),
    ...(client ? { clientIdentifier: client } : {}),
    ...{ start: 0, end: mostShown },
  }
  const { data, error, refetch } = useQuery({
    queryKey: [path, body],
    queryFn: async () => (await call<Found>('POST', path, { body, background: true })).body,
    refetchInterval: refreshMilliseconds,
  })
  const retry = useMutation({
    mutationFn: async (which: object) =>
      (
        await call<{ count?: number }>('POST', `/api/${serviceId}/logout/delivery/retry`, {
          body: which,
        })
      ).body,
    onSuccess: async ({ count = 0 }) => {
      toast(messages.retried(count))
      await refresh(path)
    },
  })
  const { deliveries = [], pendingCount = 0, deadCount = 0 } = data ?? {}
  const choices = [
    { id: all, label: messages.all },
    ...Object.entries(messages.statuses).map(([id, label]) => ({ id, label })),
  ]
  return (
    <Page title={messages.title} description={messages.description}>
      <Toolbar>
        <TextField
          label={messages.client}
          placeholder={messages.clientMore}
          value={client}
          onChange={setClient}
        />
        <Select label={messages.status} choices={choices} value={status} onChange={setStatus} />
      </Toolbar>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {retry.error && <Problem error={retry.error} />}
      {!data && !error && <Loading />}
      {data && (
        <Row>
          <Badge tone="info">{messages.waiting(pendingCount)}</Badge>
          <Badge tone={deadCount > 0 ? 'bad' : 'neutral'}>{messages.dead(deadCount)}</Badge>
          {client && deadCount > 0 && (
            <Button onPress={() => retry.mutate({ clientIdentifier: client, status: 'DEAD' })}>
              {messages.retryAll}
            </Button>
          )}
        </Row>
      )}
      {data && deliveries.length === 0 && (
        <Empty title={messages.empty}>
          <p>{messages.emptyMore}</p>
        </Empty>
      )}
      {deliveries.length > 0 && (
        <Table
          label={messages.title}
          rows={deliveries}
          columns={columnsFor((id) => retry.mutate({ deliveryIds: [id] }))}
          idOf={({ deliveryId }) => deliveryId}
        />
      )}
      {data && <Waiting serviceId={serviceId} />}
    </Page>
  )
}

const columnsFor = (onRetry: (id: string) => void): Column<Delivery>[] => [
  {
    id: 'id',
    header: messages.label,
    isName: true,
    cell: ({ deliveryId }) => <code>{deliveryId.slice(0, 12)}</code>,
  },
  { id: 'client', header: messages.client, cell: ({ clientId }) => <code>{clientId}</code> },
  {
    id: 'subject',
    header: messages.subject,
    cell: ({ subject }) => <span translate="no">{subject}</span>,
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
    cell: ({ status, deliveryId }) =>
      status === 'DEAD' && (
        <Button
          size="small"
          aria-label={messages.retryOne(deliveryId.slice(0, 12))}
          onPress={() => onRetry(deliveryId)}
        >
          {messages.retry}
        </Button>
      ),
  },
]
