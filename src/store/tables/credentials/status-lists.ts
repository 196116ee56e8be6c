/** Status lists of a service, Token Status List: how full each is, and its version. */
import { desc, eq, lte, sql } from 'drizzle-orm'
import type { Engine } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { preparedRead } from '../../prepared.ts'
import { insertion, rowsByKey } from '../../rows.ts'

export const statusLists = (engine: Engine) => {
  const t = engine.tables.statusLists
  const { find, change } = rowsByKey(engine, t, 'list')
  const selectNewest = preparedRead<{ serviceId: number }, typeof t.$inferSelect>(
    engine,
    (db, given) =>
      db.select().from(t).where(eq(t.serviceId, given.serviceId)).orderBy(desc(t.list)).limit(1),
  )
  return {
    find,
    newest: async (serviceId: number) => (await selectNewest({ serviceId }))[0],
    /** Touches no row if another node has just begun the list. */
    insert: insertion(engine, t, {
      ifAbsent: true,
      ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
    }),
    /** Takes places; touches no row if the list would have more taken places than the limit. */
    take: change<{ count: number; limit: number }>(
      ({ count }) => ({ allocated: sql`${t.allocated} + ${count}` }),
      ({ count, limit }) => lte(sql`${t.allocated} + ${count}`, limit),
    ),
    /** Counts a change of the entries, so that the list is signed again. */
    change: change(() => ({ version: sql`${t.version} + 1` })),
  }
}
