import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { messages } from '../../messages/health.ts'
import { bytes } from '../../messages/messages.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import { Facts, Loading, Section } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import styles from './health.module.css'

interface Finding {
  check: string
  level: keyof typeof messages.levels
  what: string
  why?: string
  mend?: string
}

export interface Examined {
  findings: Finding[]
  databaseBytes?: number
  replicas?: number
  replicationLagMilliseconds?: number
  sweepLagMilliseconds: number
  sweepDue: { table: string; rows: number }[]
}

const tones: Record<Finding['level'], Tone> = {
  error: 'bad',
  warning: 'warn',
  ok: 'good',
  skipped: 'neutral',
}
const order = Object.keys(tones)

const columns: readonly Column<Finding>[] = [
  {
    id: 'check',
    header: messages.check,
    isName: true,
    cell: ({ check }) => <code>{check}</code>,
  },
  {
    id: 'level',
    header: messages.level,
    cell: ({ level }) => <Badge tone={tones[level]}>{messages.levels[level]}</Badge>,
  },
  { id: 'what', header: messages.what, cell: (finding) => <What of={finding} /> },
]

/** The sentences of the server, which are in one language. */
const What = ({ of: { what, why, mend } }: { of: Finding }) => (
  <div className={styles['what']} translate="no" lang="en">
    <p>{what}</p>
    {why && <p>{why}</p>}
    {mend && <code>{mend}</code>}
  </div>
)

/** The checks of `postern doctor`, what needs attention first. */
export function Examination({ examined }: { examined: UseQueryResult<Examined, Error> }) {
  const { data, error, refetch } = examined
  if (error) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <Loading />
  const rows = [...data.findings].sort(
    (one, other) => order.indexOf(one.level) - order.indexOf(other.level),
  )
  return (
    <Section title={messages.examination}>
      <Table
        label={messages.examination}
        columns={columns}
        rows={rows}
        idOf={({ check }) => check}
      />
    </Section>
  )
}

/** What only the examination knows of the database. */
export function DatabaseFacts({ answers, of }: { answers: string; of: Examined | undefined }) {
  const { databaseBytes: size, replicas, replicationLagMilliseconds: lag } = of ?? {}
  const due = of?.sweepDue.map(({ table, rows }) => messages.rowsOf(table, rows)).join(', ')
  const late = of && Math.round(of.sweepLagMilliseconds / 1_000)
  return (
    <Facts
      facts={[
        [messages.answers, answers],
        ...fact(messages.size, size !== undefined && <span translate="no">{bytes(size)}</span>),
        ...fact(messages.replicas, replicas !== undefined && messages.count(replicas)),
        ...fact(messages.lag, lag !== undefined && messages.milliseconds(lag)),
        ...fact(messages.sweep, late !== undefined && messages.seconds(late)),
        ...fact(messages.due, !!due && <span translate="no">{due}</span>),
      ]}
    />
  )
}

const fact = (name: string, value: ReactNode): [string, ReactNode][] =>
  value === false ? [] : [[name, value]]
