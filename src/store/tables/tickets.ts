/** Tickets: requests that wait for a decision. Each is decided once. */
import type { Ticket } from '../../model/request/ticket.ts'
import type { Engine, Write } from '../engine.ts'
import { clientExists, serviceExists } from '../parent.ts'
import { insertion, isUnused, type Now, rowsByKey } from '../rows.ts'

interface NewTicket {
  serviceId: number
  ticketHash: string
  clientId: number
  expiresAt: number
  data: Ticket
}

export const tickets = (engine: Engine) => {
  const t = engine.tables.tickets
  const { find, insert, change } = rowsByKey(engine, t, 'ticketHash')
  const insertOfClient = insertion(engine, t, { ifExists: (given) => clientExists(engine, given) })
  const insertOfService = insertion(engine, t, {
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const consume = change<Now>(({ now }) => ({ consumedAt: now }), isUnused(t))
  const replace = change<Now & { data: Ticket }>(({ data }) => ({ data }), isUnused(t))
  /** An insert whose outcome is not known can be looked up by its key. */
  const findable = (write: Write, { serviceId, ticketHash }: NewTicket): Write => ({
    ...write,
    isThere: async () => (await find(serviceId, ticketHash)) !== undefined,
  })
  return {
    find,
    /** A ticket that is neither consumed nor expired. */
    async findOpen(serviceId: number, ticketHash: string, now: number) {
      const row = await find(serviceId, ticketHash)
      return row && row.consumedAt == null && row.expiresAt > now ? row : undefined
    },
    insert: (row: NewTicket): Write => findable(insert(row), row),
    insertIfClientExists: (row: NewTicket): Write => findable(insertOfClient(row), row),
    insertIfServiceExists: (row: NewTicket): Write => findable(insertOfService(row), row),
    consume: (serviceId: number, ticketHash: string, now: number): Write =>
      consume({ serviceId, ticketHash, now }),
    replace: (serviceId: number, ticketHash: string, data: Ticket, now: number): Write =>
      replace({ serviceId, ticketHash, data, now }),
  }
}
