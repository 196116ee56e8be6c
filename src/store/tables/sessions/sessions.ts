/** Sessions of users, while they live and for some time after their end. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { SessionDevice } from '../../../model/session.ts'
import { type Engine, orRefuse, type Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { type Placeholders, preparedWrite } from '../../prepared.ts'
import { insertion, type Now, rowsByKey } from '../../rows.ts'
import { sessionEnds } from './session-ends.ts'
import { sessionLists } from './session-lists.ts'
import { isLive, type OfSubject, type SessionRow } from './session-row.ts'

interface NewSession {
  serviceId: number
  sessionId: string
  subject: string
  createdAt: number
  /** Milliseconds without activity after which the session expires; undefined for no such limit. */
  idleMilliseconds: number | undefined
  /** The absolute limit. */
  endsAt: number
  keptUntil: number
  authTime?: number | undefined
  acr?: string | undefined
  amr: string[]
  deviceName?: string | undefined
  device: SessionDevice
  properties: { key: string; value?: string | undefined }[]
}
export type SessionChanges = Partial<
  Omit<NewSession, 'serviceId' | 'sessionId' | 'subject' | 'createdAt' | 'idleMilliseconds'>
> & { idleMilliseconds?: number | null }

export const sessions = (engine: Engine) => {
  const t = engine.tables.sessions
  const { find } = rowsByKey(engine, t, 'sessionId')
  const insert = insertion(engine, t, {
    ifAbsent: true,
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const row = (session: NewSession) => ({
    ...session,
    lastSeenAt: session.createdAt,
    expiresAt: expiryOf(session.createdAt, session.idleMilliseconds, session.endsAt),
  })
  return {
    find,
    /** Touches no row where the identifier is taken, also by a session that has ended. */
    insert: (session: NewSession): Write => insert(row(session)),
    requireRoom: requireRoom(engine),
    ...uses(engine),
    ...sessionEnds(engine),
    ...sessionLists(engine),
  }
}

/**
 * Goes before an insert, in a commit that holds the subject: fails where the subject has `limit`
 * live sessions already.
 */
function requireRoom(engine: Engine) {
  const { sessions: t, attempts } = engine.tables
  interface Room extends OfSubject {
    name: string
    now: number
    limit: number
  }
  const touch = preparedWrite<Room>(engine, (build, given) => {
    const live = and(
      eq(t.serviceId, given.serviceId),
      eq(t.subject, given.subject),
      isLive(t, given.now),
    )
    const hasRoom = sql`(select count(*) from ${t} where ${live}) < ${given.limit}`
    return build
      .update(attempts)
      .set({ attempted: sql`${attempts.attempted}` })
      .where(and(eq(attempts.serviceId, given.serviceId), eq(attempts.name, given.name), hasRoom))
      .returning({ serviceId: attempts.serviceId })
  })
  return (room: Room, refusal: Error): Write => orRefuse(touch(room), refusal)
}

const expiryOf = (now: number, idle: number | null | undefined, endsAt: number): number =>
  idle == null ? endsAt : Math.min(now + idle, endsAt)

/** Uses of a session, each of which holds its row and touches it only while it lives. */
function uses(engine: Engine) {
  const t = engine.tables.sessions
  const { change } = rowsByKey(engine, t, 'sessionId')
  const seen = ({ now }: Placeholders<Now>) => ({
    lastSeenAt: sql`${now}`,
    expiresAt: sql`case
      when ${t.idleMilliseconds} is null or ${now} + ${t.idleMilliseconds} > ${t.endsAt}
      then ${t.endsAt} else ${now} + ${t.idleMilliseconds} end`,
  })
  const touch = change<Now>(seen, ({ now }) => isLive(t, now))
  const hold = change<Now & { subject: string }>(seen, ({ now, subject }) =>
    and(isLive(t, now), eq(t.subject, subject)),
  )
  const lock = change(
    () => ({ sessionId: sql`${t.sessionId}` }),
    () => isNull(t.endedAt),
  )
  return {
    /** Changes nothing, but waits for commits that hold the session, and holds it. */
    lock: (serviceId: number, sessionId: string): Write => lock({ serviceId, sessionId }),
    touch: (serviceId: number, sessionId: string, now: number): Write =>
      touch({ serviceId, sessionId, now }),
    /** A guard of what is issued in the session: it fails once the session has ended. */
    hold: (serviceId: number, sessionId: string, subject: string, now: number): Write =>
      hold({ serviceId, sessionId, subject, now }),
    /** Counts as a use. `row` has the limits that are not changed. */
    update(
      { serviceId, sessionId, ...row }: SessionRow,
      changes: SessionChanges,
      now: number,
    ): Write {
      const { idleMilliseconds = row.idleMilliseconds, endsAt = row.endsAt } = changes
      const where = and(eq(t.serviceId, serviceId), eq(t.sessionId, sessionId), isLive(t, now))
      return engine.build
        .update(t)
        .set({
          ...changes,
          lastSeenAt: now,
          expiresAt: expiryOf(now, idleMilliseconds, endsAt),
        } as object)
        .where(where)
        .returning({ serviceId: t.serviceId })
        .toSQL()
    },
  }
}
