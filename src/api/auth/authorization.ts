/**
 * The authorization endpoint, RFC 6749 §4.1.1 and OIDC Core §3.1.2: checks and stores a request.
 */

import { z } from 'zod'
import { clientFacts, namingFlags } from '../../clients/describe.ts'
import type { ServiceContext } from '../../context.ts'
import { requestTooLong } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../../http/error-page.ts'
import { authorizationRelay } from '../../http/relay.ts'
import { ClientLimitedAuthorization } from '../../model/client/client.ts'
import { CredentialOfferInfo } from '../../model/credential/offer-info.ts'
import { Display, Prompt } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { ServiceView } from '../../model/service/view.ts'
import { lowestPrompt } from '../../oauth/authorization/prompt.ts'
import { isSmallRequest, longestParameters } from '../../oauth/authorization/pushed-request.ts'
import { refusingTo } from '../../oauth/authorization/response.ts'
import { authorizationSteps } from '../../oauth/authorization/steps.ts'
import { requireStorable, ticketSeconds } from '../../oauth/authorization/stored-request.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { claimsToAnswer } from '../../oauth/claims/parameter.ts'
import { transformationSources } from '../../oauth/claims/release.ts'
import { clientDeleted } from '../../oauth/client-authentication/method.ts'
import { requestsNativeSso } from '../../oauth/grants/native-sso.ts'
import { hasRegistry } from '../../oauth/logout/session-settings.ts'
import { type Parameters, parseParameters, parseWords } from '../../oauth/parameters.ts'
import { dynamicScopes, supportedScopes } from '../../oauth/scope.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { issuableCredentials } from '../../oauth/vci/granted.ts'
import { offerWithoutSecrets } from '../../oauth/vci/offer.ts'
import { plan, Refusal, refuse, step } from '../../refusal.ts'
import {
  type CheckedRequest,
  checkRequest,
  identifyRequester,
  type Requester,
  redirectUriOf,
} from '../../requests/authorization.ts'
import { offerOfRequest } from '../../requests/credential-offer.ts'
import { recipientFor, resolveOrRespond } from '../../requests/recipient.ts'
import { orRefuse } from '../../store/engine.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'

const AuthorizationRequest = z
  .object({
    parameters: z
      .string()
      .max(longestParameters)
      .default('')
      .describe(
        'The request parameters as the client sent them: the query string, or the form body.',
      ),
    context: z
      .string()
      .max(65_536)
      .optional()
      .describe('Text to store with the ticket, for the caller to read later.'),
    cimdOptions: field.cimdOptions,
    sessionId: given.sessionId,
  })
  .meta({ id: 'authorization_request' })

const AuthorizationEndpointResponse = z
  .object({
    action: action(
      'INTERNAL_SERVER_ERROR',
      'BAD_REQUEST',
      'LOCATION',
      'FORM',
      'NO_INTERACTION',
      'INTERACTION',
    ),
    client: ClientLimitedAuthorization.optional().describe(
      'The properties of the client that pages may show.',
    ),
    display: Display.optional().describe(
      'How to display the page, from the parameter display of the request.',
    ),
    maxAge: z
      .int()
      .optional()
      .describe('Maximum time since the last authentication of the user, in seconds.'),
    service: ServiceView.optional().describe('The properties of the service that pages may show.'),
    scopes: field.requestedScopes,
    uiLocales: z
      .array(z.string())
      .optional()
      .describe('Languages that the client prefers, in its order.'),
    claimsLocales: z
      .array(z.string())
      .optional()
      .describe('Languages for claims that the client prefers, in its order.'),
    claims: field.requestedClaims,
    acrEssential: z
      .boolean()
      .optional()
      .describe('Whether the authentication must satisfy one of the `acrs` (OIDC Core §5.5.1.1).'),
    clientIdAliasUsed: field.clientIdAliasUsed,
    acrs: field.acrs,
    subject: field.subject,
    loginHint: z.string().optional().describe('The login_hint of the request.'),
    prompts: z.array(Prompt).optional().describe('The prompts of the request.'),
    lowestPrompt: Prompt.optional().describe(
      'The prompt that requires the least interaction with the user.',
    ),
    requestObjectPayload: z
      .string()
      .optional()
      .describe('The payload of the request object, as the JSON text that the client signed.'),
    idTokenClaims: z
      .string()
      .optional()
      .describe('The member id_token of the claims parameter, as JSON text.'),
    userInfoClaims: field.userInfoClaims,
    resources: field.resources,
    authorizationDetails: field.authorizationDetails,
    purpose: z.string().optional().describe('The purpose of the request, for the consent page.'),
    responseContent: field.responseContent,
    ticket: field.ticket,
    dynamicScopes: field.dynamicScopes,
    gmAction: field.gmAction,
    grantId: field.grantId,
    grant: field.grant,
    grantSubject: field.grantSubject,
    requestedClaimsForTx: field.requestedClaimsForTx,
    requestedVerifiedClaimsForTx: field.requestedVerifiedClaimsForTx,
    transformedClaims: field.transformedClaims,
    clientEntityIdUsed: field.clientEntityIdUsed,
    claimsAtUserInfo: z
      .array(z.string())
      .optional()
      .describe('Names of the claims that are requested from UserInfo.'),
    credentialOfferInfo: CredentialOfferInfo.optional().describe(
      'The credential offer that the request refers to.',
    ),
    issuableCredentials: field.issuableCredentials,
    session: z
      .object({
        live: z.boolean().describe('Whether the session lives.'),
        subject: z.string().optional().describe('Unique identifier of the user.'),
        authTime: z.int().optional().describe('When the user authenticated, in seconds.'),
        acr: z.string().optional().describe('Authentication context class of the session.'),
        amr: z.array(z.string()).optional().describe('Authentication methods, RFC 8176.'),
      })
      .optional()
      .describe('The session that the call names, if Postern keeps it.'),
    rawDisplay: z
      .string()
      .optional()
      .describe('The parameter `display` as it came, also if it is of another specification.'),
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    nativeSsoRequested: z.boolean().optional().describe('Whether the request uses Native SSO.'),
    metadataDocumentUsed: field.metadataDocumentUsed,
    test: field.test,
    errorPage,
  })
  .meta({ id: 'authorization_response' })
type Interaction = z.input<typeof AuthorizationEndpointResponse>

export const authorization = defineEndpoint({
  operationId: 'auth_authorization_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization',
  tag: 'Authorization Endpoint',
  summary: 'Process an authorization request',
  description:
    'Checks the raw request. `INTERACTION`: log the user in and ask for consent, then issue or fail. ' +
    '`NO_INTERACTION`: the same without showing a page (`prompt=none`). Other actions relay an error. ' +
    'Nothing is sent to a redirect URI that the client has not registered.',
  right: 'use_service',
  body: AuthorizationRequest,
  form: true,
  clientText: { parameters: 'request' },
  response: AuthorizationEndpointResponse,
  relay: authorizationRelay,
  results: {
    INTERACTION: {
      code: 'P030901',
      message: 'The request is valid; the user must authenticate and consent.',
    },
    NO_INTERACTION: {
      code: 'P030902',
      message: 'The request is valid; it must be decided without showing a page.',
    },
  },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    plan('parameters', 'client', ...authorizationSteps, 'ticket')
    step('parameters')
    if (!isSmallRequest(body.parameters, service))
      refuse(requestTooLong, { parameter: 'parameters' })
    const outer = parseParameters(body.parameters)
    step('client')
    const requester = await identifyRequester(outer, context, body.cimdOptions)
    step('client', () => clientFacts(requester))
    const resolved = await resolveOrRespond(outer, requester, context)
    if ('action' in resolved) return resolved
    const { parameters } = resolved
    const uri = redirectUriOf(parameters, requester.client, context)
    const recipient = recipientFor(parameters, requester, uri.redirectUri, context)
    return refusingTo(recipient, service, async () => {
      const checked = await checkRequest(resolved, requester, uri, context)
      step('ticket')
      const offered = await offerOfRequest(parameters.get('issuer_state'), context)
      const request = { ...checked.ticket, ...offered?.kept }
      const ticket = system.random.token(256)
      const write = store.tickets.insertIfClientExists({
        serviceId: service.apiKey,
        ticketHash: tokenHash(ticket),
        clientId: requester.client.clientId,
        expiresAt: now + ticketSeconds(service) * 1_000,
        data: { ...requireStorable(request), context: body.context },
      })
      await store.commit(...resolved.writes, orRefuse(write, new Refusal(clientDeleted)))
      const { requestObjectPayload } = resolved
      const interaction = interactionOf(parameters, checked, requester, service)
      const session = await sessionOf(context, body.sessionId)
      return {
        ...interaction,
        requestObjectPayload,
        ticket,
        session,
        issuableCredentials: issuableCredentials(service, request),
        credentialOfferInfo: offered && offerWithoutSecrets(service, offered.offer),
      }
    })
  },
  refuse: refuseWithPage,
})

/** The session of the browser, so that the frontend need not ask for it. */
async function sessionOf({ service, store, now }: ServiceContext, sessionId: string | undefined) {
  if (sessionId === undefined || !hasRegistry(service)) return undefined
  const row = await store.sessions.find(service.apiKey, sessionId)
  if (!row || row.endedAt !== null || row.expiresAt <= now) return { live: false }
  const { subject, authTime, acr, amr } = row
  const members = { authTime: authTime ?? undefined, acr: acr ?? undefined }
  return { live: true, subject, ...members, amr: amr.length > 0 ? amr : undefined }
}

/** The members that the caller needs for its pages and its decision. */
function interactionOf(
  parameters: Parameters,
  { ticket, claims, managed }: CheckedRequest,
  { client, namedBy }: Requester,
  service: Service,
): Interaction {
  const { scopes, prompts, maxAge } = ticket
  const isSilent = prompts.includes('NONE')
  return {
    action: isSilent ? 'NO_INTERACTION' : 'INTERACTION',
    client: ClientLimitedAuthorization.parse(client),
    service: ServiceView.parse(service),
    display: displayOf(parameters.get('display')),
    rawDisplay: parameters.get('display'),
    serviceAttributes: service.attributes,
    clientAttributes: client.attributes,
    ...(maxAge === undefined ? {} : { maxAge }),
    scopes: supportedScopes(service).filter(({ name }) => scopes.includes(name)),
    dynamicScopes: dynamicScopes(service, scopes),
    uiLocales: parseWords(parameters.get('ui_locales')),
    claimsLocales: parseWords(parameters.get('claims_locales')),
    ...claimsToAnswer(service, ticket.responseTypes, scopes, claims),
    acrs: ticket.acrs,
    acrEssential: ticket.acrEssential,
    ...namingFlags(namedBy),
    subject: ticket.subject,
    loginHint: parameters.get('login_hint'),
    prompts,
    lowestPrompt: lowestPrompt(prompts),
    idTokenClaims: ticket.idTokenClaims,
    userInfoClaims: ticket.userInfoClaims,
    ...transformationSources(service, ticket, 'idTokenClaims'),
    resources: ticket.resources,
    authorizationDetails: detailsToApi(ticket.authorizationDetails),
    purpose: parameters.get('purpose'),
    test: ticket.test,
    nativeSsoRequested: requestsNativeSso(service, scopes, ticket.responseTypes),
    ...managed,
  }
}

/** OIDC Core §3.1.2.1; an unknown value counts as the default. */
const displayOf = (text: string | undefined): z.input<typeof Display> => {
  const parsed = Display.safeParse(text?.toUpperCase())
  return parsed.success ? parsed.data : 'PAGE'
}
