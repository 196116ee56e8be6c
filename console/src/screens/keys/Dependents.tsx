import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { call } from '../../app/api.ts'
import { messages as all } from '../../messages/keys.ts'
import { Button } from '../../parts/Button.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { Row } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { Progress } from '../../parts/Progress.tsx'
import { Table } from '../../parts/Table.tsx'

const messages = all.dependents
/** More could not be read, and would only use memory. */
const mostListed = 500

interface Dependent {
  clientId: number
  clientName?: string
  settings: string[]
}

interface Looked {
  clients: Dependent[]
  checked: number
  totalCount: number
  next?: number
}

interface DependentsProps {
  serviceId: string
  alg: string
  onClose: () => void
}

/** The clients that depend on the keys for an algorithm, looked for page by page. */
export function Dependents({ serviceId, alg, onClose }: DependentsProps) {
  const { looked, error } = useDependents(serviceId, alg)
  const { clients, checked, totalCount, next } = looked
  return (
    <Dialog title={messages.title(alg)} isOpen onClose={onClose}>
      <p>{messages.about}</p>
      {error !== undefined && <Problem error={error} />}
      {next !== undefined && error === undefined && (
        <Progress
          label={messages.progress(checked, totalCount)}
          value={checked}
          of={Math.max(1, totalCount)}
        />
      )}
      <p role="status">{next === undefined ? messages.found(clients.length, totalCount) : ''}</p>
      {clients.length > 0 && (
        <Table
          label={messages.title(alg)}
          rows={clients.slice(0, mostListed)}
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
            {
              id: 'settings',
              header: messages.settings,
              cell: ({ settings }) => <code>{settings.join(' ')}</code>,
            },
          ]}
        />
      )}
      <Row>
        <Button onPress={onClose} autoFocus>
          {messages.close}
        </Button>
      </Row>
    </Dialog>
  )
}

const nothing: Looked = { clients: [], checked: 0, totalCount: 0, next: 0 }

function useDependents(serviceId: string, alg: string) {
  const [looked, setLooked] = useState(nothing)
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    async function look(): Promise<void> {
      let so: Looked = nothing
      while (so.next !== undefined) {
        const path = `/api/${serviceId}/service/keys/clients`
        const { body } = await call<Looked>('POST', path, {
          body: { alg, start: so.next },
          signal,
        })
        const clients = [...so.clients, ...body.clients]
        so = { ...body, clients, checked: so.checked + body.checked }
        setLooked(so)
      }
    }
    look().catch((problem: unknown) => signal.aborted || setError(problem))
    return () => controller.abort()
  }, [serviceId, alg])
  return { looked, error }
}
