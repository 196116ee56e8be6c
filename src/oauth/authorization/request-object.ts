/** Request objects, RFC 9101 and OIDC Core §6. */

import type { Decrypted } from '../../jose/decrypt.ts'
import { jweAlgorithm, jweEncoding } from '../../jose/encryption-algorithm.ts'
import { includesAlgorithm } from '../../jose/key-set.ts'
import {
  asymmetricAlgorithms,
  jwsAlgorithm,
  symmetricAlgorithms,
} from '../../jose/signature-algorithm.ts'
import { headerOf, type Unverified, unverifiedClaims, type Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { check, refuse, step } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { failureNotes, jwtEvidence, timeEvidence } from '../explain/jwt.ts'
import { isAudience } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { formOf, type Parameters, parametersOf, parseParameters } from '../parameters.ts'
import type { Policy } from '../policy.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'
import { requireLifetime } from './request-object-lifetime.ts'
import { rules } from './request-object-rules.ts'

/** OIDC Core §7.2.1: the parameter registration is for self-issued OPs only. */
export function refuseRegistration(parameters: Parameters): void {
  step('request object')
  check(parameters.get('registration') === undefined, rules.registrationUnsupported, {
    parameter: 'registration',
  })
}

/** RFC 9101 §5: the request object by value or by reference, not both; neither if optional. */
export function presentedRequest(
  parameters: Parameters,
  isRequired: boolean,
): { request: string | undefined; requestUri: string | undefined } {
  const request = parameters.get('request')
  const requestUri = parameters.get('request_uri')
  check(request === undefined || requestUri === undefined, rules.both, { parameter: 'request' })
  const isThere = request !== undefined || requestUri !== undefined
  check(!isRequired || isThere, rules.required, {
    parameter: 'request',
    demand: 'requestObjectRequired',
  })
  return { request, requestUri }
}

/** Whether a request object is a JWE in compact form, with five parts. */
export const isEncrypted = (request: string): boolean => request.split('.').length === 5

/** `frontChannelRequestObjectEncryptionRequired`, which does not apply to pushed requests. */
export function requireEncryption(request: string, service: Service, client: Client): void {
  const flag = 'frontChannelRequestObjectEncryptionRequired'
  const isRequired = service[flag] || client[flag]
  check(!isRequired || isEncrypted(request), rules.plain, () => ({
    parameter: 'request',
    given: jwtEvidence(request),
    setting: `${service[flag] ? 'service' : 'client'}.${flag}`,
    expected: { encrypted: true },
  }))
}

/** The decrypted request object. Checks the encryption algorithms if they are required to match. */
export function decryptedRequest(
  decrypted: Decrypted | undefined,
  service: Service,
  client: Client,
): string {
  check(decrypted, rules.undecryptable, { parameter: 'request', setting: 'service.jwks' })
  const { alg, enc } = decrypted.header
  const { requestEncryptionAlg: registeredAlg, requestEncryptionEnc: registeredEnc } = client
  const isHeldTo = (flag: 'Alg' | 'Enc') =>
    service[`requestObjectEncryption${flag}MatchRequired`] ||
    client[`requestObjectEncryption${flag}MatchRequired`]
  const algDiffers = registeredAlg !== undefined && jweAlgorithm(registeredAlg) !== alg
  const encDiffers = registeredAlg !== undefined && jweEncoding(registeredEnc) !== enc
  const differs = (isHeldTo('Alg') && algDiffers) || (isHeldTo('Enc') && encDiffers)
  check(!differs, rules.encryptionMismatch, () => ({
    parameter: 'request.alg',
    given: [alg, enc],
    setting: 'client.requestEncryptionAlg',
    expected: [registeredAlg, registeredEnc],
  }))
  return decrypted.text
}

/**
 * The algorithms allowed for the client: the registered one, or else all that the service supports.
 * `none` is not allowed inside an encryption, which does not authenticate its sender (RFC 9101
 * §10.2).
 */
export function requestAlgorithms(client: Client, isDecrypted: boolean): readonly string[] {
  if (client.requestSignAlg) return [jwsAlgorithm(client.requestSignAlg)]
  return [...asymmetricAlgorithms, ...symmetricAlgorithms, ...(isDecrypted ? [] : ['none'])]
}

/**
 * Whether unsigned request objects are allowed: not if request objects are required (RFC 9101
 * §10.5), nor under a profile that lists algorithms.
 */
export const takesUnsecuredRequests = (policy: Policy): boolean =>
  !policy.requestObjectRequired && !policy.financialGrade && !policy.algorithms

/** The policy depends on the scopes inside the request object, so it is checked after reading. */
export function requireSecured(policy: Policy, alg: string): void {
  check(alg !== 'none' || takesUnsecuredRequests(policy), rules.algorithm, {
    parameter: 'request.alg',
    given: alg,
    note: 'A signature is required: by a setting that requires request objects, or by a profile.',
  })
}

/** The algorithm of the header; refuses one that is not allowed for the client. */
export function requireRequestAlgorithm(
  request: string,
  algorithms: readonly string[],
  longest?: number,
): string {
  const alg = headerOf(request, longest)?.['alg']
  check(typeof alg === 'string', rules.malformed, () => ({
    parameter: 'request',
    given: jwtEvidence(request),
  }))
  check(includesAlgorithm(algorithms, alg), rules.algorithm, () => ({
    parameter: 'request.alg',
    given: alg,
    setting: 'client.requestSignAlg',
    expected: algorithms,
  }))
  return alg
}

/** An unsecured request object, RFC 7519 §6. */
export function unsecuredRequest(request: string): Verified {
  const claims = request.endsWith('.') ? unverifiedClaims(request) : undefined
  const header = headerOf(request)
  return claims && header ? { header, claims } : refuse(rules.malformed)
}

/** RFC 9101 §6.3: checks the claims of a request object and returns its parameters. */
export function requestParameters(
  verified: Verified | Unverified,
  client: Client,
  service: Service,
  now: number,
): Parameters {
  if ('failure' in verified) {
    const rule = verified.failure === 'malformed' ? rules.malformed : rules.signature
    refuse(rule, {
      parameter: 'request',
      setting: client.jwksUri ? 'client.jwksUri' : 'client.jwks',
      note: failureNotes[verified.failure],
    })
  }
  const { iss, aud, exp, nbf, request, request_uri, ...members } = verified.claims
  // RFC 9101 §10.8: a JWT with the client id as `sub`, without parameters, is a client assertion.
  const isAboutClient = clientIdentifiers(client).some((name) => name === members['sub'])
  const isAssertion = isAboutClient && isOfKind('client assertion', verified)
  check(!isAssertion && isOfKind('request object', verified), rules.otherKind, () => ({
    parameter: 'request.typ',
    given: String(verified.header['typ']),
    note: isAssertion ? 'It has the claims of a client assertion.' : undefined,
  }))
  check(request === undefined && request_uri === undefined, rules.nested)
  const isIssuer = iss === undefined || clientIdentifiers(client).includes(String(iss))
  check(isIssuer, rules.issuer, () => ({
    parameter: 'request.iss',
    given: String(iss),
    expected: clientIdentifiers(client),
  }))
  requireAudience(aud, service)
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const clock = { setting: 'service.allowableClockSkew', expected: skew }
  const isCurrent = exp === undefined || (typeof exp === 'number' && exp + skew > seconds)
  check(isCurrent, rules.expired, () => ({ ...timeEvidence('request.exp', exp, now), ...clock }))
  const isValid = nbf === undefined || (typeof nbf === 'number' && nbf - skew <= seconds)
  check(isValid, rules.notYetValid, () => ({ ...timeEvidence('request.nbf', nbf, now), ...clock }))
  requireLifetime(verified.claims, service)
  const { iat: _, jti: _jti, ...parameters } = members
  return parametersOf(parameters)
}

function requireAudience(aud: unknown, service: Service): void {
  if (aud === undefined && !service.requestObjectAudienceChecked) return
  check(isAudience(aud, service.issuer), rules.audience, () => ({
    parameter: 'request.aud',
    given: Array.isArray(aud) ? aud.map(String) : String(aud),
    setting: 'service.issuer',
    expected: service.issuer,
  }))
}

/**
 * RFC 9101 §6.3: only parameters inside the request object are used. OIDC Core §6.1
 * (`traditionalRequestObjectProcessingApplied`): parameters inside override those outside, and some
 * are required outside too.
 */
export function mergeParameters(
  outer: Parameters,
  inner: Parameters,
  isTraditional: boolean,
): Parameters {
  const clientId = outer.get('client_id')
  const inside = inner.get('client_id')
  const isSame = inside === undefined || clientId === undefined || inside === clientId
  check(isSame, rules.clientMismatch, {
    parameter: 'client_id',
    given: inside,
    expected: clientId,
  })
  if (!isTraditional) return withMember(inner, 'client_id', clientId ?? inside)
  for (const name of ['client_id', 'response_type']) {
    const value = outer.get(name)
    check(value !== undefined, rules.outerMissing, { parameter: name })
    const given = inner.get(name)
    const isEqual = given === undefined || given === value
    check(isEqual, rules.outerMismatch, { parameter: name, given, expected: value })
  }
  const kept = formOf(outer, ['request', 'request_uri', ...inner.names()])
  return parseParameters([kept, formOf(inner)].filter((text) => text !== '').join('&'))
}

const withMember = (parameters: Parameters, name: string, value: string | undefined) => {
  const rest = formOf(parameters, [name])
  return value === undefined
    ? parameters
    : parseParameters(`${rest}&${new URLSearchParams({ [name]: value })}`)
}
