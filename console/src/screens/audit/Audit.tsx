import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'wouter'
import { useGet } from '../../app/queries.ts'
import { messages } from '../../messages/audit.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Loading, Page, Row, Toolbar } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { Time } from '../../parts/Time.tsx'
import { RecordDialog } from './RecordDialog.tsx'
import {
  type AuditRecord,
  actorOf,
  exported,
  type Filter,
  targetOf,
  useRecords,
} from './records.ts'

const everything = 'all'

export function Screen() {
  const { serviceId = '' } = useParams()
  const [filter, setFilter] = useState<Filter>({ type: '', actor: '', target: '' })
  const [shown, setShown] = useState<AuditRecord>()
  const types = useGet<{ types: { type: string; description: string }[] }>('/api/audit/types')
  const found = useRecords(serviceId, filter)
  const records = found.data?.pages.flatMap((page) => page.records) ?? []
  const exporting = useMutation({
    mutationFn: async () => save(await exported(serviceId, filter), `audit-${serviceId}.ndjson`),
  })
  const choices = [
    { id: everything, label: messages.allTypes },
    ...(types.data?.types ?? []).map(({ type, description }) => ({
      id: type,
      label: type,
      more: description,
    })),
  ]
  return (
    <Page
      title={messages.title}
      description={messages.description}
      actions={
        <Button onPress={() => exporting.mutate()} isPending={exporting.isPending}>
          {exporting.isPending ? messages.exporting : messages.export}
        </Button>
      }
    >
      {exporting.error && <Problem error={exporting.error} />}
      <Toolbar>
        <Select
          label={messages.type}
          choices={choices}
          value={filter.type || everything}
          onChange={(id) => setFilter({ ...filter, type: id === everything ? '' : id })}
        />
        <TextField
          label={messages.actor}
          placeholder={messages.actorMore}
          value={filter.actor}
          onChange={(actor) => setFilter({ ...filter, actor })}
        />
        <TextField
          label={messages.target}
          placeholder={messages.targetMore}
          value={filter.target}
          onChange={(target) => setFilter({ ...filter, target })}
        />
      </Toolbar>
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && records.length === 0 && !found.hasNextPage && (
        <Empty title={messages.empty}>
          <p>{messages.emptyMore}</p>
        </Empty>
      )}
      {records.length > 0 && (
        <Table
          label={messages.title}
          rows={records}
          columns={columnsFor(setShown)}
          idOf={({ id }) => id}
          isBusy={found.isFetching}
        />
      )}
      {found.hasNextPage && (
        <Row>
          <Button onPress={() => void found.fetchNextPage()} isPending={found.isFetchingNextPage}>
            {messages.more}
          </Button>
        </Row>
      )}
      {shown && (
        <RecordDialog record={shown} serviceId={serviceId} onClose={() => setShown(undefined)} />
      )}
    </Page>
  )
}

const columnsFor = (open: (record: AuditRecord) => void): Column<AuditRecord>[] => [
  { id: 'time', header: messages.time, cell: ({ at }) => <Time at={at} /> },
  {
    id: 'type',
    header: messages.type,
    isName: true,
    cell: (record) => (
      <Button
        size="small"
        variant="quiet"
        aria-label={messages.open(record.type)}
        onPress={() => open(record)}
      >
        <code>{record.type}</code>
      </Button>
    ),
  },
  {
    id: 'actor',
    header: messages.actor,
    cell: (record) => <span translate="no">{actorOf(record)}</span>,
  },
  { id: 'target', header: messages.target, cell: (record) => <code>{targetOf(record)}</code> },
  {
    id: 'reason',
    header: messages.reason,
    cell: ({ reason }) => <span translate="no">{reason}</span>,
  },
  {
    id: 'outcome',
    header: messages.outcome,
    cell: ({ outcome }) =>
      outcome === 'REFUSED' ? (
        <Badge tone="bad">{messages.refused}</Badge>
      ) : (
        <Badge>{messages.done}</Badge>
      ),
  },
]

/** Lets the browser keep a file. */
function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
