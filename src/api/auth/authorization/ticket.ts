/** The text that the caller stores with the ticket of an authorization request. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { Refusal } from '../../../refusal.ts'
import { findAuthorizationTicket, ticketUnknown } from '../../../requests/ticket.ts'
import { orRefuse } from '../../../store/engine.ts'
import { TicketInfo } from '../../fields.ts'

const Ticket = z.string().min(1).max(4_096).describe('The ticket of the authorization request.')

const TicketInfoRequest = z
  .object({ ticket: Ticket })
  .meta({ id: 'authorization_ticket_info_request' })

const TicketResponse = z
  .object({
    action: z
      .enum(['OK', 'NOT_FOUND', 'CALLER_ERROR', 'AUTHLETE_ERROR'])
      .describe('The result of the call.'),
    info: TicketInfo.optional(),
  })
  .meta({ id: 'authorization_ticket_info_response' })

const refuseTicket = () => ({ action: 'NOT_FOUND' as const })

export const ticketInfo = defineEndpoint({
  operationId: 'authorization_ticket_info_post_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/ticket/info',
  tag: 'Authorization Endpoint',
  summary: 'Read the text that is stored with a ticket',
  description:
    'The ticket stays valid. `NOT_FOUND`: the ticket is unknown, was used or has expired.',
  right: 'use_service',
  body: TicketInfoRequest,
  form: true,
  response: TicketResponse,
  results: { OK: { code: 'P032901', message: 'The ticket was found.' } },
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
      .describe('The text to store, or an object with the text as `context`.'),
  })
  .meta({ id: 'authorization_ticket_update_request' })

const TicketUpdateResponse = TicketResponse.extend({
  info: TicketInfo.optional().describe('The text that is stored with the ticket now.'),
}).meta({ id: 'authorization_ticket_update_response' })

export const ticketUpdate = defineEndpoint({
  operationId: 'updateAuthorizationTicket',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/ticket/update',
  tag: 'Authorization Endpoint',
  summary: 'Change the text that is stored with a ticket',
  description: 'Replaces the text. `NOT_FOUND`: the ticket is unknown, was used or has expired.',
  right: 'use_service',
  body: TicketUpdateRequest,
  form: true,
  response: TicketUpdateResponse,
  results: { OK: { code: 'P032902', message: 'The ticket was updated.' } },
  async handle({ body }, context) {
    const { store, service, now } = context
    const { ticketHash, request } = await findAuthorizationTicket(context, body.ticket)
    const info = typeof body.info === 'string' ? { context: body.info } : body.info
    const replaced = { ...request, context: info.context }
    const write = store.tickets.replace(service.apiKey, ticketHash, replaced, now)
    await store.commit(orRefuse(write, new Refusal(ticketUnknown)))
    return { action: 'OK', info }
  },
  refuse: refuseTicket,
})
