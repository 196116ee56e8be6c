/**
 * What resource servers that verify tokens by themselves must hear of. Triggers of the database
 * write the rows (migration `revocations`), so that no way in which a token ends is left out.
 */
import { isNotNull } from 'drizzle-orm'
import type { sqliteColumns } from './columns.ts'

export const defineRevocationTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  return {
    /** Services whose revocations are recorded. */
    revocationLogs: table('revocation_logs', {
      serviceId: integer('service_id').notNull().primaryKey(),
      /** What was issued from then on is in the log if it ends early; milliseconds. */
      since: integer('since').notNull(),
      /** The last place, on SQLite. PostgreSQL takes the number of the transaction. */
      last: integer('last').notNull().default(0),
      /** Tokens that expired before then may have been swept, and do not end early. */
      sweptUntil: integer('swept_until').notNull().default(0),
    }),
    revocations: table(
      'revocations',
      {
        serviceId: integer('service_id').notNull(),
        place: integer('place').notNull(),
        /** Sixteen hexadecimal digits of a token's hash, or `client ` and a client ID. */
        name: text('name').notNull(),
        /** Of a client only. */
        clientId: integer('client_id'),
        expiresAt: integer('expires_at').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.place, t.name] }),
        index('revocations_client').on(t.serviceId, t.clientId).where(isNotNull(t.clientId)),
        index('revocations_expiry').on(t.expiresAt),
      ],
    ),
  }
}
