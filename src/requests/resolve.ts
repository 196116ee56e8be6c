/** Resolving of authorization requests: pushed requests and request objects, RFC 9126, RFC 9101. */

import { claimOnce } from '../clients/claim-once.ts'
import { type ReadRequest, readRequestObject } from '../clients/federation/request-object.ts'
import { verifyClientSignature } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { decryptJwe } from '../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../jose/encryption-algorithm.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { payloadText } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import {
  federatedRequestReplayed,
  longestFederatedRequest,
  refuseMissingRequest,
  requireOuterClient,
} from '../oauth/authorization/federated-request.ts'
import {
  pushedReference,
  requireFetched,
  requireKnownRequest,
  requirePushed,
  requireRegisteredUri,
} from '../oauth/authorization/pushed-request.ts'
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
import { requireSecretForRequest, secretKeys } from '../oauth/client-authentication/secret.ts'
import { requireDated } from '../oauth/fapi.ts'
import { formOf, type Parameters, parseParameters, parseWords } from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { Write } from '../store/engine.ts'

/** A request after its references and request objects are resolved. */
export interface ResolvedRequest {
  parameters: Parameters
  /** How the client sent the request originally. */
  way: Way
  pushedHash?: string
  dpopThumbprint?: string | undefined
  /** The claims of the request object as JSON text, exactly as the client signed it. */
  requestObjectPayload?: string | undefined
  /** Claims the `jti` of a request object, for the commit that stores the request. */
  writes: Write[]
}

/** How a client sends a request. */
type Way = 'front-channel' | 'pushed'

/** The client of a request, and the request object if it was read in order to find the client. */
export interface Requesting {
  client: Client
  request?: ReadRequest
}

/** RFC 9126 §4, RFC 9101 §6: resolves a pushed request or a request object. */
export async function resolveRequest(
  outer: Parameters,
  requester: Requesting,
  context: ServiceContext,
  way: Way,
): Promise<ResolvedRequest> {
  const { service } = context
  const { client } = requester
  refuseRegistration(outer)
  const reference = pushedReference(outer.get('request_uri') ?? '')
  if (reference !== undefined) return findPushedRequest(reference, client, context)
  const policy = policyOf(service, client, scopesOf(outer), way)
  if (way === 'front-channel') requirePushed(policy.parRequired)
  if (client.automaticallyRegistered) return resolveFederated(outer, requester, context, way)
  const { request, requestUri } = presentedRequest(outer, policy.requestObjectRequired)
  const text = requestUri === undefined ? request : await fetchRequest(requestUri, client, context)
  if (text === undefined) return { parameters: outer, way, writes: [] }
  if (way === 'front-channel') requireEncryption(text, service, client)
  const isDecrypted = isEncrypted(text)
  const signed = isDecrypted ? await decryptRequest(text, client, context) : text
  const algorithms = requestAlgorithms(client, isDecrypted)
  const inner = await verifyRequest(signed, algorithms, client, context)
  const parameters = merged(outer, inner, client, context, way)
  return { parameters, way, requestObjectPayload: payloadText(signed), writes: [] }
}

function merged(
  outer: Parameters,
  inner: Parameters,
  client: Client,
  { service }: ServiceContext,
  way: Way,
): Parameters {
  const { requestObjectMerged } = policyOf(service, client, scopesOf(inner), way)
  return mergeParameters(outer, inner, requestObjectMerged && way === 'front-channel')
}

/**
 * OpenID Federation §12.1.1: the request object of a client that registered automatically, which is
 * used once. Without one, a pushed request has authenticated the client by its keys.
 */
async function resolveFederated(
  outer: Parameters,
  { client, request: known }: Requesting,
  context: ServiceContext,
  way: Way,
): Promise<ResolvedRequest> {
  const { service } = context
  const presented = presentedRequest(outer, false)
  if (presented.request === undefined && presented.requestUri === undefined) {
    return way === 'pushed' ? { parameters: outer, way, writes: [] } : refuseMissingRequest()
  }
  const { entityId = '', requestUris } = client
  const request = known ?? (await readRequestObject(context, presented, entityId, requestUris))
  requireOuterClient(outer, entityId)
  const { text, decrypted, jwtId, expiresAt } = request
  if (decrypted) decryptedRequest(decrypted, service, client)
  else if (way === 'front-channel') requireEncryption(text, service, client)
  const algorithms = requestAlgorithms(client, true)
  const inner = await verifyRequest(text, algorithms, client, context, longestFederatedRequest)
  const parameters = withoutTrustChain(merged(outer, inner, client, context, way))
  const write = claimOnce(context, {
    kind: 'federation-request',
    value: `${client.clientId}:${jwtId}`,
    expiresAt,
    rule: federatedRequestReplayed,
    detail: jwtId,
  })
  return { parameters, way, requestObjectPayload: payloadText(text), writes: [write] }
}

/** The chain was read before, and is no parameter of the authorization request. */
const withoutTrustChain = (parameters: Parameters): Parameters =>
  parameters.peek('trust_chain') === undefined
    ? parameters
    : parseParameters(formOf(parameters, ['trust_chain']))

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
  const pushedBefore = { pushedHash, dpopThumbprint, requestObjectPayload }
  return { parameters, way: 'pushed', ...pushedBefore, writes: [] }
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
  longest?: number,
): Promise<Parameters> {
  const alg = requireRequestAlgorithm(request, algorithms, longest)
  requireSecretForRequest(context.service, client, alg)
  const verified =
    alg === 'none'
      ? unsecuredRequest(request)
      : await verifyClientSignature(context, client, request, algorithms, longest)
  const { service, now } = context
  const inner = requestParameters(verified, client, service, now)
  const policy = policyOf(service, client, scopesOf(inner))
  requireSecured(policy, alg)
  if (!('failure' in verified)) requireDated(policy, verified, now)
  return inner
}

const scopesOf = (parameters: Parameters): string[] => parseWords(parameters.peek('scope'))
