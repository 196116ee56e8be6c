/** The outbox: what clients are to be told, until they were told or it is too late. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { NotificationMessage } from '../../model/notification.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { backlog, countedAtMost, type Look } from '../outbox/backlog.ts'
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
  const { services, due } = backlog(engine, t, {
    lane: t.clientId,
    id: t.notificationId,
    lasts: ({ now }) => sql`d.expires_at > ${now}`,
  })
  return {
    services,
    waiting: () => waiting(engine),
    async due(look: Look) {
      const found = await due(look)
      return { due: found.due.map(opened), last: found.last }
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
