/** Tickets of backchannel authentication requests, CIBA §13. */
import type { ServiceContext } from '../context.ts'
import type { BackchannelTicket } from '../model/request/ticket.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Backchannel issue', {
  ticketUnknown: {
    code: 'P071001',
    error: 'server_error',
    spec: 'CIBA §13',
    message: 'The ticket is missing, unknown, expired or already used.',
  },
})

/** The rule for a ticket that a concurrent call used first. */
export const backchannelTicketUnknown = rules.ticketUnknown

/** The backchannel authentication request of an open ticket; refuses all other tickets. */
export async function findBackchannelTicket(
  { store, service, now }: ServiceContext,
  ticketHash: string,
): Promise<BackchannelTicket> {
  const row = await store.tickets.findOpen(service.apiKey, ticketHash, now)
  if (row?.data.kind !== 'backchannel') refuse(rules.ticketUnknown)
  return row.data
}

/** The seal context of the client_notification_token of a ticket. */
export const notificationTokenSealContext = (serviceId: number, ticketHash: string) => ({
  table: 'tickets',
  serviceId,
  row: ticketHash,
  column: 'client_notification_token',
})
