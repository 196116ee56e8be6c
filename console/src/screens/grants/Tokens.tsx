import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call, withQuery } from '../../app/api.ts'
import { refresh, useGet } from '../../app/queries.ts'
import { messages } from '../../messages/inventory.ts'
import { Button } from '../../parts/Button.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Loading, Row } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Progress } from '../../parts/Progress.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { Time } from '../../parts/Time.tsx'
import { toast } from '../../parts/Toast.tsx'
import { type AccessToken, nameOf, pageSize, type Selection, type TokenPage } from './inventory.ts'
import { Pager } from './Pager.tsx'

interface TokensProps {
  serviceId: string
  selection: Selection
}

interface Revoked {
  count?: number
  refreshTokenCount?: number
}

const revoke = async (serviceId: string, body: object): Promise<Revoked> =>
  (await call<Revoked>('POST', `/api/${serviceId}/auth/token/revoke`, { body })).body

/** The access tokens of a selection: one is revoked, or all after they were counted. */
export function Tokens({ serviceId, selection }: TokensProps) {
  const { subject, client, session } = selection
  const [start, setStart] = useState(0)
  const [isRevoking, setRevoking] = useState(false)
  const path = withQuery(`/api/${serviceId}/auth/token/get/list`, {
    ...{ subject, clientIdentifier: client, sessionId: session },
    ...{ start, end: start + pageSize },
  })
  const { data, error, refetch, isFetching } = useGet<TokenPage>(path, { keep: true })
  const one = useMutation({
    mutationFn: (hash: string) => revoke(serviceId, { accessTokenIdentifier: hash }),
    onSuccess: async ({ count = 0 }) => {
      toast(messages.revoked(count))
      await refresh(`/api/${serviceId}/auth/token`)
    },
  })
  if (error) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <Loading />
  const { accessTokens = [], totalCount = 0 } = data
  if (accessTokens.length === 0) {
    return (
      <Empty title={messages.emptyTokens}>
        <p>{messages.emptyMore}</p>
      </Empty>
    )
  }
  return (
    <>
      {one.error && <Problem error={one.error} />}
      <Table
        label={messages.tokens}
        rows={accessTokens}
        columns={columnsFor((hash) => one.mutate(hash))}
        idOf={({ accessTokenHash }) => accessTokenHash}
        isBusy={isFetching}
      />
      <Row>
        <Pager start={start} total={totalCount} onMove={setStart} />
        {nameOf(selection) && (
          <Button variant="danger" onPress={() => setRevoking(true)}>
            {messages.revokeAll}
          </Button>
        )}
      </Row>
      {isRevoking && (
        <RevokeAll
          serviceId={serviceId}
          selection={selection}
          count={totalCount}
          onClose={() => setRevoking(false)}
        />
      )}
    </>
  )
}

interface RevokeAllProps extends TokensProps {
  count: number
  onClose: () => void
}

/** Everything of the selection, once its name was typed. */
function RevokeAll({ serviceId, selection, count, onClose }: RevokeAllProps) {
  const { subject, client, session } = selection
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const name = nameOf(selection)

  async function revokeAll(): Promise<void> {
    setBusy(true)
    try {
      const { count: revoked = 0, refreshTokenCount = 0 } = await revoke(serviceId, {
        ...(subject ? { subject } : {}),
        ...(client ? { clientIdentifier: client } : {}),
        ...(session ? { sessionId: session } : {}),
      })
      toast(messages.revoked(revoked + refreshTokenCount))
      await refresh(`/api/${serviceId}/auth/token`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog
      title={messages.revokeAllTitle}
      isOpen
      onClose={onClose}
      submit={messages.revoke}
      variant="danger"
      onSubmit={revokeAll}
      isDisabled={typed !== name}
    >
      <p>{messages.revokeAllMore(count)}</p>
      <TextField label={messages.confirm(name)} value={typed} onChange={setTyped} mono />
      {isBusy && <Progress label={messages.revokeProgress} value={0} of={count} />}
    </FormDialog>
  )
}

const columnsFor = (onRevoke: (hash: string) => void): Column<AccessToken>[] => [
  {
    id: 'hash',
    header: messages.token,
    isName: true,
    cell: ({ accessTokenHash }) => <code>{accessTokenHash.slice(0, 12)}</code>,
  },
  {
    id: 'subject',
    header: messages.subject,
    cell: ({ subject }) => <span translate="no">{subject}</span>,
  },
  { id: 'client', header: messages.client, cell: ({ clientId }) => <code>{clientId}</code> },
  {
    id: 'grant',
    header: messages.grantType,
    cell: ({ grantType }) => <code>{grantType?.toLowerCase()}</code>,
  },
  {
    id: 'scopes',
    header: messages.scopes,
    cell: ({ scopes = [] }) => <code>{scopes.join(' ')}</code>,
  },
  { id: 'created', header: messages.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'expires',
    header: messages.expires,
    cell: ({ accessTokenExpiresAt }) => <Time at={accessTokenExpiresAt} />,
  },
  {
    id: 'actions',
    header: messages.revoke,
    isHeaderHidden: true,
    align: 'end',
    cell: ({ accessTokenHash }) => (
      <Button
        size="small"
        variant="danger"
        aria-label={messages.revokeOne(accessTokenHash.slice(0, 12))}
        onPress={() => onRevoke(accessTokenHash)}
      >
        {messages.revoke}
      </Button>
    ),
  },
]
