/** Keys in modules, from before they are made until they are destroyed. */
import { and, asc, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { Engine } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { insertion, rowsByKey } from '../../rows.ts'

interface KeyOf {
  serviceId: number
  handle: string
}

export const hardwareKeys = (engine: Engine) => {
  const { read, tables } = engine
  const t = tables.hardwareKeys
  const rows = rowsByKey(engine, t, 'handle')
  return {
    find: rows.find,
    /** Before the module makes the key, so that no key is left over in it. */
    insertPending: insertion(engine, t, {
      ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
    }),
    /** Touches no row if the sweep was faster. */
    activate: rows.change<KeyOf>(
      () => ({ state: 'ACTIVE', dueAt: null }),
      () => eq(t.state, 'PENDING'),
    ),
    /** To be destroyed once it is due. */
    remove: rows.change<KeyOf & { dueAt: number }>(
      ({ dueAt }) => ({ state: 'DELETED', dueAt }),
      () => eq(t.state, 'ACTIVE'),
    ),
    /** A deleted key that is not yet due is used again. */
    restore: rows.change<KeyOf & { now: number }>(
      () => ({ state: 'ACTIVE', dueAt: null }),
      ({ now }) => sql`${t.state} = 'DELETED' and ${t.dueAt} > ${now}`,
    ),
    /** Keys that were not finished, or are to be destroyed, of any service. */
    due: async (now: number, limit: number) =>
      read
        .select()
        .from(t)
        .where(and(isNotNull(t.dueAt), lte(t.dueAt, now)))
        .orderBy(asc(t.dueAt))
        .limit(limit),
    /** Of several processes one may go on with a key that is due. */
    claim: rows.change<KeyOf & { seen: number; dueAt: number }>(
      ({ dueAt }) => ({ state: 'DELETED', dueAt }),
      ({ seen }) => sql`${t.dueAt} = ${seen}`,
    ),
    delete: rows.delete,
  }
}
