/** How the encryption of codes and tokens follows from the settings and keys of a client, RFC 7516 */
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { encryptsOutgoing } from '../../../src/oauth/encryption/settings.ts'
import {
  algorithmByKey,
  encryptedAmong,
  encryptedValuesProblem,
  valueEncryption,
} from '../../../src/oauth/encryption/values.ts'
import { jwksOf } from '../../support/keys.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'

const attributes = (given: Record<string, string>) =>
  Object.entries(given).map(([key, value]) => ({ key, value }))

const rsa: JWK = { kty: 'RSA', kid: 'rsa', n: 'n', e: 'AQAB' }
const ec: JWK = { kty: 'EC', kid: 'ec', crv: 'P-256', x: 'x', y: 'y' }
const x25519: JWK = { kty: 'OKP', kid: 'x', crv: 'X25519', x: 'x' }
const enc = { use: 'enc' }

describe('algorithm of encrypted values by the key set', () => {
  it.each<[string, JWK[], string | undefined]>([
    ['RSA-OAEP-256 for an RSA key', [rsa], 'RSA-OAEP-256'],
    ['ECDH-ES for a key of a NIST curve', [ec], 'ECDH-ES'],
    ['ECDH-ES for X25519', [x25519], 'ECDH-ES'],
    ['that of the key', [{ ...ec, alg: 'ECDH-ES+A256KW' }], 'ECDH-ES+A256KW'],
    ['RSA-OAEP, where the key says so', [{ ...rsa, alg: 'RSA-OAEP' }], 'RSA-OAEP'],
    ['that of the key for encryption', [rsa, { ...ec, ...enc }], 'ECDH-ES'],
    ['RSA before EC among equal keys', [ec, rsa], 'RSA-OAEP-256'],
    [
      'none for signature keys',
      [
        { ...rsa, use: 'sig' },
        { ...ec, alg: 'ES256' },
      ],
      undefined,
    ],
    ['none for Ed25519', [{ kty: 'OKP', crv: 'Ed25519', x: 'x' }], undefined],
    ['none for RSA1_5', [{ ...rsa, alg: 'RSA1_5' }], undefined],
    ['none without keys', [], undefined],
  ])('is %s (RFC 7518 §4.1)', (_case, keys, expected) => {
    expect(algorithmByKey(clientWith({}), { keys })).toBe(expected)
  })

  it('is that of the named key (RFC 7517 §4.5)', () => {
    const client = clientWith({ attributes: attributes({ 'ext.enc.kid': 'ec' }) })
    expect(algorithmByKey(client, { keys: [rsa, ec] })).toBe('ECDH-ES')
    expect(algorithmByKey(client, { keys: [rsa] })).toBeUndefined()
  })
})

describe('settings of encrypted values', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['no value by default', {}, []],
    ['each value by its own flag', { 'ext.encrypt.code': 'true' }, ['code']],
    [
      'all values',
      {
        ...{ 'ext.encrypt.code': 'true', 'ext.encrypt.access_token': 'true' },
        'ext.encrypt.refresh_token': 'true',
      },
      ['code', 'accessToken', 'refreshToken'],
    ],
    ['no value whose flag is false', { 'ext.encrypt.code': 'false' }, []],
  ])('encrypt %s', (_case, set, expected) => {
    const client = clientWith({ attributes: attributes(set) })
    const given = { code: 'c', accessToken: 'a', refreshToken: 'r' }
    expect(encryptedAmong(client, given)).toEqual(expected)
    expect(encryptedAmong(client, {})).toEqual([])
  })

  it.each<[string, object, { alg: string | undefined; enc: string }]>([
    ['of the key', {}, { alg: undefined, enc: 'A128CBC-HS256' }],
    [
      'of the ID Token',
      { idTokenEncryptionAlg: 'ECDH_ES_A128KW', idTokenEncryptionEnc: 'A128GCM' },
      { alg: 'ECDH-ES+A128KW', enc: 'A128GCM' },
    ],
    [
      'of the attributes',
      {
        ...{ idTokenEncryptionAlg: 'ECDH_ES', idTokenEncryptionEnc: 'A128GCM' },
        attributes: attributes({ 'ext.encrypt.alg': 'RSA-OAEP', 'ext.encrypt.enc': 'A256GCM' }),
      },
      { alg: 'RSA-OAEP', enc: 'A256GCM' },
    ],
  ])('choose the algorithms %s', (_case, more, expected) => {
    expect(valueEncryption(clientWith(more))).toEqual(expected)
  })

  const flagged = { attributes: attributes({ 'ext.encrypt.code': 'true' }) }
  it.each<[string, object, string | undefined]>([
    ['a key', { ...flagged, jwks: jwksOf(rsa) }, undefined],
    ['a published key set', { ...flagged, jwksUri: 'https://app.example.com/jwks' }, undefined],
    ['a signed key set', { ...flagged, signedJwksUri: 'https://app.example.com/jwks' }, undefined],
    ['its secret', { ...flagged, idTokenEncryptionAlg: 'DIR' }, undefined],
    ['no flag and no key', {}, undefined],
    ['no key', flagged, 'attributes'],
    ['a signature key', { ...flagged, jwks: jwksOf({ ...rsa, use: 'sig' }) }, 'attributes'],
    ['a symmetric key', { ...flagged, jwks: jwksOf({ kty: 'oct', k: 'AAAA' }) }, 'attributes'],
  ])('are accepted or refused for a client with %s', (_case, more, path) => {
    expect(encryptedValuesProblem(clientWith(more))?.path).toBe(path)
  })

  it('of the service encrypt unless switched off', () => {
    const set = (value: string) => ({ attributes: attributes({ 'ext.encrypt_out': value }) })
    const services = [{}, set('true'), set('false'), set('no')]
    expect(services.map((given) => encryptsOutgoing(serviceWith(given)))).toEqual([
      ...[true, true, false],
      true,
    ])
  })
})
