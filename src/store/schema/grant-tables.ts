/** What users granted to clients, beyond the life of tokens. */
import { ManagedGrant } from '../../model/grant-management.ts'
import { GrantedScopes } from '../../model/granted-scopes.ts'
import type { sqliteColumns } from './columns.ts'

export const defineGrantTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    grantedScopes: table(
      'granted_scopes',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        subject: text('subject').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', GrantedScopes).notNull(),
      },
      (t) => [primaryKey({ columns: [t.serviceId, t.clientId, t.subject] })],
    ),
    grants: table(
      'grants',
      {
        serviceId: serviceId(),
        grantId: text('grant_id').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject').notNull(),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', ManagedGrant).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.grantId] }),
        index('grants_client').on(t.serviceId, t.clientId, t.subject),
      ],
    ),
  }
}
