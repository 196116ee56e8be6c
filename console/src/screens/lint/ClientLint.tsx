import { Link } from 'wouter'
import type { Finding } from '../../editor/lint.ts'
import { messages } from '../../messages/lint.ts'
import { number } from '../../messages/messages.ts'
import { Button } from '../../parts/Button.tsx'
import { Section } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { Progress } from '../../parts/Progress.tsx'
import { Table } from '../../parts/Table.tsx'
import { type CheckedClient, type ClientCheck, mostListed, useClientCheck } from './client-pages.ts'

/** The findings of all clients, gathered page by page. */
export function ClientLint({ serviceId }: { serviceId: string }) {
  const { check, run, stop } = useClientCheck(serviceId)
  const { isRunning, isDone, checked, total, error } = check
  const again = isDone || checked > 0
  return (
    <Section
      title={messages.clients}
      description={messages.clientsMore}
      actions={
        isRunning ? (
          <Button onPress={stop}>{messages.stop}</Button>
        ) : (
          <Button onPress={() => void run()}>{again ? messages.checkAgain : messages.check}</Button>
        )
      }
    >
      {isRunning && (
        <Progress
          label={messages.progress(checked, total)}
          value={checked}
          of={Math.max(1, total)}
        />
      )}
      {error !== undefined && <Problem error={error} onRetry={() => void run()} />}
      <p role="status">
        {isDone ? messages.progress(checked, total) : isRunning ? '' : messages.notChecked}
      </p>
      <Clients serviceId={serviceId} check={check} />
    </Section>
  )
}

const counting = (level: Finding['level']) => (client: CheckedClient) =>
  number(client.findings.filter((finding) => finding.level === level).length)

function Clients({ serviceId, check }: { serviceId: string; check: ClientCheck }) {
  const { clients, found, isDone, total } = check
  if (isDone && found === 0) {
    return <Empty title={total === 0 ? messages.noClients : messages.cleanClients} />
  }
  if (clients.length === 0) return null
  return (
    <>
      {found > clients.length && <p>{messages.shownFirst(mostListed)}</p>}
      <Table
        label={messages.clientsFound}
        rows={clients}
        idOf={({ clientId }) => String(clientId)}
        columns={[
          {
            id: 'client',
            header: messages.client,
            isName: true,
            cell: ({ clientId, clientName }) => (
              <Link href={`/services/${serviceId}/clients/${clientId}`}>
                <span translate="no">{clientName ?? clientId}</span>
              </Link>
            ),
          },
          { id: 'errors', header: messages.errors, align: 'end', cell: counting('error') },
          { id: 'warnings', header: messages.warnings, align: 'end', cell: counting('warning') },
          { id: 'hints', header: messages.hints, align: 'end', cell: counting('hint') },
          {
            id: 'codes',
            header: messages.code,
            cell: ({ findings }) => (
              <code>{[...new Set(findings.map(({ code }) => code))].join(' ')}</code>
            ),
          },
        ]}
      />
    </>
  )
}
