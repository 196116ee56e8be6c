/** Deliveries on their way: which are due, and what became of an attempt. */
import { and, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { type Placeholders, preparedRead } from '../../prepared.ts'
import { rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Row = Tables['deliveries']['$inferSelect']
type Key = Pick<Row, 'serviceId' | 'deliveryId'>

interface Attempt {
  /** When the attempt was due, as it was read: of several processes, one finds it unchanged. */
  seen: number
  attempts: number
  /** When the attempt is made again, unless its outcome is stored before. */
  dueAt: number
}

/** The last answer of the client: its HTTP status, and why it counts as a failure. */
interface Answer {
  lastStatus: number | null
  lastError: string | null
}
interface Finished extends Answer {
  finishedAt: number
  keptUntil: number
}

interface Look {
  serviceId: number
  /** The client to begin after. */
  after: number
  now: number
  /** How many clients to look at. */
  limit: number
}

/** How many waiting deliveries are counted, so that a long backlog is not read as a whole. */
const countedAtMost = 20_000

/** From one service to the next, each by one step into `deliveries_due`. */
const distinctServices = (given: Placeholders<{ after: number; limit: number }>) => sql`(
  with recursive waiting(service_id, place) as (
    select min(d.service_id), 1 from deliveries d
    where d.service_id > ${given.after} and d.due_at is not null
    union all
    select
      (select min(d.service_id) from deliveries d
        where d.service_id > waiting.service_id and d.due_at is not null),
      waiting.place + 1
    from waiting where waiting.service_id is not null and waiting.place < ${given.limit}
  )
  select service_id from waiting where service_id is not null
) as services`

const oldestOfClients = (given: Placeholders<Look>) => sql`(
  with recursive clients(client_id, place) as (
    select min(d.client_id), 1 from deliveries d
    where d.service_id = ${given.serviceId} and d.client_id > ${given.after}
      and d.due_at is not null
    union all
    select
      (select min(d.client_id) from deliveries d
        where d.service_id = ${given.serviceId} and d.client_id > clients.client_id
          and d.due_at is not null),
      clients.place + 1
    from clients where clients.client_id is not null and clients.place < ${given.limit}
  )
  select client_id, (
    select d.delivery_id from deliveries d
    where d.service_id = ${given.serviceId} and d.client_id = clients.client_id
      and d.due_at is not null and d.due_at <= ${given.now}
    order by d.due_at limit 1
  ) as id
  from clients where client_id is not null
) as oldest`

export const dueDeliveries = (engine: Engine) => ({ ...backlog(engine), ...outcomes(engine) })

function backlog(engine: Engine) {
  const t = engine.tables.deliveries
  const servicesAfter = preparedRead<{ after: number; limit: number }, { serviceId: number }>(
    engine,
    (db, given) =>
      db
        .select({ serviceId: sql`service_id`.mapWith(t.serviceId).as('service_id') })
        .from(distinctServices(given)),
  )
  const oldest = preparedRead<Look, { clientId: number; row: Row | null }>(engine, (db, given) =>
    db
      .select({ clientId: sql`oldest.client_id`.mapWith(t.clientId).as('client'), row: t })
      .from(oldestOfClients(given))
      .leftJoin(t, and(eq(t.serviceId, given.serviceId), eq(t.deliveryId, sql`oldest.id`))),
  )
  const waiting = preparedRead<{ limit: number }, { count: number; oldest: number | null }>(
    engine,
    (db, given) =>
      db
        .select({
          count: sql<number>`count(*)`.mapWith(Number),
          oldest: sql<number | null>`min(created_at)`.mapWith(t.createdAt),
        })
        .from(sql`(select created_at from deliveries where due_at is not null
          limit ${given.limit}) as waiting`),
  )
  return {
    /** Services with a delivery that waits, due now or later, in order of their ids. */
    async services(after: number, limit: number): Promise<number[]> {
      return (await servicesAfter({ after, limit })).map(({ serviceId }) => serviceId)
    },
    /**
     * What a service has to send by now: of each client the oldest, for so many clients in order of
     * their ids. `last` is the one to continue after, where there may be more.
     */
    async due(look: Look): Promise<{ due: Row[]; last: number | undefined }> {
      const looked = await oldest(look)
      const due = looked.flatMap(({ row }) => row ?? [])
      return { due, last: looked.length < look.limit ? undefined : looked.at(-1)?.clientId }
    },
    /** How many deliveries of all services wait, up to a limit, and when the oldest was stored. */
    async waiting(): Promise<{ count: number; oldest: number | null }> {
      const [found] = await waiting({ limit: countedAtMost })
      return found ?? { count: 0, oldest: null }
    },
  }
}

function outcomes(engine: Engine) {
  const t = engine.tables.deliveries
  const { change, delete: remove } = rowsByKey(engine, t, 'deliveryId')
  const isPending = sql`${t.status} = 'PENDING'`
  const answered = ({ lastStatus, lastError }: Placeholders<Answer>) => ({ lastStatus, lastError })
  const finished = (status: 'DELIVERED' | 'DEAD', given: Placeholders<Finished>) => ({
    ...answered(given),
    status: sql.raw(`'${status}'`),
    dueAt: sql`null`,
    finishedAt: given.finishedAt,
    keptUntil: given.keptUntil,
  })
  const attempt = change<Attempt>(
    ({ attempts, dueAt }) => ({ attempts, dueAt }),
    ({ seen }) => and(eq(t.dueAt, seen), isPending),
  )
  const delivered = change<Finished>(
    (given) => finished('DELIVERED', given),
    () => isPending,
  )
  const ofAttempt = ({ attempts }: Placeholders<{ attempts: number }>) =>
    and(eq(t.attempts, attempts), isPending)
  const again = change<Answer & { attempts: number; dueAt: number }>(
    (given) => ({ ...answered(given), dueAt: given.dueAt }),
    ofAttempt,
  )
  const dead = change<Finished & { attempts: number }>(
    (given) => finished('DEAD', given),
    ofAttempt,
  )
  const key = ({ serviceId, deliveryId }: Key): Key => ({ serviceId, deliveryId })
  return {
    /** An attempt begins: touches no row where another process was faster. */
    attempt: (of: Key, values: Attempt): Write => attempt({ ...key(of), ...values }),
    /** Whichever attempt it was: the client was notified. */
    delivered: (of: Key, values: Finished): Write => delivered({ ...key(of), ...values }),
    /** This attempt failed, and none was begun after it. */
    again: (of: Key, attempts: number, values: Answer & { dueAt: number }): Write =>
      again({ ...key(of), attempts, ...values }),
    /** This attempt failed and was the last, and none was begun after it. */
    dead: (of: Key, attempts: number, values: Finished): Write =>
      dead({ ...key(of), attempts, ...values }),
    /** Of a client that cannot be notified. */
    delete: ({ serviceId, deliveryId }: Key): Write => remove(serviceId, deliveryId),
  }
}
