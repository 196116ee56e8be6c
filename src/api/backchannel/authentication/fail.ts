/** The error response of a request that the caller rejects without asking the user, CIBA §13. */

import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { json } from '../../../http/relay.ts'
import { tokenHash } from '../../../oauth/tokens/access-token.ts'
import { defineRules, errorBody, explain, inWords, Refusal, type Rule } from '../../../refusal.ts'
import {
  backchannelTicketUnknown,
  findBackchannelTicket,
} from '../../../requests/backchannel-ticket.ts'
import { orRefuse } from '../../../store/engine.ts'
import { action, field } from '../../fields.ts'

/** One rule for each reason that the caller can give. */
const rules = defineRules('Backchannel fail', {
  ACCESS_DENIED: {
    code: 'P072001',
    error: 'access_denied',
    spec: 'CIBA §13',
    message: 'The request is denied.',
    fix: 'Let the client send another request, or let the frontend allow this one.',
  },
  EXPIRED_LOGIN_HINT_TOKEN: {
    code: 'P072002',
    error: 'expired_login_hint_token',
    spec: 'CIBA §13',
    message: 'The login_hint_token has expired.',
    fix: 'Send a `login_hint_token` that has not expired.',
  },
  INVALID_BINDING_MESSAGE: {
    code: 'P072003',
    error: 'invalid_binding_message',
    spec: 'CIBA §13',
    message: 'The binding_message is not acceptable.',
    fix: 'Send a `binding_message` that the frontend can show on the device of the user.',
  },
  INVALID_TARGET: {
    code: 'P072004',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The resource that the request names is unknown or not available.',
    fix: 'Request a `resource` that the frontend knows, or teach it the resource.',
  },
  INVALID_USER_CODE: {
    code: 'P072005',
    error: 'invalid_user_code',
    spec: 'CIBA §13',
    message: 'The user_code is not valid.',
    fix: 'Let the user enter the user code that is registered with the frontend.',
  },
  MISSING_USER_CODE: {
    code: 'P072006',
    error: 'missing_user_code',
    spec: 'CIBA §13',
    message: 'The user requires a user_code, but the request has none.',
    fix: 'Send the `user_code` of the user.',
    settings: ['client.bcUserCodeRequired', 'service.backchannelUserCodeParameterSupported'],
  },
  SERVER_ERROR: {
    code: 'P072007',
    error: 'server_error',
    spec: 'CIBA §13',
    message: 'The authorization server could not process the request.',
    fix: 'Find the failure in the log of the frontend, which reported it.',
  },
  UNAUTHORIZED_CLIENT: {
    code: 'P072008',
    error: 'unauthorized_client',
    spec: 'CIBA §13',
    message: 'The client is not allowed to make the request for this user.',
    fix: 'Let the frontend permit the client for this user, or use another client.',
  },
  UNKNOWN_USER_ID: {
    code: 'P072009',
    error: 'unknown_user_id',
    spec: 'CIBA §13',
    message: 'The hint of the request does not identify a user.',
    fix: 'Send a hint that names a user whom the frontend knows.',
  },
})

const BackchannelFailRequest = z
  .object({
    ticket: z
      .string()
      .min(1)
      .max(4_096)
      .describe('The ticket of the backchannel authentication request.'),
    reason: z
      .enum(Object.keys(rules) as [keyof typeof rules])
      .default('SERVER_ERROR')
      .describe('Why the request fails; it decides the error code in the response for the client.'),
    errorDescription: field.errorDescription,
    errorUri: field.errorUri,
  })
  .meta({ id: 'backchannel_authentication_fail_request' })

const BackchannelFailResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'FORBIDDEN'),
    responseContent: field.errorResponse,
  })
  .meta({ id: 'backchannel_authentication_fail_response' })

export const backchannelFail = defineEndpoint({
  operationId: 'backchannel_authentication_fail_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/authentication/fail',
  tag: 'CIBA',
  summary: 'Fail a backchannel authentication request',
  description:
    'Consumes the ticket of the action `USER_IDENTIFICATION` and returns the error response for the ' +
    'reason. A ticket that is unknown, was used or has expired is an error of the caller.',
  right: 'use_service',
  body: BackchannelFailRequest,
  form: true,
  response: BackchannelFailResponse,
  relay: { BAD_REQUEST: json(400), FORBIDDEN: json(403), INTERNAL_SERVER_ERROR: json(500) },
  async handle({ body }, context) {
    const { service, store, now } = context
    const ticketHash = tokenHash(body.ticket)
    await findBackchannelTicket(context, ticketHash)
    const consume = store.tickets.consume(service.apiKey, ticketHash, now)
    await store.commit(orRefuse(consume, new Refusal(backchannelTicketUnknown)))
    const rule = inWords(rules[body.reason], body)
    return {
      ...explain(new Refusal(rule)),
      action: failAction(rule),
      responseContent: errorBody(rule, service),
    }
  },
  refuse: ({ rule }, { service }) => ({
    action: failAction(rule),
    responseContent: errorBody(rule, service),
  }),
})

/** CIBA §13: the status of access_denied is 403, of all other errors of the client 400. */
function failAction({ error }: Rule) {
  if (error === 'access_denied') return 'FORBIDDEN'
  return error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST'
}
