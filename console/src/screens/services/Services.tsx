import { useState } from 'react'
import { Link } from 'wouter'
import { usePages } from '../../app/pages.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/services.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page, Pages, Row, Toolbar } from '../../parts/Page.tsx'
import { Empty } from '../../parts/Problem.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { Select } from '../../parts/Select.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { Time } from '../../parts/Time.tsx'
import { CreateService } from './CreateService.tsx'

interface Service {
  apiKey: number
  serviceName?: string
  issuer?: string
  labels?: string[]
  modifiedAt: number
}

const columns: readonly Column<Service>[] = [
  {
    id: 'name',
    header: messages.name,
    isName: true,
    cell: ({ apiKey, serviceName }) => (
      <Link href={`/services/${apiKey}`} {...(serviceName ? { translate: 'no' as const } : {})}>
        {serviceName ?? messages.unnamed}
      </Link>
    ),
  },
  { id: 'issuer', header: messages.issuer, cell: ({ issuer }) => <code>{issuer}</code> },
  { id: 'key', header: messages.key, cell: ({ apiKey }) => <code>{apiKey}</code> },
  {
    id: 'labels',
    header: messages.labels,
    cell: ({ labels = [] }) => (
      <Row>
        {labels.map((label) => (
          <Badge key={label}>
            <span translate="no">{label}</span>
          </Badge>
        ))}
      </Row>
    ),
  },
  { id: 'changed', header: messages.changed, cell: ({ modifiedAt }) => <Time at={modifiedAt} /> },
]

const idOf = ({ apiKey }: Service) => String(apiKey)
/** A label of lower-case letters and digits: others would be refused. */
const labelForm = /^[a-z0-9][a-z0-9._:/-]*$/
const orderChoices = Object.entries(messages.orders).map(([id, label]) => ({ id, label }))

export function Screen() {
  const mayCreate = useMay('create_service')
  const [query, setQuery] = useState('')
  const [inside, setInside] = useState('')
  const [label, setLabel] = useState('')
  const [order, setOrder] = useState('name')
  const [isCreating, setCreating] = useState(false)
  const wanted = labelForm.test(label) ? label : undefined
  // A search within names begins with Enter, and ends with the next letter.
  const isInside = inside !== '' && inside === query
  const search = {
    query: query.trim(),
    match: isInside ? 'substring' : undefined,
    label: wanted,
    order: order === 'name' ? undefined : order,
    limit: 50,
  }
  const pages = usePages(
    '/api/services',
    search,
    (answer: { services: Service[]; next?: string }) => answer.services,
  )
  const isSearch = search.query !== '' || wanted !== undefined
  const create = mayCreate && (
    <Button variant="primary" onPress={() => setCreating(true)}>
      <Icon name="plus" />
      {messages.create}
    </Button>
  )
  const empty = isSearch ? (
    <Empty title={messages.none}>
      <p>{isInside ? messages.noneInside : messages.noneMore}</p>
    </Empty>
  ) : (
    <Empty title={messages.empty}>
      <p>{mayCreate ? messages.emptyMore : messages.emptyNoRight}</p>
      {create}
    </Empty>
  )
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
        <TextField label={messages.label} value={label} onChange={setLabel} mono />
        <Select label={messages.order} choices={orderChoices} value={order} onChange={setOrder} />
      </Toolbar>
      <Pages {...pages} empty={empty}>
        <Table
          label={messages.table}
          columns={columns}
          rows={pages.items ?? []}
          idOf={idOf}
          isBusy={pages.isBusy}
        />
      </Pages>
      {isCreating && <CreateService onClose={() => setCreating(false)} />}
    </Page>
  )
}
