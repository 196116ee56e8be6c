/** The backchannel authentication endpoint, CIBA §7: the user decides on another device. */

import { z } from 'zod'
import { challengeAfter, challengeFor } from '../../clients/attestation-challenge.ts'
import { authenticateClient } from '../../clients/authenticate.ts'
import { clientFacts, describeClient } from '../../clients/describe.ts'
import type { ServiceContext } from '../../context.ts'
import { authenticatedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { invalidClient, json } from '../../http/relay.ts'
import type { CheckedBackchannelRequest } from '../../model/request/backchannel-request.ts'
import { requireStorable } from '../../oauth/authorization/stored-request.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { clientDeleted } from '../../oauth/client-authentication/method.ts'
import { parseParameters, requireEachOnce } from '../../oauth/parameters.ts'
import { dynamicScopes, supportedScopes } from '../../oauth/scope.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { plan, Refusal, step } from '../../refusal.ts'
import { checkBackchannelRequest } from '../../requests/backchannel.ts'
import { orRefuse } from '../../store/engine.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'

const BackchannelAuthenticationRequest = z
  .object({
    parameters: z
      .string()
      .max(65_536)
      .default('')
      .describe('The form body of the request, as the client sent it.'),
    clientId: given.clientIdOfHeader,
    clientSecret: z.string().optional().describe('The secret of the Authorization header.'),
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    oauthClientAttestation: field.oauthClientAttestation,
    oauthClientAttestationPop: field.oauthClientAttestationPop,
    cimdOptions: field.cimdOptions,
  })
  .meta({ id: 'backchannel_authentication_request' })

const BackchannelAuthenticationResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'USER_IDENTIFICATION'),
    responseContent: field.errorResponse,
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    clientName: field.clientName,
    scopes: field.requestedScopes,
    claimNames: field.claimNames,
    clientNotificationToken: field.clientNotificationToken,
    acrs: field.acrs,
    hintType: z
      .string()
      .optional()
      .describe('Which hint the request has: LOGIN_HINT_TOKEN, ID_TOKEN_HINT or LOGIN_HINT.'),
    hint: z.string().optional().describe('The hint that identifies the user.'),
    sub: z.string().optional().describe('The subject of the id_token_hint, which was verified.'),
    bindingMessage: z
      .string()
      .optional()
      .describe('Text that both devices show, for the user to compare.'),
    userCode: z
      .string()
      .optional()
      .describe('The user_code of the request, which the caller must check.'),
    userCodeRequired: z
      .boolean()
      .optional()
      .describe('Whether requests of the client must contain a user_code.'),
    requestedExpiry: z
      .int()
      .optional()
      .describe('The requested_expiry of the request, in seconds; 0 if the request has none.'),
    requestContext: z
      .string()
      .optional()
      .describe('The claim request_context of a signed request, as JSON text.'),
    warnings: z
      .array(z.string())
      .optional()
      .describe('Which parts of the request were ignored, and why.'),
    ticket: z
      .string()
      .optional()
      .describe('The ticket of the request, for issuing, failing and completing it.'),
    resources: field.resources,
    authorizationDetails: field.authorizationDetails,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    dynamicScopes: field.dynamicScopes,
    deliveryMode: field.deliveryMode,
    clientAuthMethod: field.clientAuthMethod,
    gmAction: field.gmAction,
    grantId: field.grantId,
    grant: field.grant,
    grantSubject: field.grantSubject,
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
    attestationChallenge: field.attestationChallenge,
  })
  .meta({ id: 'backchannel_authentication_response' })

/** The time in which the caller must identify the user. */
const ticketMilliseconds = 600_000

const refused = refuseAs({
  invalid_client: 'UNAUTHORIZED',
  server_error: 'INTERNAL_SERVER_ERROR',
  otherwise: 'BAD_REQUEST',
})

export const backchannelAuthentication = defineEndpoint({
  operationId: 'backchannel_authentication_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/authentication',
  tag: 'CIBA',
  summary: 'Process a backchannel authentication request',
  description:
    'Authenticates the client and checks its request. `USER_IDENTIFICATION`: the frontend identifies ' +
    'the user by the hint, then issues an `auth_req_id` or fails the request.',
  right: 'use_service',
  body: BackchannelAuthenticationRequest,
  form: true,
  clientText: authenticatedTexts,
  response: BackchannelAuthenticationResponse,
  relay: {
    BAD_REQUEST: json(400),
    UNAUTHORIZED: invalidClient,
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    USER_IDENTIFICATION: {
      code: 'P070901',
      message: 'The request is valid; the caller must identify the user.',
    },
  },
  async handle({ body }, context) {
    const { service, store } = context
    plan('parameters', 'client', 'backchannel request', 'ticket')
    step('parameters')
    const outer = parseParameters(body.parameters)
    requireEachOnce(outer)
    step('client')
    const requester = await authenticateClient(context, outer, body, 'backchannel')
    step('client', () => clientFacts(requester))
    step('backchannel request')
    const { client, clientAuthMethod } = requester
    const { request, asked, writes } = await checkBackchannelRequest(
      context,
      outer,
      requester,
      body,
    )
    step('ticket')
    const { ticket, write } = newTicket(context, request, asked.clientNotificationToken)
    await store.commit(...requester.writes, ...writes, write)
    return {
      action: 'USER_IDENTIFICATION',
      ticket,
      ...describeClient(service, client, requester.namedBy),
      clientName: client.clientName,
      clientAuthMethod,
      deliveryMode: request.deliveryMode,
      scopes: supportedScopes(service)
        .filter(({ name }) => request.scopes.includes(name))
        .map(({ description: _, descriptions: _all, ...scope }) => scope),
      resources: request.resources,
      authorizationDetails: detailsToApi(request.authorizationDetails),
      dynamicScopes: dynamicScopes(service, request.scopes),
      sub: request.subject,
      requestedExpiry: request.requestedExpiry ?? 0,
      ...asked,
      ...challengeFor(context, clientAuthMethod),
    }
  },
  refuse: (refusal, context) => ({
    ...refused(refusal, context),
    ...challengeAfter(context, refusal.rule.error),
  }),
})

/** The notification needs the client's bearer token again. */
function newTicket(
  { service, store, system, now }: ServiceContext,
  request: CheckedBackchannelRequest,
  notificationToken: string | undefined,
) {
  const ticket = system.random.token(256)
  const write = store.tickets.insertIfClientExists({
    serviceId: service.apiKey,
    ticketHash: tokenHash(ticket),
    clientId: request.clientId,
    expiresAt: now + ticketMilliseconds,
    data: { kind: 'backchannel', ...requireStorable(request) },
    notificationToken,
  })
  return { ticket, write: orRefuse(write, new Refusal(clientDeleted)) }
}
