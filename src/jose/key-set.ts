/**
 * Key sets of services and clients: parsed once per document, imported once per key and algorithm.
 */
import { type CryptoKey, importJWK, type JWK, type KeyObject } from 'jose'

export interface KeySet {
  readonly keys: readonly JWK[]
  /** The key as the library uses it; a key that does not fit the algorithm throws. */
  import(key: JWK, alg: string): Promise<CryptoKey | KeyObject | Uint8Array>
}

const kept = new WeakMap<object, Map<string, KeySet>>()

/**
 * The set in a document's text; the document is what the set is kept with, for as long as it lives.
 */
export function keySetOf(owner: object, text: string | undefined): KeySet {
  const sets = kept.get(owner) ?? new Map<string, KeySet>()
  kept.set(owner, sets)
  const known = sets.get(text ?? '')
  if (known) return known
  const set = parseKeySet(text)
  sets.set(text ?? '', set)
  return set
}

/** A text that is no key set is an empty one. */
export function parseKeySet(text: string | undefined): KeySet {
  const keys = readKeys(text)
  const imported = new Map<string, ReturnType<KeySet['import']>>()
  return {
    keys,
    import(key, alg) {
      const name = `${keys.indexOf(key)}/${alg}`
      const known = imported.get(name)
      if (known) return known
      const importing = importJWK(key, alg) as ReturnType<KeySet['import']>
      imported.set(name, importing)
      importing.catch(() => imported.delete(name))
      return importing
    },
  }
}

function readKeys(text: string | undefined): JWK[] {
  if (!text) return []
  try {
    const parsed: unknown = JSON.parse(text)
    const keys = (parsed as { keys?: unknown } | null)?.keys
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : []
  } catch {
    return []
  }
}

const curves: Record<string, string> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  ES256K: 'secp256k1',
}

/**
 * Whether a key is of the type and curve that a signature algorithm needs, RFC 7518 §3.1, RFC 8037.
 */
export function fitsSignatureAlgorithm(key: JWK, alg: string): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false
  if (key.alg !== undefined && key.alg !== alg) return false
  if (alg.startsWith('RS') || alg.startsWith('PS')) return key.kty === 'RSA'
  if (alg.startsWith('ES')) return key.kty === 'EC' && key.crv === curves[alg]
  if (alg === 'EdDSA' || alg === 'Ed25519') return key.kty === 'OKP' && key.crv === 'Ed25519'
  return alg.startsWith('HS') && key.kty === 'oct'
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * A key set as anyone may read it: no private members, and no symmetric keys at all. RFC 7517 §9.3
 */
export function publicKeySet(set: KeySet): { keys: JWK[] } {
  return { keys: set.keys.filter((key) => key.kty !== 'oct').map(publicMembers) }
}

export function publicMembers(key: JWK): JWK {
  const members = Object.entries(key).filter(([name]) => !privateMembers.includes(name))
  return Object.fromEntries(members) as JWK
}

/** Whether a key has members that nobody but its owner may know. */
export const isPrivate = (key: JWK): boolean => privateMembers.some((name) => name in key)
