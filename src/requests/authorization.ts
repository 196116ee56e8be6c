/** Processing of authorization requests: find the client, and check the parameters. */

import { identifyClient } from '../clients/authenticate.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import { parseCodeChallenge } from '../oauth/authorization/pkce.ts'
import { chooseAcrs, chooseMaxAge, parsePrompts } from '../oauth/authorization/prompt.ts'
import { pushedReference, requirePushed } from '../oauth/authorization/pushed-request.ts'
import { chooseRedirectUri, type RedirectUri } from '../oauth/authorization/redirect-uri.ts'
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
import { requireClientMethod, requireProfile } from '../oauth/fapi.ts'
import { requireGrantsOf } from '../oauth/grants/grant-type.ts'
import { type Parameters, parseWords, requireEachOnce } from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import type { Permissions } from '../oauth/registration/metadata-document.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources, requireSafeRedirectUri } from '../oauth/service/profile.ts'
import { verifyIdTokenHint } from '../oauth/tokens/id-token.ts'
import { defineRules, refuse } from '../refusal.ts'
import { requestedGrant } from './grant-management.ts'
import type { Requesting, ResolvedRequest } from './resolve.ts'

const rules = defineRules('Authorization', {
  clientIdMissing: {
    code: 'P030001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.1',
    message: 'The parameter client_id is required.',
    fix: 'Send `client_id` in the query or the form of the request, also beside a request object.',
  },
  clientUnknown: {
    code: 'P030002',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client_id is unknown.',
    fix: 'Register the client, or send the id or alias of a registered client of this service.',
    settings: [
      'client.clientId',
      'client.clientIdAlias',
      'client.clientIdAliasEnabled',
      'service.clientIdAliasEnabled',
      'service.clientIdMetadataDocumentSupported',
    ],
  },
  clientLocked: {
    code: 'P030003',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client is locked.',
    fix: 'Unlock the client if it may be used again.',
    settings: ['client.locked'],
  },
})

export interface Requester extends Requesting {
  namedBy: NamedBy
}

/** Finds the client. Its refusals must not redirect, because no redirect URI is validated yet. */
export async function identifyRequester(
  parameters: Parameters,
  context: ServiceContext,
  options?: Permissions,
): Promise<Requester> {
  const named =
    parameters.get('client_id') ?? refuse(rules.clientIdMissing, { parameter: 'client_id' })
  // A pushed request has already started its flow.
  const requestUri = parameters.peek('request_uri')
  const begins = pushedReference(requestUri ?? '') === undefined
  const presented = begins ? { request: parameters.peek('request'), requestUri } : undefined
  const found = await identifyClient(context, named, { begins, options, presented })
  return found ?? refuse(rules.clientUnknown, { parameter: 'client_id', given: named })
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
  if (client.locked) {
    refuse(rules.clientLocked, { setting: 'client.locked', given: true })
  }
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
