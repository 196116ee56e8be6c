/** Lists of sessions, and what is kept about those that have ended. */
import { and, asc, count, desc, eq, gt, inArray, isNotNull, isNull, lte, or } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { preparedRead } from '../../prepared.ts'
import { isLive, type OfSession, type SessionRow } from './session-row.ts'

export interface SessionFilter {
  subject?: string | undefined
  clientId?: number | undefined
  status: 'LIVE' | 'ENDED' | 'ALL'
  now: number
  start: number
  end: number
}

export function sessionLists(engine: Engine) {
  const t = engine.tables.sessions
  const c = engine.tables.sessionClients
  const ofLogout = preparedRead<{ serviceId: number; logoutId: string }, SessionRow>(
    engine,
    (read, given) =>
      read
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.logoutId, given.logoutId)))
        .orderBy(asc(t.sessionId)),
  )
  const isSelected = (serviceId: number, { subject, clientId, status, now }: SessionFilter) => {
    const live = and(isNull(t.endedAt), gt(t.expiresAt, now))
    const ended = or(isNotNull(t.endedAt), lte(t.expiresAt, now))
    const ofClient = engine.read
      .select({ sessionId: c.sessionId })
      .from(c)
      .where(and(eq(c.serviceId, serviceId), eq(c.clientId, clientId ?? 0)))
    return and(
      eq(t.serviceId, serviceId),
      subject === undefined ? undefined : eq(t.subject, subject),
      clientId === undefined ? undefined : inArray(t.sessionId, ofClient),
      status === 'ALL' ? undefined : status === 'LIVE' ? live : ended,
    )
  }
  return {
    ofLogout: (serviceId: number, logoutId: string) => ofLogout({ serviceId, logoutId }),
    async countLive(serviceId: number, subject: string, now: number): Promise<number> {
      const where = and(eq(t.serviceId, serviceId), eq(t.subject, subject), isLive(t, now))
      const [row] = await engine.read.select({ total: count() }).from(t).where(where)
      return row?.total ?? 0
    },
    /** The sessions that were used last come first. */
    async list(serviceId: number, filter: SessionFilter) {
      const where = isSelected(serviceId, filter)
      const { start, end } = filter
      const page = engine.read.select().from(t).where(where)
      const rows = await page
        .orderBy(desc(t.lastSeenAt), asc(t.sessionId))
        .limit(end - start)
        .offset(start)
      const [counted] = await engine.read.select({ total: count() }).from(t).where(where)
      return { rows, total: counted?.total ?? 0 }
    },
    /** What is kept about the ended sessions of a subject; what is to be told stays. */
    erase(serviceId: number, subject: string): Write[] {
      const d = engine.tables.deliveries
      const ended = and(eq(t.serviceId, serviceId), eq(t.subject, subject), isNotNull(t.endedAt))
      const ids = engine.read.select({ sessionId: t.sessionId }).from(t).where(ended)
      const isTold = and(eq(d.serviceId, serviceId), eq(d.subject, subject), isNull(d.dueAt))
      return [
        engine.build
          .delete(c)
          .where(and(eq(c.serviceId, serviceId), inArray(c.sessionId, ids)))
          .returning({ serviceId: c.serviceId })
          .toSQL(),
        engine.build.delete(d).where(isTold).returning({ serviceId: d.serviceId }).toSQL(),
        engine.build.delete(t).where(ended).returning({ serviceId: t.serviceId }).toSQL(),
      ]
    },
    /** Sessions of every service, or of one, that expired and were not ended yet. */
    async expired(now: number, limit: number, serviceId?: number): Promise<OfSession[]> {
      const ofService = serviceId === undefined ? undefined : eq(t.serviceId, serviceId)
      return engine.read
        .select({ serviceId: t.serviceId, sessionId: t.sessionId })
        .from(t)
        .where(and(isNull(t.endedAt), lte(t.expiresAt, now), ofService))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
    },
  }
}
