/** Public keys of wallets: JWKs within limits, reduced to what identifies them. */
import type { JWK } from 'jose'
import { isPrivate } from '../../jose/key-set.ts'
import { readPublicHalf } from '../../jose/raw-signature.ts'

const longest = 4_096
/** Verifying by a longer key, or by a large exponent, takes milliseconds. */
const moduli = { least: 2_048, most: 4_096 }
const longestExponent = 8

const curves = {
  signature: { EC: ['P-256', 'P-384', 'P-521'], OKP: ['Ed25519'] },
  encryption: { EC: ['P-256', 'P-384', 'P-521'], OKP: ['X25519'] },
}

/**
 * The key with the members of RFC 7638 §3.2 only; undefined if it is not a public key of a known
 * type and size, or is for signatures and not on its curve.
 */
export function readPublicKey(value: unknown, purpose: keyof typeof curves): JWK | undefined {
  if (typeof value !== 'object' || value === null || isPrivate(value as JWK)) return undefined
  if (JSON.stringify(value).length > longest) return undefined
  const key = requiredMembers(value as JWK)
  if (!key || !hasCurve(key, purpose)) return undefined
  try {
    // A key for encryption is tried by encrypting, which reads it, too.
    if (purpose === 'signature') readPublicHalf(key)
    return key
  } catch {
    return undefined
  }
}

/** What tells a key of `readPublicKey` from others: the text that RFC 7638 §3.1 has hashed. */
export const nameOfKey = (key: JWK): string => JSON.stringify(key)

/** A type of keys without curves fits, too. */
const hasCurve = ({ kty, crv = '' }: JWK, purpose: keyof typeof curves): boolean =>
  kty === 'RSA' || curves[purpose][kty as 'EC' | 'OKP'].includes(crv)

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
