/** Keys in modules: what is to be made or destroyed there, beyond the life of a service. */
import type { sqliteColumns } from './columns.ts'

export const defineKeyTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  return {
    hardwareKeys: table(
      'hardware_keys',
      {
        serviceId: integer('service_id').notNull(),
        handle: text('handle').notNull(),
        hsmName: text('hsm_name').notNull(),
        /** PENDING until the service has the key, then ACTIVE; DELETED until it is destroyed. */
        state: text<'PENDING' | 'ACTIVE' | 'DELETED'>('state').notNull(),
        createdAt: integer('created_at').notNull(),
        /** When the module is asked again; null for keys in use. */
        dueAt: integer('due_at'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.handle] }),
        index('hardware_keys_due').on(t.dueAt),
      ],
    ),
  }
}
