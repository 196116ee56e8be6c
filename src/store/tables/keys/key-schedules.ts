/** What is to be done with the keys of services, and when. */
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { rowsByKey } from '../../rows.ts'

interface Claim {
  serviceId: number
  task: string
  seen: number
  nextAt: number
}

export const keySchedules = (engine: Engine) => {
  const { read, build, tables } = engine
  const t = tables.keySchedules
  const rows = rowsByKey(engine, t, 'task')
  return {
    find: rows.find,
    /** All tasks of a service. */
    list: async (serviceId: number) =>
      read.select().from(t).where(sql`${t.serviceId} = ${serviceId}`).orderBy(asc(t.task)),
    /** Replaces the task of this name. In a commit that requires the service to exist. */
    put: (row: typeof t.$inferInsert): Write =>
      build
        .insert(t)
        .values(row)
        .onConflictDoUpdate({
          target: [t.serviceId, t.task],
          set: { nextAt: row.nextAt, data: row.data },
        })
        .returning({ serviceId: t.serviceId })
        .toSQL(),
    /** Tasks of any service, or of one, whose time has come. */
    async due(now: number, limit: number, serviceId?: number) {
      const ofService = serviceId === undefined ? undefined : eq(t.serviceId, serviceId)
      const isDue = and(lte(t.nextAt, now), ofService)
      return read.select().from(t).where(isDue).orderBy(asc(t.nextAt)).limit(limit)
    },
    /** Of several processes one may go on with a task that is due. */
    claim: rows.change<Claim>(
      ({ nextAt }) => ({ nextAt }),
      ({ seen }) => sql`${t.nextAt} = ${seen}`,
    ),
    delete: rows.delete,
  }
}
