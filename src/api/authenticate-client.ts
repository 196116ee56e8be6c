/**
 * The step that every endpoint for clients begins with: who is it, and does it prove it. RFC 6749
 * §2.3
 */
import type { ServiceContext } from '../grants/grant-request.ts'
import type { Client } from '../model/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import { tokenHash } from '../oauth/access-token.ts'
import {
  assertedClientId,
  assertionAlgorithms,
  assertionReplayed,
  verifyAssertionClaims,
} from '../oauth/client-assertion.ts'
import {
  type HeaderCredentials,
  presentedCredentials,
  requireClient,
  requireClientId,
  requireMethod,
  supportedMethods,
  verifySecret,
} from '../oauth/client-authentication.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { type Policy, policyOf } from '../oauth/policy.ts'
import { Refusal } from '../refusal.ts'
import { orRefuse, type Write } from '../store/store.ts'
import { verifyClientSignature } from './client-signature.ts'

export interface AuthenticatedClient {
  client: Client
  clientIdAliasUsed: boolean
  clientAuthMethod: ClientAuthMethod
  /** Single use of the assertion: goes into the commit of whatever the client is allowed to do. */
  writes: Write[]
}

/** `guess` finds the client of a request that names none, where the service permits that. */
export async function authenticateClient(
  context: ServiceContext,
  parameters: Parameters,
  header: HeaderCredentials,
  endpoint: 'token' | 'revocation',
  guess?: () => Promise<number | undefined>,
): Promise<AuthenticatedClient> {
  const { service } = context
  const credentials = presentedCredentials(parameters, header)
  const isAssertion = credentials.kind === 'assertion'
  const asserted = isAssertion ? assertedClientId(credentials.assertion) : undefined
  const named = credentials.clientId ?? asserted ?? (await guess?.())?.toString()
  const { client, clientIdAliasUsed } = await findClient(context, requireClientId(named))
  const policy = policyOf(service, client)
  const supported = supportedMethods(service, endpoint, policy)
  const clientAuthMethod = requireMethod(credentials, client, supported)
  if (credentials.kind === 'basic' || credentials.kind === 'post') {
    verifySecret(client, credentials.secret)
  }
  const writes = isAssertion
    ? [await verifyAssertion(context, client, named ?? '', credentials.assertion, policy)]
    : []
  return { client, clientIdAliasUsed, clientAuthMethod, writes }
}

/** By number, or by alias where both the service and the client enable it. */
async function findClient(context: ServiceContext, named: string) {
  const found = await identifyClient(context, named)
  return {
    client: requireClient(found?.client, named),
    clientIdAliasUsed: found?.clientIdAliasUsed ?? false,
  }
}

export async function identifyClient({ service, documents }: ServiceContext, named: string) {
  const byNumber = /^\d{1,16}$/.test(named)
    ? await documents.client(service.apiKey, Number(named))
    : undefined
  if (byNumber) return { client: byNumber, clientIdAliasUsed: false }
  // An alias is printable; what is not, such as a name out of an unverified JWT, names nobody.
  if (!service.clientIdAliasEnabled || !/^[\x20-\x7e]{1,255}$/.test(named)) return undefined
  const byAlias = await documents.clientByAlias(service.apiKey, named)
  return byAlias?.clientIdAliasEnabled ? { client: byAlias, clientIdAliasUsed: true } : undefined
}

/** RFC 7523 §3. The `jti` is claimed for as long as the assertion could be used again. */
async function verifyAssertion(
  context: ServiceContext,
  client: Client,
  named: string,
  assertion: string,
  policy: Policy,
): Promise<Write> {
  const { service, store, now } = context
  const isSymmetric = client.tokenAuthMethod === 'CLIENT_SECRET_JWT'
  const algorithms = assertionAlgorithms(client, policy).filter(
    (alg) => alg.startsWith('HS') === isSymmetric,
  )
  const verified = await verifyClientSignature(context, client, assertion, algorithms)
  const audiences = {
    issuer: service.issuer ?? '',
    issuerOnly: policy.issuerAudienceOnly,
    endpoints: [
      service.tokenEndpoint,
      service.revocationEndpoint,
      service.pushedAuthReqEndpoint,
      service.deviceAuthorizationEndpoint,
      service.backchannelAuthenticationEndpoint,
    ],
  }
  const { jwtId, expiresAt } = verifyAssertionClaims(
    verified,
    { clientId: named },
    service,
    audiences,
    now,
  )
  const claim = store.replays.claim(
    service.apiKey,
    'client-assertion',
    tokenHash(`${client.clientId}:${jwtId}`),
    expiresAt,
  )
  return orRefuse(claim, new Refusal(assertionReplayed, jwtId.slice(0, 100)))
}
