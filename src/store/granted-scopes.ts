/** What users granted to clients, beyond the life of tokens. */
import { and, eq } from 'drizzle-orm'
import type { GrantedScopes } from '../model/granted-scopes.ts'
import type { Engine, Write } from './store.ts'

export interface GrantedScopesRow {
  serviceId: number
  clientId: number
  subject: string
  modifiedAt: number
  data: GrantedScopes
}

export const grantedScopes = ({ read, tables: { grantedScopes: t } }: Engine) => {
  const is = (serviceId: number, clientId: number, subject: string) =>
    and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), eq(t.subject, subject))
  return {
    async find(serviceId: number, clientId: number, subject: string) {
      const [row] = await read
        .select()
        .from(t)
        .where(is(serviceId, clientId, subject))
      return row
    },
    upsert: (row: GrantedScopesRow): Write => ({
      apply: (tx) =>
        tx
          .insert(t)
          .values(row)
          .onConflictDoUpdate({
            target: [t.serviceId, t.clientId, t.subject],
            set: { modifiedAt: row.modifiedAt, data: row.data },
          })
          .returning({ subject: t.subject }),
    }),
    delete: (serviceId: number, clientId: number, subject: string): Write => ({
      apply: (tx) =>
        tx
          .delete(t)
          .where(is(serviceId, clientId, subject))
          .returning({ subject: t.subject }),
    }),
  }
}
