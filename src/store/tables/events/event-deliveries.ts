/** Deliveries of events: what is due of each endpoint, and what became of each attempt. */
import { and, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { selectRow } from '../../parent.ts'
import { allColumns, type Placeholders, preparedRead, preparedRowWrite } from '../../prepared.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'
import { eventDeliveryLists } from './event-delivery-lists.ts'

export type EventDeliveryRow = Tables['eventDeliveries']['$inferSelect']
type NewRow = Tables['eventDeliveries']['$inferInsert']
type Key = Pick<EventDeliveryRow, 'serviceId' | 'eventId' | 'endpointId'>

interface Attempt {
  /** When the attempt was due, as it was read: of several processes, one finds it unchanged. */
  seen: number
  attempts: number
  /** When the attempt is made again, unless its outcome is stored before. */
  dueAt: number
}

/** The last answer of the endpoint: its HTTP status, and why it counts as a failure. */
interface Answer {
  lastStatus: number | null
  lastError: string | null
}

interface Look {
  serviceId: number
  /** The endpoint to begin after. */
  after: number
  now: number
  /** How many endpoints to look at. */
  limit: number
}

/** How many waiting deliveries are counted, so that a long backlog is not read as a whole. */
const countedAtMost = 20_000

/** From one service to the next, each by one step into `event_deliveries_due`. */
const distinctServices = (given: Placeholders<{ after: number; limit: number }>) => sql`(
  with recursive waiting(service_id, place) as (
    select min(d.service_id), 1 from event_deliveries d
    where d.service_id > ${given.after} and d.due_at is not null
    union all
    select
      (select min(d.service_id) from event_deliveries d
        where d.service_id > waiting.service_id and d.due_at is not null),
      waiting.place + 1
    from waiting where waiting.service_id is not null and waiting.place < ${given.limit}
  )
  select service_id from waiting where service_id is not null
) as services`

const oldestOfEndpoints = (given: Placeholders<Look>) => sql`(
  with recursive endpoints(endpoint_id, place) as (
    select min(d.endpoint_id), 1 from event_deliveries d
    where d.service_id = ${given.serviceId} and d.endpoint_id > ${given.after}
      and d.due_at is not null
    union all
    select
      (select min(d.endpoint_id) from event_deliveries d
        where d.service_id = ${given.serviceId} and d.endpoint_id > endpoints.endpoint_id
          and d.due_at is not null),
      endpoints.place + 1
    from endpoints where endpoints.endpoint_id is not null and endpoints.place < ${given.limit}
  )
  select endpoint_id, (
    select d.event_id from event_deliveries d
    where d.service_id = ${given.serviceId} and d.endpoint_id = endpoints.endpoint_id
      and d.due_at is not null and d.due_at <= ${given.now}
    order by d.due_at limit 1
  ) as id
  from endpoints where endpoint_id is not null
) as oldest`

export const eventDeliveries = (engine: Engine) => ({
  ...backlog(engine),
  ...outcomes(engine),
  ...eventDeliveryLists(engine),
  ...insertions(engine),
})

/** None is inserted for an endpoint, or a service, that was deleted concurrently. */
function insertions(engine: Engine) {
  const { tables, syntax } = engine
  const { eventDeliveries: t, eventEndpoints: e, sessions: s } = tables
  const every = allColumns(t)
  type Endpoint = Placeholders<Pick<NewRow, 'serviceId' | 'endpointId'>>
  const endpointExists = ({ serviceId, endpointId }: Endpoint) => {
    const isParent = and(eq(e.serviceId, serviceId), eq(e.endpointId, endpointId))
    return sql`exists (select 1 from ${e} where ${isParent}${syntax.lockParent})`
  }
  const insert = insertion(engine, t, { ifExists: endpointExists })
  const ofLogout = preparedRowWrite<NewRow & { logoutId: string }>(engine, (build, given) => {
    const isEnded = and(eq(s.serviceId, given.serviceId), eq(s.logoutId, given.logoutId))
    const condition = sql`exists (select 1 from ${s} where ${isEnded}) and ${endpointExists(given)}`
    return build
      .insert(t)
      .select(selectRow(t, every.placeholder, condition))
      .returning({ serviceId: t.serviceId })
  })
  return {
    insert: (row: NewRow): Write => insert(row),
    /** Only if the logout has ended a session, earlier in the commit. */
    insertOfLogout: (row: NewRow, logoutId: string): Write =>
      ofLogout({ ...every.row(row), logoutId }),
  }
}

function backlog(engine: Engine) {
  const t = engine.tables.eventDeliveries
  const servicesAfter = preparedRead<{ after: number; limit: number }, { serviceId: number }>(
    engine,
    (db, given) =>
      db
        .select({ serviceId: sql`service_id`.mapWith(t.serviceId).as('service_id') })
        .from(distinctServices(given)),
  )
  const isOldest = (serviceId: unknown) =>
    and(
      eq(t.serviceId, serviceId as number),
      eq(t.endpointId, sql`oldest.endpoint_id`),
      eq(t.eventId, sql`oldest.id`),
    )
  const oldest = preparedRead<Look, { endpointId: number; row: EventDeliveryRow | null }>(
    engine,
    (db, given) =>
      db
        .select({
          endpointId: sql`oldest.endpoint_id`.mapWith(t.endpointId).as('endpoint'),
          row: t,
        })
        .from(oldestOfEndpoints(given))
        .leftJoin(t, isOldest(given.serviceId)),
  )
  const waiting = preparedRead<{ limit: number }, { count: number; oldest: number | null }>(
    engine,
    (db, given) =>
      db
        .select({
          count: sql<number>`count(*)`.mapWith(Number),
          oldest: sql<number | null>`min(created_at)`.mapWith(t.createdAt),
        })
        .from(sql`(select created_at from event_deliveries where due_at is not null
          limit ${given.limit}) as waiting`),
  )
  return {
    /** How many deliveries of all services wait, up to a limit, and when the oldest was stored. */
    async waiting(): Promise<{ count: number; oldest: number | null }> {
      const [found] = await waiting({ limit: countedAtMost })
      return found ?? { count: 0, oldest: null }
    },
    /** Services with a delivery that waits, due now or later, in order of their ids. */
    async services(after: number, limit: number): Promise<number[]> {
      return (await servicesAfter({ after, limit })).map(({ serviceId }) => serviceId)
    },
    /**
     * What a service has to send by now: of each endpoint the oldest, for so many endpoints in
     * order of their ids. `last` is the one to continue after, where there may be more.
     */
    async due(look: Look): Promise<{ due: EventDeliveryRow[]; last: number | undefined }> {
      const looked = await oldest(look)
      const due = looked.flatMap(({ row }) => row ?? [])
      return { due, last: looked.length < look.limit ? undefined : looked.at(-1)?.endpointId }
    },
  }
}

function outcomes(engine: Engine) {
  const t = engine.tables.eventDeliveries
  const { change, delete: remove } = rowsByKey(engine, t, 'eventId', 'endpointId')
  const isPending = sql`${t.status} = 'PENDING'`
  const ofAttempt = ({ attempts }: Placeholders<{ attempts: number }>) =>
    and(eq(t.attempts, attempts), isPending)
  const answered = ({ lastStatus, lastError }: Placeholders<Answer>) => ({ lastStatus, lastError })
  const attempt = change<Attempt>(
    ({ attempts, dueAt }) => ({ attempts, dueAt }),
    ({ seen }) => and(eq(t.dueAt, seen), isPending),
  )
  const delivered = change<{ finishedAt: number }>(
    ({ finishedAt }) => ({
      status: sql`'DELIVERED'`,
      dueAt: sql`null`,
      finishedAt,
      lastStatus: sql`null`,
      lastError: sql`null`,
    }),
    () => isPending,
  )
  const again = change<Answer & { attempts: number; dueAt: number }>(
    (given) => ({ ...answered(given), dueAt: given.dueAt }),
    ofAttempt,
  )
  const parked = change<Answer & { attempts: number; finishedAt: number }>(
    (given) => ({
      ...answered(given),
      status: sql`'PARKED'`,
      dueAt: sql`null`,
      finishedAt: given.finishedAt,
    }),
    ofAttempt,
  )
  const key = ({ serviceId, eventId, endpointId }: Key): Key => ({ serviceId, eventId, endpointId })
  return {
    /** An attempt begins: touches no row where another process was faster. */
    attempt: (of: Key, values: Attempt): Write => attempt({ ...key(of), ...values }),
    /** Whichever attempt it was: the endpoint has the event. */
    delivered: (of: Key, finishedAt: number): Write => delivered({ ...key(of), finishedAt }),
    /** This attempt failed, and none was begun after it. */
    again: (of: Key, values: Answer & { attempts: number; dueAt: number }): Write =>
      again({ ...key(of), ...values }),
    /** This attempt failed and was the last, and none was begun after it. */
    parked: (of: Key, values: Answer & { attempts: number; finishedAt: number }): Write =>
      parked({ ...key(of), ...values }),
    /** Of an endpoint or an event that is gone. */
    delete: ({ serviceId, eventId, endpointId }: Key): Write =>
      remove(serviceId, eventId, endpointId),
  }
}
