/** What is counted, and what may be seen once. */
import type { sqliteColumns } from './columns.ts'

export const defineCounterTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    counters: table(
      'counters',
      { serviceId: serviceId(), name: text('name').notNull(), value: integer('value').notNull() },
      (t) => [primaryKey({ columns: [t.serviceId, t.name] })],
    ),
    attempts: table(
      'attempts',
      {
        serviceId: serviceId(),
        name: text('name').notNull(),
        attempted: integer('attempted').notNull(),
        expiresAt: integer('expires_at').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.name] }),
        index('attempts_expiry').on(t.expiresAt),
      ],
    ),
    replays: table(
      'replays',
      {
        serviceId: serviceId(),
        kind: text('kind').notNull(),
        valueHash: text('value_hash').notNull(),
        expiresAt: integer('expires_at').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.kind, t.valueHash] }),
        index('replays_expiry').on(t.expiresAt),
      ],
    ),
  }
}
