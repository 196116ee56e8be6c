/** Tickets: requests that wait for a decision. Each is decided once. */
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Ticket } from '../model/ticket.ts'
import type { Engine, Write } from './store.ts'

export interface NewTicket {
  serviceId: number
  ticketHash: string
  clientId: number
  expiresAt: number
  data: Ticket
}

export const tickets = ({ read, tables: { tickets: t } }: Engine) => {
  const is = (serviceId: number, ticketHash: string) =>
    and(eq(t.serviceId, serviceId), eq(t.ticketHash, ticketHash))
  const isOpen = (serviceId: number, ticketHash: string, now: number) =>
    and(is(serviceId, ticketHash), isNull(t.consumedAt), gt(t.expiresAt, now))
  const hash = { ticketHash: t.ticketHash }
  return {
    async find(serviceId: number, ticketHash: string) {
      const [row] = await read.select().from(t).where(is(serviceId, ticketHash))
      return row
    },
    insert: (row: NewTicket): Write => ({
      apply: (tx) => tx.insert(t).values(row).returning(hash),
    }),
    consume: (serviceId: number, ticketHash: string, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ consumedAt: now })
          .where(isOpen(serviceId, ticketHash, now))
          .returning(hash),
    }),
    replace: (serviceId: number, ticketHash: string, data: Ticket, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ data })
          .where(isOpen(serviceId, ticketHash, now))
          .returning(hash),
    }),
  }
}
