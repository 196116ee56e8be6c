/** The keys that a service or client can have: RFC 7518 §6, RFC 8037 §2. */
import type { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { defineRules } from '../../refusal.ts'
import { type Place, refuseAt } from './entry.ts'

const rules = defineRules('Key material', {
  unsupported: {
    code: 'P114001',
    error: 'invalid_request',
    spec: 'RFC 7518 §6',
    message:
      'The key must be an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 or X25519 key.',
  },
  modulus: {
    code: 'P114002',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.3',
    message: 'The modulus of an RSA key must have 2048 to 8192 bits.',
  },
  exponent: {
    code: 'P114003',
    error: 'invalid_request',
    spec: 'RFC 8017 §3.1',
    message: 'The public exponent of an RSA key must be odd, at least 65537, and below 2^31.',
  },
})

const curves: readonly string[] = ['P-256', 'P-384', 'P-521', 'Ed25519', 'X25519']

/** The key as a JWK with its key type and material alone, once it is within the limits. */
export function supportedKey(key: KeyObject, place: Place): JWK {
  const jwk = exported(key)
  if (!jwk) refuseAt(rules.unsupported, place)
  if (jwk.kty === 'RSA') {
    requireSize(key, place)
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
