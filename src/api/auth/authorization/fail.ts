/** The error response of an authorization request without consent, OIDC Core §3.1.2.6. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../../../http/error-page.ts'
import { authorizationRelay } from '../../../http/relay.ts'
import { errorResponse } from '../../../oauth/authorization/response.ts'
import { defineRules, inWords, Refusal } from '../../../refusal.ts'
import { recipientOf } from '../../../requests/recipient.ts'
import { completeTicket, findAuthorizationTicket } from '../../../requests/ticket.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

/** One rule for each reason that the caller can give. */
const rules = defineRules('Authorization fail', {
  UNKNOWN: {
    code: 'P034001',
    error: 'server_error',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The authorization request failed for an unknown reason.',
    fix: 'Send the `reason` for which the request fails, so that the client gets a fitting error.',
  },
  NOT_LOGGED_IN: {
    code: 'P034002',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The user is not logged in.',
    fix: 'Let the client send the request without `prompt=none`, so that the user can log in.',
  },
  MAX_AGE_NOT_SUPPORTED: {
    code: 'P034003',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The request has max_age, but the time of the last authentication is unknown.',
    fix: 'Remember when each user authenticated, so that requests with `max_age` can be answered.',
    settings: ['client.defaultMaxAge'],
  },
  EXCEEDS_MAX_AGE: {
    code: 'P034004',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'More time than max_age has passed since the user was authenticated.',
    fix: 'Let the user authenticate again, which requires a request without `prompt=none`.',
    settings: ['client.defaultMaxAge'],
  },
  DIFFERENT_SUBJECT: {
    code: 'P034005',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The user who is logged in is not the user that the request demands.',
    fix: 'Let the user log in with the account that the `id_token_hint` or the `claims` of the request name.',
  },
  ACR_NOT_SATISFIED: {
    code: 'P034006',
    error: 'login_required',
    spec: 'OIDC Core §5.5.1.1',
    message: 'The authentication does not satisfy the essential acr of the request.',
    fix: 'Authenticate the user by one of the requested `acr` values, or request other values.',
    settings: ['service.supportedAcrs', 'client.defaultAcrs'],
  },
  DENIED: {
    code: 'P034007',
    error: 'access_denied',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The user denied the request.',
    fix: 'Ask the user again only if the client sends a new request.',
  },
  SERVER_ERROR: {
    code: 'P034008',
    error: 'server_error',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The authorization server could not process the request.',
    fix: 'Find the failure in the log of the frontend, which reported it.',
  },
  NOT_AUTHENTICATED: {
    code: 'P034009',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The user was not authenticated.',
    fix: 'Let the user try again: the frontend reported that the authentication did not succeed.',
  },
  ACCOUNT_SELECTION_REQUIRED: {
    code: 'P034010',
    error: 'account_selection_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The user must select an account.',
    fix: 'Let the client send the request with `prompt=select_account`, or without `prompt=none`.',
  },
  CONSENT_REQUIRED: {
    code: 'P034011',
    error: 'consent_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The user has not consented yet.',
    fix: 'Let the client send the request without `prompt=none`, so that the user can consent.',
  },
  INTERACTION_REQUIRED: {
    code: 'P034012',
    error: 'interaction_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The request requires interaction with the user.',
    fix: 'Let the client send the request without `prompt=none`, so that the frontend can show its pages.',
  },
  INVALID_TARGET: {
    code: 'P034013',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The resource that the request names is unknown or not available.',
    fix: 'Request a `resource` that the frontend knows, or teach it the resource.',
  },
  INVALID_SCOPE: {
    code: 'P034014',
    error: 'invalid_scope',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The user is not allowed to grant the requested scopes.',
    fix: 'Request scopes that the frontend lets this user grant.',
    settings: ['service.supportedScopes'],
  },
  UNAUTHORIZED_CLIENT: {
    code: 'P034015',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client is not allowed to make the request for this user.',
    fix: 'Let the frontend permit the client for this user, or use another client.',
  },
  TEMPORARILY_UNAVAILABLE: {
    code: 'P034016',
    error: 'temporarily_unavailable',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The authorization server cannot process the request at the moment.',
    fix: 'Send the same request again later: the frontend reported an overload or a maintenance.',
  },
})

const AuthorizationFailRequest = z
  .object({
    ticket: z.string().min(1).max(4_096).describe('The ticket of the authorization request.'),
    reason: z
      .enum(Object.keys(rules) as [keyof typeof rules])
      .default('UNKNOWN')
      .describe('Why the request fails; it decides the error code in the response for the client.'),
    description: field.errorDescription,
    browserState: given.browserState,
  })
  .meta({ id: 'authorization_fail_request' })

const AuthorizationFailResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'LOCATION', 'FORM'),
    responseContent: z
      .string()
      .optional()
      .describe('The redirect URL, or the body of the response for the browser.'),
    errorPage,
  })
  .meta({ id: 'authorization_fail_response' })

export const authorizationFail = defineEndpoint({
  operationId: 'auth_authorization_fail_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/fail',
  tag: 'Authorization Endpoint',
  summary: 'Fail an authorization request',
  description:
    'Consumes the ticket and returns the error response for the reason. A ticket that was used or has ' +
    'expired results in `BAD_REQUEST`.',
  right: 'use_service',
  body: AuthorizationFailRequest,
  form: true,
  response: AuthorizationFailResponse,
  relay: authorizationRelay,
  async handle({ body }, context) {
    const { service, store } = context
    const found = await findAuthorizationTicket(context, body.ticket)
    const recipient = await recipientOf(context, found.request, body.browserState)
    const rule = inWords(rules[body.reason], { errorDescription: body.description })
    const response = await errorResponse(recipient, service, new Refusal(rule))
    await store.commit(...completeTicket(context, found))
    return response
  },
  refuse: refuseWithPage,
})
