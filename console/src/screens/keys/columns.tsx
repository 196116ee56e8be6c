import { messages } from '../../messages/keys.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { Row } from '../../parts/Page.tsx'
import type { Column } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'
import styles from './Keys.module.css'
import { type Key, keyName } from './key.ts'
import type { Operation, Rotation } from './Rotate.tsx'

const tones: Record<Key['state'], Tone> = {
  NEXT: 'info',
  CURRENT: 'good',
  PREVIOUS: 'warn',
  RETIRED: 'neutral',
  REVOKED: 'bad',
}

/** The operations that a state permits. */
const permitted: Record<Key['state'], readonly Operation[]> = {
  NEXT: ['activate', 'cancel'],
  CURRENT: ['begin', 'revoke'],
  PREVIOUS: ['rollback', 'retire', 'revoke'],
  RETIRED: [],
  REVOKED: [],
}

export function columnsOf(act: ((rotation: Rotation) => void) | undefined): readonly Column<Key>[] {
  const columns: Column<Key>[] = [
    {
      id: 'id',
      header: messages.id,
      isName: true,
      cell: (key) => <code className={styles['id']}>{keyName(key)}</code>,
    },
    {
      id: 'state',
      header: messages.state,
      cell: ({ state }) => <Badge tone={tones[state]}>{messages.states[state]}</Badge>,
    },
    { id: 'when', header: messages.when, cell: (key) => <When of={key} /> },
    {
      id: 'where',
      header: messages.where,
      cell: ({ hsmName }) =>
        hsmName ? (
          <>
            {messages.inModule} <code>{hsmName}</code>
          </>
        ) : (
          messages.inDatabase
        ),
    },
    {
      id: 'depends',
      header: messages.depends,
      cell: ({ pinnedBy }) => (
        <Row>
          {pinnedBy.map((property) => (
            <code key={property}>{property}</code>
          ))}
        </Row>
      ),
    },
  ]
  if (!act) return columns
  return [
    ...columns,
    {
      id: 'actions',
      header: messages.actions,
      isHeaderHidden: true,
      align: 'end',
      cell: (key) => <Actions of={key} act={act} />,
    },
  ]
}

/** The earliest time of the next move of the key. */
function When({ of: { state, managed, activeFrom, retireAt, retiredAt } }: { of: Key }) {
  if (!managed) return <>{messages.notManaged}</>
  if (state === 'NEXT') return <Moment text={messages.signsFrom} at={activeFrom} />
  if (retiredAt !== undefined) return <Moment text={messages.endedAt} at={retiredAt} />
  if (retireAt !== undefined) return <Moment text={messages.endsAt} at={retireAt} />
  return <>{messages.inUse}</>
}

const Moment = ({ text, at }: { text: string; at: number | undefined }) => (
  <>
    {text} <Time at={at} />
  </>
)

function Actions({ of: key, act }: { of: Key; act: (rotation: Rotation) => void }) {
  const { alg = '', set, state, managed, kid } = key
  const operations = managed ? permitted[state] : (['begin'] as const)
  if (operations.length === 0 || !alg) return null
  return (
    <Menu
      label={messages.actionsOf(keyName(key))}
      trigger={<Icon name="more" />}
      triggerClass={styles['more'] ?? ''}
      actions={operations.map((operation) => ({
        id: operation,
        label: messages.operations[operation],
        more: messages.operations[`${operation}More`],
        isDanger: operation === 'revoke',
        onAction: () => act({ operation, alg, set, kid }),
      }))}
    />
  )
}
