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
    fix: 'Use the ticket of the latest `/backchannel/authentication` response once, before it expires, at the same service.',
  },
})

/** The rule for a ticket that a concurrent call used first. */
export const backchannelTicketUnknown = rules.ticketUnknown

interface OpenTicket {
  request: BackchannelTicket
  /** The client_notification_token of the request. */
  notificationToken: string | undefined
}

/** The backchannel authentication request of an open ticket; refuses all other tickets. */
export async function findBackchannelTicket(
  { store, service, now }: ServiceContext,
  ticketHash: string,
): Promise<OpenTicket> {
  const row = await store.tickets.findOpen(service.apiKey, ticketHash, now)
  if (row?.data.kind !== 'backchannel') refuse(rules.ticketUnknown)
  return { request: row.data, notificationToken: row.notificationToken }
}
