/** The outbox: what clients are to be told, until they were told or it is too late. */
import { and, asc, eq, gt, lte } from 'drizzle-orm'
import type { Sealer } from '../system/sealer.ts'
import { everyColumn, type Given, keptRead, keptRowWrite, setTo } from './kept.ts'
import type { Engine, Write } from './store.ts'

/** A POST of JSON; sealed at rest, for it holds tokens. */
interface Message {
  url: string
  /** The bearer token that the client gave for this; a caller needs none. */
  token?: string
  body: string
}

export interface NewNotification {
  serviceId: number
  notificationId: string
  /** 0 where a caller is told, not a client. */
  clientId: number
  dueAt: number
  expiresAt: number
  message: Message
}

interface Attempt {
  /** When the attempt was due, as it was read: of several workers, one finds it unchanged. */
  seen: number
  /** When the next attempt is due, should this one fail. */
  nextAt: number
}

interface Named {
  serviceId: number
  notificationId: string
}

export const notifications = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.notifications
  const is = (given: Given<Named>) =>
    and(eq(t.serviceId, given.serviceId), eq(t.notificationId, given.notificationId))
  const id = { notificationId: t.notificationId }
  const place = (serviceId: number, notificationId: string) => ({
    table: 'notifications',
    serviceId,
    row: notificationId,
    column: 'sealed',
  })
  const dueBy = keptRead<{ now: number; limit: number }, typeof t.$inferSelect>(
    engine,
    (db, given) =>
      db
        .select()
        .from(t)
        .where(and(lte(t.dueAt, given.now), gt(t.expiresAt, given.now)))
        .orderBy(asc(t.dueAt))
        .limit(given.limit),
  )
  const every = everyColumn(t)
  const insertRow = keptRowWrite((tx) => tx.insert(t).values(every.columns).returning(id))
  const attemptRow = keptRowWrite<Named & Attempt & { attempts: number }>((tx, given) =>
    tx
      .update(t)
      .set({ attempts: setTo(t.attempts, given.attempts), dueAt: setTo(t.dueAt, given.nextAt) })
      .where(and(is(given), eq(t.dueAt, given.seen)))
      .returning(id),
  )
  const deleteRow = keptRowWrite<Named>((tx, given) => tx.delete(t).where(is(given)).returning(id))
  return {
    /** What any service has to send by now, the oldest first. */
    async due(now: number, limit: number) {
      const rows = await dueBy({ now, limit })
      return rows.map(({ sealed, ...row }) => {
        const message = sealer.unseal(sealed, place(row.serviceId, row.notificationId))
        return { ...row, message: JSON.parse(message) as Message }
      })
    },
    insert: ({ message, ...row }: NewNotification): Write =>
      insertRow(
        every.row({
          ...row,
          attempts: 0,
          sealed: sealer.seal(JSON.stringify(message), place(row.serviceId, row.notificationId)),
        }),
      ),
    /** An attempt begins: touches no row where another worker was faster. */
    attempt: (
      serviceId: number,
      notificationId: string,
      { attempts, seen, nextAt }: Attempt & { attempts: number },
    ): Write => attemptRow({ serviceId, notificationId, attempts, seen, nextAt }),
    delete: (serviceId: number, notificationId: string): Write =>
      deleteRow({ serviceId, notificationId }),
  }
}
