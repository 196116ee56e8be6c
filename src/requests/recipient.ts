/** Recipients of authorization responses and errors, before and after a request is resolved. */

import { refusedAt, type ServiceContext } from '../context.ts'
import { signJwt, type UnsignedJwt } from '../jose/sign.ts'
import type { Client } from '../model/client/client.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import { type Recipient, refusingTo } from '../oauth/authorization/response.ts'
import { recipientMode, unresolvedMode } from '../oauth/authorization/response-type.ts'
import { originOf, sessionState } from '../oauth/logout/session-state.ts'
import { type Parameters, parseWords } from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import { clientIdentifier } from '../oauth/tokens/id-token.ts'
import type { Refusal, RefusedAt } from '../refusal.ts'
import { encryptFor } from '../tokens/encryption.ts'
import type { Requester } from './authorization.ts'
import { resolveRequest } from './resolve.ts'

/**
 * Resolves a request. Errors are sent to the client if the redirect_uri outside of the request
 * object is registered.
 */
export async function resolveOrRespond(
  outer: Parameters,
  requester: Requester,
  context: ServiceContext,
) {
  const { service } = context
  const resolve = () => resolveRequest(outer, requester, context, 'front-channel')
  const redirectUri = outer.peek('redirect_uri')
  const isRegistered = redirectUri && requester.client.redirectUris?.includes(redirectUri)
  if (!isRegistered) return resolve()
  const policy = policyOf(service, requester.client, parseWords(outer.peek('scope')))
  const [mode, type] = [outer.peek('response_mode'), outer.peek('response_type')]
  const responseMode = unresolvedMode(mode, type, policy)
  const recipient = { ...recipientFor(outer, requester, redirectUri, context), responseMode }
  return refusingTo(recipient, service, resolve)
}

/** The recipient of a request with a validated redirect URI. */
export const recipientFor = (
  parameters: Parameters,
  requester: Requester,
  redirectUri: string,
  context: ServiceContext,
): Recipient => ({
  redirectUri,
  responseMode: recipientMode(parameters.peek('response_mode'), parameters.peek('response_type')),
  state: parameters.peek('state'),
  client: requester.client,
  clientId: clientIdentifier(requester.client, requester),
  now: context.now,
  secure: (response) => secured(context, requester.client, response),
  refused: (refusal) => noteSent(context, refusal),
})

/** A refusal that is sent to the client ends no script: so the call keeps it. */
function noteSent(context: ServiceContext, refusal: Refusal): RefusedAt {
  context.call.refused = refusal
  return refusedAt(context, context.service)
}

/**
 * The recipient of a stored request. The client may have been deleted since then; its redirect URI
 * was validated earlier.
 */
export async function recipientOf(
  context: ServiceContext,
  request: AuthorizationTicket,
  browserState?: string,
): Promise<Recipient> {
  const { service, documents, now } = context
  const client = await documents.client(service.apiKey, request.clientId)
  context.call.client = client
  const clientId = client ? clientIdentifier(client, request) : String(request.clientId)
  return {
    redirectUri: request.redirectUri,
    responseMode: request.responseMode,
    state: request.state,
    client,
    clientId,
    now,
    sessionState: sessionStateOf(context, request, clientId, browserState),
    secure: (response) => secured(context, client, response),
    refused: (refusal) => noteSent(context, refusal),
  }
}

/**
 * OIDC Session Management §2: for OpenID requests, if the service has an OP iframe and the frontend
 * passes the browser state. A redirect URI of a private scheme has no origin to compare.
 */
function sessionStateOf(
  { service, system }: ServiceContext,
  { scopes, redirectUri }: AuthorizationTicket,
  clientId: string,
  browserState: string | undefined,
): string | undefined {
  const isMonitored = service.checkSessionIframe !== undefined && scopes.includes('openid')
  const origin = isMonitored && browserState !== undefined ? originOf(redirectUri) : undefined
  if (origin === undefined || browserState === undefined) return undefined
  return sessionState(clientId, origin, browserState, system.random.token(128))
}

/** The JWT of a response, encrypted if the client still exists and registered encryption. */
async function secured(
  context: ServiceContext,
  client: Client | undefined,
  response: UnsignedJwt,
): Promise<string> {
  const jwt = await signJwt(context.keys.signing(context.service), response)
  return client ? encryptFor(context, client, 'authorization', jwt, { cty: 'JWT' }) : jwt
}
