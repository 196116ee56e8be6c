/** The keys that a service or client can have: RFC 7518 §6, RFC 8037 §2. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { signBytes, verifyBytes } from '../../jose/raw-signature.ts'
import { defineRules } from '../../refusal.ts'
import { type Place, refuseAt } from './entry.ts'

const rules = defineRules('Key material', {
  unsupported: {
    code: 'P114001',
    error: 'invalid_request',
    spec: 'RFC 7518 §6',
    message:
      'The key must be an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 or X25519 key.',
    fix: 'Pass an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 or X25519 key.',
  },
  modulus: {
    code: 'P114002',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.3',
    message: 'The modulus of an RSA key must have 2048 to 8192 bits.',
    fix: 'Pass an RSA key of 2048 to 8192 bits.',
  },
  exponent: {
    code: 'P114003',
    error: 'invalid_request',
    spec: 'RFC 8017 §3.1',
    message: 'The public exponent of an RSA key must be odd, at least 65537, and below 2^31.',
    fix: 'Pass an RSA key with the public exponent 65537.',
  },
  inconsistent: {
    code: 'P114004',
    error: 'invalid_request',
    spec: 'RFC 7517 §9.3',
    message: 'The private key does not match its public key.',
    fix: 'Export the key pair again: its private and public members must belong together.',
  },
})

const curves: readonly string[] = ['P-256', 'P-384', 'P-521', 'Ed25519', 'X25519']

/** The key as a JWK with its key type and material alone, once it is within the limits. */
export function supportedKey(key: KeyObject, place: Place): JWK {
  const jwk = exported(key)
  if (!jwk) refuseAt(rules.unsupported, place)
  if (jwk.kty === 'RSA') {
    requireSize(key, place)
    if (jwk.d !== undefined && !isProportionate(jwk)) refuseAt(rules.inconsistent, place)
  } else if (!curves.includes(jwk.crv ?? '')) refuseAt(rules.unsupported, place)
  return jwk
}

function exported(key: KeyObject): JWK | undefined {
  try {
    return key.export({ format: 'jwk' }) as JWK
  } catch {
    return undefined
  }
}

function requireSize({ asymmetricKeyDetails: details = {} }: KeyObject, place: Place): void {
  const { modulusLength = 0, publicExponent } = details
  if (modulusLength < 2_048 || modulusLength > 8_192) refuseAt(rules.modulus, place)
  const exponent = Number(publicExponent ?? 0)
  if (exponent < 65_537 || exponent >= 2 ** 31 || exponent % 2 === 0) {
    refuseAt(rules.exponent, place)
  }
}

const numberOf = (value: string | undefined): bigint =>
  BigInt(`0x${Buffer.from(value ?? '', 'base64url').toString('hex') || '0'}`)

/** RFC 8017 §3.2. An exponent beyond its modulus would take hours to sign with. */
function isProportionate({ n, d, p, q, dp, dq, qi }: JWK): boolean {
  const longest = n?.length ?? 0
  if ([d, p, q, dp, dq, qi].some((each) => each === undefined || each.length > longest))
    return false
  const [first, second] = [numberOf(p), numberOf(q)]
  const isWithin = numberOf(dp) < first && numberOf(dq) < second && numberOf(qi) < first
  return first * second === numberOf(n) && numberOf(d) < numberOf(n) && isWithin
}

/** A value that is signed and verified, so that a key that cannot sign is found before it must. */
const probe = Buffer.from('A key that is imported.')

const algorithms: Record<string, string> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/** Refuses a private key whose public members, also in the JWK `given`, are not its own. */
export async function requireConsistent(key: JWK, place: Place, given = key): Promise<void> {
  const isSame = given.n === key.n && given.x === key.x && given.y === key.y
  if (!isSame || !(await signs(key))) refuseAt(rules.inconsistent, place)
}

async function signs(jwk: JWK): Promise<boolean> {
  const alg = algorithms[jwk.kty === 'RSA' ? 'RSA' : (jwk.crv ?? '')]
  // The public key of X25519 is computed from the private one.
  if (alg === undefined) return true
  try {
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const signature = await signBytes(alg, probe, key)
    const { kty, crv, n, e, x, y } = jwk
    const own = JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })) as JsonWebKey
    return verifyBytes(alg, probe, createPublicKey({ key: own, format: 'jwk' }), signature)
  } catch {
    return false
  }
}
