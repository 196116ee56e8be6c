/**
 * Encryption algorithms: their names in this API and in JOSE (RFC 7518 §4.1, §5.1).
 */
import type { JweAlg, JweEnc } from '../model/enums.ts'

/** Not supported, because it is not secure: RFC 8725 §3.2. */
export const unsupportedEncryption = 'RSA1_5'

/** `RSA_OAEP_256` is `RSA-OAEP-256`, `ECDH_ES_A128KW` is `ECDH-ES+A128KW`, `DIR` is `dir`. */
export function jweAlgorithm(name: JweAlg): string {
  if (name === unsupportedEncryption) return name
  return name === 'DIR' ? 'dir' : name.replaceAll('_', '-').replace(/-(A\d{3}KW)$/, '+$1')
}

/** The default is A128CBC-HS256, OIDC Registration §2. */
export const jweEncoding = (name: JweEnc | undefined): string =>
  (name ?? 'A128CBC_HS256').replaceAll('_', '-')

export const encryptionAlgorithms: readonly string[] = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
  'A128KW',
  'A192KW',
  'A256KW',
  'A128GCMKW',
  'A192GCMKW',
  'A256GCMKW',
  'PBES2-HS256+A128KW',
  'PBES2-HS384+A192KW',
  'PBES2-HS512+A256KW',
  'dir',
]

export const contentEncryptions: readonly string[] = [
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
  'A128GCM',
  'A192GCM',
  'A256GCM',
]
