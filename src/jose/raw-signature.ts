/** JOSE signatures over bytes, RFC 7518 §3 and RFC 8037 §3.1. */
import {
  constants,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'

export interface Scheme {
  /** The name in the registry of RFC 9421 §6.2; other JWS algorithms have none. */
  name?: string
  hash: string | null
  padding?: 'pkcs1' | 'pss'
  saltLength?: number
}

/** The schemes by JWS algorithm. */
export const schemes: Record<string, Scheme> = {
  RS256: { name: 'rsa-v1_5-sha256', hash: 'sha256', padding: 'pkcs1' },
  RS384: { hash: 'sha384', padding: 'pkcs1' },
  RS512: { hash: 'sha512', padding: 'pkcs1' },
  PS256: { hash: 'sha256', padding: 'pss', saltLength: 32 },
  PS384: { hash: 'sha384', padding: 'pss', saltLength: 48 },
  PS512: { name: 'rsa-pss-sha512', hash: 'sha512', padding: 'pss', saltLength: 64 },
  ES256: { name: 'ecdsa-p256-sha256', hash: 'sha256' },
  ES384: { name: 'ecdsa-p384-sha384', hash: 'sha384' },
  ES512: { hash: 'sha512' },
  EdDSA: { name: 'ed25519', hash: null },
  Ed25519: { name: 'ed25519', hash: null },
}

const options = ({ padding, saltLength }: Scheme) => ({
  dsaEncoding: 'ieee-p1363' as const,
  ...(padding === 'pkcs1' ? { padding: constants.RSA_PKCS1_PADDING } : {}),
  ...(padding === 'pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {}),
  ...(saltLength === undefined ? {} : { saltLength }),
})

function schemeOf(alg: string): Scheme {
  const scheme = Object.hasOwn(schemes, alg) ? schemes[alg] : undefined
  if (!scheme) throw new Error(`No signature algorithm: ${alg.slice(0, 40)}`)
  return scheme
}

const signInPool = promisify(sign)
const verifyInPool = promisify(verify)

/** To compute these takes less time than to hand them to a thread and back. */
const quick = new Set(['ES256', 'EdDSA', 'Ed25519'])

/**
 * A signature by the platform's own function, at half the cost of Web Crypto. What takes longer is
 * computed in the thread pool, while the event loop answers other calls.
 */
export async function signBytes(alg: string, data: Uint8Array, key: KeyObject): Promise<Buffer> {
  const scheme = schemeOf(alg)
  const asked = { key, ...options(scheme) }
  return quick.has(alg) ? sign(scheme.hash, data, asked) : signInPool(scheme.hash, data, asked)
}

/** Whether the signature is valid; false for malformed signatures too. */
export function verifyBytes(
  alg: string,
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  const scheme = schemeOf(alg)
  try {
    return verify(scheme.hash, data, { key, ...options(scheme) }, signature)
  } catch {
    return false
  }
}

/** Public keys that were read, for as long as their JWKs live. */
const known = new WeakMap<JWK, KeyObject>()

/** Reads a public key once; throws unless it is one, on its curve. */
export function readPublicHalf(key: JWK): KeyObject {
  const read = known.get(key) ?? createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
  known.set(key, read)
  return read
}

/** The key of `readPublicHalf`, if that has read it. */
export const readBefore = (key: JWK): KeyObject | undefined => known.get(key)

/** Whether the signature is valid, computed in the thread pool, as `signBytes` does. */
export async function verifyBytesInPool(
  alg: string,
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): Promise<boolean> {
  const scheme = schemeOf(alg)
  try {
    return await verifyInPool(scheme.hash, data, { key, ...options(scheme) }, signature)
  } catch {
    return false
  }
}
