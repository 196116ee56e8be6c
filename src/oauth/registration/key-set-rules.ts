/** Checks of the key sets in the settings of services and clients, RFC 7517. */
import type { JWK } from 'jose'
import { importKey } from '../../jose/key-set.ts'
import { parseJson } from '../../model/json.ts'
import type { Problem } from '../property-problem.ts'
import { certificateProblem } from './certified-key.ts'

const keyLimit = 50
/** Verifying a chain takes a signature for each certificate. */
const certificateLimit = 100
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
  /** Whether private keys are refused, as in registration by clients: OIDC Registration §2. */
  publicOnly: boolean
}

/** The first problem of the text of a key set; undefined if there is none. */
export async function keySetProblem(
  path: string,
  text: string,
  { publicOnly }: KeySetOptions,
): Promise<Problem | undefined> {
  const keys = parseKeys(text)
  if (!keys) return { path, message: 'Expected a JWK Set: a JSON object with a list of keys.' }
  if (keys.length > keyLimit)
    return { path, message: `A key set must have at most ${keyLimit} keys.` }
  if (certificateCount(keys) > certificateLimit) {
    return { path, message: `A key set must have at most ${certificateLimit} certificates.` }
  }
  if (haveCommonName(keys)) {
    return { path, message: 'Two keys with the same kty and alg must not have the same kid.' }
  }
  for (const [index, key] of keys.entries()) {
    const message = await keyProblem(key, publicOnly)
    if (message) return { path: `${path}.keys.${index}`, message }
  }
  return undefined
}

const certificateCount = (keys: readonly JWK[]): number =>
  keys.reduce((count, { x5c }) => count + (Array.isArray(x5c) ? x5c.length : 0), 0)

/** RFC 7517 §4.5: only keys that are equivalent alternatives may share a kid. */
function haveCommonName(keys: readonly JWK[]): boolean {
  const names = keys
    .filter(({ kid }) => kid !== undefined)
    .map(({ kid, kty, crv, use, alg }) => JSON.stringify([kid, kty, crv, use, alg]))
  return new Set(names).size < names.length
}

/** The keys of a JWK Set as text; undefined if the text is not a JWK Set. */
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
  if (typeof key.kty !== 'string') return 'The kty of the key is missing.'
  if (key.key_ops !== undefined && !isWords(key.key_ops))
    return 'The key_ops of the key must be a list of strings.'
  if (publicOnly && privateMembers.some((member) => member in key)) {
    return 'The key must be public, but has private members.'
  }
  if (key.kty === 'RSA' && bitsOf(key.n) < 2048) return 'An RSA key must have at least 2048 bits.'
  if ((key.kty === 'EC' || key.kty === 'OKP') && typeof key.crv !== 'string') {
    return 'The crv of the key is missing.'
  }
  // Other readers of the set may know a type or curve that is unknown here.
  const alg = algorithmOf(key)
  if (alg === undefined) return undefined
  try {
    await importKey(key, alg)
  } catch {
    return 'The key is not a valid JWK.'
  }
  return certificateProblem(key)
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
