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
import { check, refuse, step } from '../refusal.ts'
import type { RedirectUri } from './authorization/redirect-uri.ts'
import { acceptedMethods } from './client-authentication/accepted-methods.ts'
import { timeEvidence } from './explain/jwt.ts'
import { rules } from './fapi-rules.ts'
import type { Policy } from './policy.ts'
import { splitUri } from './uri.ts'

/**
 * The scopes of a request may select a profile whose methods its client does not use. None of its
 * methods may be weaker, because it may use any of them later.
 */
export function requireClientMethod({ clientAuthMethods }: Policy, client: Client): void {
  const weak = clientAuthMethods
    ? acceptedMethods(client).find((method) => !clientAuthMethods.includes(method))
    : undefined
  check(!weak, rules.method, () => ({
    given: weak,
    demand: 'clientAuthMethods',
    expected: clientAuthMethods,
  }))
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
  step('security profile')
  const { uri, responseTypes, responseMode, asked, isOpenId, nonce, state } = facts
  check(!policy.redirectUriRequired || isSecure(uri), rules.redirectUriMissing, () => ({
    parameter: 'redirect_uri',
    given: uri.redirectUriGiven ? uri.redirectUri : undefined,
    demand: 'redirectUriRequired',
  }))
  const type = [...responseTypes].sort().join(' ')
  const isJarm = responseMode.endsWith('jwt')
  const isProtected = type === 'code id_token' || (type === 'code' && isJarm)
  if (policy.responses === 'code or detached' && !isProtected) {
    const isCode = type === 'code' && asked.responseMode !== undefined
    refuse(isCode ? rules.codeUnprotected : rules.responseType, {
      parameter: isCode ? 'response_mode' : 'response_type',
      given: isCode ? responseMode : type,
      demand: 'responses',
      expected: isCode ? 'jwt' : ['code', 'code id_token'],
    })
  }
  check(policy.responses !== 'code' || type === 'code', rules.responseType, () => ({
    parameter: 'response_type',
    given: type,
    demand: 'responses',
    expected: 'code',
  }))
  check(!policy.jarmRequired || isJarm, rules.jarmMissing, {
    parameter: 'response_mode',
    given: responseMode,
    demand: 'jarmRequired',
    expected: 'jwt',
  })
  check(!policy.scopeRequired || asked.scope !== undefined, rules.scopeMissing, {
    parameter: 'scope',
    demand: 'scopeRequired',
  })
  if (!policy.nonceOrStateRequired) return
  check(!isOpenId || nonce !== undefined, rules.nonceMissing, {
    parameter: 'nonce',
    demand: 'nonceOrStateRequired',
  })
  check(isOpenId || state !== undefined, rules.stateMissing, {
    parameter: 'state',
    demand: 'nonceOrStateRequired',
  })
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
  const alg = String(header['alg'])
  check(!algorithms || algorithms.includes(alg), rules.unsigned, () => ({
    parameter: 'request.alg',
    given: alg,
    demand: 'algorithms',
    expected: algorithms,
  }))
  if (requestObjectDated === undefined) return
  const { aud, exp, nbf } = claims
  check(aud !== undefined, rules.audienceMissing, {
    parameter: 'request.aud',
    demand: 'requestObjectDated',
  })
  check(typeof exp === 'number', rules.expiryMissing, {
    parameter: 'request.exp',
    demand: 'requestObjectDated',
  })
  if (typeof nbf !== 'number') {
    check(requestObjectDated !== 'with nbf', rules.notBeforeMissing, {
      parameter: 'request.nbf',
      demand: 'requestObjectDated',
    })
    return
  }
  const isShort = exp - nbf <= hourSeconds && nbf >= now / 1000 - hourSeconds
  check(isShort, rules.tooLong, () => ({
    ...timeEvidence('request.nbf', nbf, now),
    expected: { longestSeconds: hourSeconds, isOf: exp - nbf },
  }))
}

/** FAPI 1.0 Advanced requires mutual TLS, and HAIP requires DPoP; FAPI 2.0 accepts both. */
export function requireConstraint(policy: Policy, grant: Grant): void {
  const { senderConstraint } = policy
  if (senderConstraint === undefined) return
  if (senderConstraint === 'dpop') {
    const given = { present: grant.dpopThumbprint !== undefined }
    check(given.present, rules.proofMissing, { parameter: 'DPoP', given })
    return
  }
  const isBound =
    grant.certificateThumbprint !== undefined ||
    (senderConstraint === 'any' && grant.dpopThumbprint !== undefined)
  check(isBound, rules.constraintMissing, {
    demand: 'senderConstraint',
    given: 'neither a DPoP proof nor a client certificate',
    expected: senderConstraint === 'any' ? ['dpop', 'certificate'] : ['certificate'],
  })
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
    check(!algorithms || algorithms.includes(alg), rules.algorithm, () => ({
      given: alg,
      demand: 'algorithms',
      expected: algorithms,
    }))
    return alg
  }
  const { keys } = serviceKeySet(service)
  const fits = (alg: string) => keys.some((key) => isSigningKey(key, alg))
  if (!algorithms) return fits('RS256') ? 'RS256' : (asymmetricAlgorithms.find(fits) ?? 'RS256')
  return algorithms.find(fits) ?? algorithms[0] ?? 'PS256'
}
