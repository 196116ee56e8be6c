/**
 * Verification of JWTs with an allowlist of algorithms and only with keys that fit them, RFC 8725.
 */
import type { KeyObject } from 'node:crypto'
import { compactVerify, errors, type JWK } from 'jose'
import { parseExact } from '../model/exact-json.ts'
import { parseHeader } from './header.ts'
import {
  fitsSignatureAlgorithm,
  importKey,
  includesAlgorithm,
  isPrivate,
  type KeySet,
  publicMembers,
} from './key-set.ts'
import { readBefore, verifyBytesInPool } from './raw-signature.ts'

const limit = 32 * 1024
const keysTried = 5

export interface Verified {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** Why a JWT was not accepted. With `key`, a newer copy of the key set may help. */
export type Unverified = { failure: 'malformed' | 'algorithm' | 'key' | 'signature' }

/** The keys to verify with: a key set, or one shared secret. */
export type VerificationKeys = KeySet | Uint8Array

/** Verifies the signature of a compact JWS and returns its header and claims. */
export async function verifyJwt(
  jwt: string,
  keys: VerificationKeys,
  algorithms: readonly string[],
  longest = limit,
): Promise<Verified | Unverified> {
  const header = headerOf(jwt, longest)
  if (!header) return { failure: 'malformed' }
  const alg = String(header['alg'])
  if (!includesAlgorithm(algorithms, alg)) return { failure: 'algorithm' }
  const isSymmetric = alg.startsWith('HS')
  if (keys instanceof Uint8Array) {
    return isSymmetric ? attempt(jwt, keys, alg) : { failure: 'key' }
  }
  const candidates = isSymmetric ? [] : candidatesOf(keys, alg, header['kid'])
  let outcome: Verified | Unverified = { failure: 'key' }
  for (const key of candidates) {
    outcome = await attemptWithKey(jwt, keys, key, alg)
    if (!('failure' in outcome)) return outcome
  }
  return outcome
}

/** The protected header of a compact JWS; undefined if the text is not well-formed, or too long. */
export function headerOf(jwt: string, longest = limit): Record<string, unknown> | undefined {
  if (jwt.length > longest || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jwt)) return undefined
  if (!jwt.split('.').every(isCanonical)) return undefined
  try {
    return parseHeader(jwt)
  } catch {
    return undefined
  }
}

/** RFC 4648 §3.5: no unused bits, so that a signature has only one encoding. */
const isCanonical = (part: string) => Buffer.from(part, 'base64url').toString('base64url') === part

/** The payload of a verified JWT, as the signed text. */
export const payloadText = (jwt: string): string =>
  Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()

/** The claims of a JWT without verification: only for finding its keys. */
export function unverifiedClaims(
  jwt: string,
  longest = limit,
): Record<string, unknown> | undefined {
  return headerOf(jwt, longest) && parseClaims(Buffer.from(jwt.split('.')[1] ?? '', 'base64url'))
}

/** RFC 7515 §4.1.4: the keys with the kid, or else all keys that fit, up to five. */
function candidatesOf(set: KeySet, alg: string, kid: unknown): JWK[] {
  const fitting = set.keys.filter((key) => fitsSignatureAlgorithm(key, alg))
  return (kid === undefined ? fitting : fitting.filter((key) => key.kid === kid)).slice(
    0,
    keysTried,
  )
}

async function attemptWithKey(jwt: string, set: KeySet, key: JWK, alg: string) {
  try {
    // A private key must be reduced to its public members to verify.
    const usable = key.d === undefined ? set.import(key, alg) : importKey(publicMembers(key), alg)
    return await attempt(jwt, await usable, alg)
  } catch {
    return { failure: 'key' } as const
  }
}

/** Verifies an HMAC with each of the secrets of a client, its current and its former one. */
export async function verifyWithSecrets(
  jwt: string,
  secrets: readonly string[],
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret))
  const outcomes = await Promise.all(keys.map((key) => verifyJwt(jwt, key, algorithms)))
  return outcomes.find((outcome) => !('failure' in outcome)) ?? outcomes[0] ?? { failure: 'key' }
}

/** Verifies a JWT with the public key in its header, RFC 7515 §4.1.3. */
export async function verifyWithEmbeddedKey(
  jwt: string,
  algorithms: readonly string[],
  typ: string,
): Promise<Verified | Unverified> {
  const header = headerOf(jwt)
  if (!header || header['typ'] !== typ) return { failure: 'malformed' }
  const alg = String(header['alg'])
  if (!includesAlgorithm(algorithms, alg)) return { failure: 'algorithm' }
  const key = header['jwk'] as JWK | undefined
  if (typeof key !== 'object' || key === null || isPrivate(key)) return { failure: 'key' }
  return verifyWithKey(jwt, key, algorithms)
}

/** Verifies a JWT with one key; the `kid` of its header is ignored. */
export async function verifyWithKey(
  jwt: string,
  key: JWK,
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  const header = headerOf(jwt)
  if (!header) return { failure: 'malformed' }
  const alg = String(header['alg'])
  if (!includesAlgorithm(algorithms, alg)) return { failure: 'algorithm' }
  if (!fitsSignatureAlgorithm(key, alg)) return { failure: 'key' }
  const read = readBefore(key)
  if (read && header['crit'] === undefined) return attemptByRead(jwt, header, read, alg)
  try {
    return await attempt(jwt, await importKey(key, alg), alg)
  } catch {
    return { failure: 'key' }
  }
}

async function attempt(
  jwt: string,
  key: Parameters<typeof compactVerify>[1],
  alg: string,
): Promise<Verified | Unverified> {
  try {
    const { payload, protectedHeader } = await compactVerify(jwt, key, { algorithms: [alg] })
    const claims = parseClaims(payload)
    return claims ? { header: protectedHeader as Record<string, unknown>, claims } : malformed
  } catch (error) {
    const isSignature = error instanceof errors.JWSSignatureVerificationFailed
    return { failure: isSignature ? 'signature' : 'malformed' }
  }
}
const malformed = { failure: 'malformed' } as const

/** The same without an import of the key; the header must have no `crit`. */
async function attemptByRead(
  jwt: string,
  header: Record<string, unknown>,
  key: KeyObject,
  alg: string,
): Promise<Verified | Unverified> {
  const [protectedPart = '', payload = '', signature = ''] = jwt.split('.')
  const signed = Buffer.from(`${protectedPart}.${payload}`)
  const isValid = await verifyBytesInPool(alg, signed, key, Buffer.from(signature, 'base64url'))
  if (!isValid) return { failure: 'signature' }
  const claims = parseClaims(Buffer.from(payload, 'base64url'))
  return claims ? { header, claims } : malformed
}

function parseClaims(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const claims: unknown = parseExact(new TextDecoder('utf-8', { fatal: true }).decode(payload), 1)
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims)
    return isObject ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
