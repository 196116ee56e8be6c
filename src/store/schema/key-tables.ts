/** Keys in modules, beyond the life of a service; and what is to be done with keys at a time. */
import { KeyTask } from '../../model/keys/schedule.ts'
import type { sqliteColumns } from './columns.ts'

export const defineKeyTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
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
    keySchedules: table(
      'key_schedules',
      {
        serviceId: integer('service_id').notNull(),
        /** The set and algorithm of a rotation; what erases retired keys has a name of its own. */
        task: text('task').notNull(),
        nextAt: integer('next_at').notNull(),
        data: json('data', KeyTask).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.task] }),
        index('key_schedules_next').on(t.nextAt),
      ],
    ),
  }
}
