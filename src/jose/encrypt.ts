/** Encrypting what a service states to a client, RFC 7516, with the client's key or its secret. */
import { createHash } from 'node:crypto'
import { CompactEncrypt, type JWK } from 'jose'
import type { KeySet } from './key-set.ts'

export interface Encryption {
  /** Key management algorithm, RFC 7518 §4.1. */
  alg: string
  /** Content encryption algorithm, RFC 7518 §5.1. */
  enc: string
}

const contentKeyBytes: Record<string, number> = {
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
}

export const isSymmetricEncryption = (alg: string): boolean =>
  alg === 'dir' || /^A\d{3}(GCM)?KW$/.test(alg) || alg.startsWith('PBES2')

/** The key of a set that fits, RFC 7517 §4.2: not one that is for signatures. */
export function encryptionKey(set: Pick<KeySet, 'keys'>, alg: string): JWK | undefined {
  return set.keys.find((key) => {
    if (key.use !== undefined && key.use !== 'enc') return false
    if (key.alg !== undefined && key.alg !== alg) return false
    if (alg.startsWith('RSA')) return key.kty === 'RSA'
    return key.kty === 'EC' || (key.kty === 'OKP' && key.crv === 'X25519')
  })
}

/**
 * OIDC Core §10.2: the key is the left part of the hash of the secret; PBES2 takes it as a
 * password.
 */
export function secretKey(secret: string, { alg, enc }: Encryption): Uint8Array {
  if (alg.startsWith('PBES2')) return new TextEncoder().encode(secret)
  const bytes = alg === 'dir' ? (contentKeyBytes[enc] ?? 32) : Number(alg.slice(1, 4)) / 8
  const hash = bytes <= 32 ? 'sha256' : bytes <= 48 ? 'sha384' : 'sha512'
  return createHash(hash).update(secret, 'utf8').digest().subarray(0, bytes)
}

/** A nested JWT, RFC 7519 §5.2, or encrypted JSON. */
export async function encryptWithKey(
  text: string,
  encryption: Encryption,
  key: Parameters<CompactEncrypt['encrypt']>[0],
  header: { kid?: string | undefined; cty?: string | undefined },
): Promise<string> {
  const given = Object.entries(header).filter(([, value]) => value !== undefined)
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ ...Object.fromEntries(given), ...encryption })
    .encrypt(key)
}
