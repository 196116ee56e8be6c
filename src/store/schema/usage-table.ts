/** What services use, by day. */
import type { ActivityKind, UsageKind } from '../../model/installation/usage.ts'
import type { sqliteColumns } from './columns.ts'

export const defineUsageTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  return {
    usage: table(
      'usage',
      {
        serviceId: integer('service_id').notNull(),
        /** When the day begins, in UTC. */
        day: integer('day').notNull(),
        kind: text<UsageKind>('kind').notNull(),
        /** Empty for the sum of all names. */
        name: text('name').notNull(),
        count: integer('count').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.day, t.kind, t.name] }),
        index('usage_rank').on(t.day, t.kind, t.name, t.count),
      ],
    ),
    /** The registers that active clients and users were counted by. */
    usageSketches: table(
      'usage_sketches',
      {
        serviceId: integer('service_id').notNull(),
        /** When the day begins, in UTC. */
        day: integer('day').notNull(),
        kind: text<ActivityKind>('kind').notNull(),
        version: integer('version').notNull(),
        registers: text('registers').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.day, t.kind] }),
        index('usage_sketches_day').on(t.day),
      ],
    ),
  }
}
