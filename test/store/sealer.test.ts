/** A sealed value decrypts only in its context, under its key, and if it was not changed. */
import { describe, expect, it } from 'vitest'
import { createSealer, SealError } from '../../src/system/sealer.ts'

const masterKey = Buffer.alloc(32, 1)
const sealer = createSealer(masterKey)
const place = { table: 'clients', serviceId: 7, row: '42', column: 'sealed' }
const secret = 'sécret \u{1f511}'

describe('sealed value', () => {
  it.each(['', secret, 'x'.repeat(100_000)])('decrypts to the plaintext', (plaintext) => {
    const sealed = sealer.seal(plaintext, place)
    expect(sealer.unseal(sealed, place)).toBe(plaintext)
    expect(createSealer(Buffer.from(masterKey)).unseal(sealed, place)).toBe(plaintext)
  })

  it('contains a version, a key ID, a fresh nonce and a tag (NIST SP 800-38D §8.2)', () => {
    const [version, keyId, iv = '', body = '', ...more] = sealer.seal(secret, place).split('.')
    expect([version, keyId, more]).toEqual(['v1', sealer.keyId, []])
    expect(Buffer.from(iv, 'base64url')).toHaveLength(12)
    expect(Buffer.from(body, 'base64url')).toHaveLength(Buffer.byteLength(secret) + 16)
    const sealed = Array.from({ length: 100 }, () => sealer.seal(secret, place))
    expect(new Set(sealed.map((each) => each.split('.')[2])).size).toBe(100)
  })

  it.each([
    { table: 'services' },
    { serviceId: 8 },
    { row: '43' },
    { column: 'data' },
    { table: 'clients","7', serviceId: 42 },
  ])('does not decrypt in another context: %j', (elsewhere) => {
    const sealed = sealer.seal(secret, place)
    expect(() => sealer.unseal(sealed, { ...place, ...elsewhere })).toThrow(SealError)
  })

  it('does not decrypt if any character is changed', () => {
    const sealed = sealer.seal(secret, place)
    for (let index = 0; index < sealed.length; index++) {
      for (const other of ['A', 'B', '-', '.', '=', ' ']) {
        if (sealed[index] === other) continue
        const changed = sealed.slice(0, index) + other + sealed.slice(index + 1)
        expect(() => sealer.unseal(changed, place), changed).toThrow(SealError)
      }
    }
  })

  it('does not decrypt if it is truncated, extended or malformed', () => {
    const sealed = sealer.seal(secret, place)
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.unseal(sealed.slice(0, length), place)).toThrow(SealError)
    }
    const [, keyId, iv, body] = sealed.split('.')
    const others = [`${sealed}A`, `${sealed}.`, `${sealed}\n`, `v2.${keyId}.${iv}.${body}`, '...']
    for (const other of others) expect(() => sealer.unseal(other, place)).toThrow(SealError)
  })
})

describe('master key', () => {
  it('does not decrypt values of another key, and the error names both keys', () => {
    const other = createSealer(Buffer.alloc(32, 2))
    const sealed = sealer.seal(secret, place)
    expect(() => other.unseal(sealed, place)).toThrow(SealError)
    expect(() => other.unseal(sealed, place)).toThrow(sealer.keyId)
    expect(() => other.unseal(sealed, place)).toThrow(other.keyId)
    const relabelled = sealed.replace(sealer.keyId, other.keyId)
    expect(() => other.unseal(relabelled, place)).toThrow(SealError)
  })

  it('has a stable ID of eight characters', () => {
    expect(sealer.keyId).toMatch(/^[\w-]{8}$/)
    expect(createSealer(Buffer.alloc(32, 1)).keyId).toBe(sealer.keyId)
    expect(createSealer(Buffer.alloc(32, 2)).keyId).not.toBe(sealer.keyId)
    expect(masterKey.toString('base64url')).not.toContain(sealer.keyId)
  })

  it.each([0, 16, 31, 33])('is refused if it has %i bytes', (length) => {
    expect(() => createSealer(Buffer.alloc(length))).toThrow(/32 bytes/)
  })
})

describe('decryption error', () => {
  it('does not contain the plaintext', () => {
    const sealed = sealer.seal(secret, place)
    const changed = `${sealed.slice(0, -4)}AAAA`
    const attempt = () => sealer.unseal(changed, place)
    expect(attempt).toThrow(expect.objectContaining({ name: 'SealError' }))
    expect(attempt).not.toThrow(secret)
  })
})

describe('digest', () => {
  it('depends on the text, the context and the key, and on nothing else', () => {
    const digest = sealer.digest('BCDFGHJK', place)
    expect(digest).toMatch(/^[\w-]{43}$/)
    expect(createSealer(Buffer.from(masterKey)).digest('BCDFGHJK', place)).toBe(digest)
    const others = [
      sealer.digest('BCDFGHJL', place),
      sealer.digest('BCDFGHJK', { ...place, serviceId: 8 }),
      createSealer(Buffer.alloc(32, 2)).digest('BCDFGHJK', place),
    ]
    expect(new Set([digest, ...others]).size).toBe(4)
  })
})
