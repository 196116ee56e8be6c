/** Makes the material of new keys. */
import { generateKeyPair as generate, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import { thumbprintOf } from '../../jose/key-members.ts'
import type { KeyKind } from '../../oauth/keys/new-key.ts'
import type { Random } from '../../system/random.ts'

const generateKeyPair = promisify(generate)
const curves: Record<string, string> = { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521' }

let last: Promise<unknown> = Promise.resolve()

/** RSA keys are made one at a time: each takes a thread of the pool for up to seconds. */
function inTurn<T>(make: () => Promise<T>): Promise<T> {
  const made = last.then(make)
  last = made.catch(() => undefined)
  return made
}

/** A private JWK with the kid, or with its thumbprint (RFC 7638). */
export async function makeKey(kind: KeyKind, random: Random, kid?: string): Promise<JWK> {
  const { use, alg, kty } = kind
  if (kty === 'oct') {
    const k = random.bytes((kind.bits ?? 512) / 8).toString('base64url')
    return { kid: kid ?? random.token(128), kty, use, alg, k }
  }
  const key = (await privateKeyOf(kind)).export({ format: 'jwk' }) as JWK
  return { kid: kid ?? thumbprintOf(key) ?? random.token(128), ...key, use, alg }
}

async function privateKeyOf({ kty, crv = '', bits = 3072 }: KeyKind): Promise<KeyObject> {
  if (kty === 'RSA') {
    const { privateKey } = await inTurn(() => generateKeyPair('rsa', { modulusLength: bits }))
    return privateKey
  }
  if (crv === 'Ed25519') return (await generateKeyPair('ed25519')).privateKey
  if (crv === 'X25519') return (await generateKeyPair('x25519')).privateKey
  return (await generateKeyPair('ec', { namedCurve: curves[crv] ?? crv })).privateKey
}
