/** The outbox: what is to be told to clients and callers. */
import type { sqliteColumns } from './columns.ts'

export const defineOutboxTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    notifications: table(
      'notifications',
      {
        serviceId: serviceId(),
        notificationId: text('notification_id').notNull(),
        clientId: integer('client_id').notNull(),
        attempts: integer('attempts').notNull(),
        dueAt: integer('due_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.notificationId] }),
        // Finds what is due of one client without what is due of all others.
        index('notifications_client').on(t.serviceId, t.clientId, t.dueAt),
        index('notifications_expiry').on(t.expiresAt),
      ],
    ),
  }
}
