import { messages } from '../../messages/deliveries.ts'
import type { Column } from '../../parts/Table.tsx'
import { Time } from '../../parts/Time.tsx'

/** How far a delivery is, whatever is delivered. */
export interface DeliveryState {
  attempts: number
  createdAt: number
  nextAttemptAt?: number
  lastStatus?: number
  lastError?: string
}

export const stateColumns: readonly Column<DeliveryState>[] = [
  { id: 'attempts', header: messages.attempts, align: 'end', cell: ({ attempts }) => attempts },
  { id: 'created', header: messages.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'next',
    header: messages.next,
    cell: ({ nextAttemptAt }) => nextAttemptAt && <Time at={nextAttemptAt} />,
  },
  {
    id: 'error',
    header: messages.error,
    cell: ({ lastError, lastStatus }) => (
      <code>{[lastError, lastStatus].filter(Boolean).join(' ')}</code>
    ),
  },
]
