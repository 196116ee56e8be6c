/** Encryption for a client with its key or its secret, RFC 7516. */
import { createHash } from 'node:crypto'
import { CompactEncrypt, type JWK } from 'jose'
import { contentKeyBytes } from './content.ts'
import { isQuickKey, type KeySet, permits } from './key-set.ts'

export interface Encryption {
  /** Key management algorithm, RFC 7518 §4.1. */
  alg: string
  /** Content encryption algorithm, RFC 7518 §5.1. */
  enc: string
}

/** Header parameters about the content of a JWE: its type, and claims of a nested JWT in clear. */
export interface NestedHeader {
  cty?: 'JWT' | undefined
  /** RFC 7519 §5.3. */
  iss?: string | undefined
}

const keysTried = 5

/** Whether the key of an algorithm is derived from the client secret, OIDC Core §10.2. */
export const isSymmetricEncryption = (alg: string): boolean =>
  alg === 'dir' || /^A\d{3}(GCM)?KW$/.test(alg) || alg.startsWith('PBES2')

/**
 * The keys of a set for an encryption algorithm, RFC 7517 §4.2 to §4.4. Keys that are declared for
 * encryption come before keys without a declaration; signature keys are excluded.
 */
export function encryptionKeys(
  { keys }: Pick<KeySet, 'keys'>,
  alg: string,
  operation: 'encrypt' | 'decrypt' = 'encrypt',
): JWK[] {
  const fitting = keys.filter((key) => {
    if (!permits(key, operation) || (key.alg !== undefined && key.alg !== alg)) return false
    if (operation === 'encrypt' && !isQuickKey(key)) return false
    if (alg.startsWith('RSA')) return key.kty === 'RSA'
    return key.kty === 'EC' || (key.kty === 'OKP' && key.crv === 'X25519')
  })
  const isDeclared = ({ use, alg: own, key_ops: operations }: JWK) => use ?? own ?? operations
  return [...fitting.filter(isDeclared), ...fitting.filter((key) => !isDeclared(key))]
}

/**
 * OIDC Core §10.2: the key is the left part of the hash of the secret. For PBES2 the secret is the
 * password.
 */
export function secretKey(secret: string, { alg, enc }: Encryption): Uint8Array {
  if (alg.startsWith('PBES2')) return new TextEncoder().encode(secret)
  const bytes = alg === 'dir' ? (contentKeyBytes[enc] ?? 32) : Number(alg.slice(1, 4)) / 8
  const hash = bytes <= 32 ? 'sha256' : bytes <= 48 ? 'sha384' : 'sha512'
  return createHash(hash).update(secret, 'utf8').digest().subarray(0, bytes)
}

/** A JWE in compact form; with `cty` "JWT" a nested JWT, RFC 7519 §5.2. */
export async function encryptWithKey(
  text: string,
  encryption: Encryption,
  key: Parameters<CompactEncrypt['encrypt']>[0],
  header: NestedHeader & { kid?: string | undefined; zip?: 'DEF' | undefined },
): Promise<string> {
  const given = Object.entries(header).filter(([, value]) => value !== undefined)
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ ...Object.fromEntries(given), ...encryption })
    .encrypt(key)
}

/** Like `encryptWithKey` with the first usable key; undefined if there is none. */
export async function encryptWithOneOf(
  text: string,
  encryption: Encryption,
  keys: readonly JWK[],
  set: Pick<KeySet, 'import'>,
  header: NestedHeader,
): Promise<string | undefined> {
  for (const key of keys.slice(0, keysTried)) {
    try {
      const imported = await set.import(key, encryption.alg)
      return await encryptWithKey(text, encryption, imported, { kid: key.kid, ...header })
    } catch {
      // The key is broken or too short; another key may be usable.
    }
  }
  return undefined
}
