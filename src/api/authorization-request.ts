/**
 * An authorization request on its way: who asks, with which parameters, and is it one to act upon.
 */
import type { ServiceContext } from '../grants/grant-request.ts'
import type { Client } from '../model/client.ts'
import type { AuthorizationTicket } from '../model/ticket.ts'
import { tokenHash } from '../oauth/access-token.ts'
import { type ClaimsRequest, parseClaims } from '../oauth/claims-parameter.ts'
import { requireGrantsOf } from '../oauth/grant-type.ts'
import { verifyIdTokenHint } from '../oauth/id-token.ts'
import {
  type Parameters,
  parseParameters,
  parseWords,
  requireEachOnce,
} from '../oauth/parameters.ts'
import { parseCodeChallenge } from '../oauth/pkce.ts'
import { chooseAcrs, chooseMaxAge, parsePrompts } from '../oauth/prompt.ts'
import {
  pushedReference,
  requireFetched,
  requireKnownRequest,
  requirePushed,
  requireRegisteredUri,
} from '../oauth/pushed-request.ts'
import { chooseRedirectUri, type RedirectUri } from '../oauth/redirect-uri.ts'
import {
  mergeParameters,
  presentedRequest,
  refuseRegistration,
  requestAlgorithms,
  requestParameters,
  requireRequestAlgorithm,
  unsecuredRequest,
} from '../oauth/request-object.ts'
import { parseResources } from '../oauth/resource.ts'
import {
  chooseResponseMode,
  parseResponseType,
  requireOpenIdParts,
} from '../oauth/response-type.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { defineRules, refuse } from '../refusal.ts'
import { identifyClient } from './authenticate-client.ts'
import { verifyClientSignature } from './client-signature.ts'
import { requestedGrant } from './remember-grant.ts'

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

export interface Requester {
  client: Client
  clientIdAliasUsed: boolean
}

/** Until the client is known, nothing may be sent anywhere. */
export async function identifyRequester(
  parameters: Parameters,
  context: ServiceContext,
): Promise<Requester> {
  const named = parameters.get('client_id') ?? refuse(rules.clientIdMissing)
  return (await identifyClient(context, named)) ?? refuse(rules.clientUnknown, named.slice(0, 100))
}

/** The redirect URI of a request, registered and by the rules for OpenID Connect or OAuth. */
export const redirectUriOf = (
  parameters: Parameters,
  client: Client,
  { service }: ServiceContext,
): RedirectUri =>
  chooseRedirectUri(
    parameters.get('redirect_uri'),
    client,
    service,
    parseWords(parameters.peek('scope')).includes('openid'),
  )

/** What a request comes down to once references and request objects are resolved. */
export interface ResolvedRequest {
  parameters: Parameters
  pushedHash?: string
  dpopThumbprint?: string | undefined
}

/** RFC 9126 §4, RFC 9101 §6: a pushed request, a request object, or the parameters as they are. */
export async function resolveRequest(
  outer: Parameters,
  client: Client,
  context: ServiceContext,
  way: 'front-channel' | 'pushed',
): Promise<ResolvedRequest> {
  const { service } = context
  refuseRegistration(outer)
  const reference = pushedReference(outer.get('request_uri') ?? '')
  if (reference !== undefined) return findPushedRequest(reference, client, context)
  if (way === 'front-channel') requirePushed(service.parRequired || client.parRequired)
  const isRequired = service.requestObjectRequired || client.requestObjectRequired
  const { request, requestUri } = presentedRequest(outer, isRequired)
  const text = requestUri === undefined ? request : await fetchRequest(requestUri, client, context)
  if (text === undefined) return { parameters: outer }
  const inner = await verifyRequest(text, client, context)
  const isTraditional = service.traditionalRequestObjectProcessingApplied && way === 'front-channel'
  return { parameters: mergeParameters(outer, inner, isTraditional) }
}

async function findPushedRequest(
  reference: string,
  client: Client,
  { service, store, now }: ServiceContext,
): Promise<ResolvedRequest> {
  const pushedHash = tokenHash(reference)
  const row = await store.tickets.find(service.apiKey, pushedHash)
  const isOpen = row && row.consumedAt == null && row.expiresAt > now
  const pushed = isOpen && row.data.kind === 'pushed' ? row.data : undefined
  const isOurs = pushed?.clientId === client.clientId
  const { parameters, dpopThumbprint } = requireKnownRequest(isOurs ? pushed : undefined)
  return { parameters: parseParameters(parameters), pushedHash, dpopThumbprint }
}

async function fetchRequest(
  requestUri: string,
  client: Client,
  { system }: ServiceContext,
): Promise<string> {
  requireRegisteredUri(requestUri, client.requestUris ?? [])
  const accept = 'application/oauth-authz-req+jwt, application/jwt'
  const fetched = await system
    .fetch(requestUri.split('#')[0] ?? '', { purpose: 'request object', accept, maxBytes: 32_768 })
    .catch(() => undefined)
  return requireFetched(fetched?.body.trim())
}

async function verifyRequest(
  request: string,
  client: Client,
  context: ServiceContext,
): Promise<Parameters> {
  const alg = requireRequestAlgorithm(request, client)
  const verified =
    alg === 'none'
      ? unsecuredRequest(request)
      : await verifyClientSignature(context, client, request, requestAlgorithms(client))
  return requestParameters(verified, client, context.service, context.now)
}

export interface CheckedRequest {
  ticket: AuthorizationTicket
  claims: ClaimsRequest
  /** What the request wants to be done with which grant. */
  managed: Awaited<ReturnType<typeof requestedGrant>>
}

/** Every rule for the request itself; what is left of it is what the user decides upon. */
export async function checkRequest(
  { parameters, pushedHash, dpopThumbprint }: ResolvedRequest,
  { client, clientIdAliasUsed }: Requester,
  uri: RedirectUri,
  context: ServiceContext,
): Promise<CheckedRequest> {
  const { service } = context
  requireEachOnce(parameters)
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
  const claims = parseClaims(parameters.get('claims'))
  const hinted = await verifyIdTokenHint(parameters.get('id_token_hint'), service, client)
  const managed = await requestedGrant(parameters, client, context)
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
    subject: claims.subject ?? hinted,
    maxAge: chooseMaxAge(parameters, client),
    prompts: parsePrompts(parameters.get('prompt'), service),
    ...chooseAcrs(parameters, claims, client),
    idTokenClaims,
    userInfoClaims,
    resources: parseResources(parameters),
    dpopThumbprint: dpopThumbprint ?? parameters.get('dpop_jkt'),
    pushedHash,
    gmAction: managed?.gmAction,
    grantId: managed?.grantId,
    ...pkce,
  }
  return { ticket, claims, managed }
}
