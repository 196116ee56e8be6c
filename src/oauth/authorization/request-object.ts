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
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { formOf, type Parameters, parametersOf, parseParameters } from '../parameters.ts'
import type { Policy } from '../policy.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'
import { requireLifetime } from './request-object-lifetime.ts'

const rules = defineRules('Request object', {
  registrationUnsupported: {
    code: 'P031003',
    error: 'registration_not_supported',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The parameter registration is not supported.',
  },
  both: {
    code: 'P031004',
    error: 'invalid_request',
    spec: 'RFC 9101 §5',
    message: 'The parameters request and request_uri must not be used together.',
  },
  required: {
    code: 'P031005',
    error: 'invalid_request',
    spec: 'RFC 9101 §10.5',
    message: 'A request object is required.',
  },
  malformed: {
    code: 'P031006',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §6.2',
    message: 'The request object is not a well-formed JWT.',
  },
  algorithm: {
    code: 'P031007',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §6.2',
    message: 'The signature algorithm of the request object is not allowed for the client.',
  },
  signature: {
    code: 'P031008',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §6.2',
    message: 'The signature of the request object cannot be verified with the keys of the client.',
  },
  issuer: {
    code: 'P031009',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §5',
    message: 'The iss of the request object must be the client id.',
  },
  audience: {
    code: 'P031010',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §5',
    message: 'The aud of the request object does not identify the authorization server.',
  },
  expired: {
    code: 'P031011',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §10.2',
    message: 'The request object has expired.',
  },
  notYetValid: {
    code: 'P031012',
    error: 'invalid_request_object',
    spec: 'RFC 7519 §4.1.5',
    message: 'The request object is not valid yet.',
  },
  nested: {
    code: 'P031013',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §4',
    message: 'The parameters request and request_uri are not allowed in a request object.',
  },
  clientMismatch: {
    code: 'P031014',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §5',
    message: 'The client_id in the request object does not match the client_id of the request.',
  },
  outerMissing: {
    code: 'P031015',
    error: 'invalid_request',
    spec: 'OIDC Core §6.1',
    message:
      'The parameters client_id and response_type are required outside the request object too.',
  },
  outerMismatch: {
    code: 'P031016',
    error: 'invalid_request',
    spec: 'OIDC Core §6.1',
    message: 'A parameter outside the request object differs from the same parameter inside it.',
  },
  undecryptable: {
    code: 'P031017',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §6.1',
    message: 'The request object cannot be decrypted with the keys of the service.',
  },
  plain: {
    code: 'P031018',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §10.5',
    message: 'A request object in the front channel must be encrypted.',
  },
  encryptionMismatch: {
    code: 'P031019',
    error: 'invalid_request_object',
    spec: 'OIDC Registration §2',
    message:
      'The encryption of the request object does not match the algorithms that the client registered.',
  },
  otherKind: {
    code: 'P031020',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §10.8',
    message: 'The request object is a JWT of another type, such as a client assertion.',
  },
})

/** OIDC Core §7.2.1: the parameter registration is for self-issued OPs only. */
export function refuseRegistration(parameters: Parameters): void {
  if (parameters.get('registration') !== undefined) refuse(rules.registrationUnsupported)
}

/** RFC 9101 §5: the request object by value or by reference, not both; neither if optional. */
export function presentedRequest(
  parameters: Parameters,
  isRequired: boolean,
): { request: string | undefined; requestUri: string | undefined } {
  const request = parameters.get('request')
  const requestUri = parameters.get('request_uri')
  if (request !== undefined && requestUri !== undefined) refuse(rules.both)
  if (isRequired && request === undefined && requestUri === undefined) refuse(rules.required)
  return { request, requestUri }
}

/** Whether a request object is a JWE in compact form, with five parts. */
export const isEncrypted = (request: string): boolean => request.split('.').length === 5

/** `frontChannelRequestObjectEncryptionRequired`, which does not apply to pushed requests. */
export function requireEncryption(request: string, service: Service, client: Client): void {
  const flag = 'frontChannelRequestObjectEncryptionRequired'
  if ((service[flag] || client[flag]) && !isEncrypted(request)) refuse(rules.plain)
}

/** The decrypted request object. Checks the encryption algorithms if they are required to match. */
export function decryptedRequest(
  decrypted: Decrypted | undefined,
  service: Service,
  client: Client,
): string {
  if (!decrypted) refuse(rules.undecryptable)
  const { alg, enc } = decrypted.header
  const { requestEncryptionAlg: registeredAlg, requestEncryptionEnc: registeredEnc } = client
  const isHeldTo = (flag: 'Alg' | 'Enc') =>
    service[`requestObjectEncryption${flag}MatchRequired`] ||
    client[`requestObjectEncryption${flag}MatchRequired`]
  const algDiffers = registeredAlg !== undefined && jweAlgorithm(registeredAlg) !== alg
  const encDiffers = registeredAlg !== undefined && jweEncoding(registeredEnc) !== enc
  if ((isHeldTo('Alg') && algDiffers) || (isHeldTo('Enc') && encDiffers)) {
    refuse(rules.encryptionMismatch, `${alg} ${enc}`)
  }
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
  if (alg === 'none' && !takesUnsecuredRequests(policy)) refuse(rules.algorithm, alg)
}

/** The algorithm of the header; refuses one that is not allowed for the client. */
export function requireRequestAlgorithm(request: string, algorithms: readonly string[]): string {
  const alg = headerOf(request)?.['alg']
  if (typeof alg !== 'string') refuse(rules.malformed)
  if (!includesAlgorithm(algorithms, alg)) refuse(rules.algorithm, alg.slice(0, 20))
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
    refuse(verified.failure === 'malformed' ? rules.malformed : rules.signature, verified.failure)
  }
  const { iss, aud, exp, nbf, request, request_uri, ...members } = verified.claims
  // RFC 9101 §10.8: a JWT with the client id as `sub`, without parameters, is a client assertion.
  const isAboutClient = clientIdentifiers(client).some((name) => name === members['sub'])
  const isAssertion = isAboutClient && isOfKind('client assertion', verified)
  if (isAssertion || !isOfKind('request object', verified)) refuse(rules.otherKind)
  if (request !== undefined || request_uri !== undefined) refuse(rules.nested)
  if (iss !== undefined && !clientIdentifiers(client).includes(String(iss))) refuse(rules.issuer)
  requireAudience(aud, service)
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  if (exp !== undefined && !(typeof exp === 'number' && exp + skew > seconds)) refuse(rules.expired)
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf - skew <= seconds)) {
    refuse(rules.notYetValid)
  }
  requireLifetime(verified.claims, service)
  const { iat: _, jti: _jti, ...parameters } = members
  return parametersOf(parameters)
}

function requireAudience(aud: unknown, service: Service): void {
  if (aud === undefined && !service.requestObjectAudienceChecked) return
  if (!isAudience(aud, service.issuer)) refuse(rules.audience)
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
  if (inside !== undefined && clientId !== undefined && inside !== clientId) {
    refuse(rules.clientMismatch)
  }
  if (!isTraditional) return withMember(inner, 'client_id', clientId ?? inside)
  for (const name of ['client_id', 'response_type']) {
    const value = outer.get(name)
    if (value === undefined) refuse(rules.outerMissing, name)
    if (inner.get(name) !== undefined && inner.get(name) !== value)
      refuse(rules.outerMismatch, name)
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
