/** The authorization endpoint, RFC 6749 §4.1.1 and OIDC Core §3.1.2: a request is checked and kept. */
import { z } from 'zod'
import type { ServiceContext } from '../../grants/grant-request.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { authorizationRelay } from '../../http/relay.ts'
import { AuthzDetails } from '../../model/authorization-details.ts'
import { type Client, ClientLimitedAuthorization } from '../../model/client.ts'
import { CimdOptions } from '../../model/client-id-metadata.ts'
import { CredentialOfferInfo } from '../../model/credential-offer.ts'
import { DynamicScope } from '../../model/dynamic-scope.ts'
import { Display, GrantManagementAction, Prompt } from '../../model/enums.ts'
import { GrantView } from '../../model/grant-management.ts'
import { Scope } from '../../model/scope.ts'
import { ServiceView } from '../../model/service-view.ts'
import type { AuthorizationTicket } from '../../model/ticket.ts'
import { tokenHash } from '../../oauth/access-token.ts'
import { type Recipient, refusingTo } from '../../oauth/authorization-response.ts'
import { claimNames, parseClaims } from '../../oauth/claims-parameter.ts'
import { requireGrantsOf } from '../../oauth/grant-type.ts'
import { clientIdentifier, verifyIdTokenHint } from '../../oauth/id-token.ts'
import {
  type Parameters,
  parseParameters,
  parseWords,
  requireEachOnce,
} from '../../oauth/parameters.ts'
import { parseCodeChallenge } from '../../oauth/pkce.ts'
import { chooseAcrs, chooseMaxAge, lowestPrompt, parsePrompts } from '../../oauth/prompt.ts'
import { chooseRedirectUri, type RedirectUri } from '../../oauth/redirect-uri.ts'
import { refuseRequestObject } from '../../oauth/request-object.ts'
import { parseResources } from '../../oauth/resource.ts'
import {
  chooseResponseMode,
  parseResponseType,
  recipientMode,
  requireOpenIdParts,
} from '../../oauth/response-type.ts'
import { chooseScopes, supportedScopes } from '../../oauth/scope.ts'
import { defineRules, errorBody, refuse } from '../../refusal.ts'
import { identifyClient } from '../authenticate-client.ts'

const rules = defineRules('Authorization', {
  clientIdMissing: {
    code: 'P030001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.1',
    says: 'The request has to carry a client_id.',
  },
  clientUnknown: {
    code: 'P030002',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.2.1',
    says: 'The client_id is not that of a client.',
  },
  clientLocked: {
    code: 'P030003',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    says: 'The client is locked.',
  },
})

const AuthorizationRequest = z
  .object({
    parameters: z
      .string()
      .max(65_536)
      .default('')
      .describe(
        'The request parameters as the client sent them: the query string, or the form body.',
      ),
    context: z.string().max(65_536).optional(),
    cimdOptions: CimdOptions.optional(),
  })
  .meta({ id: 'authorization_request' })

const AuthorizationAnswer = z
  .object({
    action: z
      .enum([
        'INTERNAL_SERVER_ERROR',
        'BAD_REQUEST',
        'LOCATION',
        'FORM',
        'NO_INTERACTION',
        'INTERACTION',
      ])
      .describe('What to do next.'),
    client: ClientLimitedAuthorization.optional(),
    display: Display.optional(),
    maxAge: z.int().optional().describe('Seconds since the last authentication that are allowed.'),
    service: ServiceView.optional(),
    scopes: z.array(Scope).optional().describe('Names of scopes.'),
    uiLocales: z.array(z.string()).optional(),
    claimsLocales: z.array(z.string()).optional(),
    claims: z.array(z.string()).optional(),
    acrEssential: z.boolean().optional(),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    acrs: z.array(z.string()).optional(),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    loginHint: z.string().optional(),
    prompts: z.array(Prompt).optional(),
    lowestPrompt: Prompt.optional(),
    requestObjectPayload: z.string().optional(),
    idTokenClaims: z.string().optional(),
    userInfoClaims: z.string().optional(),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    authorizationDetails: AuthzDetails.optional(),
    purpose: z.string().optional(),
    responseContent: z
      .string()
      .optional()
      .describe('What to send to the client; where it goes depends on the action.'),
    ticket: z
      .string()
      .optional()
      .describe('Stands for the request until it is decided. Single use.'),
    dynamicScopes: z.array(DynamicScope).optional(),
    gmAction: GrantManagementAction.optional(),
    grantId: z.string().optional(),
    grant: GrantView.optional(),
    grantSubject: z.string().optional(),
    requestedClaimsForTx: z.array(z.string()).optional(),
    requestedVerifiedClaimsForTx: z.array(z.array(z.string())).optional(),
    transformedClaims: z.string().optional(),
    clientEntityIdUsed: z.boolean().optional(),
    claimsAtUserInfo: z.array(z.string()).optional(),
    credentialOfferInfo: CredentialOfferInfo.optional(),
    issuableCredentials: z.string().optional(),
    nativeSsoRequested: z.boolean().optional(),
    metadataDocumentUsed: z.boolean().optional(),
  })
  .meta({ id: 'authorization_response' })
type Interaction = z.input<typeof AuthorizationAnswer>

/** How long a user may take to log in and consent. */
const ticketMilliseconds = 86_400_000

export const authorization = defineEndpoint({
  operationId: 'auth_authorization_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization',
  tag: 'Authorization Endpoint',
  summary: 'Process an authorization request',
  description:
    'Checks the raw request and says what to do: `INTERACTION` (log the user in and ask for consent, ' +
    'then issue or fail), `NO_INTERACTION` (the same without showing a page: `prompt=none`), or relay ' +
    'an error. Nothing is sent to a redirect URI that the client has not registered.',
  right: 'use_service',
  body: AuthorizationRequest,
  form: true,
  response: AuthorizationAnswer,
  relay: authorizationRelay,
  results: {
    INTERACTION: { code: 'P030901', says: 'The request is valid; the user has to be asked.' },
    NO_INTERACTION: { code: 'P030902', says: 'The request is valid; no page may be shown.' },
  },
  async handle({ body }, context) {
    const { service } = context
    const parameters = parseParameters(body.parameters)
    const { client, clientIdAliasUsed, ...uri } = await establishClient(parameters, context)
    const recipient: Recipient = {
      redirectUri: uri.redirectUri,
      responseMode: recipientMode(
        parameters.peek('response_mode'),
        parameters.peek('response_type'),
      ),
      state: parameters.peek('state'),
      client,
      clientId: clientIdentifier(client, { clientIdAliasUsed }),
      now: context.now,
    }
    return refusingTo(recipient, service, async () => {
      const requested = { client, clientIdAliasUsed, uri, context: body.context }
      const { ticket, answer } = await checkRequest(parameters, requested, context)
      const value = context.system.random.token(256)
      await context.store.commit(
        context.store.tickets.insert({
          serviceId: service.apiKey,
          ticketHash: tokenHash(value),
          clientId: client.clientId,
          expiresAt: context.now + ticketMilliseconds,
          data: ticket,
        }),
      )
      return { ...answer, ticket: value }
    })
  },
  refuse: ({ rule }, { service }) => ({
    action: rule.error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST',
    responseContent: errorBody(rule, service),
  }),
})

/** Until the client and its redirect URI are known, nothing may be sent there. */
async function establishClient(parameters: Parameters, context: ServiceContext) {
  const named = parameters.get('client_id') ?? refuse(rules.clientIdMissing)
  const found = await identifyClient(context, named)
  if (!found) refuse(rules.clientUnknown, named.slice(0, 100))
  const isOpenId = parseWords(parameters.peek('scope')).includes('openid')
  const requested = parameters.get('redirect_uri')
  return { ...found, ...chooseRedirectUri(requested, found.client, context.service, isOpenId) }
}

interface Requested {
  client: Client
  clientIdAliasUsed: boolean
  uri: RedirectUri
  context: string | undefined
}

async function checkRequest(
  parameters: Parameters,
  { client, clientIdAliasUsed, uri, context: kept }: Requested,
  { service }: ServiceContext,
): Promise<{ ticket: AuthorizationTicket; answer: Interaction }> {
  requireEachOnce(parameters)
  refuseRequestObject(parameters)
  if (client.locked) refuse(rules.clientLocked, String(client.clientId))
  const responseTypes = parseResponseType(parameters.get('response_type'), service, client)
  const responseMode = chooseResponseMode(parameters.get('response_mode'), responseTypes, client)
  requireGrantsOf(responseTypes, service, client)
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  const nonce = parameters.get('nonce')
  requireOpenIdParts(responseTypes, scopes.includes('openid'), nonce)
  const pkce = parseCodeChallenge(parameters, {
    required: responseTypes.includes('code') && (service.pkceRequired || client.pkceRequired),
    s256Required: service.pkceS256Required || client.pkceS256Required,
  })
  const prompts = parsePrompts(parameters.get('prompt'), service)
  const claims = parseClaims(parameters.get('claims'))
  const { acrs, acrEssential } = chooseAcrs(parameters, claims, client)
  const maxAge = chooseMaxAge(parameters, client)
  const hinted = await verifyIdTokenHint(parameters.get('id_token_hint'), service, client)
  const subject = claims.subject ?? hinted
  const resources = parseResources(parameters)
  const { idTokenClaims, userInfoClaims } = claims
  const ticket: AuthorizationTicket = {
    kind: 'authorization',
    clientId: client.clientId,
    clientIdAliasUsed,
    responseTypes,
    responseMode,
    ...uri,
    state: parameters.get('state'),
    nonce,
    scopes,
    subject,
    maxAge,
    prompts,
    acrs,
    acrEssential,
    idTokenClaims,
    userInfoClaims,
    resources,
    context: kept,
    ...pkce,
  }
  const lowest = lowestPrompt(prompts)
  const answer: Interaction = {
    action: prompts.includes('NONE') ? 'NO_INTERACTION' : 'INTERACTION',
    client: ClientLimitedAuthorization.parse(client),
    service: ServiceView.parse(service),
    display: displayOf(parameters.get('display')),
    ...(maxAge === undefined ? {} : { maxAge }),
    scopes: supportedScopes(service).filter(({ name }) => scopes.includes(name)),
    uiLocales: parseWords(parameters.get('ui_locales')),
    claimsLocales: parseWords(parameters.get('claims_locales')),
    ...claimsToAnswer(responseTypes, scopes, claims, service),
    acrs,
    acrEssential,
    clientIdAliasUsed,
    subject,
    loginHint: parameters.get('login_hint'),
    prompts,
    lowestPrompt: lowest,
    idTokenClaims,
    userInfoClaims,
    resources,
    purpose: parameters.get('purpose'),
    nativeSsoRequested: false,
    clientEntityIdUsed: false,
    metadataDocumentUsed: false,
  }
  return { ticket, answer }
}

/**
 * OIDC Core §5.4: what scopes ask for is answered by UserInfo; where no access token is issued, or the
 * service does not hold it to that (`claimShortcutRestrictive`), by the ID Token too.
 */
function claimsToAnswer(
  responseTypes: string[],
  scopes: string[],
  claims: { idTokenNames: string[]; userInfoNames: string[] },
  service: ServiceContext['service'],
) {
  const withoutAccessToken = responseTypes.length === 1 && responseTypes[0] === 'id_token'
  const expands = withoutAccessToken || !service.claimShortcutRestrictive
  return {
    claims: claimNames(service, expands ? scopes : [], claims.idTokenNames),
    claimsAtUserInfo: claimNames(service, scopes, claims.userInfoNames),
  }
}

/** OIDC Core §3.1.2.1; a value that is not known counts as the default. */
const displayOf = (text: string | undefined): z.input<typeof Display> => {
  const parsed = Display.safeParse(text?.toUpperCase())
  return parsed.success ? parsed.data : 'PAGE'
}
