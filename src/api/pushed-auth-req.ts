/** The pushed authorization request endpoint, RFC 9126: checks and stores a request. */

import { z } from 'zod'
import { challengeAfter, challengeFor } from '../clients/attestation-challenge.ts'
import { type AuthenticatedClient, authenticateClient } from '../clients/authenticate.ts'
import { clientFacts } from '../clients/describe.ts'
import { authenticatedTexts } from '../http/client-text.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { invalidClient, json } from '../http/relay.ts'
import { ClientAuthMethod } from '../model/enums.ts'
import {
  chooseCodeKey,
  isTooLarge,
  pushedUri,
  refuseRequestUri,
  requireSmall,
} from '../oauth/authorization/pushed-request.ts'
import { authorizationSteps } from '../oauth/authorization/steps.ts'
import { clientDeleted } from '../oauth/client-authentication/method.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import { formOf, parseParameters, requireEachOnce } from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { errorBody, plan, Refusal, type Rule, step } from '../refusal.ts'
import { checkRequest, redirectUriOf } from '../requests/authorization.ts'
import { resolveRequest } from '../requests/resolve.ts'
import { orRefuse } from '../store/engine.ts'
import { nonceAfter, nonceFor, verifySenderProof } from '../tokens/sender-constraint.ts'
import { action, field } from './fields.ts'
import { given } from './request-fields.ts'

const PushedRequest = z
  .object({
    parameters: z
      .string()
      .default('')
      .describe(
        'The request parameters as the client sent them: the query string, or the form body.',
      ),
    clientId: given.clientId,
    clientSecret: field.clientSecret,
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    oauthClientAttestation: field.oauthClientAttestation,
    oauthClientAttestationPop: field.oauthClientAttestationPop,
    dpopNonceRequired: field.dpopNonceRequired,
  })
  .meta({ id: 'pushed_authorization_request' })

const PushedResponse = z
  .object({
    action: action(
      'CREATED',
      'BAD_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'PAYLOAD_TOO_LARGE',
      'INTERNAL_SERVER_ERROR',
    ),
    requestUri: z.string().optional().describe('The request_uri for the authorization request.'),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    clientAuthMethod: ClientAuthMethod.exclude(['SPIFFE_JWT'])
      .optional()
      .describe('How the client authenticated.'),
    dpopNonce: field.dpopNonce,
    attestationChallenge: field.attestationChallenge,
  })
  .meta({ id: 'pushed_authorization_response' })

/** Parameters that authenticate the client are not part of the authorization request. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type']

export const pushedAuthReq = defineEndpoint({
  operationId: 'pushed_auth_req_api',
  method: 'post',
  path: '/api/{serviceId}/pushed_auth_req',
  tag: 'Pushed Authorization Endpoint',
  summary: 'Process a pushed authorization request',
  description:
    'Authenticates the client, checks the request as the authorization endpoint does, and stores it ' +
    'under the `request_uri` of the response. The stored request is consumed when the authorization ' +
    'completes.',
  right: 'use_service',
  fromBrowsers: true,
  body: PushedRequest,
  form: true,
  clientText: authenticatedTexts,
  response: PushedResponse,
  relay: {
    CREATED: json(201),
    BAD_REQUEST: json(400),
    UNAUTHORIZED: invalidClient,
    FORBIDDEN: json(403),
    PAYLOAD_TOO_LARGE: json(413),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { CREATED: { code: 'P019901', message: 'The request was pushed.' } },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    plan('parameters', 'client', ...authorizationSteps, 'sender constraint', 'request URI')
    step('parameters')
    requireSmall(body.parameters, service)
    const outer = parseParameters(body.parameters)
    requireEachOnce(outer)
    step('client')
    const requester = await authenticateClient(context, outer, body, 'pushed')
    step('client', () => clientFacts(requester))
    const { client } = requester
    refuseRequestUri(outer)
    const named = outer.get('client_id') ?? ownName(requester)
    const rest = formOf(outer, [...credentials, 'client_id'])
    const own = parseParameters(`${rest}&${new URLSearchParams({ client_id: named })}`)
    const resolved = await resolveRequest(own, requester, context, 'pushed')
    const uri = redirectUriOf(resolved.parameters, client, context)
    await checkRequest(resolved, requester, uri, context)
    step('sender constraint', () => ({ dpop: !!body.dpop }))
    const place = {
      htm: 'POST',
      htu: service.pushedAuthReqEndpoint,
      setting: 'service.pushedAuthReqEndpoint',
    }
    const { proof, writes } = await verifySenderProof(context, body, place)
    const dpopThumbprint = chooseCodeKey(resolved.parameters.get('dpop_jkt'), proof?.thumbprint)
    const reference = system.random.token(256)
    const { pushedSecondsLimit } = policyOf(service, client)
    const seconds = Math.min(effectiveSeconds(service, 'pushedAuthReqDuration'), pushedSecondsLimit)
    step('request URI', () => ({ seconds }))
    const write = store.tickets.insertIfClientExists({
      serviceId: service.apiKey,
      ticketHash: tokenHash(reference),
      clientId: client.clientId,
      expiresAt: now + seconds * 1000,
      data: {
        kind: 'pushed',
        clientId: client.clientId,
        parameters: formOf(resolved.parameters),
        dpopThumbprint,
        requestObjectPayload: resolved.requestObjectPayload,
      },
    })
    const kept = orRefuse(write, new Refusal(clientDeleted))
    await store.commit(...requester.writes, ...writes, ...resolved.writes, kept)
    const requestUri = pushedUri(reference)
    return {
      action: 'CREATED',
      requestUri,
      clientAuthMethod: nameable(requester.clientAuthMethod),
      responseContent: JSON.stringify({ request_uri: requestUri, expires_in: seconds }),
      ...nonceFor(context, body),
      ...challengeFor(context, requester.clientAuthMethod),
    }
  },
  refuse: ({ rule }, context) => ({
    action: pushedAction(rule),
    responseContent: errorBody(rule, context.service),
    ...nonceAfter(context, rule.error),
    ...challengeAfter(context, rule.error),
  }),
})

/** The client of an assertion, which may name it without a client_id beside it. */
const ownName = ({ client, namedBy }: AuthenticatedClient): string =>
  (namedBy === 'entity-id' && client.entityId) || String(client.clientId)

/** The methods in the response are a closed list, which does not include SPIFFE_JWT. */
const nameable = (method: ClientAuthMethod) => (method === 'SPIFFE_JWT' ? undefined : method)

function pushedAction(rule: Rule) {
  if (isTooLarge(rule)) return 'PAYLOAD_TOO_LARGE'
  const actions = {
    invalid_client: 'UNAUTHORIZED',
    unauthorized_client: 'FORBIDDEN',
    server_error: 'INTERNAL_SERVER_ERROR',
  } as const
  return Object.hasOwn(actions, rule.error)
    ? actions[rule.error as keyof typeof actions]
    : 'BAD_REQUEST'
}
