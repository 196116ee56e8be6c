/** Sessions of users, while they live and for some time after their end. */
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { SessionDevice, SessionEndReason } from '../../../model/session.ts'
import type { Engine, Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { type Placeholders, preparedRead, preparedWrite } from '../../prepared.ts'
import { insertion, type Now, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Table = Tables['sessions']
export type SessionRow = Table['$inferSelect']

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
  device?: SessionDevice | undefined
  properties: { key: string; value?: string | undefined }[]
}
type Changes = Partial<
  Omit<NewSession, 'serviceId' | 'sessionId' | 'subject' | 'createdAt' | 'idleMilliseconds'>
> & { idleMilliseconds?: number | null }

/** How sessions end: all of one commit have the same logout. */
export interface SessionEnd {
  now: number
  logoutId: string
  reason: SessionEndReason
  keptUntil: number
}
interface OfSession {
  serviceId: number
  sessionId: string
}
interface OfSubject {
  serviceId: number
  subject: string
}

export interface SessionFilter {
  subject?: string | undefined
  clientId?: number | undefined
  status: 'LIVE' | 'ENDED' | 'ALL'
  now: number
  start: number
  end: number
}

export const sessions = (engine: Engine) => {
  const t = engine.tables.sessions
  const { find } = rowsByKey(engine, t, 'sessionId')
  const insert = insertion(engine, t, {
    ifAbsent: true,
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  return {
    find,
    /** Touches no row where the identifier is taken, also by a session that has ended. */
    insert: (row: NewSession): Write =>
      insert({
        ...row,
        lastSeenAt: row.createdAt,
        expiresAt: expiryOf(row.createdAt, row.idleMilliseconds, row.endsAt),
      }),
    ...uses(engine),
    ...marks(engine),
    ...lists(engine),
  }
}

const expiryOf = (now: number, idle: number | null | undefined, endsAt: number): number =>
  idle == null ? endsAt : Math.min(now + idle, endsAt)

const isLive = (t: Table, now: unknown): SQL | undefined =>
  and(isNull(t.endedAt), sql`${t.expiresAt} > ${now}`)

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
  return {
    touch: (serviceId: number, sessionId: string, now: number): Write =>
      touch({ serviceId, sessionId, now }),
    /** A guard of what is issued in the session: it fails once the session has ended. */
    hold: (serviceId: number, sessionId: string, subject: string, now: number): Write =>
      hold({ serviceId, sessionId, subject, now }),
    /** Counts as a use. `row` has the limits that are not changed. */
    update({ serviceId, sessionId, ...row }: SessionRow, changes: Changes, now: number): Write {
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

/** Ends of sessions: the first of several marks a session, and the others touch no row. */
function marks(engine: Engine) {
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
          device: null,
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
  const beyond = mark<OfSubject & { limit: number }>((given) => {
    const young = engine.read
      .select({ id: t.sessionId })
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.subject, given.subject), isNull(t.endedAt)))
      .orderBy(desc(t.lastSeenAt), desc(t.sessionId))
      .limit(given.limit as unknown as number)
    return and(eq(t.subject, given.subject), sql`${t.sessionId} not in ${young}`)
  })
  return {
    endOne: (of: OfSession, end: SessionEnd): Write => one({ ...of, ...end }),
    /** Only if it has expired by then: a session may have been used in the meantime. */
    endExpired: (of: OfSession, end: SessionEnd): Write => expired({ ...of, ...end }),
    endOfSubject: (of: OfSubject, end: SessionEnd, except?: string): Write =>
      except === undefined
        ? ofSubject({ ...of, ...end })
        : othersOfSubject({ ...of, ...end, sessionId: except }),
    /** All but the `limit` sessions of a subject that were used last. */
    endBeyond: (of: OfSubject, limit: number, end: SessionEnd): Write =>
      beyond({ ...of, ...end, limit }),
  }
}

function lists(engine: Engine) {
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
    /** Sessions of every service that expired and were not ended yet. */
    async expired(now: number, limit: number): Promise<OfSession[]> {
      return engine.read
        .select({ serviceId: t.serviceId, sessionId: t.sessionId })
        .from(t)
        .where(and(isNull(t.endedAt), lte(t.expiresAt, now)))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
    },
  }
}
