import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, call } from '../../app/api.ts'
import { useGet } from '../../app/queries.ts'
import { useSelf } from '../../app/session.ts'
import { messages } from '../../messages/tokens.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { ComboBox } from '../../parts/ComboBox.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { Loading, Page, Row, Toolbar } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'
import { Confirm, type Doing } from './Confirm.tsx'
import { CreateToken, Made } from './CreateToken.tsx'
import styles from './Tokens.module.css'
import { addressOf, kindOf, type Token } from './token.ts'

const everything = '0'

export function Screen() {
  const self = useSelf()
  const [scope, setScope] = useState(self.serviceId?.toString() ?? everything)
  const [isCreating, setCreating] = useState(false)
  const [doing, setDoing] = useState<Doing>()
  const [value, setValue] = useState<string>()
  const path = `/api/${kindOf(scope)}/all`
  const { data, error, refetch } = useQuery<Token[], Error>({
    queryKey: [path, scope],
    queryFn: async () => (await call<Token[]>('POST', path, { body: addressOf(scope) })).body,
    retry: (count, problem) => count < 2 && problem instanceof ApiError && problem.status === 503,
  })
  const create = (
    <Button variant="primary" onPress={() => setCreating(true)}>
      <Icon name="plus" />
      {messages.create}
    </Button>
  )
  const ended = (made?: string) => {
    setCreating(false)
    setDoing(undefined)
    setValue(made)
    void refetch()
  }
  return (
    <Page title={messages.title} description={messages.about} actions={create}>
      {self.serviceId === undefined && (
        <Toolbar>
          <ScopeField scope={scope} onChange={setScope} />
        </Toolbar>
      )}
      {error ? (
        <Problem error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.length === 0 ? (
        <Empty title={messages.empty}>
          <p>{messages.emptyMore}</p>
          {create}
        </Empty>
      ) : (
        <Table
          label={messages.table}
          columns={columnsOf(setDoing)}
          rows={data}
          idOf={({ tokenId, createdAt }) => tokenId ?? String(createdAt)}
        />
      )}
      {isCreating && (
        <CreateToken scope={scope} onMade={ended} onClose={() => setCreating(false)} />
      )}
      {doing && (
        <Confirm scope={scope} doing={doing} onEnd={ended} onClose={() => setDoing(undefined)} />
      )}
      {value !== undefined && <Made value={value} onClose={() => setValue(undefined)} />}
    </Page>
  )
}

interface ScopeFieldProps {
  scope: string
  onChange: (scope: string) => void
}

interface Found {
  services: { apiKey: number; serviceName?: string }[]
}

function ScopeField({ scope, onChange }: ScopeFieldProps) {
  const { data } = useGet<Found>('/api/services?limit=200')
  const services = (data?.services ?? []).map(({ apiKey, serviceName }) => ({
    id: String(apiKey),
    label: serviceName ?? String(apiKey),
    more: String(apiKey),
  }))
  const choices = [{ id: everything, label: messages.allServices }, ...services]
  if (!data) return null
  return <ComboBox label={messages.scope} choices={choices} value={scope} onChange={onChange} />
}

const nameOf = ({ description }: Token) => description || messages.unnamed

function columnsOf(act: (doing: Doing) => void): readonly Column<Token>[] {
  return [
    {
      id: 'name',
      header: messages.name,
      isName: true,
      cell: (token) => <span translate="no">{nameOf(token)}</span>,
    },
    {
      id: 'rights',
      header: messages.rights,
      cell: ({ rights }) => (
        <Row>
          {rights.map((right) => (
            <Badge key={right} tone={right === 'admin' ? 'warn' : 'neutral'}>
              <code>{right}</code>
            </Badge>
          ))}
        </Row>
      ),
    },
    { id: 'created', header: messages.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'expires', header: messages.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    { id: 'used', header: messages.used, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    {
      id: 'actions',
      header: messages.actions,
      isHeaderHidden: true,
      align: 'end',
      cell: (token) =>
        token.tokenId === undefined ? (
          messages.early
        ) : (
          <Menu
            label={messages.actionsOf(nameOf(token))}
            trigger={<Icon name="more" />}
            triggerClass={styles['more'] ?? ''}
            actions={[
              {
                id: 'rotate',
                label: messages.rotate,
                more: messages.rotateMore,
                onAction: () =>
                  act({ kind: 'rotate', tokenId: token.tokenId ?? '', name: nameOf(token) }),
              },
              {
                id: 'revoke',
                label: messages.revoke,
                more: messages.revokeMore,
                isDanger: true,
                onAction: () =>
                  act({ kind: 'revoke', tokenId: token.tokenId ?? '', name: nameOf(token) }),
              },
            ]}
          />
        ),
    },
  ]
}
