/** Lists sessions: the devices of a user, or the sessions that a client takes part in. */
import { z } from 'zod'
import { identifyClient } from '../../clients/authenticate.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clamp, Page } from '../../http/page.ts'
import { requireRegistry } from '../../oauth/logout/session.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import { describeSession, describeWithClients } from '../../sessions/describe.ts'
import { action } from '../fields.ts'
import { Session } from './session-schemas.ts'

const rules = defineCallerRules('Session list', {
  nothingNamed: {
    code: 'P091201',
    status: 400,
    message: 'The call must contain subject or clientIdentifier.',
  },
})

const SessionListRequest = Page.extend({
  subject: z.string().max(255).optional().describe('Unique identifier of the user.'),
  clientIdentifier: z.string().max(2_048).optional().describe('Number or alias of the client.'),
  status: z
    .enum(['LIVE', 'ENDED', 'ALL'])
    .default('LIVE')
    .describe('Which sessions: `LIVE`, those that have ended or have expired, or all.'),
  withClients: z
    .boolean()
    .default(false)
    .describe('Whether the response has the clients that take part in each session.'),
}).meta({ id: 'session_list_request' })

const SessionListResponse = z
  .object({
    action: action('OK', 'SERVER_ERROR'),
    sessions: z.array(Session).optional().describe('The sessions, the last used first.'),
    start: z.int().optional().describe('Index of the first item.'),
    end: z.int().optional().describe('Index after the last requested item.'),
    totalCount: z.int().optional().describe('Number of all items.'),
  })
  .meta({ id: 'session_list_response' })

export const sessionList = defineEndpoint({
  operationId: 'session_list_api',
  method: 'post',
  path: '/api/{serviceId}/session/list',
  tag: 'Sessions',
  summary: 'List sessions',
  description:
    'Sessions of a user, of a client, or of both. The list is empty for a client that does not ' +
    'exist.',
  right: 'use_service',
  body: SessionListRequest,
  form: true,
  response: SessionListResponse,
  results: { OK: { code: 'P091202', message: 'The sessions are listed.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { clientIdentifier, status, withClients } = body
    requireRegistry(service)
    const subject = body.subject || undefined
    if (!subject && !clientIdentifier) refuseCaller(rules.nothingNamed)
    const { start, end } = clamp(body)
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return { action: 'OK', sessions: [], start, end, totalCount: 0 }
    const clientId = found?.client.clientId
    const filter = { subject, clientId, status, now, start, end }
    const { rows, total } = await store.sessions.list(service.apiKey, filter)
    const sessions = withClients
      ? await describeWithClients(context, rows)
      : rows.map((row) => describeSession(row, now))
    return { action: 'OK', sessions, start, end, totalCount: total }
  },
})
