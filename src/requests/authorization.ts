/**
 * Processing of authorization requests: find the client, resolve PAR and request objects, check the
 * parameters.
 */

import { identifyClient } from '../clients/authenticate.ts'
import { verifyClientSignature } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { decryptJwe } from '../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../jose/encryption-algorithm.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { payloadText } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import { parseCodeChallenge } from '../oauth/authorization/pkce.ts'
import { chooseAcrs, chooseMaxAge, parsePrompts } from '../oauth/authorization/prompt.ts'
import {
  pushedReference,
  requireFetched,
  requireKnownRequest,
  requirePushed,
  requireRegisteredUri,
} from '../oauth/authorization/pushed-request.ts'
import { chooseRedirectUri, type RedirectUri } from '../oauth/authorization/redirect-uri.ts'
import {
  decryptedRequest,
  isEncrypted,
  mergeParameters,
  presentedRequest,
  refuseRegistration,
  requestAlgorithms,
  requestParameters,
  requireEncryption,
  requireRequestAlgorithm,
  requireSecured,
  unsecuredRequest,
} from '../oauth/authorization/request-object.ts'
import {
  chooseResponseMode,
  parseResponseType,
  requireOpenIdParts,
} from '../oauth/authorization/response-type.ts'
import { requireState } from '../oauth/authorization/state.ts'
import { testRedirectUri } from '../oauth/authorization/test-mode.ts'
import { parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import { type ClaimsRequest, parseClaims } from '../oauth/claims/parameter.ts'
import { requirePurpose } from '../oauth/claims/verified-claims.ts'
import { requireSecretForRequest, secretKeys } from '../oauth/client-authentication/secret.ts'
import { requireClientMethod, requireDated, requireProfile } from '../oauth/fapi.ts'
import { requireGrantsOf } from '../oauth/grants/grant-type.ts'
import {
  type Parameters,
  parseParameters,
  parseWords,
  requireEachOnce,
} from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import type { Permissions } from '../oauth/registration/metadata-document.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources, requireSafeRedirectUri } from '../oauth/service/profile.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { verifyIdTokenHint } from '../oauth/tokens/id-token.ts'
import { defineRules, refuse } from '../refusal.ts'
import { requestedGrant } from './grant-management.ts'

const rules = defineRules('Authorization', {
  clientIdMissing: {
    code: 'P030001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.1',
    message: 'The parameter client_id is required.',
  },
  clientUnknown: {
    code: 'P030002',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client_id is unknown.',
  },
  clientLocked: {
    code: 'P030003',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client is locked.',
  },
})

export interface Requester {
  client: Client
  namedBy: NamedBy
}

/** Finds the client. Its refusals must not redirect, because no redirect URI is validated yet. */
export async function identifyRequester(
  parameters: Parameters,
  context: ServiceContext,
  options?: Permissions,
): Promise<Requester> {
  const named = parameters.get('client_id') ?? refuse(rules.clientIdMissing)
  // A pushed request has already started its flow.
  const begins = pushedReference(parameters.peek('request_uri') ?? '') === undefined
  const found = await identifyClient(context, named, { begins, options })
  return found ?? refuse(rules.clientUnknown, named.slice(0, 100))
}

/** The validated redirect URI of a request. */
export function redirectUriOf(
  parameters: Parameters,
  client: Client,
  { service, now }: ServiceContext,
): RedirectUri {
  const requested = parameters.get('redirect_uri')
  const isOpenId = parseWords(parameters.peek('scope')).includes('openid')
  return (
    testRedirectUri(requested, client, service, now) ??
    chooseRedirectUri(requested, client, service, isOpenId)
  )
}

/** A request after its references and request objects are resolved. */
export interface ResolvedRequest {
  parameters: Parameters
  /** How the client sent the request originally. */
  way: 'front-channel' | 'pushed'
  pushedHash?: string
  dpopThumbprint?: string | undefined
  /** The claims of the request object as JSON text, exactly as the client signed it. */
  requestObjectPayload?: string | undefined
}

/** RFC 9126 §4, RFC 9101 §6: resolves a pushed request or a request object. */
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
  const policy = policyOf(service, client, scopesOf(outer), way)
  if (way === 'front-channel') requirePushed(policy.parRequired)
  const { request, requestUri } = presentedRequest(outer, policy.requestObjectRequired)
  const text = requestUri === undefined ? request : await fetchRequest(requestUri, client, context)
  if (text === undefined) return { parameters: outer, way }
  if (way === 'front-channel') requireEncryption(text, service, client)
  const isDecrypted = isEncrypted(text)
  const signed = isDecrypted ? await decryptRequest(text, client, context) : text
  const algorithms = requestAlgorithms(client, isDecrypted)
  const inner = await verifyRequest(signed, algorithms, client, context)
  const { requestObjectMerged } = policyOf(service, client, scopesOf(inner), way)
  const isMerged = requestObjectMerged && way === 'front-channel'
  const parameters = mergeParameters(outer, inner, isMerged)
  return { parameters, way, requestObjectPayload: payloadText(signed) }
}

async function findPushedRequest(
  reference: string,
  client: Client,
  { service, store, now }: ServiceContext,
): Promise<ResolvedRequest> {
  const pushedHash = tokenHash(reference)
  const row = await store.tickets.findOpen(service.apiKey, pushedHash, now)
  const pushed = row?.data.kind === 'pushed' ? row.data : undefined
  const isOurs = pushed?.clientId === client.clientId
  const known = requireKnownRequest(isOurs ? pushed : undefined)
  const { dpopThumbprint, requestObjectPayload } = known
  const parameters = parseParameters(known.parameters)
  return { parameters, way: 'pushed', pushedHash, dpopThumbprint, requestObjectPayload }
}

async function fetchRequest(
  requestUri: string,
  client: Client,
  { system, service }: ServiceContext,
): Promise<string> {
  requireRegisteredUri(requestUri, client.requestUris ?? [])
  const accept = 'application/oauth-authz-req+jwt, application/jwt'
  const fetched = await system
    .fetch(requestUri.split('#')[0] ?? '', {
      purpose: 'request object',
      serviceId: service.apiKey,
      accept,
      maxBytes: 32_768,
    })
    .catch(() => undefined)
  return requireFetched(fetched?.body.trim())
}

/** RFC 9101 §6.1: decrypts with a key of the service or with the client secret. */
async function decryptRequest(
  request: string,
  client: Client,
  { service, now, keys: own }: ServiceContext,
): Promise<string> {
  const secrets = secretKeys(service, client, now)
  const held = own.decryption(service)
  const keys = { set: serviceKeySet(service), secrets, held }
  const allowed = { algorithms: encryptionAlgorithms, encodings: contentEncryptions }
  return decryptedRequest(await decryptJwe(request, keys, allowed), service, client)
}

async function verifyRequest(
  request: string,
  algorithms: readonly string[],
  client: Client,
  context: ServiceContext,
): Promise<Parameters> {
  const alg = requireRequestAlgorithm(request, algorithms)
  requireSecretForRequest(context.service, client, alg)
  const verified =
    alg === 'none'
      ? unsecuredRequest(request)
      : await verifyClientSignature(context, client, request, algorithms)
  const { service, now } = context
  const inner = requestParameters(verified, client, service, now)
  const policy = policyOf(service, client, scopesOf(inner))
  requireSecured(policy, alg)
  if (!('failure' in verified)) requireDated(policy, verified, now)
  return inner
}

const scopesOf = (parameters: Parameters): string[] => parseWords(parameters.peek('scope'))

export interface CheckedRequest {
  ticket: AuthorizationTicket
  claims: ClaimsRequest
  /** The grant management action and its grant. */
  managed: Awaited<ReturnType<typeof requestedGrant>>
}

/** Checks all parameters. Returns the ticket that is stored until the user decides. */
export async function checkRequest(
  { parameters, way, pushedHash, dpopThumbprint }: ResolvedRequest,
  { client, namedBy }: Requester,
  uri: RedirectUri,
  context: ServiceContext,
): Promise<CheckedRequest> {
  const { service, now } = context
  requireEachOnce(parameters)
  if (client.locked) refuse(rules.clientLocked, String(client.clientId))
  const responseTypes = parseResponseType(parameters.get('response_type'), service, client)
  const responseMode = chooseResponseMode(parameters.get('response_mode'), responseTypes, client)
  requireGrantsOf(responseTypes, service, client)
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  const [nonce, state] = [parameters.get('nonce'), parameters.get('state')]
  const isOpenId = scopes.includes('openid')
  requireOpenIdParts(responseTypes, isOpenId, nonce, client)
  requireState(service, client, state)
  const policy = policyOf(service, client, scopes, way)
  if (way === 'front-channel') requirePushed(policy.parRequired)
  requireClientMethod(policy, client)
  const asked = { responseMode: parameters.get('response_mode'), scope: parameters.get('scope') }
  requireProfile(policy, { uri, responseTypes, responseMode, asked, isOpenId, nonce, state })
  requireSafeRedirectUri(policy, uri.redirectUri)
  const pkce = parseCodeChallenge(parameters, {
    required: responseTypes.includes('code') && policy.pkceRequired,
    s256Required: policy.pkceS256Required,
  })
  const claims = parseClaims(parameters.get('claims'), service)
  requirePurpose(parameters.get('purpose'))
  const hinted = await verifyIdTokenHint(parameters.get('id_token_hint'), service, client, now)
  const managed = await requestedGrant(parameters, client, context)
  const { idTokenClaims, userInfoClaims, transformedClaims } = claims
  const ticket: AuthorizationTicket = {
    kind: 'authorization',
    clientId: client.clientId,
    namedBy,
    responseTypes,
    responseMode,
    ...uri,
    state,
    nonce,
    scopes,
    subject: claims.subject ?? hinted,
    maxAge: chooseMaxAge(parameters, client),
    prompts: parsePrompts(parameters.get('prompt'), service),
    ...chooseAcrs(parameters, claims, client),
    idTokenClaims,
    userInfoClaims,
    transformedClaims,
    resources: requireResources(service, client, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(
      parameters.get('authorization_details'),
      service,
      client,
    ),
    dpopThumbprint: dpopThumbprint ?? parameters.get('dpop_jkt'),
    pushedHash,
    gmAction: managed?.gmAction,
    grantId: managed?.grantId,
    ...pkce,
  }
  return { ticket, claims, managed }
}
