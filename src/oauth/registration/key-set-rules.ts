/** What a key set in a service's or client's settings has to be, RFC 7517. */
import type { JWK } from 'jose'
import { importKey } from '../../jose/key-set.ts'
import { parseJson } from '../../model/json.ts'
import type { Problem } from '../problem.ts'

const keyLimit = 50
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const defaultAlgorithms = new Map([
  ['RSA', 'RS256'],
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
  ['X25519', 'ECDH-ES'],
])

export interface KeySetOptions {
  /** Clients that register themselves register public keys only, OIDC Registration §2. */
  publicOnly: boolean
}

/** The first thing that is wrong with the text of a key set; undefined when nothing is. */
export async function keySetProblem(
  path: string,
  text: string,
  { publicOnly }: KeySetOptions,
): Promise<Problem | undefined> {
  const keys = parseKeys(text)
  if (!keys) return { path, message: 'Expected a JWK Set: a JSON object with a list of keys.' }
  if (keys.length > keyLimit) return { path, message: `A key set has at most ${keyLimit} keys.` }
  if (haveCommonName(keys)) {
    return { path, message: 'Two keys of the same kty and alg have the same kid.' }
  }
  for (const [index, key] of keys.entries()) {
    const message = await keyProblem(key, publicOnly)
    if (message) return { path: `${path}.keys.${index}`, message }
  }
  return undefined
}

/** RFC 7517 §4.5: keys of different kinds that stand for one another may have the same kid. */
function haveCommonName(keys: readonly JWK[]): boolean {
  const names = keys
    .filter(({ kid }) => kid !== undefined)
    .map(({ kid, kty, crv, use, alg }) => JSON.stringify([kid, kty, crv, use, alg]))
  return new Set(names).size < names.length
}

export function parseKeys(text: string): JWK[] | undefined {
  try {
    const parsed: unknown = parseJson(text)
    const keys = (parsed as { keys?: unknown } | null)?.keys
    const isList =
      Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
    return isList ? (keys as JWK[]) : undefined
  } catch {
    return undefined
  }
}

async function keyProblem(key: JWK, publicOnly: boolean): Promise<string | undefined> {
  if (typeof key.kty !== 'string') return 'The key has no kty.'
  if (key.key_ops !== undefined && !isWords(key.key_ops)) return 'The key_ops are not a list.'
  if (publicOnly && privateMembers.some((member) => member in key)) {
    return 'Only public keys may be registered here, and this key has private members.'
  }
  if (key.kty === 'RSA' && bitsOf(key.n) < 2048) return 'An RSA key needs at least 2048 bits.'
  // A type or curve that is not known here may be known to those who read the set.
  const alg = algorithmOf(key)
  if (alg === undefined) return undefined
  try {
    await importKey(key, alg)
    return undefined
  } catch {
    return 'The key is not structurally valid.'
  }
}

const isWords = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

function algorithmOf(key: JWK): string | undefined {
  if (key.kty === 'oct') return 'HS256'
  return defaultAlgorithms.get(key.kty === 'RSA' ? 'RSA' : (key.crv ?? ''))
}

function bitsOf(modulus: string | undefined): number {
  const bytes = Buffer.from(modulus ?? '', 'base64url')
  const start = bytes.findIndex((byte) => byte !== 0)
  if (start < 0) return 0
  return (bytes.length - start - 1) * 8 + (32 - Math.clz32(bytes[start] ?? 0))
}
