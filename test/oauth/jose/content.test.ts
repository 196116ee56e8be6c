import { createECDH, randomBytes } from 'node:crypto'
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  contentKeyBytes,
  decryptContent,
  derivedKey,
  unwrapKey,
} from '../../../src/jose/content.ts'

const bytes = (text: string) => Buffer.from(text, 'base64url')
const list = (...values: number[]) => Buffer.from(values)

/** A JWE of a key that is used directly. */
async function sealedWith(enc: string, key: Uint8Array, text: string) {
  const jwe = await new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'dir', enc })
    .encrypt(key)
  const [protectedHeader = '', , iv = '', ciphertext = '', tag = ''] = jwe.split('.')
  return { enc, protectedHeader, iv: bytes(iv), ciphertext: bytes(ciphertext), tag: bytes(tag) }
}

describe('content encryption (RFC 7518 §5)', () => {
  it.each(Object.keys(contentKeyBytes))(
    'of %s is decrypted, and only if nothing was changed',
    async (enc) => {
      const key = randomBytes(contentKeyBytes[enc] ?? 0)
      const sealed = await sealedWith(enc, key, 'the plaintext')
      expect(decryptContent(sealed, key).toString()).toBe('the plaintext')
      const flipped = (value: Buffer) => {
        const copy = Buffer.from(value)
        copy[0] = (copy[0] ?? 0) ^ 1
        return copy
      }
      for (const changed of [
        { ...sealed, tag: flipped(sealed.tag) },
        { ...sealed, tag: sealed.tag.subarray(0, 4) },
        { ...sealed, iv: flipped(sealed.iv) },
        { ...sealed, ciphertext: flipped(sealed.ciphertext) },
        { ...sealed, protectedHeader: `${sealed.protectedHeader}A` },
      ]) {
        expect(() => decryptContent(changed, key)).toThrow()
      }
      expect(() => decryptContent(sealed, flipped(key))).toThrow()
      expect(() => decryptContent(sealed, key.subarray(1))).toThrow()
    },
  )
})

describe('key agreement (RFC 7518 §4.6)', () => {
  it('derives the key of Appendix C', () => {
    const secret = list(
      ...[158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156],
      ...[251, 49, 110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196],
    )
    const about = { alg: 'ECDH-ES', enc: 'A128GCM', apu: bytes('QWxpY2U'), apv: bytes('Qm9i') }
    expect(derivedKey(secret, about).toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg')
  })

  it.each(['ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'])(
    'unwraps the content key of %s',
    async (alg) => {
      const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
      const jwe = await new CompactEncrypt(Buffer.from('the plaintext'))
        .setProtectedHeader({ alg, enc: 'A256CBC-HS512' })
        .encrypt(await importJWK(await exportJWK(pair.publicKey), alg))
      const [protectedHeader = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] =
        jwe.split('.')
      const { epk } = JSON.parse(bytes(protectedHeader).toString())
      const own = createECDH('prime256v1')
      own.setPrivateKey(bytes((await exportJWK(pair.privateKey)).d ?? ''))
      const point = Buffer.concat([list(4), bytes(epk.x), bytes(epk.y)])
      const enc = 'A256CBC-HS512'
      const none = Buffer.alloc(0)
      const key = derivedKey(own.computeSecret(point), { alg, enc, apu: none, apv: none })
      const contentKey = unwrapKey(bytes(encryptedKey), key)
      const sealed = { enc, protectedHeader, iv: bytes(iv), ciphertext: bytes(ciphertext) }
      expect(decryptContent({ ...sealed, tag: bytes(tag) }, contentKey).toString()).toBe(
        'the plaintext',
      )
    },
  )
})
