import { messages } from '../../messages/explorer.ts'
import { Section } from '../../parts/Page.tsx'
import { Table } from '../../parts/Table.tsx'
import type { Step } from './dry-run.ts'

interface Demand {
  name: string
  value: unknown
  because: string
}

/** What settings and profiles demand of the request, each with its origin. */
export function Policy({ steps }: { steps: readonly Step[] }) {
  const policy = steps.findLast(({ facts }) => facts?.['policy'])?.facts?.['policy']
  const demands = Object.entries((policy ?? {}) as Record<string, Omit<Demand, 'name'>>).map(
    ([name, { value, because }]) => ({ name, value, because }),
  )
  if (demands.length === 0) return null
  return (
    <Section title={messages.policy} description={messages.policyMore}>
      <Table
        label={messages.policy}
        rows={demands}
        idOf={({ name }) => name}
        columns={[
          {
            id: 'name',
            header: messages.demand,
            isName: true,
            cell: ({ name }) => <code>{name}</code>,
          },
          {
            id: 'value',
            header: messages.value,
            cell: ({ value }) => (
              <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
            ),
          },
          {
            id: 'because',
            header: messages.because,
            cell: ({ because }) => <code>{because}</code>,
          },
        ]}
      />
    </Section>
  )
}
