/** The members kid and use of keys that are saved without them, RFC 7517 §4.2 and §4.5. */
import { createHash } from 'node:crypto'
import type { JWK } from 'jose'
import { parseJson } from '../model/json.ts'
import { parseKeySet } from './key-set.ts'

/** Longer sets are refused when they are checked. */
const keyLimit = 50
const encryptionCurves = ['X25519', 'X448']
const encryptionAlgorithms = /^(RSA1_5|RSA-OAEP|ECDH-ES|A\d{3}(GCM)?KW|PBES2|dir$)/

/**
 * The text of a key set in which each key has a kid (its thumbprint, RFC 7638) and a use. The text
 * is unchanged if nothing is missing, or if it is not a key set, which its check refuses. A key
 * that `stored` has without a use keeps its purposes: it may sign and decrypt.
 */
export function withMissingMembers(text: string, stored = ''): string {
  const set = keySetIn(text)
  if (!set || set.keys.length > keyLimit) return text
  const known = parseKeySet(stored).keys.filter(isGeneral).map(thumbprintOf)
  const keys = set.keys.map((key) => completed(key, known))
  const isComplete = keys.every((key, index) => key === set.keys[index])
  return isComplete ? text : JSON.stringify({ ...set, keys })
}

function keySetIn(text: string): { keys: JWK[] } | undefined {
  try {
    const set = parseJson(text) as { keys?: unknown } | null
    const isKey = (key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key)
    return Array.isArray(set?.keys) && set.keys.every(isKey) ? (set as { keys: JWK[] }) : undefined
  } catch {
    return undefined
  }
}

function completed(key: JWK, known: readonly (string | undefined)[]): JWK {
  if (key.kid !== undefined && !isGeneral(key)) return key
  const kid = thumbprintOf(key)
  if (kid === undefined) return key
  const use = isGeneral(key) && !known.includes(kid) ? { use: purposeOf(key) } : {}
  return { kid, ...use, ...key }
}

/** The required members of each key type, in lexicographic order: RFC 7638 §3.2, RFC 8037 §2. */
const required: Partial<Record<string, readonly (keyof JWK)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** Undefined for symmetric keys, which it could reveal (RFC 7638 §7), and for unknown types. */
export function thumbprintOf(key: JWK): string | undefined {
  const names = Object.hasOwn(required, String(key.kty)) ? required[String(key.kty)] : undefined
  if (!names?.every((name) => typeof key[name] === 'string')) return undefined
  const members = Object.fromEntries(names.map((name) => [name, key[name]]))
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** Whether a key has no purpose. RFC 7517 §4.3: use and key_ops should not be used together. */
const isGeneral = ({ use, key_ops: operations }: JWK): boolean =>
  use === undefined && (!Array.isArray(operations) || operations.length === 0)

const purposeOf = ({ alg, crv }: JWK): string =>
  encryptionAlgorithms.test(String(alg)) || encryptionCurves.includes(String(crv)) ? 'enc' : 'sig'
