/**
 * Security events that wait for their delivery. They are inserted for all streams that want them by
 * one statement, in the commit of what they tell of: it sees the streams as they are then.
 */
import { and, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import { SecurityEventContent, type StreamStatus } from '../../../model/events/stream.ts'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { type Placeholders, preparedRead, preparedWrite, setTo } from '../../prepared.ts'
import { rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Stored = Tables['securityEvents']['$inferSelect']
export type SecurityEventRow = Omit<Stored, 'sealed'> & { content: SecurityEventContent }
export type SecurityEventKey = Pick<Stored, 'serviceId' | 'clientId' | 'setId'>

/** What the tokens of one event have in common. */
export interface NewSecurityEvent {
  serviceId: number
  /** Random: the `jti` of each token begins with it. */
  eventId: string
  /** The short name of its type, by which streams want it. */
  type: string
  now: number
  expiresAt: number
  content: SecurityEventContent
}
interface OfSubject {
  subject?: string | undefined
  sessionId?: string | undefined
}

interface StreamOfEvents {
  serviceId: number
  clientId: number
  status: StreamStatus
}

/** Of one stream; further events are dropped until its receiver takes some. */
const mostWaiting = 10_000

interface Look {
  serviceId: number
  /** The client to begin after. */
  after: number
  now: number
  /** How many streams to look at. */
  limit: number
}

/** How many are counted, so that a long backlog is not read as a whole. */
const countedAtMost = 20_000

const place = ({ serviceId, eventId }: Pick<Stored, 'serviceId' | 'eventId'>) => ({
  table: 'security_events',
  serviceId,
  row: eventId,
  column: 'sealed',
})

export const securityEvents = (engine: Engine, sealer: Sealer) => {
  const opened = ({ sealed, ...row }: Stored): SecurityEventRow => ({
    ...row,
    content: SecurityEventContent.parse(JSON.parse(sealer.unseal(sealed, place(row)))),
  })
  return { ...insertions(engine, sealer), ...readers(engine, opened), ...outcomes(engine) }
}

type Values = Omit<NewSecurityEvent, 'content'> & Record<'sealed' | 'wanted', string>

function insertions(engine: Engine, sealer: Sealer) {
  const { tables, syntax } = engine
  const { securityEvents: t, eventStreams: e, sessions: s } = tables
  /** `streams`: rows of client, subject and session, one for each token. */
  const inserting = <V extends Values>(streams: (given: Placeholders<V>) => SQL) =>
    preparedWrite<V>(engine, (build, given) => {
      const value = (name: keyof Values, column: keyof Stored) => setTo(t[column], given[name])
      const columns: Record<keyof Stored, SQL> = {
        serviceId: value('serviceId', 'serviceId'),
        clientId: sql`wanting.client_id`,
        setId: sql`${value('eventId', 'setId')} || '-' || cast(wanting.place as text)`,
        eventId: value('eventId', 'eventId'),
        type: value('type', 'type'),
        subject: sql`wanting.subject`,
        sessionId: sql`wanting.session_id`,
        createdAt: value('now', 'createdAt'),
        expiresAt: value('expiresAt', 'expiresAt'),
        attempts: sql`0`,
        dueAt: value('now', 'dueAt'),
        sealed: value('sealed', 'sealed'),
      }
      const row = sql`select ${sql.join(Object.values(columns), sql`, `)} from (
        select client_id, subject, session_id, row_number() over (order by client_id) as place
        from (${streams(given)}${syntax.lockParent}) as found
      ) as wanting`
      return build.insert(t).select(row).returning({ serviceId: t.serviceId })
    })
  // One step of the index for each event that waits, of streams that want another one.
  const hasRoom = sql`not exists (
    select 1 from security_events w
    where w.service_id = ${e.serviceId} and w.client_id = ${e.clientId}
    limit 1 offset ${sql.raw(String(mostWaiting - 1))}
  )`
  const wants = (given: Placeholders<Values>) =>
    and(
      eq(e.serviceId, given.serviceId),
      sql`${e.status} <> 'disabled'`,
      sql`${e.types} like ${given.wanted}`,
      hasRoom,
    )
  const ofLogout = inserting<Values & { logoutId: string }>((given) => {
    const isEnded = and(eq(s.serviceId, given.serviceId), eq(s.logoutId, given.logoutId))
    return sql`select ${e.clientId}, ${s.subject}, ${s.sessionId}
      from ${e} join ${s} on ${isEnded} where ${wants(given)}`
  })
  const ofSubject = inserting<Values & { subject: string | null; sessionId: string | null }>(
    (given) => sql`select ${e.clientId}, cast(${given.subject} as text) as subject,
      cast(${given.sessionId} as text) as session_id from ${e} where ${wants(given)}`,
  )
  const ofStream = inserting<Values & { clientId: number; streamId: string }>((given) => {
    const isStream = and(
      eq(e.serviceId, given.serviceId),
      eq(e.clientId, given.clientId),
      eq(e.streamId, given.streamId),
    )
    return sql`select ${e.clientId}, cast(null as text) as subject,
      cast(null as text) as session_id from ${e}
      where ${isStream} and (${e.status} <> 'disabled' or ${isOfStop(given.type)})`
  })
  const valuesOf = ({ content, ...event }: NewSecurityEvent): Values => ({
    ...event,
    sealed: sealer.seal(JSON.stringify(content), place(event)),
    wanted: `% ${event.type} %`,
  })
  return {
    /** For each stream that wants the type, one of each session that the logout ended. */
    insertOfLogout: (event: NewSecurityEvent, logoutId: string): Write =>
      ofLogout({ ...valuesOf(event), logoutId }),
    /** For each stream that wants the type. */
    insertOfSubject: (event: NewSecurityEvent, { subject, sessionId }: OfSubject): Write =>
      ofSubject({
        ...valuesOf(event),
        subject: subject ?? null,
        sessionId: sessionId ?? null,
      }),
    /** For one stream, whatever it wants; a disabled one gets only that it was disabled. */
    insertOfStream: (event: NewSecurityEvent, clientId: number, streamId: string): Write =>
      ofStream({ ...valuesOf(event), clientId, streamId }),
  }
}

/** Delivered also by a stream that is stopped. The text is that of the index of such events. */
const isOfStop = (type: SQL | Placeholders<Values>['type']) => sql`${type} = 'stream-updated'`
const ofStop = isOfStop(sql.raw('w.type'))

const ofPushed = sql`w.service_id = p.service_id and w.client_id = p.client_id`
const oldestOfStreams = (given: Placeholders<Look>) => sql`(
  select p.client_id, case when p.status = 'enabled' then (
    select w.set_id from security_events w
    where ${ofPushed} and w.due_at <= ${given.now}
    order by w.due_at limit 1
  ) else (
    select w.set_id from security_events w
    where ${ofPushed} and w.due_at <= ${given.now} and ${ofStop}
    order by w.due_at limit 1
  ) end as id
  from event_streams p
  where p.service_id = ${given.serviceId} and p.client_id > ${given.after}
    and p.method = 'push'
  order by p.client_id limit ${given.limit}
) as oldest`

const pushingServices = (given: Placeholders<{ after: number; limit: number }>) => sql`(
  select distinct p.service_id from event_streams p
  where p.service_id > ${given.after} and p.method = 'push' and (
    (p.status = 'enabled' and exists (select 1 from security_events w where ${ofPushed}))
    or exists (select 1 from security_events w where ${ofPushed} and ${ofStop})
  )
  order by p.service_id limit ${given.limit}
) as services`

function readers(engine: Engine, opened: (row: Stored) => SecurityEventRow) {
  const t = engine.tables.securityEvents
  const servicesAfter = preparedRead<{ after: number; limit: number }, { serviceId: number }>(
    engine,
    (db, given) =>
      db
        .select({ serviceId: sql`service_id`.mapWith(t.serviceId).as('service_id') })
        .from(pushingServices(given)),
  )
  const oldest = preparedRead<Look, { clientId: number; row: Stored | null }>(engine, (db, given) =>
    db
      .select({ clientId: sql`oldest.client_id`.mapWith(t.clientId).as('client'), row: t })
      .from(oldestOfStreams(given))
      .leftJoin(
        t,
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.clientId, sql`oldest.client_id`),
          eq(t.setId, sql`oldest.id`),
        ),
      ),
  )
  const oldestFirst = (where?: SQL) =>
    preparedRead<{ serviceId: number; clientId: number; limit: number }, Stored>(
      engine,
      (db, { serviceId, clientId, limit }) =>
        db
          .select()
          .from(t)
          .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), where))
          .orderBy(t.dueAt, t.setId)
          .limit(limit as unknown as number),
    )
  const [ofEnabled, ofStopped] = [oldestFirst(), oldestFirst(isOfStop(sql`${t.type}`))]
  const waiting = preparedRead<{ limit: number }, { count: number; oldest: number | null }>(
    engine,
    (db, given) =>
      db
        .select({
          count: sql<number>`count(*)`.mapWith(Number),
          oldest: sql<number | null>`min(created_at)`.mapWith(t.createdAt),
        })
        .from(sql`(
          select w.created_at from event_streams p
          join security_events w on w.service_id = p.service_id and w.client_id = p.client_id
          where p.method = 'push' and p.status = 'enabled' limit ${given.limit}
        ) as waiting`),
  )
  return {
    /** How many wait to be pushed, up to a limit, and when the oldest was stored. */
    async waiting(): Promise<{ count: number; oldest: number | null }> {
      const [found] = await waiting({ limit: countedAtMost })
      return found ?? { count: 0, oldest: null }
    },
    /** Services with a stream to push to, and something that waits for it, now or later. */
    async services(after: number, limit: number): Promise<number[]> {
      return (await servicesAfter({ after, limit })).map(({ serviceId }) => serviceId)
    },
    /** Of each stream of a service that is pushed to, the oldest that is due by now. */
    async due(look: Look): Promise<{ due: SecurityEventRow[]; last: number | undefined }> {
      const looked = await oldest(look)
      const due = looked.flatMap(({ row }) => (row ? [opened(row)] : []))
      return { due, last: looked.length < look.limit ? undefined : looked.at(-1)?.clientId }
    },
    /** So many of a stream, the oldest first; of one that is stopped, what tells of it. */
    async first(
      { serviceId, clientId, status }: StreamOfEvents,
      limit: number,
    ): Promise<SecurityEventRow[]> {
      const read = status === 'enabled' ? ofEnabled : ofStopped
      return (await read({ serviceId, clientId, limit })).map(opened)
    },
  }
}

function outcomes(engine: Engine) {
  const { build, tables } = engine
  const t = tables.securityEvents
  const { change, delete: remove } = rowsByKey(engine, t, 'clientId', 'setId')
  const attempt = change<{ seen: number; attempts: number; dueAt: number }>(
    ({ attempts, dueAt }) => ({ attempts, dueAt }),
    ({ seen }) => eq(t.dueAt, seen),
  )
  const again = change<{ attempts: number; dueAt: number }>(
    ({ dueAt }) => ({ dueAt }),
    ({ attempts }) => eq(t.attempts, attempts),
  )
  const key = ({ serviceId, clientId, setId }: SecurityEventKey) => ({ serviceId, clientId, setId })
  const ofStream = (serviceId: number, clientId: number) =>
    and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))
  const deleted = (where?: SQL): Write =>
    build.delete(t).where(where).returning({ serviceId: t.serviceId }).toSQL()
  return {
    /** An attempt begins: touches no row where another process was faster. */
    attempt: (of: SecurityEventKey, values: { seen: number; attempts: number; dueAt: number }) =>
      attempt({ ...key(of), ...values }),
    /** This attempt failed, and none was begun after it. */
    again: (of: SecurityEventKey, values: { attempts: number; dueAt: number }): Write =>
      again({ ...key(of), ...values }),
    /** The receiver has it, or will never take it. */
    delete: ({ serviceId, clientId, setId }: SecurityEventKey): Write =>
      remove(serviceId, clientId, setId),
    /** Those of a stream that its receiver names. */
    deleteNamed: (serviceId: number, clientId: number, setIds: readonly string[]): Write =>
      deleted(and(ofStream(serviceId, clientId), inArray(t.setId, [...setIds]))),
    deleteOfStream: (serviceId: number, clientId: number): Write =>
      deleted(ofStream(serviceId, clientId)),
    /** Those of a stream that were put off are due, as if they had not been tried. */
    hasten: (serviceId: number, clientId: number, now: number): Write =>
      build
        .update(t)
        .set({ attempts: 0, dueAt: now })
        .where(and(ofStream(serviceId, clientId), gt(t.dueAt, now)))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
  }
}
