/** The error response of a token request that the caller rejected, RFC 6749 §5.2. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { json } from '../../../http/relay.ts'
import { defineRules, errorBody, explain, Refusal } from '../../../refusal.ts'
import { orRefuse } from '../../../store/engine.ts'
import { findTokenTicket, tokenTicketUnknown } from '../../../tokens/ticket.ts'
import { action, field } from '../../fields.ts'

/** One rule for each reason that the caller can give. */
const rules = defineRules('Token fail', {
  UNKNOWN: {
    code: 'P037001',
    error: 'server_error',
    spec: 'RFC 6749 §5.2',
    message: 'The token request failed for an unknown reason.',
    fix: 'Send the `reason` for which the request fails, so that the client gets a fitting error.',
  },
  INVALID_RESOURCE_OWNER_CREDENTIALS: {
    code: 'P037002',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The credentials of the resource owner are not valid.',
    fix: 'Let the user enter the user name and the password again.',
  },
  INVALID_TARGET: {
    code: 'P037003',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The resource that the request names is unknown or not available.',
    fix: 'Request a `resource` that the frontend knows, or teach it the resource.',
  },
  INVALID_CLIENT: {
    code: 'P037004',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is not allowed to make the request.',
    fix: 'Let the frontend permit the client, or use another client.',
  },
  UNAUTHORIZED_CLIENT: {
    code: 'P037005',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is not allowed to use the grant type for this user.',
    fix: 'Let the frontend permit the grant type to the client for this user, or use another one.',
  },
  INVALID_SCOPE: {
    code: 'P037006',
    error: 'invalid_scope',
    spec: 'RFC 6749 §5.2',
    message: 'The user is not allowed to grant the requested scopes.',
    fix: 'Request scopes that the frontend lets this user grant.',
    settings: ['service.supportedScopes'],
  },
})

const TokenFailRequest = z
  .object({
    ticket: z.string().min(1).max(4_096).describe('The ticket of the token request.'),
    reason: z
      .enum(Object.keys(rules) as [keyof typeof rules])
      .default('UNKNOWN')
      .describe('Why the request fails; it decides the error code in the response for the client.'),
  })
  .meta({ id: 'token_fail_request' })

const TokenFailResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST'),
    responseContent: field.errorResponse,
  })
  .meta({ id: 'token_fail_response' })

export const tokenFail = defineEndpoint({
  operationId: 'auth_token_fail_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token/fail',
  tag: 'Token Endpoint',
  summary: 'Fail a token request that the caller has decided',
  description:
    'Consumes the ticket of a token request and returns the error response for the reason.',
  right: 'use_service',
  body: TokenFailRequest,
  form: true,
  response: TokenFailResponse,
  relay: { BAD_REQUEST: json(400), INTERNAL_SERVER_ERROR: json(500) },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { ticketHash } = await findTokenTicket(context, body.ticket)
    const consume = store.tickets.consume(service.apiKey, ticketHash, now)
    await store.commit(orRefuse(consume, new Refusal(tokenTicketUnknown)))
    const rule = rules[body.reason]
    return {
      ...explain(new Refusal(rule)),
      action: rule.error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST',
      responseContent: errorBody(rule, service),
    }
  },
  refuse: refuseAs({ otherwise: 'INTERNAL_SERVER_ERROR' }),
})
