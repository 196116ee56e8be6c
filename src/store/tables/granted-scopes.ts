/** What users granted to clients, beyond the life of tokens. */
import { and, eq, sql } from 'drizzle-orm'
import type { GrantedScopes } from '../../model/granted-scopes.ts'
import type { Engine, Write } from '../engine.ts'
import {
  allColumns,
  type Placeholders,
  preparedRead,
  preparedRowWrite,
  setTo,
} from '../prepared.ts'

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

type Named = Pick<GrantedScopesRow, 'serviceId' | 'clientId' | 'subject'>

export const grantedScopes = (engine: Engine) => {
  const t = engine.tables.grantedScopes
  const is = (given: Placeholders<Named>) =>
    and(
      eq(t.serviceId, given.serviceId),
      eq(t.clientId, given.clientId),
      eq(t.subject, given.subject),
    )
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(is(given)),
  )
  const every = allColumns(t)
  const mergeRow = preparedRowWrite<GrantedScopesRow>(engine, (build, given) =>
    build
      .insert(t)
      .values(every.columns)
      .onConflictDoUpdate({
        target: [t.serviceId, t.clientId, t.subject],
        set: {
          modifiedAt: setTo(t.modifiedAt, given.modifiedAt),
          data: mergedHere[engine.dialect],
        },
      })
      .returning({ subject: t.subject }),
  )
  const deleteRow = preparedRowWrite<Named>(engine, (build, given) =>
    build.delete(t).where(is(given)).returning({ subject: t.subject }),
  )
  return {
    async find(serviceId: number, clientId: number, subject: string) {
      const [row] = await named({ serviceId, clientId, subject })
      return row
    },
    /** The latest are replaced, and the merged added to: of several at once none is lost. */
    merge: (row: GrantedScopesRow): Write => mergeRow(row),
    delete: (serviceId: number, clientId: number, subject: string): Write =>
      deleteRow({ serviceId, clientId, subject }),
  }
}
