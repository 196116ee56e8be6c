import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'wouter'
import { ApiError, call } from '../../app/api.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/keys.ts'
import { Button } from '../../parts/Button.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Loading, Page, Row, Section } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Table } from '../../parts/Table.tsx'
import { columnsOf } from './columns.tsx'
import { Dependents } from './Dependents.tsx'
import { GenerateKey } from './GenerateKey.tsx'
import { ImportKeys } from './ImportKeys.tsx'
import { type Key, keyName } from './key.ts'
import { Rotate, type Rotation } from './Rotate.tsx'

type Asked = 'generate' | 'import' | Rotation | undefined

export function Screen() {
  const { serviceId = '' } = useParams()
  const mayChange = useMay('modify_service')
  const [asked, setAsked] = useState<Asked>()
  const [dependentsOf, setDependentsOf] = useState<string>()
  const path = `/api/${serviceId}/service/keys/list`
  const { data, error, refetch } = useQuery<Key[], Error>({
    queryKey: [path],
    queryFn: async () => (await call<{ keys: Key[] }>('POST', path, { body: {} })).body.keys,
    retry: (count, problem) => count < 2 && problem instanceof ApiError && problem.status === 503,
  })
  const close = () => {
    setAsked(undefined)
    void refetch()
  }
  const actions = mayChange && (
    <Row>
      <Button onPress={() => setAsked('import')}>{messages.import}</Button>
      <Button variant="primary" onPress={() => setAsked('generate')}>
        <Icon name="plus" />
        {messages.generate}
      </Button>
    </Row>
  )
  return (
    <Page title={messages.title} description={messages.about} actions={actions}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && (
        <Empty title={messages.empty}>
          <p>{messages.emptyMore}</p>
        </Empty>
      )}
      {groupsOf(data ?? []).map(([name, keys]) => (
        <Section
          key={name}
          title={messages.table(name)}
          actions={
            keys[0]?.alg && (
              <Button
                size="small"
                aria-label={messages.dependents.ask(name)}
                onPress={() => setDependentsOf(keys[0]?.alg)}
              >
                {messages.dependents.button}
              </Button>
            )
          }
        >
          <Table
            label={messages.list(name)}
            columns={columnsOf(mayChange ? setAsked : undefined)}
            rows={keys}
            idOf={keyName}
          />
        </Section>
      ))}
      {asked === 'generate' && <GenerateKey serviceId={serviceId} onClose={close} />}
      {asked === 'import' && <ImportKeys serviceId={serviceId} onClose={close} />}
      {dependentsOf !== undefined && (
        <Dependents
          serviceId={serviceId}
          alg={dependentsOf}
          onClose={() => setDependentsOf(undefined)}
        />
      )}
      {typeof asked === 'object' && (
        <Rotate serviceId={serviceId} rotation={asked} onClose={close} />
      )}
    </Page>
  )
}

const order = ['NEXT', 'CURRENT', 'PREVIOUS', 'RETIRED', 'REVOKED']

/** Keys that succeed each other, in the order of their states. */
function groupsOf(keys: readonly Key[]): [string, Key[]][] {
  const groups = new Map<string, Key[]>()
  for (const key of keys) {
    const name = `${key.alg ?? key.kty ?? '–'}${key.set === 'protocol' ? '' : ` (${key.set})`}`
    groups.set(name, [...(groups.get(name) ?? []), key])
  }
  for (const each of groups.values()) {
    each.sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
  }
  return [...groups]
}
