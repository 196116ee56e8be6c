/** What users granted to clients, beyond the life of tokens. */
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
          data: engine.syntax.unitedList(t.data, 'merged'),
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
