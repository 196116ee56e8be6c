import { useState } from 'react'
import { Link, useParams } from 'wouter'
import { usePages } from '../../app/pages.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/clients.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page, Pages, Toolbar } from '../../parts/Page.tsx'
import { Empty } from '../../parts/Problem.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'
import { BulkLock } from './BulkLock.tsx'
import { CreateClient } from './CreateClient.tsx'
import { type Filter, Filters, queryOf } from './Filters.tsx'

interface Client {
  clientId: number
  clientIdAlias?: string
  clientName?: string
  clientType?: 'CONFIDENTIAL' | 'PUBLIC'
  clientSource?: keyof typeof messages.sources
  locked: boolean
  lastUsedAt?: number
}

const columnsOf = (serviceId: string): readonly Column<Client>[] => [
  {
    id: 'name',
    header: messages.name,
    isName: true,
    cell: ({ clientId, clientName }) => (
      <Link
        href={`/services/${serviceId}/clients/${clientId}`}
        {...(clientName ? { translate: 'no' as const } : {})}
      >
        {clientName ?? messages.unnamed}
      </Link>
    ),
  },
  {
    id: 'id',
    header: messages.id,
    cell: ({ clientId, clientIdAlias }) => <code>{clientIdAlias ?? clientId}</code>,
  },
  {
    id: 'type',
    header: messages.type,
    cell: ({ clientType }) => (clientType ? messages.types[clientType] : ''),
  },
  {
    id: 'source',
    header: messages.source,
    cell: ({ clientSource }) => (clientSource ? messages.sources[clientSource] : ''),
  },
  {
    id: 'state',
    header: messages.state,
    cell: ({ locked }) =>
      locked ? (
        <Badge tone="bad">{messages.locked}</Badge>
      ) : (
        <Badge tone="good">{messages.open}</Badge>
      ),
  },
  { id: 'used', header: messages.used, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]

const idOf = ({ clientId }: Client) => String(clientId)

export function Screen() {
  const { serviceId = '' } = useParams()
  const mayCreate = useMay('create_client')
  const mayChange = useMay('modify_client')
  const [query, setQuery] = useState('')
  const [inside, setInside] = useState('')
  const [filter, setFilter] = useState<Filter>({})
  const [isCreating, setCreating] = useState(false)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const path = `/api/${serviceId}/clients`
  // A search within names begins with Enter, and ends with the next letter.
  const isInside = inside !== '' && inside === query
  const match = isInside ? 'substring' : undefined
  const pages = usePages(
    path,
    { query: query.trim(), match, ...queryOf(filter), limit: 50 },
    (answer: { clients: Client[]; next?: string }) => answer.clients,
  )
  const isFiltered = Object.keys(filter).length > 0
  const create = mayCreate && (
    <Button variant="primary" onPress={() => setCreating(true)}>
      <Icon name="plus" />
      {messages.create}
    </Button>
  )
  const empty =
    query.trim() || isFiltered ? (
      <Empty title={messages.none}>
        <p>{isInside ? messages.noneInside : messages.noneMore}</p>
      </Empty>
    ) : (
      <Empty title={messages.empty}>
        <p>{messages.emptyMore}</p>
        {create}
      </Empty>
    )
  const selection = {
    selected,
    onChange: setSelected,
    selectAll: messages.selectAll,
    select: messages.selectOne,
  }
  return (
    <Page title={messages.title} description={messages.about} actions={create}>
      <Toolbar>
        <SearchField
          label={messages.search}
          placeholder={messages.searchMore}
          value={query}
          onChange={setQuery}
          onSubmit={setInside}
        />
        <Filters filter={filter} onChange={setFilter} />
      </Toolbar>
      {mayChange && (
        <BulkLock serviceId={serviceId} selected={selected} onDone={() => setSelected(new Set())} />
      )}
      <Pages {...pages} empty={empty}>
        <Table
          label={messages.table}
          columns={columnsOf(serviceId)}
          rows={pages.items ?? []}
          idOf={idOf}
          selection={mayChange ? selection : undefined}
          isBusy={pages.isBusy}
        />
      </Pages>
      {isCreating && <CreateClient serviceId={serviceId} onClose={() => setCreating(false)} />}
    </Page>
  )
}
