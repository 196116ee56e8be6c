/** Public keys of wallets: JWKs within limits, reduced to what identifies them. */
import type { JWK } from 'jose'
import { importKey, isPrivate } from '../../jose/key-set.ts'

const longest = 4_096
/** Verifying by a longer key, or by a large exponent, takes milliseconds. */
const moduli = { least: 2_048, most: 4_096 }
const longestExponent = 8

/** The algorithm by which a key is imported, by its curve or type. */
const algorithms = {
  signature: new Map([
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['P-521', 'ES512'],
    ['Ed25519', 'EdDSA'],
    ['RSA', 'PS256'],
  ]),
  encryption: new Map([
    ['P-256', 'ECDH-ES'],
    ['P-384', 'ECDH-ES'],
    ['P-521', 'ECDH-ES'],
    ['X25519', 'ECDH-ES'],
    ['RSA', 'RSA-OAEP-256'],
  ]),
} as const

/**
 * The key with the members of RFC 7638 §3.2 only; undefined if it is not a public key of a known
 * type and size, or is not on its curve.
 */
export async function readPublicKey(
  value: unknown,
  purpose: keyof typeof algorithms,
): Promise<JWK | undefined> {
  if (typeof value !== 'object' || value === null || isPrivate(value as JWK)) return undefined
  if (JSON.stringify(value).length > longest) return undefined
  const key = requiredMembers(value as JWK)
  const alg = key && algorithms[purpose].get(key.kty === 'RSA' ? 'RSA' : (key.crv ?? ''))
  if (!key || !alg) return undefined
  try {
    await importKey(key, alg)
    return key
  } catch {
    return undefined
  }
}

function requiredMembers({ kty, crv, x, y, n, e }: JWK): JWK | undefined {
  if (kty === 'EC') return [x, y].every(isBase64url) ? ({ crv, kty, x, y } as JWK) : undefined
  if (kty === 'OKP') return isBase64url(x) ? ({ crv, kty, x } as JWK) : undefined
  if (kty !== 'RSA' || !isBase64url(n) || !isBase64url(e)) return undefined
  const bits = bitsOf(n)
  const isFit = bits >= moduli.least && bits <= moduli.most && bytesOf(e) <= longestExponent
  return isFit ? ({ e, kty, n } as JWK) : undefined
}

const isBase64url = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]+$/.test(value)

const bytesOf = (text: string): number => Buffer.from(text, 'base64url').length

function bitsOf(modulus: string): number {
  const bytes = Buffer.from(modulus, 'base64url')
  const start = bytes.findIndex((byte) => byte !== 0)
  return start < 0 ? 0 : (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24
}
