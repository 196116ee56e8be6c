/** The outbox: what clients are to be told, until they were told or it is too late. */
import { and, asc, eq, gt, lte } from 'drizzle-orm'
import type { Sealer } from '../system/sealer.ts'
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

export const notifications = ({ read, tables: { notifications: t } }: Engine, sealer: Sealer) => {
  const is = (serviceId: number, notificationId: string) =>
    and(eq(t.serviceId, serviceId), eq(t.notificationId, notificationId))
  const id = { notificationId: t.notificationId }
  const place = (serviceId: number, notificationId: string) => ({
    table: 'notifications',
    serviceId,
    row: notificationId,
    column: 'sealed',
  })
  return {
    /** What any service has to send by now, the oldest first. */
    async due(now: number, limit: number) {
      const isDue = and(lte(t.dueAt, now), gt(t.expiresAt, now))
      const rows = await read.select().from(t).where(isDue).orderBy(asc(t.dueAt)).limit(limit)
      return rows.map(({ sealed, ...row }) => {
        const message = sealer.unseal(sealed, place(row.serviceId, row.notificationId))
        return { ...row, message: JSON.parse(message) as Message }
      })
    },
    insert: ({ message, ...row }: NewNotification): Write => ({
      apply: (tx) =>
        tx
          .insert(t)
          .values({
            ...row,
            attempts: 0,
            sealed: sealer.seal(JSON.stringify(message), place(row.serviceId, row.notificationId)),
          })
          .returning(id),
    }),
    /** An attempt begins: touches no row where another worker was faster. */
    attempt: (
      serviceId: number,
      notificationId: string,
      { attempts, seen, nextAt }: Attempt & { attempts: number },
    ): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ attempts, dueAt: nextAt })
          .where(and(is(serviceId, notificationId), eq(t.dueAt, seen)))
          .returning(id),
    }),
    delete: (serviceId: number, notificationId: string): Write => ({
      apply: (tx) => tx.delete(t).where(is(serviceId, notificationId)).returning(id),
    }),
  }
}
