/** The outbox: what clients are to be told, until they were told or it is too late. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { NotificationMessage } from '../../model/notification.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { type Placeholders, preparedRead } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'

interface NewNotification {
  serviceId: number
  notificationId: string
  /** 0 where a caller is told, not a client. */
  clientId: number
  dueAt: number
  expiresAt: number
  /** Sealed at rest, because it contains tokens. */
  message: NotificationMessage
}

interface Attempt {
  /** When the attempt was due, as it was read: of several workers, one finds it unchanged. */
  seen: number
  /** When the next attempt is due, should this one fail. */
  nextAt: number
  attempts: number
}

interface Look {
  serviceId: number
  /** The client to begin after. */
  after: number
  now: number
  /** How many clients to look at. */
  limit: number
}

/** From one id to the next, each by one step into an index: a long backlog is not read. */
const distinctServices = (given: Placeholders<{ after: number; limit: number }>) => sql`(
  with recursive waiting(service_id, place) as (
    select min(n.service_id), 1 from notifications n where n.service_id > ${given.after}
    union all
    select
      (select min(n.service_id) from notifications n where n.service_id > waiting.service_id),
      waiting.place + 1
    from waiting where waiting.service_id is not null and waiting.place < ${given.limit}
  )
  select service_id from waiting where service_id is not null
) as services`

const oldestOfClients = (given: Placeholders<Look>) => sql`(
  with recursive clients(client_id, place) as (
    select min(n.client_id), 1 from notifications n
    where n.service_id = ${given.serviceId} and n.client_id > ${given.after}
    union all
    select
      (select min(n.client_id) from notifications n
        where n.service_id = ${given.serviceId} and n.client_id > clients.client_id),
      clients.place + 1
    from clients where clients.client_id is not null and clients.place < ${given.limit}
  )
  select client_id, (
    select d.notification_id from notifications d
    where d.service_id = ${given.serviceId} and d.client_id = clients.client_id
      and d.due_at <= ${given.now} and d.expires_at > ${given.now}
    order by d.due_at limit 1
  ) as id
  from clients where client_id is not null
) as oldest`

export const notifications = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.notifications
  const rows = rowsByKey(engine, t, 'notificationId')
  const place = (serviceId: number, notificationId: string) => ({
    table: 'notifications',
    serviceId,
    row: notificationId,
    column: 'sealed',
  })
  const attempt = rows.change<Attempt>(
    ({ attempts, nextAt }) => ({ attempts, dueAt: nextAt }),
    ({ seen }) => eq(t.dueAt, seen),
  )
  const opened = ({ sealed, ...row }: typeof t.$inferSelect) => {
    const message = sealer.unseal(sealed, place(row.serviceId, row.notificationId))
    return { ...row, message: NotificationMessage.parse(JSON.parse(message)) }
  }
  const { services, oldest } = backlog(engine)
  return {
    services,
    waiting: () => waiting(engine),
    /**
     * What a service has to send by now: of each client the oldest, for so many clients in order of
     * their ids. `last` is the one to go on after, where there may be more.
     */
    async due({ serviceId, after, now, limit }: Look) {
      const looked = await oldest({ serviceId, after, now, limit })
      const due = looked.flatMap(({ row }) => (row ? [opened(row)] : []))
      return { due, last: looked.length < limit ? undefined : looked.at(-1)?.clientId }
    },
    ofService: (serviceId: number, page: { now: number; limit: number }) =>
      ofService(engine, serviceId, page),
    insert: ({ message, ...row }: NewNotification): Write =>
      rows.insert({
        ...row,
        attempts: 0,
        sealed: sealer.seal(JSON.stringify(message), place(row.serviceId, row.notificationId)),
      }),
    /** An attempt begins: touches no row where another worker was faster. */
    attempt: (
      serviceId: number,
      notificationId: string,
      { attempts, seen, nextAt }: Attempt,
    ): Write => attempt({ serviceId, notificationId, attempts, seen, nextAt }),
    delete: rows.delete,
  }
}

/** What waits of a service, client by client, without what is sealed. */
function ofService(
  { read, tables: { notifications: t } }: Engine,
  serviceId: number,
  { now, limit }: { now: number; limit: number },
) {
  return read
    .select({
      notificationId: t.notificationId,
      clientId: t.clientId,
      attempts: t.attempts,
      dueAt: t.dueAt,
      expiresAt: t.expiresAt,
    })
    .from(t)
    .where(and(eq(t.serviceId, serviceId), gt(t.expiresAt, now)))
    .orderBy(asc(t.clientId), asc(t.dueAt))
    .limit(limit)
}

/** How many waiting notifications are counted, so that a long backlog is not read as a whole. */
const countedAtMost = 20_000

/** How many wait of each kind, and when the first of them expires. */
async function waiting({ read }: Engine) {
  const rows = await read
    .select({
      // Sealed messages tell their kind, too.
      ofCallers: sql<number>`of_callers`.mapWith(Number),
      count: sql<number>`count(*)`.mapWith(Number),
      expiresFirst: sql<number>`min(expires_at)`.mapWith(Number),
    })
    .from(sql`(select case when client_id = 0 then 1 else 0 end as of_callers, expires_at
      from notifications order by expires_at limit ${countedAtMost}) as waiting`)
    .groupBy(sql`of_callers`)
  const none = { count: 0, expiresFirst: null }
  return {
    ciba: rows.find(({ ofCallers }) => ofCallers === 0) ?? none,
    'token-batch': rows.find(({ ofCallers }) => ofCallers === 1) ?? none,
  }
}

function backlog(engine: Engine) {
  const t = engine.tables.notifications
  const servicesAfter = preparedRead<{ after: number; limit: number }, { serviceId: number }>(
    engine,
    (db, given) =>
      db
        .select({ serviceId: sql`service_id`.mapWith(t.serviceId).as('service_id') })
        .from(distinctServices(given)),
  )
  const oldest = preparedRead<Look, { clientId: number; row: typeof t.$inferSelect | null }>(
    engine,
    (db, given) =>
      db
        .select({ clientId: sql`oldest.client_id`.mapWith(t.clientId).as('client'), row: t })
        .from(oldestOfClients(given))
        .leftJoin(t, and(eq(t.serviceId, given.serviceId), eq(t.notificationId, sql`oldest.id`))),
  )
  return {
    /** Services that have something to send, now or later, in order of their ids. */
    async services(after: number, limit: number): Promise<number[]> {
      return (await servicesAfter({ after, limit })).map(({ serviceId }) => serviceId)
    },
    oldest,
  }
}
