/** Signature algorithms: their names in this API and in JOSE (RFC 7518 §3.1). */
import type { JwsAlg } from '../model/enums.ts'

/** `NONE` is `none` in JOSE; all other names are the same. */
export const jwsAlgorithm = (name: JwsAlg): string => (name === 'NONE' ? 'none' : name)

/** Asymmetric algorithms that Postern supports. */
export const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

export const symmetricAlgorithms = ['HS256', 'HS384', 'HS512'] as const

export const signatureAlgorithms: readonly string[] = [
  ...asymmetricAlgorithms,
  ...symmetricAlgorithms,
]
