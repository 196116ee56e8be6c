/** What every table of deliveries has: its attempts, and what became of the last one. */
import type { sqliteColumns } from './columns.ts'

export const deliveryColumns = ({ integer, text }: typeof sqliteColumns) => ({
  attempts: integer('attempts').notNull(),
  /** When it is sent next; null once nothing is left to do. */
  dueAt: integer('due_at'),
  createdAt: integer('created_at').notNull(),
  finishedAt: integer('finished_at'),
  giveUpAt: integer('give_up_at').notNull(),
  keptUntil: integer('kept_until').notNull(),
  lastStatus: integer('last_status'),
  lastError: text('last_error'),
})
