/**
 * Client identification and authentication, the first step of every endpoint for clients, RFC 6749
 * §2.3.
 */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import type { NamedBy } from '../model/named-by.ts'
import { isNumericId } from '../model/primitives.ts'
import type { Service } from '../model/service/service.ts'
import {
  assertedClientId,
  assertionAlgorithms,
  assertionEndpoints,
  assertionReplayed,
  requireVerifiedAssertion,
  verifyAssertionClaims,
} from '../oauth/client-authentication/assertion.ts'
import { attestedClientId } from '../oauth/client-authentication/attestation.ts'
import { requireProvingMethod } from '../oauth/client-authentication/federated-proof.ts'
import {
  type AuthenticatingEndpoint,
  type Credentials,
  type HeaderCredentials,
  isFirstStep,
  presentedCredentials,
  requireClient,
  requireClientId,
  requireMethod,
  supportedMethods,
} from '../oauth/client-authentication/method.ts'
import {
  requireSecretForAssertion,
  requireUnexpiredSecret,
  verifySecret,
} from '../oauth/client-authentication/secret.ts'
import { isFederated } from '../oauth/federation/federated-client.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { type Policy, policyOf } from '../oauth/policy.ts'
import { looksLikeUrl, type Permissions } from '../oauth/registration/metadata-document.ts'
import { Refusal } from '../refusal.ts'
import { signals } from '../signal.ts'
import type { Write } from '../store/engine.ts'
import { verifyClientAttestation } from './attestation.ts'
import { verifyClientCertificate } from './certificate.ts'
import { settleSecrets } from './change.ts'
import { claimOnce } from './claim-once.ts'
import { clientByUrl, type Identified } from './federation/identify.ts'
import { currentParty } from './federation/refresh.ts'
import type { ReadRequest } from './federation/request-object.ts'
import { currentClient, type Lookup, noteUse } from './metadata-document.ts'
import { noteOriginsOf } from './origins.ts'
import { verifyClientSignature } from './signature.ts'
import { verifySvid } from './spiffe.ts'
import { throttling } from './wrong-credentials.ts'

export interface AuthenticatedClient {
  client: Client
  namedBy: NamedBy
  clientAuthMethod: ClientAuthMethod
  /** Thumbprint of the key of the attested client instance. */
  attestationThumbprint?: string
  /** The request object, if it was read in order to register the client. */
  request?: ReadRequest
  /** Writes that claim the `jti` of an assertion, for the commit of the operation. */
  writes: Write[]
}

/** Authenticates the client. `guess` finds the client id of a request that contains none. */
export async function authenticateClient(
  ...[context, parameters, header, endpoint, guess]: Authentication
): Promise<AuthenticatedClient> {
  const noted: Noted = { method: '' }
  try {
    const found = await verifyClient(noted, context, parameters, header, endpoint, guess)
    signals.clientAuthenticated.emit(noted.method, 'success')
    return found
  } catch (error) {
    const isRefused = error instanceof Refusal
    signals.clientAuthenticated.emit(noted.method, isRefused ? 'refused' : 'error')
    throw error
  }
}

/** For metrics: the method, once it is known. */
interface Noted {
  method: ClientAuthMethod | ''
}

type Authentication = [
  context: ServiceContext,
  parameters: Parameters,
  header: HeaderCredentials & { cimdOptions?: Permissions | undefined },
  endpoint: AuthenticatingEndpoint,
  guess?: (() => Promise<number | undefined>) | undefined,
]

async function verifyClient(
  noted: Noted,
  ...[context, parameters, header, endpoint, guess]: Authentication
): Promise<AuthenticatedClient> {
  const { service } = context
  const credentials = presentedCredentials(parameters, header)
  const named = credentials.clientId ?? claimedId(credentials) ?? (await guess?.())?.toString()
  const isFirst = isFirstStep(endpoint)
  const isNew = endpoint === 'token' && !following.has(parameters.peek('grant_type') ?? '')
  const presented = isFirst ? { request: parameters.peek('request'), credentials } : undefined
  const lookup = { begins: isFirst || isNew, options: header.cimdOptions, presented }
  const { client, ...how } = await findClient(context, requireClientId(named), lookup)
  const isProof = isFirst && client.automaticallyRegistered && presented?.request === undefined
  const policy = isProof ? provingPolicy(service, client) : policyOf(service, client)
  const supported = supportedMethods(service, endpoint, policy)
  const clientAuthMethod = requireMethod(credentials, client, supported)
  noted.method = clientAuthMethod
  if (isProof) requireProvingMethod(clientAuthMethod)
  const found = { client, ...how, clientAuthMethod, writes: [] }
  switch (credentials.kind) {
    case 'basic':
    case 'post':
      await throttling(context, { kind: 'client_secret', clientId: client.clientId }, () =>
        verifySecret(client, credentials.secret, context.now),
      )
      requireUnexpiredSecret(client, context.now)
      await settleSecrets(context, client)
      return found
    case 'certificate': {
      const presented = { ...credentials, path: header.clientCertificatePath }
      await verifyClientCertificate(context, client, clientAuthMethod, presented)
      return found
    }
    case 'assertion': {
      const { assertion } = credentials
      const write = await verifyAssertion(context, found, named ?? '', assertion, policy)
      return { ...found, writes: [write] }
    }
    case 'spiffe':
      await verifySvid(context, client, credentials.assertion)
      return found
    case 'attestation': {
      const attested = await verifyClientAttestation(context, client, named ?? '', credentials)
      const { attestationThumbprint, write } = attested
      return { ...found, attestationThumbprint, writes: [write] }
    }
    case 'none':
      return found
  }
}

/** The client id in a JWT that is not verified yet, for the look-up. */
function claimedId(credentials: Credentials): string | undefined {
  const { kind } = credentials
  if (kind === 'attestation') return attestedClientId(credentials.attestation)
  return kind === 'assertion' || kind === 'spiffe'
    ? assertedClientId(credentials.assertion)
    : undefined
}

/** Grant types that continue a flow: the client was looked up when the flow started. */
const following = new Set([
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
  'urn:ietf:params:oauth:grant-type:pre-authorized_code',
])

/**
 * OpenID Federation §12.1.1.2: without a request object, an assertion proves that a relying party
 * controls its keys, and is for this service only.
 */
const provingPolicy = (service: Service, client: Client): Policy => ({
  ...policyOf(service, client),
  issuerAudienceOnly: true,
})

async function findClient(context: ServiceContext, named: string, lookup: Lookup) {
  const found = await identifyClient(context, named, lookup)
  const { client, ...how } = found ?? {}
  return { namedBy: 'id' as const, ...how, client: requireClient(client, named) }
}

/**
 * Finds a client by its number, by its alias (if service and client enable it), or by a URL: that
 * of its metadata document, or its entity identifier. Without a `lookup`, only stored clients are
 * found.
 */
export async function identifyClient(context: ServiceContext, named: string, lookup?: Lookup) {
  const found = await namedClient(context, named, lookup)
  if (found && lookup) {
    noteOriginsOf(context, found.client)
    await noteUse(context, found.client)
  }
  return found
}

async function namedClient(
  context: ServiceContext,
  named: string,
  lookup?: Lookup,
): Promise<Identified | undefined> {
  const { service, documents } = context
  const byNumber = isNumericId(named)
    ? await documents.client(service.apiKey, Number(named))
    : undefined
  if (byNumber) {
    const found = isFederated(byNumber)
      ? await currentParty(context, byNumber, lookup)
      : await currentClient(context, byNumber, lookup)
    return found && { ...found, namedBy: 'id' }
  }
  // Identifiers are printable. An unverified JWT may contain other text.
  if (!/^[\x20-\x7e]+$/.test(named)) return undefined
  const isProhibited = service.httpAliasProhibited && looksLikeUrl(named)
  if (service.clientIdAliasEnabled && !isProhibited && named.length <= 255) {
    const byAlias = await documents.clientByAlias(service.apiKey, named)
    if (byAlias?.clientIdAliasEnabled) return { client: byAlias, namedBy: 'alias' }
  }
  return looksLikeUrl(named) ? clientByUrl(context, named, lookup) : undefined
}

/** RFC 7523 §3. Returns the write that claims the `jti` until the assertion expires. */
async function verifyAssertion(
  context: ServiceContext,
  { client, clientAuthMethod }: AuthenticatedClient,
  named: string,
  assertion: string,
  policy: Policy,
): Promise<Write> {
  const { service, now } = context
  const isSymmetric = clientAuthMethod === 'CLIENT_SECRET_JWT'
  const algorithms = assertionAlgorithms(client, clientAuthMethod, policy)
  if (isSymmetric) requireSecretForAssertion(service, client)
  const verify = () => verifyClientSignature(context, client, assertion, algorithms)
  const verified = isSymmetric
    ? await throttling(context, { kind: 'client_secret', clientId: client.clientId }, async () =>
        requireVerifiedAssertion(await verify()),
      )
    : await verify()
  if (isSymmetric) {
    requireUnexpiredSecret(client, now)
    await settleSecrets(context, client)
  }
  const audiences = {
    issuer: service.issuer,
    issuerOnly: policy.issuerAudienceOnly,
    endpoints: assertionEndpoints(service),
  }
  const { jwtId, expiresAt } = verifyAssertionClaims(
    verified,
    { clientId: named },
    service,
    audiences,
    now,
  )
  return claimOnce(context, {
    kind: 'client-assertion',
    value: `${client.clientId}:${jwtId}`,
    expiresAt,
    rule: assertionReplayed,
    detail: jwtId,
  })
}
