/** Client authentication by JWT (private_key_jwt, client_secret_jwt), RFC 7523 §3, OIDC Core §9. */

import {
  asymmetricAlgorithms,
  jwsAlgorithm,
  symmetricAlgorithms,
} from '../../jose/signature-algorithm.ts'
import { type Unverified, unverifiedClaims, type Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience, isSameIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import type { Policy } from '../policy.ts'
import { signsBothWays } from './accepted-methods.ts'

const rules = defineRules('Client assertion', {
  malformed: {
    code: 'P011001',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion is not a signed JWT.',
  },
  unverified: {
    code: 'P011002',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message:
      'The signature of the client assertion cannot be verified with the keys of the client.',
  },
  issuerMismatch: {
    code: 'P011003',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The iss and the sub of the client assertion must be the client id.',
  },
  audienceMismatch: {
    code: 'P011004',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The aud of the client assertion does not identify the authorization server.',
  },
  expiryMissing: {
    code: 'P011005',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The exp of the client assertion is missing.',
  },
  expired: {
    code: 'P011006',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion has expired.',
  },
  notYetValid: {
    code: 'P011007',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion is not valid yet.',
  },
  idMissing: {
    code: 'P011008',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The jti of the client assertion is missing.',
  },
  tooLong: {
    code: 'P011009',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion is valid for too long: the limit is one day.',
  },
  replayed: {
    code: 'P011010',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The client assertion has been used before.',
  },
  otherKind: {
    code: 'P011011',
    error: 'invalid_client',
    spec: 'RFC 8725 §3.11',
    message: 'The client assertion is a JWT of another type, such as an access token.',
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const assertionReplayed = rules.replayed

const longestSeconds = 86_400

/** The client id of an assertion that is not verified yet, for the look-up of its keys. */
export function assertedClientId(assertion: string): string {
  const claims = unverifiedClaims(assertion)
  if (!claims) refuse(rules.malformed)
  const { sub } = claims
  return typeof sub === 'string' && sub !== '' ? sub : refuse(rules.issuerMismatch)
}

/**
 * The algorithms allowed for a method of the client: the registered one, or all of the method. If
 * the client has both methods, the registered algorithm belongs to one of them only.
 */
export function assertionAlgorithms(
  client: Client,
  method: ClientAuthMethod,
  { algorithms }: Policy,
): readonly string[] {
  const ofMethod: readonly string[] =
    method === 'CLIENT_SECRET_JWT' ? symmetricAlgorithms : asymmetricAlgorithms
  const registered = client.tokenAuthSignAlg && jwsAlgorithm(client.tokenAuthSignAlg)
  const isOfOther = registered && !ofMethod.includes(registered) && signsBothWays(client)
  const usable = registered && !isOfOther ? [registered] : ofMethod
  return usable.filter((alg) => ofMethod.includes(alg) && (algorithms?.includes(alg) ?? true))
}

/** The accepted values for `aud`. */
export interface Audiences {
  issuer: string | undefined
  /** Endpoint URLs that are accepted too, unless `issuerOnly` is set. */
  endpoints: readonly (string | undefined)[]
  issuerOnly: boolean
}

const aliasNames = [
  'token_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'pushed_authorization_request_endpoint',
  'backchannel_authentication_endpoint',
  'device_authorization_endpoint',
]

/** The endpoints that authenticate clients, with their mutual TLS aliases. */
export function assertionEndpoints(service: Service): (string | undefined)[] {
  const aliases = (service.mtlsEndpointAliases ?? []).filter(
    ({ name }) => !!name && aliasNames.includes(name),
  )
  return [
    service.tokenEndpoint,
    service.revocationEndpoint,
    service.introspectionEndpoint,
    service.pushedAuthReqEndpoint,
    service.backchannelAuthenticationEndpoint,
    service.deviceAuthorizationEndpoint,
    ...aliases.map(({ uri }) => uri),
  ]
}

/** Refuses a wrong signature. With a client secret, it counts as a guess of the secret. */
export function requireVerifiedAssertion(verified: Verified | Unverified): Verified {
  return 'failure' in verified ? refuse(rules.unverified, verified.failure) : verified
}

/** RFC 7523 §3. Returns the `jti` and until when it must be remembered (milliseconds). */
export function verifyAssertionClaims(
  verified: Verified | Unverified,
  named: { clientId: string },
  service: Service,
  audiences: Audiences,
  now: number,
): { jwtId: string; expiresAt: number } {
  if ('failure' in verified) refuse(rules.unverified, verified.failure)
  const { iss, sub, aud, exp, nbf, iat, jti } = verified.claims
  if (!isSameIdentifier(iss, named.clientId) || sub !== iss) refuse(rules.issuerMismatch)
  requireAudience(aud, audiences)
  if (!isOfKind('client assertion', verified)) refuse(rules.otherKind)
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  if (typeof exp !== 'number' || !Number.isFinite(exp)) refuse(rules.expiryMissing)
  if (exp + skew <= seconds) refuse(rules.expired)
  if (exp > seconds + longestSeconds) refuse(rules.tooLong)
  for (const time of [nbf, iat]) {
    if (time !== undefined && (typeof time !== 'number' || time > seconds + skew)) {
      refuse(rules.notYetValid)
    }
  }
  if (typeof jti !== 'string' || jti === '') refuse(rules.idMissing)
  return { jwtId: jti, expiresAt: Math.ceil((exp + skew) * 1000) }
}

function requireAudience(aud: unknown, audiences: Audiences): void {
  const { issuer, endpoints, issuerOnly: restricted } = audiences
  const accepted = restricted ? [issuer] : [issuer, ...endpoints]
  // FAPI 2.0 §5.3.2.1: restricted means the issuer as a single string, not in a list.
  const isForm = !restricted || !Array.isArray(aud)
  if (!isForm || !isAudience(aud, ...accepted)) refuse(rules.audienceMismatch)
}
