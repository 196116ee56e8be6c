/**
 * Tickets of authorization requests: what the caller keeps with one while the user is at its pages.
 */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import type { AuthorizationTicket } from '../../model/ticket.ts'
import { tokenHash } from '../../oauth/access-token.ts'
import { pushedRequestUnknown } from '../../oauth/pushed-request.ts'
import { defineRules, Refusal, type Rule, refuse } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/store.ts'

const rules = defineRules('Ticket', {
  unknown: {
    code: 'P032001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.1',
    says: 'The ticket is unknown, has been used already, or has expired.',
  },
})

/** The request that a ticket stands for, with the hash that names the ticket in the store. */
export async function findAuthorizationTicket(
  { store, service, now }: ServiceContext,
  ticket: string,
): Promise<{ ticketHash: string; request: AuthorizationTicket }> {
  const ticketHash = tokenHash(ticket)
  const row = await store.tickets.find(service.apiKey, ticketHash)
  const isOpen = row && row.consumedAt == null && row.expiresAt > now
  if (!isOpen || row.data.kind !== 'authorization') refuse(rules.unknown)
  return { ticketHash, request: row.data }
}

/** A ticket ends once, and so does the pushed request that it came from, RFC 9126 §4. */
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

export const TicketInfo = z
  .object({
    context: z.string().max(65_536).optional().describe('Text that the caller keeps.'),
  })
  .meta({ id: 'authorization_ticket_info' })

const Ticket = z.string().min(1).max(4_096).describe('The ticket of the authorization request.')

const TicketInfoRequest = z
  .object({ ticket: Ticket })
  .meta({ id: 'authorization_ticket_info_request' })

const TicketAnswer = z
  .object({
    action: z
      .enum(['OK', 'NOT_FOUND', 'CALLER_ERROR', 'AUTHLETE_ERROR'])
      .describe('What came of it.'),
    info: TicketInfo.optional(),
  })
  .meta({ id: 'authorization_ticket_info_response' })

const refuseTicket = () => ({ action: 'NOT_FOUND' as const })

export const ticketInfo = defineEndpoint({
  operationId: 'authorization_ticket_info_post_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/ticket/info',
  tag: 'Authorization Endpoint',
  summary: 'Read what is kept with a ticket',
  description: 'The ticket stays good. `NOT_FOUND`: unknown, used or expired.',
  right: 'use_service',
  body: TicketInfoRequest,
  form: true,
  response: TicketAnswer,
  results: { OK: { code: 'P032901', says: 'The ticket was found.' } },
  async handle({ body }, context) {
    const { request } = await findAuthorizationTicket(context, body.ticket)
    return { action: 'OK', info: { context: request.context } }
  },
  refuse: refuseTicket,
})

const TicketUpdateRequest = z
  .object({
    ticket: Ticket,
    info: z
      .union([z.string().max(65_536), TicketInfo])
      .describe('The text to keep, or an object with the text as `context`.'),
  })
  .meta({ id: 'authorization_ticket_update_request' })

const TicketUpdateAnswer = TicketAnswer.extend({
  info: TicketInfo.optional().describe('What is kept with the ticket now.'),
}).meta({ id: 'authorization_ticket_update_response' })

export const ticketUpdate = defineEndpoint({
  operationId: 'updateAuthorizationTicket',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/ticket/update',
  tag: 'Authorization Endpoint',
  summary: 'Change what is kept with a ticket',
  description: 'Replaces the text that the caller keeps with the ticket. `NOT_FOUND`: as for info.',
  right: 'use_service',
  body: TicketUpdateRequest,
  form: true,
  response: TicketUpdateAnswer,
  results: { OK: { code: 'P032902', says: 'The ticket was updated.' } },
  async handle({ body }, context) {
    const { store, service, now } = context
    const { ticketHash, request } = await findAuthorizationTicket(context, body.ticket)
    const info = typeof body.info === 'string' ? { context: body.info } : body.info
    const replaced = { ...request, context: info.context }
    const write = store.tickets.replace(service.apiKey, ticketHash, replaced, now)
    await store.commit(orRefuse(write, new Refusal(rules.unknown)))
    return { action: 'OK', info }
  },
  refuse: refuseTicket,
})
