/**
 * Checks of requests and clients against the policy: FAPI 1.0, FAPI 2.0 and its Message Signing.
 */

import { isSigningKey } from '../jose/key-set.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import type { JwsAlg } from '../model/enums.ts'
import type { Grant } from '../model/grant.ts'
import type { Service } from '../model/service/service.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { RedirectUri } from './authorization/redirect-uri.ts'
import { acceptedMethods } from './client-authentication/accepted-methods.ts'
import type { Policy } from './policy.ts'
import { splitUri } from './uri.ts'

const rules = defineRules('FAPI', {
  redirectUriMissing: {
    code: 'P052001',
    error: 'invalid_request',
    spec: 'FAPI 2.0 §5.3.2.2',
    message: 'A redirect_uri with the scheme https is required.',
  },
  nonceMissing: {
    code: 'P052002',
    error: 'invalid_request',
    spec: 'FAPI 1.0 Baseline §5.2.2.2',
    message: 'The parameter nonce is required for an OpenID Connect request.',
  },
  stateMissing: {
    code: 'P052003',
    error: 'invalid_request',
    spec: 'FAPI 1.0 Baseline §5.2.2.3',
    message: 'The parameter state is required for a request without the scope openid.',
  },
  responseType: {
    code: 'P052004',
    error: 'unsupported_response_type',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message: 'The response_type is not allowed by the security profile.',
  },
  jarmMissing: {
    code: 'P052005',
    error: 'invalid_request',
    spec: 'FAPI 2.0 Message Signing §5.4',
    message: 'A signed response is required: use a response_mode of jwt.',
  },
  unsigned: {
    code: 'P052006',
    error: 'invalid_request_object',
    spec: 'FAPI 1.0 Advanced §8.6',
    message:
      'The signature algorithm of the request object is not allowed by the security profile: use PS256 or ES256, or EdDSA for FAPI 2.0.',
  },
  audienceMissing: {
    code: 'P052007',
    error: 'invalid_request_object',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message: 'The aud of the request object is missing.',
  },
  expiryMissing: {
    code: 'P052008',
    error: 'invalid_request_object',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message: 'The exp of the request object is missing.',
  },
  notBeforeMissing: {
    code: 'P052009',
    error: 'invalid_request_object',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message: 'The nbf of the request object is missing.',
  },
  tooLong: {
    code: 'P052010',
    error: 'invalid_request_object',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message:
      'The request object must be valid for at most 60 minutes, and its nbf not be older than 60 minutes.',
  },
  constraintMissing: {
    code: 'P052011',
    error: 'invalid_request',
    spec: 'FAPI 2.0 §5.3.2.1',
    message: 'Sender-constrained tokens are required: send a DPoP proof or a client certificate.',
  },
  proofMissing: {
    code: 'P133001',
    error: 'invalid_dpop_proof',
    spec: 'HAIP §4',
    message: 'Tokens that are bound to a key are required: send a DPoP proof.',
  },
  algorithm: {
    code: 'P052012',
    error: 'server_error',
    spec: 'FAPI 2.0 §5.4.1',
    message:
      "The client's registered signing algorithm is not allowed by the security profile: use PS256 or ES256, or EdDSA for FAPI 2.0.",
  },
  codeUnprotected: {
    code: 'P052014',
    error: 'invalid_request',
    spec: 'FAPI 1.0 Advanced §5.2.2-2',
    message: 'The response_type code requires a signed response: use a response_mode of jwt.',
  },
  scopeMissing: {
    code: 'P052015',
    error: 'invalid_request',
    spec: 'FAPI 1.0 Advanced §5.2.3-8',
    message:
      'The parameter scope is required inside the request object: parameters outside it are ignored.',
  },
  method: {
    code: 'P052013',
    error: 'unauthorized_client',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    message:
      'The client authentication method is not allowed by the security profile: use private_key_jwt or mutual TLS.',
  },
})

/**
 * The scopes of a request may select a profile whose methods its client does not use. None of its
 * methods may be weaker, because it may use any of them later.
 */
export function requireClientMethod({ clientAuthMethods }: Policy, client: Client): void {
  const weak = clientAuthMethods
    ? acceptedMethods(client).find((method) => !clientAuthMethods.includes(method))
    : undefined
  if (weak) refuse(rules.method, weak)
}

const hourSeconds = 3_600

export interface RequestFacts {
  uri: RedirectUri
  responseTypes: readonly string[]
  responseMode: string
  /** The parameters as requested, before defaults apply. */
  asked: { responseMode: string | undefined; scope: string | undefined }
  isOpenId: boolean
  nonce: string | undefined
  state: string | undefined
}

/** Checks an authorization request, pushed or not, against the policy. */
export function requireProfile(policy: Policy, facts: RequestFacts): void {
  const { uri, responseTypes, responseMode, asked, isOpenId, nonce, state } = facts
  if (policy.redirectUriRequired && !isSecure(uri)) refuse(rules.redirectUriMissing)
  const type = [...responseTypes].sort().join(' ')
  const isJarm = responseMode.endsWith('jwt')
  const isProtected = type === 'code id_token' || (type === 'code' && isJarm)
  if (policy.responses === 'code or detached' && !isProtected) {
    const isCode = type === 'code' && asked.responseMode !== undefined
    refuse(isCode ? rules.codeUnprotected : rules.responseType, type)
  }
  if (policy.responses === 'code' && type !== 'code') refuse(rules.responseType, type)
  if (policy.jarmRequired && !isJarm) refuse(rules.jarmMissing, responseMode)
  if (policy.scopeRequired && asked.scope === undefined) refuse(rules.scopeMissing)
  if (!policy.nonceOrStateRequired) return
  if (isOpenId && nonce === undefined) refuse(rules.nonceMissing)
  if (!isOpenId && state === undefined) refuse(rules.stateMissing)
}

/** https, or http on the loopback interface for native clients, RFC 8252 §7.3. */
function isSecure({ redirectUri, redirectUriGiven }: RedirectUri): boolean {
  const uri = redirectUriGiven ? splitUri(redirectUri) : undefined
  if (uri?.scheme.toLowerCase() === 'https') return true
  return uri?.scheme.toLowerCase() === 'http' && ['127.0.0.1', '[::1]'].includes(uri.host)
}

/** Checks algorithm and times of a verified request object against the policy. */
export function requireDated(
  policy: Policy,
  { header, claims }: { header: Record<string, unknown>; claims: Record<string, unknown> },
  now: number,
): void {
  const { algorithms, requestObjectDated } = policy
  if (algorithms && !algorithms.includes(String(header['alg']))) refuse(rules.unsigned)
  if (requestObjectDated === undefined) return
  const { aud, exp, nbf } = claims
  if (aud === undefined) refuse(rules.audienceMissing)
  if (typeof exp !== 'number') refuse(rules.expiryMissing)
  if (typeof nbf !== 'number') {
    if (requestObjectDated === 'with nbf') refuse(rules.notBeforeMissing)
    return
  }
  const isLong = exp - nbf > hourSeconds || nbf < now / 1000 - hourSeconds
  if (isLong) refuse(rules.tooLong)
}

/** FAPI 1.0 Advanced requires mutual TLS, and HAIP requires DPoP; FAPI 2.0 accepts both. */
export function requireConstraint(policy: Policy, grant: Grant): void {
  const { senderConstraint } = policy
  if (senderConstraint === undefined) return
  if (senderConstraint === 'dpop') {
    if (grant.dpopThumbprint === undefined) refuse(rules.proofMissing)
    return
  }
  const isBound =
    grant.certificateThumbprint !== undefined ||
    (senderConstraint === 'any' && grant.dpopThumbprint !== undefined)
  if (!isBound) refuse(rules.constraintMissing)
}

/**
 * The JWS algorithm for signing to a client: the registered one, else RS256 (the default of OpenID
 * Connect), else the first allowed algorithm for which the service has a key.
 */
export function signingAlgorithm(
  policy: Policy,
  service: Service,
  registered: JwsAlg | undefined,
): string {
  const { algorithms } = policy
  // RS256 is also the stored value of a client that registered no algorithm.
  if (registered !== undefined && registered !== 'RS256') {
    const alg = jwsAlgorithm(registered)
    if (algorithms && !algorithms.includes(alg)) refuse(rules.algorithm, alg)
    return alg
  }
  const { keys } = serviceKeySet(service)
  const fits = (alg: string) => keys.some((key) => isSigningKey(key, alg))
  if (!algorithms) return fits('RS256') ? 'RS256' : (asymmetricAlgorithms.find(fits) ?? 'RS256')
  return algorithms.find(fits) ?? algorithms[0] ?? 'PS256'
}
