/** DPoP proofs, RFC 9449. */
import { hash } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { publicMembers } from '../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { verifyWithEmbeddedKey } from '../../jose/verify.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { normalizedUri } from '../uri.ts'

const rules = defineRules('DPoP', {
  malformed: {
    code: 'P016001',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The DPoP proof must be one well-formed JWT of type dpop+jwt.',
  },
  keyUnusable: {
    code: 'P016002',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message:
      'The DPoP proof must contain a public key and be signed with a supported asymmetric algorithm.',
  },
  signatureInvalid: {
    code: 'P016003',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The signature of the DPoP proof cannot be verified with its key.',
  },
  claimMissing: {
    code: 'P016004',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.2',
    message: 'The DPoP proof must contain jti, htm, htu and iat.',
  },
  methodMismatch: {
    code: 'P016005',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The htm of the DPoP proof does not match the HTTP method of the request.',
  },
  urlMismatch: {
    code: 'P016006',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The htu of the DPoP proof does not match the URL of the request.',
  },
  outOfTime: {
    code: 'P016007',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §11.1',
    message: 'The iat of the DPoP proof is too old or in the future.',
  },
  tokenMismatch: {
    code: 'P016008',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §4.3',
    message: 'The ath of the DPoP proof does not match the access token.',
  },
  replayed: {
    code: 'P016009',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §11.1',
    message: 'The DPoP proof has been used before.',
  },
  missing: {
    code: 'P016010',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9449 §5',
    message: 'A DPoP proof is required.',
  },
  otherKey: {
    code: 'P016011',
    error: 'invalid_token',
    spec: 'RFC 9449 §7.1',
    message: 'The key of the DPoP proof does not match the key that the access token is bound to.',
  },
  refreshOtherKey: {
    code: 'P016012',
    error: 'invalid_grant',
    spec: 'RFC 9449 §5',
    message: 'The key of the DPoP proof does not match the key that the grant is bound to.',
  },
  nonceNeeded: {
    code: 'P016013',
    error: 'use_dpop_nonce',
    spec: 'RFC 9449 §8',
    message: 'The DPoP proof requires a current nonce of the authorization server.',
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
    if (isKey) refuse(rules.keyUnusable)
    refuse(verified.failure === 'signature' ? rules.signatureInvalid : rules.malformed)
  }
  const { jti, htm, htu, iat, ath, nonce } = verified.claims
  const isComplete = typeof jti === 'string' && typeof htm === 'string' && typeof htu === 'string'
  if (!isComplete || typeof iat !== 'number' || jti === '') refuse(rules.claimMissing)
  if (htm !== expected.htm) refuse(rules.methodMismatch, htm.slice(0, 20))
  const url = normalized(expected.htu)
  if (url === undefined || normalized(htu) !== url) refuse(rules.urlMismatch, htu.slice(0, 200))
  const age = expected.now - iat * 1000
  if (!(age <= longestAge && age >= -longestLead)) refuse(rules.outOfTime, `age ${age} ms`)
  const { accessToken } = expected
  if (accessToken !== undefined && ath !== sha256(accessToken)) refuse(rules.tokenMismatch)
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

export const requireProof = (proof: string | undefined): string => proof || refuse(rules.missing)

/** RFC 9449 §7.1: a bound access token requires a proof with the same key. */
export function requireTokenKey(bound: string | undefined, proof: Proof | undefined): void {
  if (bound !== undefined && bound !== proof?.thumbprint) refuse(rules.otherKey)
}

/** RFC 9449 §5 and §10: a bound code or refresh token requires a proof with the same key. */
export function requireGrantKey(
  bound: string | undefined,
  presented: { dpopThumbprint?: string | undefined },
): void {
  if (bound !== undefined && bound !== presented.dpopThumbprint) refuse(rules.refreshOtherKey)
}

export function requireNonce(isGood: boolean): void {
  if (!isGood) refuse(rules.nonceNeeded)
}
