/** What lists of deliveries tell of each, whatever is delivered. Times are in milliseconds. */
import { z } from 'zod'

const milliseconds = z.int()

export const DeliveryFields = {
  attempts: z.int().describe('Number of attempts that were begun.'),
  createdAt: milliseconds.describe('When it was stored, in milliseconds since the epoch.'),
  nextAttemptAt: milliseconds
    .optional()
    .describe('When it is sent next, in milliseconds since the epoch.'),
  finishedAt: milliseconds
    .optional()
    .describe('When it was delivered or given up, in milliseconds since the epoch.'),
  lastStatus: z.int().optional().describe('HTTP status of the last answer, if it was an error.'),
}

interface Row<Status> {
  status: Status
  attempts: number
  createdAt: number
  dueAt: number | null
  finishedAt: number | null
  lastStatus: number | null
  lastError: string | null
}

export const describeState = <Status>(row: Row<Status>) => ({
  status: row.status,
  attempts: row.attempts,
  createdAt: row.createdAt,
  nextAttemptAt: row.dueAt ?? undefined,
  finishedAt: row.finishedAt ?? undefined,
  lastStatus: row.lastStatus ?? undefined,
  lastError: row.lastError ?? undefined,
})
