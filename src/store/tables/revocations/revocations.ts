/**
 * The log of what ended or changed before its time. Triggers write it, in the commit of the change;
 * it is read from a place on. What was committed before a read began is found by the read.
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { preparedRead } from '../../prepared.ts'
import { insertion } from '../../rows.ts'

/** A row of the log is kept for readers whose clocks are behind. */
export const keptMilliseconds = 120_000

export interface LogPlace {
  place: number
  /** Rows with this place come after this name. */
  name: string
}
interface Page extends LogPlace {
  serviceId: number
  now: number
  limit: number
}
export interface LogRow extends LogPlace {
  expiresAt: number
}

export const revocations = (engine: Engine) => {
  const { revocationLogs: l, revocations: t } = engine.tables
  const insert = insertion(engine, l, {
    ifAbsent: true,
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const logOf = preparedRead<{ serviceId: number }, { since: number; horizon: number }>(
    engine,
    (read, given) =>
      read
        .select({
          since: l.since,
          horizon: sql`${engine.syntax.horizon(l.last)}`.mapWith(Number).as('horizon'),
        })
        .from(l)
        .where(eq(l.serviceId, given.serviceId)),
  )
  const pageOf = preparedRead<Page, LogRow>(engine, (read, given) =>
    read
      .select({ place: t.place, name: t.name, expiresAt: t.expiresAt })
      .from(t)
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          sql`(${t.place}, ${t.name}) > (${given.place}, ${given.name})`,
          gt(t.expiresAt, given.now),
        ),
      )
      .orderBy(asc(t.place), asc(t.name))
      .limit(given.limit),
  )
  return {
    /** From `since` on, what ends early is recorded; without effect if the service has a log. */
    begin: (serviceId: number, since: number): Write =>
      insert({ serviceId, since, last: 0, sweptUntil: 0 }),
    /**
     * Since when there is a log, and the place that everything has which is committed after what
     * a page shows that is read from now on.
     */
    async log(serviceId: number): Promise<{ since: number; horizon: number } | undefined> {
      const [row] = await logOf({ serviceId })
      return row
    },
    page: (serviceId: number, after: LogPlace, now: number, limit: number): Promise<LogRow[]> =>
      pageOf({ serviceId, ...after, now: now - keptMilliseconds, limit }),
  }
}
