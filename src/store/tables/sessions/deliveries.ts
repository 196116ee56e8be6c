/** Deliveries: what clients are to be told of the end of sessions, and what became of it. */
import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { DeliveryKind } from '../../../model/delivery.ts'
import type { Engine, Write } from '../../engine.ts'
import { backlog, hasDueTime, waiting } from '../../outbox/backlog.ts'
import { outcomes } from '../../outbox/outcomes.ts'
import { type Placeholders, preparedRead, preparedWrite, setTo } from '../../prepared.ts'
import { insertion } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'
import { deliveryLists } from './delivery-lists.ts'

type Table = Tables['deliveries']
export type DeliveryRow = Table['$inferSelect']
type NewRow = Table['$inferInsert']

/** What all deliveries of a logout have in common. */
export interface NewDeliveries {
  serviceId: number
  logoutId: string
  kind: DeliveryKind
  now: number
  /** The first attempt is made by the process that commits, later ones when they are due. */
  dueAt: number
  giveUpAt: number
  keptUntil: number
  reason?: string | undefined
}
type OfClient = NewDeliveries & { sessionId: string; clientId: number }

export const deliveries = (engine: Engine) => {
  const t = engine.tables.deliveries
  return {
    ...insertions(engine),
    ...finders(engine),
    /** The lane of each client. */
    ...backlog(engine, t, { lane: t.clientId, id: t.deliveryId, waits: hasDueTime }),
    ...outcomes(engine, t, { key: ['deliveryId'], final: 'DEAD' }),
    waiting: waiting(engine, t),
    ...deliveryLists(engine),
    /** Of clients that cannot be told. */
    deleteOfClients: (serviceId: number, logoutId: string, clientIds: number[]): Write =>
      engine.build
        .delete(t)
        .where(
          and(eq(t.serviceId, serviceId), eq(t.logoutId, logoutId), inArray(t.clientId, clientIds)),
        )
        .returning({ serviceId: t.serviceId })
        .toSQL(),
  }
}

/** Names a delivery by what it is of, so that there is one, however often it is asked for. */
export const deliveryIdOf = (
  kind: DeliveryKind,
  logoutId: string,
  clientId: number,
  sessionId: string,
): string => `${kind}:${logoutId}:${clientId}:${sessionId}`

/**
 * The rows come from the participants in the statement itself: no participant can slip in between a
 * read of them and the commit.
 */
function insertions(engine: Engine) {
  const { deliveries: t, sessions: s, sessionClients: c } = engine.tables
  const fromParticipants = <V extends NewDeliveries>(
    which: (given: Placeholders<V>) => SQL | undefined,
  ) =>
    preparedWrite<V>(engine, (build, given) => {
      const value = (name: keyof NewDeliveries, column: keyof DeliveryRow) =>
        setTo(t[column], given[name])
      const id = sql`${value('kind', 'kind')} || ':' || ${value('logoutId', 'logoutId')} || ':' ||
        cast(${c.clientId} as text) || ':' || ${c.sessionId}`
      const columns: Record<keyof NewRow, SQL> = {
        serviceId: sql`${c.serviceId}`,
        deliveryId: id,
        kind: value('kind', 'kind'),
        logoutId: value('logoutId', 'logoutId'),
        clientId: sql`${c.clientId}`,
        sessionId: sql`${c.sessionId}`,
        subject: sql`${s.subject}`,
        sid: sql`${c.sid}`,
        sub: sql`${c.sub}`,
        status: sql`'PENDING'`,
        attempts: sql`1`,
        dueAt: value('dueAt', 'dueAt'),
        createdAt: value('now', 'createdAt'),
        finishedAt: sql`null`,
        giveUpAt: value('giveUpAt', 'giveUpAt'),
        keptUntil: value('keptUntil', 'keptUntil'),
        lastStatus: sql`null`,
        lastError: sql`null`,
        reason: value('reason', 'reason'),
        data: sql`${c.data}`,
      }
      const of = and(eq(s.serviceId, c.serviceId), eq(s.sessionId, c.sessionId))
      const row = sql`select ${sql.join(Object.values(columns), sql`, `)}
        from ${c} join ${s} on ${of} where ${and(eq(c.serviceId, given.serviceId), which(given))}`
      return build
        .insert(t)
        .select(row)
        .onConflictDoNothing()
        .returning({ deliveryId: t.deliveryId })
    })
  const ofLogout = fromParticipants<NewDeliveries>((given) => eq(s.logoutId, given.logoutId))
  const ofClient = fromParticipants<OfClient>((given) =>
    and(eq(c.sessionId, given.sessionId), eq(c.clientId, given.clientId), isNull(s.endedAt)),
  )
  const insert = insertion(engine, t, { ifAbsent: true })
  return {
    /** One for each participant of the sessions that the logout ended. */
    insertOfLogout: (of: NewDeliveries): Write => ofLogout({ reason: undefined, ...of }),
    /** One for one participant of a session, while it takes part and the session lives. */
    insertOfClient: (of: OfClient): Write => ofClient({ reason: undefined, ...of }),
    insert: (row: NewRow): Write => insert(row),
  }
}

function finders(engine: Engine) {
  const t = engine.tables.deliveries
  const ofLogout = preparedRead<{ serviceId: number; logoutId: string }, DeliveryRow>(
    engine,
    (read, given) =>
      read
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.logoutId, given.logoutId)))
        .orderBy(asc(t.clientId), asc(t.deliveryId)),
  )
  return {
    ofLogout: (serviceId: number, logoutId: string): Promise<DeliveryRow[]> =>
      ofLogout({ serviceId, logoutId }),
  }
}
