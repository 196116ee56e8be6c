/** Tickets: requests that wait for a decision. Each is decided once. */
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Ticket } from '../../model/ticket.ts'
import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRead, preparedRowWrite, setTo } from '../prepared.ts'
import { clientExists, selectRow, serviceExists } from './parent.ts'

export interface NewTicket {
  serviceId: number
  ticketHash: string
  clientId: number
  expiresAt: number
  data: Ticket
}

export const tickets = (engine: Engine) => {
  const t = engine.tables.tickets
  interface Named {
    serviceId: number
    ticketHash: string
  }
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.ticketHash, given.ticketHash))),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).returning({ ticketHash: t.ticketHash }),
  )
  const values = (condition: SQL) => selectRow(t, (name) => sql.placeholder(name), condition)
  const insertOfClient = preparedRowWrite<NewTicket>(engine, (build, given) =>
    build
      .insert(t)
      .select(values(clientExists(engine, given)))
      .returning({ ticketHash: t.ticketHash }),
  )
  const insertOfService = preparedRowWrite<NewTicket>(engine, (build, given) =>
    build
      .insert(t)
      .select(values(serviceExists(engine, given.serviceId)))
      .returning({ ticketHash: t.ticketHash }),
  )
  /** An insert whose outcome is not known can be looked up by its key. */
  const findable = (write: Write, { serviceId, ticketHash }: NewTicket): Write => ({
    ...write,
    isThere: async () => (await named({ serviceId, ticketHash })).length === 1,
  })
  const consumeRow = preparedRowWrite<Named & { now: number }>(engine, (build, given) =>
    build
      .update(t)
      .set({ consumedAt: sql`${given.now}` })
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.ticketHash, given.ticketHash),
          isNull(t.consumedAt),
          gt(t.expiresAt, given.now),
        ),
      )
      .returning({ ticketHash: t.ticketHash }),
  )
  const replaceRow = preparedRowWrite<Named & { data: Ticket; now: number }>(
    engine,
    (build, given) =>
      build
        .update(t)
        .set({ data: setTo(t.data, given.data) })
        .where(
          and(
            eq(t.serviceId, given.serviceId),
            eq(t.ticketHash, given.ticketHash),
            isNull(t.consumedAt),
            gt(t.expiresAt, given.now),
          ),
        )
        .returning({ ticketHash: t.ticketHash }),
  )
  return {
    async find(serviceId: number, ticketHash: string) {
      const [row] = await named({ serviceId, ticketHash })
      return row
    },
    insert: (row: NewTicket): Write => findable(insertRow(every.row(row)), row),
    insertIfClientExists: (row: NewTicket): Write => findable(insertOfClient(every.row(row)), row),
    insertIfServiceExists: (row: NewTicket): Write =>
      findable(insertOfService(every.row(row)), row),
    consume: (serviceId: number, ticketHash: string, now: number): Write =>
      consumeRow({ serviceId, ticketHash, now }),
    replace: (serviceId: number, ticketHash: string, data: Ticket, now: number): Write =>
      replaceRow({ serviceId, ticketHash, data, now }),
  }
}
