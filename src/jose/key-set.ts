/**
 * JWK Sets of services and clients: parsed once per document, imported once per key and algorithm.
 */

import { type CryptoKey, importJWK, type JWK, type KeyObject } from 'jose'
import { parseJson } from '../model/json.ts'

export interface KeySet {
  readonly keys: readonly JWK[]
  /** The key in the form of the library; rejects if the key does not fit the algorithm. */
  import(key: JWK, alg: string): Promise<CryptoKey | KeyObject | Uint8Array>
}

type Cache = WeakMap<object, Map<string, KeySet>>
const cache: Cache = new WeakMap()
const publicCache: Cache = new WeakMap()

/** The key set in a text, cached for as long as its owner (a document) lives. */
export const keySetOf = (owner: object, text: string | undefined): KeySet =>
  cached(cache, owner, text, parseKeySet)

/** Like `keySetOf`, but with public keys only, even if the text of a client has private ones. */
export const publicKeySetOf = (owner: object, text: string | undefined): KeySet =>
  cached(publicCache, owner, text, parsePublicKeySet)

function cached(
  sets: Cache,
  owner: object,
  text = '',
  parse: (text: string | undefined) => KeySet,
): KeySet {
  const own = sets.get(owner) ?? new Map<string, KeySet>()
  sets.set(owner, own)
  const known = own.get(text)
  if (known) return known
  const set = parse(text)
  own.set(text, set)
  return set
}

/** The key set in a text; empty if the text is not a JWK Set. */
export const parseKeySet = (text: string | undefined): KeySet => keySetFrom(readKeys(text))

export const parsePublicKeySet = (text: string | undefined): KeySet =>
  keySetFrom(publicKeySet({ keys: readKeys(text) }).keys)

export function keySetFrom(keys: readonly JWK[]): KeySet {
  const imported = new Map<string, ReturnType<KeySet['import']>>()
  return {
    keys,
    import(key, alg) {
      const name = `${keys.indexOf(key)}/${alg}`
      const known = imported.get(name)
      if (known) return known
      const importing = importKey(key, alg)
      imported.set(name, importing)
      importing.catch(() => imported.delete(name))
      return importing
    },
  }
}

/**
 * Imports a key without `key_ops` and `ext`. `permits` checks the operations, because the library
 * refuses keys whose `key_ops` list several operations, or those of the other half of the key pair.
 */
export async function importKey(
  { key_ops: _operations, ext: _extractable, ...key }: JWK,
  alg: string,
): ReturnType<KeySet['import']> {
  return importJWK(key as JWK, alg)
}

type Operation = 'sign' | 'verify' | 'encrypt' | 'decrypt'

const uses: Record<Operation, string> = {
  sign: 'sig',
  verify: 'sig',
  encrypt: 'enc',
  decrypt: 'enc',
}
const decrypting = ['decrypt', 'unwrapKey', 'deriveKey', 'deriveBits']

/** The values of `key_ops` that allow an operation; a private operation includes the public one. */
const operations: Record<Operation, readonly string[]> = {
  sign: ['sign'],
  verify: ['verify', 'sign'],
  encrypt: ['encrypt', 'wrapKey', ...decrypting],
  decrypt: decrypting,
}

/**
 * Whether `use` and `key_ops` allow an operation, RFC 7517 §4.2 and §4.3. An empty list allows all,
 * because Web Crypto exports the public key of a key agreement with one.
 */
export function permits(key: JWK, operation: Operation): boolean {
  if (key.use !== undefined && key.use !== uses[operation]) return false
  const listed: unknown = key.key_ops
  if (!Array.isArray(listed) || listed.length === 0) return true
  return operations[operation].some((each) => listed.includes(each))
}

function readKeys(text: string | undefined): JWK[] {
  if (!text) return []
  try {
    const parsed: unknown = parseJson(text)
    const keys = (parsed as { keys?: unknown } | null)?.keys
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : []
  } catch {
    return []
  }
}

/** Two names of the same algorithm, RFC 9864 §2.2: EdDSA with the curve Ed25519. */
export const edwards: readonly string[] = ['EdDSA', 'Ed25519']

const isSameAlgorithm = (one: string, other: string): boolean =>
  one === other || (edwards.includes(one) && edwards.includes(other))

/** Whether an algorithm is allowed, by either of its names. */
export const includesAlgorithm = (allowed: readonly string[], alg: string): boolean =>
  allowed.some((each) => isSameAlgorithm(each, alg))

const curves: Record<string, string> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  ES256K: 'secp256k1',
}

/** Base64url characters of 8,192 bits and of 64 bits, each with a leading zero byte. */
const longestModulus = 1_367
const longestExponent = 12

/** Whether an RSA key is within the limits beyond which an operation takes milliseconds. */
export const isQuickKey = ({ kty, n, e }: JWK): boolean =>
  kty !== 'RSA' || (String(n).length <= longestModulus && String(e).length <= longestExponent)

/**
 * Whether a key has the type and curve of a signature algorithm, RFC 7518 §3.1, RFC 8037. Large RSA
 * keys, which can be those of strangers, verify nothing.
 */
export function fitsSignatureAlgorithm(
  key: JWK,
  alg: string,
  operation: 'sign' | 'verify' = 'verify',
): boolean {
  if (!permits(key, operation) || (operation === 'verify' && !isQuickKey(key))) return false
  if (key.alg !== undefined && !isSameAlgorithm(key.alg, alg)) return false
  if (alg.startsWith('RS') || alg.startsWith('PS')) return key.kty === 'RSA'
  if (alg.startsWith('ES')) return key.kty === 'EC' && key.crv === curves[alg]
  if (edwards.includes(alg)) return key.kty === 'OKP' && key.crv === 'Ed25519'
  return alg.startsWith('HS') && key.kty === 'oct'
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Public keys whose private half is in a module. */
const held = new WeakSet<JWK>()

/** Notes that the private half of a key can be used, though it is not in the key. */
export function noteHeld(key: JWK): JWK {
  held.add(key)
  return key
}

/** Keys of a service that verify or decrypt, and do not sign: NEXT and PREVIOUS ones. */
const idle = new WeakSet<JWK>()

export function noteIdle(key: JWK): JWK {
  idle.add(key)
  return key
}

/** Whether a key of a service verifies or decrypts only. */
export const isIdle = (key: JWK): boolean => idle.has(key)

/** Whether the private half of a key can be used: it is in the key, or in a module. */
export const hasPrivateHalf = (key: JWK): boolean => key.d !== undefined || held.has(key)

/** Whether a key of a service can sign with an algorithm: it is private, current and fits. */
export const isSigningKey = (key: JWK, alg: string): boolean =>
  hasPrivateHalf(key) && !idle.has(key) && fitsSignatureAlgorithm(key, alg, 'sign')

/** Whether a symmetric key can sign: it is at least as long as the hash, RFC 7518 §3.2. */
export const isSymmetricKey = (key: JWK, alg: string): boolean =>
  typeof key.k === 'string' &&
  !idle.has(key) &&
  alg.startsWith('HS') &&
  fitsSignatureAlgorithm(key, alg, 'sign') &&
  Buffer.from(key.k, 'base64url').length * 8 >= Number(alg.slice(2))

/** The name of the algorithm in the header: as in the key, if the key declares it. */
export const algorithmName = (key: JWK, alg: string): string => key.alg ?? alg

/**
 * The public key set: without private members and without symmetric keys, RFC 7517 §9.3.
 */
export function publicKeySet(set: Pick<KeySet, 'keys'>): { keys: JWK[] } {
  return { keys: set.keys.filter((key) => key.kty !== 'oct').map(publicMembers) }
}

/** The text of the public key set; unchanged if it contains no private keys. */
export function publicKeySetText(text: string): string {
  const keys = readKeys(text)
  return keys.some(isPrivate) ? JSON.stringify(publicKeySet({ keys })) : text
}

/** A key without its private members, with its `use` and `key_ops` unchanged. */
export const withoutPrivateMembers = (key: JWK): JWK =>
  Object.fromEntries(Object.entries(key).filter(([name]) => !privateMembers.includes(name))) as JWK

/** The public part of a key, with the `key_ops` of its public half. */
export function publicMembers({ key_ops: listed, ...key }: JWK): JWK {
  const known = Array.isArray(listed) ? listed.flatMap((each) => publicOperations[each] ?? []) : []
  const key_ops = known.length > 0 ? { key_ops: [...new Set(known)] } : {}
  return { ...withoutPrivateMembers(key as JWK), ...key_ops }
}

/** The `key_ops` of a public key for each value of the private key. */
const publicOperations: Partial<Record<string, string>> = {
  sign: 'verify',
  verify: 'verify',
  decrypt: 'encrypt',
  encrypt: 'encrypt',
  unwrapKey: 'wrapKey',
  wrapKey: 'wrapKey',
}

/** Whether a key has private or symmetric members. */
export const isPrivate = (key: JWK): boolean => privateMembers.some((name) => name in key)
