/** Issues the auth_req_id after the caller has identified the user, CIBA §7.3. */

import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { json } from '../../../http/relay.ts'
import { requestSeconds } from '../../../oauth/ciba/request.ts'
import { effectiveSeconds } from '../../../oauth/duration.ts'
import { tokenHash } from '../../../oauth/tokens/access-token.ts'
import { errorBody, Refusal } from '../../../refusal.ts'
import {
  backchannelTicketUnknown,
  findBackchannelTicket,
} from '../../../requests/backchannel-ticket.ts'
import { orRefuse } from '../../../store/engine.ts'
import { action, field } from '../../fields.ts'

const BackchannelIssueRequest = z
  .object({
    ticket: z
      .string()
      .max(4_096)
      .default('')
      .describe('The ticket of the backchannel authentication request. Single use.'),
  })
  .meta({ id: 'backchannel_authentication_issue_request' })

const BackchannelIssueResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'INVALID_TICKET', 'OK'),
    responseContent: field.clientResponse,
    authReqId: field.authReqId,
    expiresIn: z.int().optional().describe('Lifetime of the auth_req_id in seconds.'),
    interval: z
      .int()
      .optional()
      .describe('Seconds between two polls of the client; absent in push mode.'),
  })
  .meta({ id: 'backchannel_authentication_issue_response' })

export const backchannelIssue = defineEndpoint({
  operationId: 'backchannel_authentication_issue_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/authentication/issue',
  tag: 'CIBA',
  summary: 'Issue an auth_req_id',
  description:
    'Consumes the ticket and returns the `auth_req_id` for the client. A retry with the same ticket ' +
    'within ten seconds gets the same response. The ticket still identifies the request for ' +
    '`/backchannel/authentication/complete`.',
  right: 'use_service',
  body: BackchannelIssueRequest,
  form: true,
  response: BackchannelIssueResponse,
  relay: { OK: json(200), INVALID_TICKET: json(500), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P071901', message: 'An auth_req_id was issued.' } },
  async handle({ body }, context) {
    const ticketHash = tokenHash(body.ticket)
    const again = await findIssued(context, ticketHash)
    if (again) return again
    try {
      return await issue(context, ticketHash)
    } catch (error) {
      // A concurrent call consumed the ticket, so this call counts as a retry.
      const isRetry = error instanceof Refusal && error.rule === backchannelTicketUnknown
      const issued = isRetry ? await findIssued(context, ticketHash) : undefined
      if (issued) return issued
      throw error
    }
  },
  refuse: ({ rule }, { service }) => ({
    action: rule === backchannelTicketUnknown ? 'INVALID_TICKET' : 'INTERNAL_SERVER_ERROR',
    responseContent: errorBody(rule, service),
  }),
})

async function issue(context: ServiceContext, ticketHash: string) {
  const { service, store, system, now } = context
  const { request, notificationToken } = await findBackchannelTicket(context, ticketHash)
  const authReqId = system.random.token(256)
  const seconds = requestSeconds(service, request.requestedExpiry)
  const { kind: _, ...checked } = request
  const row = {
    serviceId: service.apiKey,
    authReqHash: tokenHash(authReqId),
    ticketHash,
    clientId: request.clientId,
    createdAt: now,
    expiresAt: now + seconds * 1000,
    intervalSeconds: effectiveSeconds(service, 'backchannelPollingInterval'),
    data: { request: checked },
    secrets: { authReqId, clientNotificationToken: notificationToken },
  }
  const consume = store.tickets.consume(service.apiKey, ticketHash, now)
  await store.commit(
    orRefuse(consume, new Refusal(backchannelTicketUnknown)),
    store.backchannelRequests.insert(row),
  )
  return answerOf(row)
}

/** A second call within this time is a retry of the frontend, after a lost response. */
const retryMilliseconds = 10_000

async function findIssued({ store, service, now }: ServiceContext, ticketHash: string) {
  const row = await store.backchannelRequests.findByTicket(service.apiKey, ticketHash)
  return row && now - row.createdAt <= retryMilliseconds ? answerOf(row) : undefined
}

interface Issued {
  createdAt: number
  expiresAt: number
  data: { request: { deliveryMode: string } }
  intervalSeconds: number
  secrets: { authReqId: string }
}

/** CIBA §7.3: a client in push mode does not poll, so its response has no interval. */
function answerOf({ createdAt, expiresAt, data, intervalSeconds, secrets }: Issued) {
  const { authReqId } = secrets
  const expiresIn = (expiresAt - createdAt) / 1000
  const polls = data.request.deliveryMode === 'PUSH' ? {} : { interval: intervalSeconds }
  return {
    action: 'OK' as const,
    authReqId,
    expiresIn,
    ...polls,
    responseContent: JSON.stringify({
      auth_req_id: authReqId,
      expires_in: expiresIn,
      ...polls,
    }),
  }
}
