/** What users granted to clients, beyond the life of tokens. */
import { sql } from 'drizzle-orm'
import type { GrantedScopes } from '../../model/granted-scopes.ts'
import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRowWrite, setTo } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'

interface GrantedScopesRow {
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

export const grantedScopes = (engine: Engine) => {
  const t = engine.tables.grantedScopes
  const rows = rowsByKey(engine, t, 'clientId', 'subject')
  const merge = preparedRowWrite<GrantedScopesRow>(engine, (build, given) =>
    build
      .insert(t)
      .values(allColumns(t).columns)
      .onConflictDoUpdate({
        target: [t.serviceId, t.clientId, t.subject],
        set: {
          modifiedAt: setTo(t.modifiedAt, given.modifiedAt),
          data: mergedHere[engine.dialect],
        },
      })
      .returning({ subject: t.subject }),
  )
  return {
    find: rows.find,
    /** The latest are replaced, and the merged added to: of several at once none is lost. */
    merge: (row: GrantedScopesRow): Write => merge(row),
    delete: rows.delete,
  }
}
