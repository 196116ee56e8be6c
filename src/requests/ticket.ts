/** Tickets of authorization requests, which are completed once. */
import type { ServiceContext } from '../context.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import { pushedRequestUnknown } from '../oauth/authorization/pushed-request.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { defineRules, Refusal, type Rule, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

const rules = defineRules('Ticket', {
  unknown: {
    code: 'P032001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.1',
    message: 'The ticket is unknown, expired or already used.',
    fix: 'Use the ticket of the latest `/auth/authorization` response once, before it expires, at the same service.',
    settings: ['service.ext.ticket.duration'],
  },
})

/** The rule is also for a ticket that a concurrent call completed first. */
export const ticketUnknown = rules.unknown

/** The request of an open ticket, and the hash that is its key in the store. */
export async function findAuthorizationTicket(
  { store, service, now }: ServiceContext,
  ticket: string,
): Promise<{ ticketHash: string; request: AuthorizationTicket }> {
  const ticketHash = tokenHash(ticket)
  const row = await store.tickets.findOpen(service.apiKey, ticketHash, now)
  if (row?.data.kind !== 'authorization') refuse(rules.unknown)
  return { ticketHash, request: row.data }
}

/** Consumes a ticket, and the pushed request that it came from, RFC 9126 §4. */
export function completeTicket(
  { store, service, now }: ServiceContext,
  { ticketHash, request }: { ticketHash: string; request: AuthorizationTicket },
): Write[] {
  const end = (hash: string, rule: Rule) =>
    orRefuse(store.tickets.consume(service.apiKey, hash, now), new Refusal(rule))
  const ticket = end(ticketHash, rules.unknown)
  return request.pushedHash === undefined
    ? [ticket]
    : [ticket, end(request.pushedHash, pushedRequestUnknown)]
}
