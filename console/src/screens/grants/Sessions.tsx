import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages } from '../../messages/inventory.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Loading, Row } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'
import { toast } from '../../parts/Toast.tsx'
import { pageSize, type Selection, type Session, type SessionPage } from './inventory.ts'
import { Pager } from './Pager.tsx'

interface SessionsProps {
  serviceId: string
  selection: Selection
}

const states = { LIVE: messages.live, ENDED: messages.ended, EXPIRED: messages.expired }

/** Sessions of a user or a client; each can be ended. */
export function Sessions({ serviceId, selection: { subject, client } }: SessionsProps) {
  const [start, setStart] = useState(0)
  const [ending, setEnding] = useState<Session>()
  const path = `/api/${serviceId}/session/list`
  const isNamed = subject !== '' || client !== ''
  const body = {
    ...(subject ? { subject } : {}),
    ...(client ? { clientIdentifier: client } : {}),
    ...{ status: 'ALL', start, end: start + pageSize },
  }
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [path, body],
    enabled: isNamed,
    queryFn: async () => (await call<SessionPage>('POST', path, { body })).body,
  })
  if (!isNamed) return <Empty title={messages.nameOne} />
  if (error) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <Loading />
  const { sessions = [], totalCount = 0 } = data
  if (sessions.length === 0) {
    return (
      <Empty title={messages.emptySessions}>
        <p>{messages.emptyMore}</p>
      </Empty>
    )
  }
  async function end(sessionId: string): Promise<void> {
    await call('POST', `/api/${serviceId}/session/delete`, { body: { sessionId } })
    toast(messages.endedOne)
    await refresh(`/api/${serviceId}/`)
  }
  return (
    <>
      <Table
        label={messages.sessions}
        rows={sessions}
        columns={columnsFor(setEnding)}
        idOf={({ sessionId }) => sessionId}
        isBusy={isFetching}
      />
      <Row>
        <Pager start={start} total={totalCount} onMove={setStart} />
      </Row>
      {ending && (
        <FormDialog
          title={messages.endTitle}
          isOpen
          onClose={() => setEnding(undefined)}
          submit={messages.end}
          variant="danger"
          onSubmit={() => end(ending.sessionId)}
        >
          <p>
            <code>{ending.sessionId}</code>
          </p>
          <p>{messages.endMore}</p>
        </FormDialog>
      )}
    </>
  )
}

const columnsFor = (onEnd: (session: Session) => void): Column<Session>[] => [
  {
    id: 'id',
    header: messages.session,
    isName: true,
    cell: ({ sessionId }) => <code>{sessionId.slice(0, 16)}</code>,
  },
  {
    id: 'subject',
    header: messages.subject,
    cell: ({ subject }) => <span translate="no">{subject}</span>,
  },
  {
    id: 'status',
    header: messages.status,
    cell: ({ status }) => (
      <Badge tone={status === 'LIVE' ? 'good' : 'neutral'}>{states[status]}</Badge>
    ),
  },
  { id: 'created', header: messages.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'seen', header: messages.lastSeen, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  { id: 'expires', header: messages.expires, cell: ({ endsAt }) => <Time at={endsAt} /> },
  {
    id: 'actions',
    header: messages.end,
    isHeaderHidden: true,
    align: 'end',
    cell: (session) =>
      session.status === 'LIVE' && (
        <Button
          size="small"
          variant="danger"
          aria-label={messages.endOne(session.sessionId.slice(0, 16))}
          onPress={() => onEnd(session)}
        >
          {messages.end}
        </Button>
      ),
  },
]
