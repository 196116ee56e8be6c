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
import { check, defineRules, type Evidence } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { failureNotes, jwtEvidence, timeEvidence } from '../explain/jwt.ts'
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
    fix: 'Send a signed JWT in compact form.',
  },
  unverified: {
    code: 'P011002',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message:
      'The signature of the client assertion cannot be verified with the keys of the client.',
    fix: 'Register the public key that signs the assertion, and use the registered algorithm.',
    settings: ['client.jwks', 'client.jwksUri', 'client.tokenAuthSignAlg'],
  },
  issuerMismatch: {
    code: 'P011003',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The iss and the sub of the client assertion must be the client id.',
    fix: 'Set both `iss` and `sub` to the client id that the request uses.',
    settings: ['client.clientId'],
  },
  audienceMismatch: {
    code: 'P011004',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The aud of the client assertion does not identify the authorization server.',
    fix: 'Set `aud` to the issuer of the service, as a single string.',
    settings: ['service.issuer', 'service.clientAssertionAudRestrictedToIssuer'],
  },
  expiryMissing: {
    code: 'P011005',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The exp of the client assertion is missing.',
    fix: 'Add `exp` to the assertion.',
  },
  expired: {
    code: 'P011006',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion has expired.',
    fix: 'Create an assertion for each request, and check the clock of the client.',
    settings: ['service.allowableClockSkew'],
  },
  notYetValid: {
    code: 'P011007',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion is not valid yet.',
    fix: 'Check the clock of the client: `nbf` and `iat` must not be in the future.',
    settings: ['service.allowableClockSkew'],
  },
  idMissing: {
    code: 'P011008',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The jti of the client assertion is missing.',
    fix: 'Add a `jti` that is different in each assertion.',
  },
  tooLong: {
    code: 'P011009',
    error: 'invalid_client',
    spec: 'RFC 7523 §3',
    message: 'The client assertion is valid for too long: the limit is one day.',
    fix: 'Let the assertion expire within minutes.',
  },
  replayed: {
    code: 'P011010',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The client assertion has been used before.',
    fix: 'Create an assertion with a new `jti` for each request, also for a retry.',
  },
  otherKind: {
    code: 'P011011',
    error: 'invalid_client',
    spec: 'RFC 8725 §3.11',
    message: 'The client assertion is a JWT of another type, such as an access token.',
    fix: 'Send a JWT that was made as a client assertion.',
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const assertionReplayed = rules.replayed

const longestSeconds = 86_400

/** The client id of an assertion that is not verified yet, for the look-up of its keys. */
export function assertedClientId(assertion: string): string {
  const claims = unverifiedClaims(assertion)
  check(claims, rules.malformed, () => ({
    parameter: 'client_assertion',
    given: jwtEvidence(assertion),
  }))
  const { sub } = claims
  check(typeof sub === 'string' && sub !== '', rules.issuerMismatch, () => ({
    parameter: 'client_assertion',
    given: jwtEvidence(assertion),
    note: 'The claim sub is missing.',
  }))
  return sub
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
  check(!('failure' in verified), rules.unverified, () => unverifiedEvidence(verified))
  return verified
}

/** RFC 7523 §3. Returns the `jti` and until when it must be remembered (milliseconds). */
export function verifyAssertionClaims(
  verified: Verified | Unverified,
  named: { clientId: string },
  service: Service,
  audiences: Audiences,
  now: number,
): { jwtId: string; expiresAt: number } {
  check(!('failure' in verified), rules.unverified, () => unverifiedEvidence(verified))
  const { iss, sub, aud, exp, nbf, iat, jti } = verified.claims
  check(isSameIdentifier(iss, named.clientId) && sub === iss, rules.issuerMismatch, () => ({
    parameter: 'client_assertion.iss',
    given: String(iss),
    expected: named.clientId,
    note: sub === iss ? undefined : 'The claim sub differs from iss.',
  }))
  requireAudience(aud, audiences)
  check(isOfKind('client assertion', verified), rules.otherKind, () => ({
    parameter: 'client_assertion.typ',
    given: String(verified.header['typ']),
  }))
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const expiry = () => ({
    ...timeEvidence('client_assertion.exp', exp, now),
    setting: 'service.allowableClockSkew',
    expected: skew,
  })
  check(typeof exp === 'number' && Number.isFinite(exp), rules.expiryMissing, expiry)
  check(exp + skew > seconds, rules.expired, expiry)
  check(exp <= seconds + longestSeconds, rules.tooLong, expiry)
  for (const [name, time] of [
    ['nbf', nbf],
    ['iat', iat],
  ] as const) {
    const isPast = time === undefined || (typeof time === 'number' && time <= seconds + skew)
    check(isPast, rules.notYetValid, () => timeEvidence(`client_assertion.${name}`, time, now))
  }
  check(typeof jti === 'string' && jti !== '', rules.idMissing)
  return { jwtId: jti, expiresAt: Math.ceil((exp + skew) * 1000) }
}

function requireAudience(aud: unknown, audiences: Audiences): void {
  const { issuer, endpoints, issuerOnly: restricted } = audiences
  const accepted = restricted ? [issuer] : [issuer, ...endpoints]
  // FAPI 2.0 §5.3.2.1: restricted means the issuer as a single string, not in a list.
  const isForm = !restricted || !Array.isArray(aud)
  check(isForm && isAudience(aud, ...accepted), rules.audienceMismatch, () => ({
    parameter: 'client_assertion.aud',
    given: Array.isArray(aud) ? aud.map(String) : String(aud),
    setting: 'service.issuer',
    expected: accepted.filter((each) => each !== undefined),
    note: isForm ? undefined : 'The aud must be a single string, not a list.',
  }))
}

const unverifiedEvidence = (verified: Verified | Unverified): Evidence => ({
  setting: 'client.tokenAuthSignAlg',
  note: 'failure' in verified ? failureNotes[verified.failure] : undefined,
})
