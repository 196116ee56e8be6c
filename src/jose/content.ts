/**
 * Content encryption and key agreement of JWE, for content keys that are unwrapped outside of the
 * process: RFC 7518 §4.6.2, §5.2, §5.3.
 */
import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** The parts of a compact JWE that the content key decrypts; the header is as it was sent. */
export interface SealedContent {
  enc: string
  protectedHeader: string
  iv: Uint8Array
  ciphertext: Uint8Array
  tag: Uint8Array
}

/** The length of content keys in bytes. */
export const contentKeyBytes: Readonly<Record<string, number>> = {
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
}

/** The plaintext. Throws if anything does not match. */
export function decryptContent(content: SealedContent, key: Uint8Array): Buffer {
  if (key.length !== contentKeyBytes[content.enc])
    throw new Error('The content key has a wrong size.')
  return content.enc.endsWith('GCM') ? decryptGcm(content, key) : decryptCbc(content, key)
}

function decryptGcm({ enc, protectedHeader, iv, ciphertext, tag }: SealedContent, key: Uint8Array) {
  if (iv.length !== 12 || tag.length !== 16) throw new Error('The JWE is malformed.')
  const name = enc === 'A128GCM' ? 'aes-128-gcm' : enc === 'A192GCM' ? 'aes-192-gcm' : 'aes-256-gcm'
  const decipher = createDecipheriv(name, key, iv, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(protectedHeader, 'ascii')).setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

function decryptCbc({ protectedHeader, iv, ciphertext, tag }: SealedContent, key: Uint8Array) {
  const half = key.length / 2
  const aad = Buffer.from(protectedHeader, 'ascii')
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(aad.length * 8))
  const mac = createHmac(`sha${key.length * 8}`, key.subarray(0, half))
    .update(Buffer.concat([aad, iv, ciphertext, length]))
    .digest()
    .subarray(0, half)
  if (tag.length !== half || !timingSafeEqual(mac, tag)) throw new Error('The tag does not match.')
  const decipher = createDecipheriv(`aes-${half * 8}-cbc`, key.subarray(half), iv)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

interface Agreement {
  alg: string
  enc: string
  apu: Uint8Array
  apv: Uint8Array
}

const lengthOf = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return length
}
const withLength = (bytes: Uint8Array): Buffer => Buffer.concat([lengthOf(bytes), bytes])

/** The key that both sides of ECDH-ES derive from the shared secret. */
export function derivedKey(secret: Uint8Array, { alg, enc, apu, apv }: Agreement): Buffer {
  const isDirect = alg === 'ECDH-ES'
  const bytes = isDirect ? (contentKeyBytes[enc] ?? 0) : Number(alg.slice(9, 12)) / 8
  const bits = Buffer.alloc(4)
  bits.writeUInt32BE(bytes * 8)
  const about = [
    withLength(Buffer.from(isDirect ? enc : alg)),
    withLength(apu),
    withLength(apv),
    bits,
  ]
  const rounds = Array.from({ length: Math.ceil(bytes / 32) }, (_, round) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(round + 1)
    return createHash('sha256')
      .update(Buffer.concat([counter, secret, ...about]))
      .digest()
  })
  return Buffer.concat(rounds).subarray(0, bytes)
}

/** AES key unwrap, RFC 3394 §2.2.2. */
export function unwrapKey(wrapped: Uint8Array, key: Uint8Array): Buffer {
  const initial = Buffer.alloc(8, 0xa6)
  const decipher = createDecipheriv(`id-aes${key.length * 8}-wrap`, key, initial)
  return Buffer.concat([decipher.update(wrapped), decipher.final()])
}
