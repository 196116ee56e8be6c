/** Keys: permitted operations and algorithms, and public members, RFC 7517. */
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  algorithmName,
  fitsSignatureAlgorithm,
  includesAlgorithm,
  isSigningKey,
  parseKeySet,
  parsePublicKeySet,
  permits,
  publicKeySetText,
  publicMembers,
} from '../../../src/jose/key-set.ts'

const rsa = { kty: 'RSA', n: 'n', e: 'AQAB' }
const p256 = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const ed = { kty: 'OKP', crv: 'Ed25519', x: 'x' }
const oct = { kty: 'oct', k: 'k' }

describe('operation of a key', () => {
  it.each<[object, string]>([
    [{}, 'sign verify encrypt decrypt'],
    [{ use: 'sig' }, 'sign verify'],
    [{ use: 'enc' }, 'encrypt decrypt'],
    [{ use: 'other' }, ''],
    [{ key_ops: [] }, 'sign verify encrypt decrypt'],
    [{ key_ops: ['sign'] }, 'sign verify'],
    [{ key_ops: ['verify'] }, 'verify'],
    [{ key_ops: ['encrypt'] }, 'encrypt'],
    [{ key_ops: ['wrapKey'] }, 'encrypt'],
    [{ key_ops: ['unwrapKey'] }, 'encrypt decrypt'],
    [{ key_ops: ['deriveBits'] }, 'encrypt decrypt'],
    [{ key_ops: ['verify', 'encrypt'] }, 'verify encrypt'],
    [{ use: 'sig', key_ops: ['encrypt'] }, ''],
    [{ use: 'enc', key_ops: ['verify', 'encrypt'] }, 'encrypt'],
    [{ key_ops: ['unknown'] }, ''],
    [{ key_ops: 'sign' }, 'sign verify encrypt decrypt'],
  ])('operation of a key: %j permits "%s" (RFC 7517 §4.2, §4.3)', (members, expected) => {
    const operations = ['sign', 'verify', 'encrypt', 'decrypt'] as const
    const key = { ...rsa, ...members } as JWK
    expect(operations.filter((operation) => permits(key, operation)).join(' ')).toBe(expected)
  })
})

describe('key of a signature algorithm', () => {
  it.each<[string, JWK, boolean]>([
    ['RS256', rsa, true],
    ['PS512', rsa, true],
    ['ES256', rsa, false],
    ['HS256', rsa, false],
    ['none', rsa, false],
    ['ES256', p256, true],
    ['ES384', p256, false],
    ['ES384', { ...p256, crv: 'P-384' }, true],
    ['ES512', { ...p256, crv: 'P-521' }, true],
    ['ES256K', p256, false],
    ['ES256K', { ...p256, crv: 'secp256k1' }, true],
    ['EdDSA', ed, true],
    ['Ed25519', ed, true],
    ['EdDSA', { ...ed, crv: 'X25519' }, false],
    ['Ed25519', { ...ed, crv: 'Ed448' }, false],
    ['HS256', oct, true],
    ['RS256', oct, false],
    ['RS256', { ...rsa, alg: 'RS256' }, true],
    ['RS256', { ...rsa, alg: 'PS256' }, false],
    ['Ed25519', { ...ed, alg: 'EdDSA' }, true],
    ['EdDSA', { ...ed, alg: 'Ed25519' }, true],
    ['RS256', { ...rsa, use: 'enc' }, false],
    ['RS256', { ...rsa, key_ops: ['encrypt'] }, false],
  ])('key of a signature algorithm: %s with %j is %s (RFC 7518 §3.1)', (alg, key, expected) => {
    expect(fitsSignatureAlgorithm(key, alg)).toBe(expected)
  })

  it('signing key: it is private, and its key_ops allow signing (RFC 7517 §4.3)', () => {
    expect(isSigningKey({ ...rsa, d: 'd' }, 'RS256')).toBe(true)
    expect(isSigningKey(rsa, 'RS256')).toBe(false)
    expect(isSigningKey({ ...rsa, d: 'd', key_ops: ['verify'] }, 'RS256')).toBe(false)
  })

  it('algorithm name: Ed25519 and EdDSA are equal (RFC 9864 §2.2)', () => {
    expect(includesAlgorithm(['EdDSA'], 'Ed25519')).toBe(true)
    expect(includesAlgorithm(['ES256'], 'EdDSA')).toBe(false)
    expect(algorithmName({ ...ed, alg: 'Ed25519' }, 'EdDSA')).toBe('Ed25519')
    expect(algorithmName(ed, 'EdDSA')).toBe('EdDSA')
  })
})

describe('public key', () => {
  const { kty, n, e } = rsa
  it.each<[string, JWK, object]>([
    [
      'RSA without d, p, q, dp, dq, qi and oth',
      { kty, n, e, d: '', p: '', q: '', dp: '', dq: '', qi: '', oth: [] },
      { kty, n, e },
    ],
    ['a curve without d', { ...p256, d: 'd', kid: '1' }, { ...p256, kid: '1' }],
    ['sign becomes verify', { ...rsa, key_ops: ['sign'] }, { ...rsa, key_ops: ['verify'] }],
    [
      'sign and verify become one',
      { ...rsa, key_ops: ['sign', 'verify'] },
      { ...rsa, key_ops: ['verify'] },
    ],
    [
      'decrypt and unwrapKey',
      { ...rsa, key_ops: ['decrypt', 'unwrapKey'] },
      { ...rsa, key_ops: ['encrypt', 'wrapKey'] },
    ],
    ['operations without a public half', { ...p256, key_ops: ['deriveBits'] }, p256],
  ])('public key: %s (RFC 7517 §9.3)', (_case, key, expected) => {
    expect(publicMembers(key)).toEqual(expected)
  })

  it('public key set: no symmetric keys, unchanged without private members (RFC 7517 §9.3)', () => {
    expect(parsePublicKeySet(JSON.stringify({ keys: [oct, { ...rsa, d: 'd' }] })).keys).toEqual([
      rsa,
    ])
    const text = ' {"keys":[{"kty":"RSA"}], "more":1}'
    expect(publicKeySetText(text)).toBe(text)
    expect(JSON.parse(publicKeySetText(JSON.stringify({ keys: [oct] })))).toEqual({ keys: [] })
  })

  it.each(['', '{', '[]', 'null', '{"keys":{}}', '{"keys":[1,null,"a"]}', '{}'])(
    'malformed key set: %j has no keys (RFC 7517 §5)',
    (text) => {
      expect(parseKeySet(text).keys).toEqual([])
    },
  )
})
