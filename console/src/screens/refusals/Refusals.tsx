import { useState } from 'react'
import { useParams } from 'wouter'
import { number } from '../../messages/messages.ts'
import { messages } from '../../messages/refusals.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Page, Toolbar } from '../../parts/Page.tsx'
import { Empty, Notice, Problem } from '../../parts/Problem.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { Tabs } from '../../parts/Tabs.tsx'
import { Time } from '../../parts/Time.tsx'
import { RefusalDialog } from './RefusalDialog.tsx'
import { byCode, type Group, matches, type RefusedCall, useRefusals } from './refusals.ts'

export function Screen() {
  const { serviceId = '' } = useParams()
  const [isPaused, setPaused] = useState(false)
  const [search, setSearch] = useState('')
  const [view, setView] = useState('each')
  const [shown, setShown] = useState<RefusedCall>()
  const { calls, isOpen, missed, error, retry } = useRefusals(serviceId, isPaused)
  const found = calls.filter((call) => matches(call, search))

  const choose = (code: string) => {
    setSearch(code)
    setView('each')
  }
  const tabs = [
    { id: 'each', label: messages.each, content: <Calls calls={found} onOpen={setShown} /> },
    { id: 'code', label: messages.byCode, content: <Codes calls={found} onChoose={choose} /> },
  ]
  const state = isPaused ? messages.paused : isOpen ? messages.live : messages.connecting
  return (
    <Page
      title={messages.title}
      description={messages.description}
      actions={
        <>
          <span role="status">
            <Badge tone={isOpen ? 'good' : 'neutral'}>{state}</Badge>
          </span>
          <Button onPress={() => setPaused(!isPaused)}>
            {isPaused ? messages.resume : messages.pause}
          </Button>
        </>
      }
    >
      {error !== undefined && <Problem error={error} onRetry={retry} />}
      {missed > 0 && <Notice tone="warn" title={messages.missed(missed)} />}
      <Toolbar>
        <SearchField
          label={messages.search}
          placeholder={messages.searchMore}
          value={search}
          onChange={setSearch}
        />
      </Toolbar>
      {calls.length === 0 ? (
        error === undefined && (
          <Empty title={messages.empty}>
            <p>{messages.emptyMore}</p>
          </Empty>
        )
      ) : found.length === 0 ? (
        <Empty title={messages.noMatch} />
      ) : (
        <Tabs label={messages.views} tabs={tabs} selected={view} onSelect={setView} />
      )}
      {shown && (
        <RefusalDialog call={shown} serviceId={serviceId} onClose={() => setShown(undefined)} />
      )}
    </Page>
  )
}

interface CallsProps {
  calls: readonly RefusedCall[]
  onOpen: (call: RefusedCall) => void
}

function Calls({ calls, onOpen }: CallsProps) {
  const columns: Column<RefusedCall>[] = [
    { id: 'time', header: messages.time, cell: ({ at }) => <Time at={at} /> },
    {
      id: 'code',
      header: messages.code,
      isName: true,
      cell: (call) => (
        <Button
          size="small"
          variant="quiet"
          aria-label={messages.open(call.code)}
          onPress={() => onOpen(call)}
        >
          <code>{call.code}</code>
        </Button>
      ),
    },
    {
      id: 'rule',
      header: messages.rule,
      cell: ({ says }) => <span translate="no">{says}</span>,
    },
    {
      id: 'operation',
      header: messages.operation,
      cell: ({ operation }) => <code>{operation}</code>,
    },
    {
      id: 'client',
      header: messages.client,
      cell: ({ clientId, clientName }) => <span translate="no">{clientName ?? clientId}</span>,
    },
  ]
  return (
    <Table
      label={messages.title}
      rows={calls.slice(0, 200)}
      columns={columns}
      idOf={({ seq }) => String(seq)}
    />
  )
}

interface CodesProps {
  calls: readonly RefusedCall[]
  onChoose: (code: string) => void
}

function Codes({ calls, onChoose }: CodesProps) {
  const columns: Column<Group>[] = [
    {
      id: 'code',
      header: messages.code,
      isName: true,
      cell: ({ code }) => (
        <Button
          size="small"
          variant="quiet"
          aria-label={messages.filter(code)}
          onPress={() => onChoose(code)}
        >
          <code>{code}</code>
        </Button>
      ),
    },
    { id: 'rule', header: messages.rule, cell: ({ says }) => <span translate="no">{says}</span> },
    { id: 'count', header: messages.count, align: 'end', cell: ({ count }) => number(count) },
    { id: 'last', header: messages.last, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <Table
      label={messages.byCode}
      rows={byCode(calls)}
      columns={columns}
      idOf={({ code }) => code}
    />
  )
}
