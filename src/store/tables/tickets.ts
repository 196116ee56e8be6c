/** Tickets: requests that wait for a decision. Each is decided once. */
import type { Ticket } from '../../model/request/ticket.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { clientExists, serviceExists } from '../parent.ts'
import { insertion, isUnused, type Now, rowsByKey } from '../rows.ts'

interface NewTicket {
  serviceId: number
  ticketHash: string
  clientId: number
  expiresAt: number
  data: Ticket
  /** The bearer token of the client's notification endpoint, sealed at rest. */
  notificationToken?: string | undefined
}

export const tickets = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.tickets
  const { find: findRow, insert, change } = rowsByKey(engine, t, 'ticketHash')
  const insertOfClient = insertion(engine, t, { ifExists: (given) => clientExists(engine, given) })
  const insertOfService = insertion(engine, t, {
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const consume = change<Now>(({ now }) => ({ consumedAt: now }), isUnused(t))
  const replace = change<Now & { data: Ticket }>(({ data }) => ({ data }), isUnused(t))
  const place = (serviceId: number, ticketHash: string) => ({
    table: 'tickets',
    serviceId,
    row: ticketHash,
    column: 'client_notification_token',
  })
  async function find(serviceId: number, ticketHash: string) {
    const found = await findRow(serviceId, ticketHash)
    if (!found) return undefined
    const { sealedNotificationToken: sealed, ...row } = found
    const notificationToken = sealed
      ? sealer.unseal(sealed, place(serviceId, ticketHash))
      : undefined
    return { ...row, notificationToken }
  }
  const inserted = (by: typeof insert, { notificationToken, ...row }: NewTicket): Write => {
    const { serviceId, ticketHash } = row
    const sealedNotificationToken =
      notificationToken === undefined
        ? undefined
        : sealer.seal(notificationToken, place(serviceId, ticketHash))
    return {
      ...by({ ...row, sealedNotificationToken }),
      /** An insert whose outcome is not known can be looked up by its key. */
      isThere: async () => (await findRow(serviceId, ticketHash)) !== undefined,
    }
  }
  return {
    find,
    /** A ticket that is neither consumed nor expired. */
    async findOpen(serviceId: number, ticketHash: string, now: number) {
      const row = await find(serviceId, ticketHash)
      return row && row.consumedAt == null && row.expiresAt > now ? row : undefined
    },
    insert: (row: NewTicket): Write => inserted(insert, row),
    insertIfClientExists: (row: NewTicket): Write => inserted(insertOfClient, row),
    insertIfServiceExists: (row: NewTicket): Write => inserted(insertOfService, row),
    consume: (serviceId: number, ticketHash: string, now: number): Write =>
      consume({ serviceId, ticketHash, now }),
    replace: (serviceId: number, ticketHash: string, data: Ticket, now: number): Write =>
      replace({ serviceId, ticketHash, data, now }),
  }
}
