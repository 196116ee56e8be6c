/** What users granted to clients, beyond the life of tokens. */
import { and, eq, sql } from 'drizzle-orm'
import type { GrantedScopes } from '../model/granted-scopes.ts'
import type { Engine, Write } from './store.ts'

export interface GrantedScopesRow {
  serviceId: number
  clientId: number
  subject: string
  modifiedAt: number
  data: GrantedScopes
}

/** What was merged before, and what is new of the row that is inserted, in their order. */
const mergedHere = {
  sqlite: sql`json_set(excluded.data, '$.merged', json((
    select json_group_array(value) from (
      select value, min(place) as place from (
        select value, key as place from json_each(granted_scopes.data, '$.merged')
        union all select value, 1000000 + key from json_each(excluded.data, '$.merged')
      ) group by value order by place
    ))))`,
  postgres: sql`jsonb_set(excluded.data, '{merged}', (
    select coalesce(jsonb_agg(value order by place), '[]') from (
      select value, min(place) as place from (
        select value, ordinality as place
        from jsonb_array_elements(granted_scopes.data -> 'merged') with ordinality
        union all select value, 1000000 + ordinality
        from jsonb_array_elements(excluded.data -> 'merged') with ordinality
      ) as each_one group by value
    ) as placed))`,
}

export const grantedScopes = ({ read, dialect, tables: { grantedScopes: t } }: Engine) => {
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
    /** The latest are replaced, and the merged added to: of several at once none is lost. */
    merge: (row: GrantedScopesRow): Write => ({
      apply: (tx) =>
        tx
          .insert(t)
          .values(row)
          .onConflictDoUpdate({
            target: [t.serviceId, t.clientId, t.subject],
            set: { modifiedAt: row.modifiedAt, data: mergedHere[dialect] },
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
