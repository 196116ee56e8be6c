/** Clients that took part in a session: each was issued something in it. */
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { ParticipantData } from '../../../model/session.ts'
import type { Engine, Write } from '../../engine.ts'
import { preparedRead, preparedRowWrite, setTo } from '../../prepared.ts'
import { rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

export type ParticipantRow = Tables['sessionClients']['$inferSelect']

interface Participant {
  serviceId: number
  sessionId: string
  clientId: number
  /** The session's name towards the client. */
  sid: string
  /** The user's name towards the client. */
  sub: string
  now: number
  data: ParticipantData
}

export const sessionClients = (engine: Engine) => {
  const t = engine.tables.sessionClients
  const { find } = rowsByKey(engine, t, 'sessionId', 'clientId')
  return {
    find,
    join: joining(engine),
    leave: leaving(engine),
    ...finders(engine),
  }
}

/** The row is kept as long as that of its session, which must be there. */
function joining(engine: Engine) {
  const { sessionClients: t, sessions: s } = engine.tables
  const join = preparedRowWrite<Participant>(engine, (build, given) => {
    const value = (name: keyof Participant, column: keyof ParticipantRow) =>
      setTo(t[column], given[name])
    const row = sql`select
      ${s.serviceId}, ${s.sessionId}, ${value('clientId', 'clientId')}, ${value('sid', 'sid')},
      ${value('sub', 'sub')}, ${value('now', 'firstAt')}, ${value('now', 'lastAt')},
      ${s.keptUntil}, ${value('data', 'data')}
      from ${s} where ${s.serviceId} = ${given.serviceId} and ${s.sessionId} = ${given.sessionId}`
    return build
      .insert(t)
      .select(row)
      .onConflictDoUpdate({
        target: [t.serviceId, t.sessionId, t.clientId],
        set: {
          sid: value('sid', 'sid'),
          sub: value('sub', 'sub'),
          lastAt: value('now', 'lastAt'),
          keptUntil: sql`excluded.kept_until`,
          data: value('data', 'data'),
        },
      })
      .returning({ serviceId: t.serviceId })
  })
  return (participant: Participant): Write => join(participant)
}

/** Only while the session lives: what is to be told of its end is told to those that took part. */
function leaving(engine: Engine) {
  const { sessionClients: t, sessions: s } = engine.tables
  interface Part {
    serviceId: number
    sessionId: string
    clientId: number
  }
  const leave = preparedRowWrite<Part>(engine, (build, { serviceId, sessionId, clientId }) => {
    const ofSession = and(eq(s.serviceId, serviceId), eq(s.sessionId, sessionId))
    const isOpen = sql`exists (select 1 from ${s} where ${and(ofSession, isNull(s.endedAt))})`
    return build
      .delete(t)
      .where(
        and(
          eq(t.serviceId, serviceId),
          eq(t.sessionId, sessionId),
          eq(t.clientId, clientId),
          isOpen,
        ),
      )
      .returning({ serviceId: t.serviceId })
  })
  return (serviceId: number, sessionId: string, clientId: number): Write =>
    leave({ serviceId, sessionId, clientId })
}

function finders(engine: Engine) {
  const t = engine.tables.sessionClients
  const bySid = preparedRead<{ serviceId: number; sid: string }, ParticipantRow>(
    engine,
    (read, given) =>
      read
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.sid, given.sid)))
        .orderBy(desc(t.lastAt), asc(t.sessionId))
        .limit(1),
  )
  return {
    /** By the name that the session has towards a client. */
    async findBySid(serviceId: number, sid: string): Promise<ParticipantRow | undefined> {
      const [row] = await bySid({ serviceId, sid })
      return row
    },
    /** The clients of these sessions: those that were issued something last come first. */
    async ofSessions(serviceId: number, sessionIds: string[]): Promise<ParticipantRow[]> {
      if (sessionIds.length === 0) return []
      return engine.read
        .select()
        .from(t)
        .where(and(eq(t.serviceId, serviceId), inArray(t.sessionId, sessionIds)))
        .orderBy(desc(t.lastAt), asc(t.clientId))
    },
  }
}
