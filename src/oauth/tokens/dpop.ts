/** DPoP proofs, RFC 9449. */
import { hash } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { publicMembers } from '../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { verifyWithEmbeddedKey } from '../../jose/verify.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { failureNotes, jwtEvidence, timeEvidence } from '../explain/jwt.ts'
import { normalizedUri } from '../uri.ts'

const rules = defineRules('DPoP', {
  malformed: {
    code: 'P016001',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The DPoP proof must be one well-formed JWT of type dpop+jwt.',
    fix: 'Send one DPoP header with a JWT whose `typ` is `dpop+jwt`, and pass it on as `dpop`.',
  },
  keyUnusable: {
    code: 'P016002',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message:
      'The DPoP proof must contain a public key and be signed with a supported asymmetric algorithm.',
    fix: 'Put the public key into the header as `jwk`, and sign with a supported algorithm.',
    settings: ['service.fapiModes'],
  },
  signatureInvalid: {
    code: 'P016003',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The signature of the DPoP proof cannot be verified with its key.',
    fix: 'Sign the proof with the private key of its `jwk`.',
  },
  claimMissing: {
    code: 'P016004',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.2',
    message: 'The DPoP proof must contain jti, htm, htu and iat.',
    fix: 'Add `jti`, `htm`, `htu` and `iat` to the proof.',
  },
  methodMismatch: {
    code: 'P016005',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The htm of the DPoP proof does not match the HTTP method of the request.',
    fix: 'Set `htm` to the HTTP method of the request; the frontend passes that method as `htm`.',
  },
  urlMismatch: {
    code: 'P016006',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The htu of the DPoP proof does not match the URL of the request.',
    fix: 'Set `htu` to the URL of the endpoint without query and fragment; the frontend passes its public URL as `htu`, or the service declares it.',
    settings: ['service.tokenEndpoint'],
  },
  outOfTime: {
    code: 'P016007',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §11.1',
    message: 'The iat of the DPoP proof is too old or in the future.',
    fix: 'Create a proof for each request, and check the clock of the client.',
  },
  tokenMismatch: {
    code: 'P016008',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The ath of the DPoP proof does not match the access token.',
    fix: 'Set `ath` to the base64url of the SHA-256 of the access token.',
  },
  replayed: {
    code: 'P016009',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §11.1',
    message: 'The DPoP proof has been used before.',
    fix: 'Create a proof with a new `jti` for each request, also for a retry.',
  },
  missing: {
    code: 'P016010',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §5',
    message: 'A DPoP proof is required.',
    fix: 'Send a DPoP proof, and pass it on as `dpop`; or do not require it of the client.',
    settings: ['client.dpopRequired'],
  },
  otherKey: {
    code: 'P016011',
    error: 'invalid_token',
    spec: 'RFC 9449 §7.1',
    message: 'The key of the DPoP proof does not match the key that the access token is bound to.',
    fix: 'Sign the proof with the key that the token was issued for.',
  },
  refreshOtherKey: {
    code: 'P016012',
    error: 'invalid_grant',
    spec: 'RFC 9449 §5',
    message: 'The key of the DPoP proof does not match the key that the grant is bound to.',
    fix: 'Sign the proof with the key of the authorization request or of the first token request.',
  },
  nonceNeeded: {
    code: 'P016013',
    error: 'use_dpop_nonce',
    spec: 'RFC 9449 §8',
    message: 'The DPoP proof requires a current nonce of the authorization server.',
    fix: 'Repeat the request with the `nonce` of the DPoP-Nonce response header.',
    settings: ['service.dpopNonceRequired', 'service.dpopNonceDuration'],
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const proofReplayed = rules.replayed

/**
 * How far `iat` of a proof may be in the past or in the future, in milliseconds.
 */
const longestAge = 300_000
const longestLead = 60_000

export interface ProofExpectation {
  /** The method and the URL of the request with the proof. */
  htm: string
  htu: string
  /** The property that the URL is from, if it is not from the call. */
  setting?: string | undefined
  /** The access token that `ath` must match, at a protected resource. */
  accessToken?: string | undefined
  /** The algorithms of a security profile; undefined: all asymmetric ones. */
  algorithms?: readonly string[] | undefined
  now: number
}

export interface Proof {
  /** Thumbprint of the key, RFC 7638. */
  thumbprint: string
  jwtId: string
  nonce: string | undefined
  /** Until when the `jti` must be remembered, in milliseconds since the epoch. */
  expiresAt: number
}

/** RFC 9449 §4.3: checks a proof in the order of the section, except for nonce and replay. */
export async function verifyProof(proof: string, expected: ProofExpectation): Promise<Proof> {
  const { algorithms = asymmetricAlgorithms } = expected
  const verified = await verifyWithEmbeddedKey(proof, algorithms, 'dpop+jwt')
  if ('failure' in verified) {
    const isKey = verified.failure === 'key' || verified.failure === 'algorithm'
    const isSignature = verified.failure === 'signature'
    refuse(isKey ? rules.keyUnusable : isSignature ? rules.signatureInvalid : rules.malformed, {
      parameter: 'DPoP',
      given: jwtEvidence(proof),
      expected: { typ: 'dpop+jwt', alg: [...algorithms] },
      note: failureNotes[verified.failure],
    })
  }
  const { jti, htm, htu, iat, ath, nonce } = verified.claims
  const isComplete = typeof jti === 'string' && typeof htm === 'string' && typeof htu === 'string'
  check(isComplete && typeof iat === 'number' && jti !== '', rules.claimMissing, () => ({
    parameter: 'DPoP',
    given: { claims: Object.keys(verified.claims) },
    expected: { claims: ['jti', 'htm', 'htu', 'iat'] },
  }))
  check(htm === expected.htm, rules.methodMismatch, () => ({
    parameter: 'DPoP.htm',
    given: htm,
    expected: expected.htm,
  }))
  const url = normalized(expected.htu)
  check(url !== undefined && normalized(htu) === url, rules.urlMismatch, () => ({
    parameter: 'DPoP.htu',
    given: htu,
    setting: expected.setting,
    expected: expected.htu,
    note: url === undefined ? 'Neither the call nor the service has the URL.' : undefined,
  }))
  const age = expected.now - iat * 1000
  check(age <= longestAge && age >= -longestLead, rules.outOfTime, () => ({
    ...timeEvidence('DPoP.iat', iat, expected.now),
    expected: { longestAge: longestAge / 1000, longestLead: longestLead / 1000 },
  }))
  const { accessToken } = expected
  check(accessToken === undefined || ath === sha256(accessToken), rules.tokenMismatch, () => ({
    parameter: 'DPoP.ath',
    given: { present: ath !== undefined },
  }))
  return {
    thumbprint: await thumbprintOf(verified.header['jwk'] as JWK),
    jwtId: jti,
    nonce: typeof nonce === 'string' ? nonce : undefined,
    expiresAt: Math.ceil(iat * 1000 + longestAge),
  }
}

/** The SHA-256 thumbprint of the public key, RFC 7638; rejects if the key is not valid. */
export const thumbprintOf = (key: JWK): Promise<string> =>
  calculateJwkThumbprint(publicMembers(key), 'sha256')

const sha256 = (text: string) => hash('sha256', text, 'base64url')

/** RFC 9449 §4.3: without query and fragment, normalized by RFC 3986 §6.2.2 and §6.2.3. */
const normalized = (text: string): string | undefined => normalizedUri(text)?.split(/[?#]/)[0]

export const requireProof = (proof: string | undefined): string =>
  proof || refuse(rules.missing, { parameter: 'DPoP', given: { present: false } })

/** RFC 9449 §7.1: a bound access token requires a proof with the same key. */
export function requireTokenKey(bound: string | undefined, proof: Proof | undefined): void {
  const isKey = bound === undefined || bound === proof?.thumbprint
  check(isKey, rules.otherKey, () => keyEvidence(proof?.thumbprint, bound))
}

/** RFC 9449 §5 and §10: a bound code or refresh token requires a proof with the same key. */
export function requireGrantKey(
  bound: string | undefined,
  presented: { dpopThumbprint?: string | undefined },
): void {
  const { dpopThumbprint } = presented
  const isKey = bound === undefined || bound === dpopThumbprint
  check(isKey, rules.refreshOtherKey, () => keyEvidence(dpopThumbprint, bound))
}

/** Thumbprints of public keys, RFC 7638. */
const keyEvidence = (given: string | undefined, bound: string | undefined) => ({
  parameter: 'DPoP',
  given: given === undefined ? { present: false } : { thumbprint: given },
  expected: { thumbprint: bound },
})

export function requireNonce(isGood: boolean): void {
  check(isGood, rules.nonceNeeded, { parameter: 'DPoP.nonce' })
}
