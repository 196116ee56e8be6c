/** Ends of sessions. All that end in one commit have the same logout. */
import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { SessionEndReason } from '../../../model/session.ts'
import type { Engine, Write } from '../../engine.ts'
import { type Placeholders, preparedWrite } from '../../prepared.ts'
import { isLive, type OfSession, type OfSubject } from './session-row.ts'

/** How sessions end: all of one commit have the same logout. */
export interface SessionEnd {
  now: number
  logoutId: string
  reason: SessionEndReason
  keptUntil: number
}

/** The first of several marks a session, and the others touch no row. */
export function sessionEnds(engine: Engine) {
  const t = engine.tables.sessions
  const mark = <V extends object>(
    which: (given: Placeholders<V & SessionEnd & { serviceId: number }>) => SQL | undefined,
  ) =>
    preparedWrite<V & SessionEnd & { serviceId: number }>(engine, (build, given) =>
      build
        .update(t)
        .set({
          endedAt: sql`${given.now}`,
          logoutId: sql`${given.logoutId}`,
          endReason: sql`${given.reason}`,
          keptUntil: sql`${given.keptUntil}`,
          device: {},
        } as object)
        .where(and(eq(t.serviceId, given.serviceId), isNull(t.endedAt), which(given)))
        .returning({ sessionId: t.sessionId }),
    )
  const one = mark<OfSession>((given) => eq(t.sessionId, given.sessionId))
  const expired = mark<OfSession>((given) =>
    and(eq(t.sessionId, given.sessionId), sql`${t.expiresAt} <= ${given.now}`),
  )
  const ofSubject = mark<OfSubject>((given) => eq(t.subject, given.subject))
  const othersOfSubject = mark<OfSubject & { sessionId: string }>((given) =>
    and(eq(t.subject, given.subject), ne(t.sessionId, given.sessionId)),
  )
  const beyond = mark<OfSubject & { limit: number; kept: string }>((given) => {
    const others = and(
      eq(t.serviceId, given.serviceId),
      eq(t.subject, given.subject),
      isLive(t, given.now),
      ne(t.sessionId, given.kept),
    )
    const young = engine.read
      .select({ id: t.sessionId })
      .from(t)
      .where(others)
      .orderBy(desc(t.lastSeenAt), desc(t.sessionId))
      .limit(given.limit as unknown as number)
    const kept = and(
      eq(t.serviceId, given.serviceId),
      eq(t.sessionId, given.kept),
      isLive(t, given.now),
    )
    const isKept = inArray(
      given.kept as unknown as SQL,
      engine.read.select({ id: t.sessionId }).from(t).where(kept),
    )
    return and(others, sql`${t.sessionId} not in ${young}`, isKept)
  })
  return {
    endOne: (of: OfSession, end: SessionEnd): Write => one({ ...of, ...end }),
    /** Only if it has expired by then: a session may have been used in the meantime. */
    endExpired: (of: OfSession, end: SessionEnd): Write => expired({ ...of, ...end }),
    endOfSubject: (of: OfSubject, end: SessionEnd, except?: string): Write =>
      except === undefined
        ? ofSubject({ ...of, ...end })
        : othersOfSubject({ ...of, ...end, sessionId: except }),
    /**
     * All live ones of a subject but `kept`, and `others` more that were used last. None once
     * `kept` has ended: the call that ended it keeps the limit.
     */
    endBeyond: (of: OfSubject, kept: string, others: number, end: SessionEnd): Write =>
      beyond({ ...of, ...end, kept, limit: others }),
  }
}
