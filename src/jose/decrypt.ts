/** Decryption with the keys of a service or with a client secret, RFC 7516. */
import { compactDecrypt, type JWK } from 'jose'
import { decryptContent } from './content.ts'
import { encryptionKeys, isSymmetricEncryption, secretKey } from './encrypt.ts'
import { parseHeader } from './header.ts'
import type { KeySet } from './key-set.ts'
import type { DecryptionKey, JweHeader } from './keys.ts'

/** The limit of the encoded JWE, which allows for a plaintext of 32 KB. */
const limit = 48 * 1024
const keysTried = 5

export interface Decrypted {
  header: { alg: string; enc: string }
  text: string
}

export interface DecryptionKeys {
  /** The keys of the service; only the private ones are used. */
  set: KeySet
  /** Secrets of the client, for symmetric encryption: OIDC Core §10.2. */
  secrets: readonly string[]
  /** Keys of the service in modules. */
  held: readonly DecryptionKey[]
}

/** The protected header of a compact JWE; undefined if the text is not well-formed, or too long. */
export function encryptionHeaderOf(
  jwe: string,
  longest = limit,
): Record<string, unknown> | undefined {
  if (jwe.length > longest || !/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/.test(jwe))
    return undefined
  try {
    return parseHeader(jwe)
  } catch {
    return undefined
  }
}

/**
 * The plaintext of a JWE; undefined on every failure, because a reason could help an attacker.
 * Compression is not supported (RFC 8725 §3.6), and PBES2 iteration counts are bounded.
 */
export async function decryptJwe(
  jwe: string,
  { set, secrets, held }: DecryptionKeys,
  allowed: { algorithms: readonly string[]; encodings: readonly string[] },
  longest = limit,
): Promise<Decrypted | undefined> {
  const whole = encryptionHeaderOf(jwe, longest) ?? {}
  const { alg, enc, kid } = whole
  if (typeof alg !== 'string' || typeof enc !== 'string') return undefined
  if (!allowed.algorithms.includes(alg) || !allowed.encodings.includes(enc)) return undefined
  const header = { alg, enc }
  const keys = isSymmetricEncryption(alg)
    ? secrets.map((secret) => secretKey(secret, header))
    : privateKeys(set, alg, kid)
  // Without a kid in the header, another key may fit.
  for (const key of keys.slice(0, keysTried)) {
    const text = await decryptWithKey(jwe, set, key, header, 0)
    if (text !== undefined) return { header, text }
  }
  const fitting = held.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid))
  for (const key of fitting.slice(0, keysTried)) {
    const text = await decryptWithHeld(jwe, key, { ...whole, enc })
    if (text !== undefined) return { header, text }
  }
  return undefined
}

/**
 * The plaintext of a JWE by one key, or undefined. What is compressed is inflated to at most the
 * given number of bytes; with 0, compression is not supported.
 */
export async function decryptWithKey(
  jwe: string,
  set: KeySet,
  key: JWK | Uint8Array,
  { alg, enc }: Decrypted['header'],
  maxDecompressedLength: number,
): Promise<string | undefined> {
  try {
    const imported = key instanceof Uint8Array ? key : await set.import(key, alg)
    const { plaintext } = await compactDecrypt(jwe, imported, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
      maxDecompressedLength,
    })
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
  } catch {
    return undefined
  }
}

async function decryptWithHeld(
  jwe: string,
  key: DecryptionKey,
  header: JweHeader,
): Promise<string | undefined> {
  const [protectedHeader = '', ...parts] = jwe.split('.')
  const [encryptedKey, iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
  if (!encryptedKey || !iv || !ciphertext || !tag || 'zip' in header) return undefined
  const contentKey = await key.contentKey(encryptedKey, header)
  try {
    const content = { enc: header.enc, protectedHeader, iv, ciphertext, tag }
    const plaintext = decryptContent(content, contentKey)
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
  } catch {
    return undefined
  }
}

/** The private keys with the kid of the header, or all that fit, RFC 7516 §4.1.6. */
function privateKeys(set: KeySet, alg: string, kid: unknown): JWK[] {
  const isOurs = (key: JWK) => key.d !== undefined && (kid === undefined || key.kid === kid)
  return encryptionKeys({ keys: set.keys.filter(isOurs) }, alg, 'decrypt')
}
