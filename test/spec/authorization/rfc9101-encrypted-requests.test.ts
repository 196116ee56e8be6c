/** Encrypted request objects, RFC 9101 §6.1: keys, requirements of settings, and rejections. */
import { CompactEncrypt, type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretKey } from '../../../src/jose/encrypt.ts'
import { createService, form, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
let rsa: JWK
let ec: JWK
beforeAll(async () => {
  rsa = await encryptionPair('RSA-OAEP-256', 'rsa-enc')
  ec = await encryptionPair('ECDH-ES+A128KW', 'ec-enc')
  service = await createService({ jwks: jwksOf(...serviceKeys, rsa, ec) })
  client = await service.client({ jwks: jwksOf(publicKey(clientKey)) })
})
afterAll(() => service.close())

async function signed(by: Json, more: Record<string, unknown> = {}): Promise<string> {
  const key = (await importJWK(clientKey, clientKey.alg)) as CryptoKey
  const header = { alg: clientKey.alg ?? '', kid: clientKey.kid ?? '' }
  const claims = {
    iss: String(by.clientId),
    aud: issuer,
    client_id: String(by.clientId),
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    max_age: 77,
    ...more,
  }
  return new SignJWT(claims).setProtectedHeader(header).sign(key)
}

interface Encryption {
  alg: string
  enc?: string
  kid?: string
  zip?: string
  p2c?: number
}

async function encrypt(text: string, { p2c, ...header }: Encryption, key: JWK | Uint8Array) {
  const { enc = 'A128CBC-HS256', ...rest } = header
  const encryption = new CompactEncrypt(new TextEncoder().encode(text))
  if (p2c !== undefined) encryption.setKeyManagementParameters({ p2c })
  return encryption
    .setProtectedHeader({ cty: 'JWT', enc, ...rest })
    .encrypt(key instanceof Uint8Array ? key : await importJWK(publicKey(key), header.alg))
}

const ask = (request: string, by = client, more: Record<string, string> = {}) =>
  service.api('/auth/authorization', {
    parameters: form({ client_id: String(by.clientId), request, ...more }),
  })

describe('encrypted request object', () => {
  it.each([
    ['RSA-OAEP', 'A128GCM'],
    ['RSA-OAEP-256', 'A256GCM'],
    ['ECDH-ES', 'A128CBC-HS256'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ])('is decrypted by %s and %s with a key of the service (RFC 9101 §6.1)', async (alg, enc) => {
    const key = alg.startsWith('RSA') ? rsa : ec
    const request = await encrypt(await signed(client), { alg, enc, kid: String(key.kid) }, key)
    expect(await ask(request)).toMatchObject({ action: 'INTERACTION', maxAge: 77 })
  })

  it.each([
    ['dir', 'A256GCM'],
    ['A128KW', 'A128CBC-HS256'],
    ['PBES2-HS256+A128KW', 'A128GCM'],
  ])('is decrypted by %s and %s with the client secret (OIDC Core §10.2)', async (alg, enc) => {
    const key = secretKey(client.clientSecret, { alg, enc })
    const request = await encrypt(await signed(client), { alg, enc }, key)
    expect(await ask(request)).toMatchObject({ action: 'INTERACTION', maxAge: 77 })
  })

  it('is rejected unless the nested JWT is signed (RFC 9101 §10.2)', async () => {
    const { iss, ...claims } = { iss: String(client.clientId), response_type: 'code' }
    const bare = await encrypt(JSON.stringify({ iss, ...claims }), { alg: 'RSA-OAEP-256' }, rsa)
    expect(await ask(bare)).toMatchObject({ resultCode: 'P031006' })
    const unsecured = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
    const none = await encrypt(unsecured, { alg: 'RSA-OAEP-256' }, rsa)
    expect(await ask(none)).toMatchObject({ resultCode: 'P031007' })
    const nested = await encrypt(none, { alg: 'RSA-OAEP-256' }, rsa)
    expect(await ask(nested)).toMatchObject({ resultCode: 'P031006' })
  })

  it('is rejected with one error for every decryption failure (RFC 8725 §3.2)', async () => {
    const inner = await signed(client)
    const good = await encrypt(inner, { alg: 'RSA-OAEP-256' }, rsa)
    const other = await encryptionPair('RSA-OAEP-256', 'rsa-enc')
    const [header = '', key = '', iv = '', text = '', tag = ''] = good.split('.')
    const headerOf = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const hostile = [
      await encrypt(inner, { alg: 'RSA-OAEP-256' }, other),
      await encrypt(inner, { alg: 'RSA-OAEP-256', kid: 'unknown' }, rsa),
      await encrypt(inner, { alg: 'dir', enc: 'A256GCM' }, new Uint8Array(32)),
      await encrypt(inner, { alg: 'PBES2-HS256+A128KW', p2c: 10_001 }, secretOf('PBES2')),
      [header, key, iv, text, `${tag.slice(0, -2)}AA`].join('.'),
      [header, key, iv, '', tag].join('.'),
      [header, '', iv, text, tag].join('.'),
      [headerOf({ alg: 'RSA1_5', enc: 'A128GCM' }), key, iv, text, tag].join('.'),
      [headerOf({ alg: 'none', enc: 'A128GCM' }), key, iv, text, tag].join('.'),
      [headerOf({ alg: 'RSA-OAEP-256', enc: 'none' }), key, iv, text, tag].join('.'),
      [
        headerOf({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', zip: 'DEF' }),
        key,
        iv,
        text,
        tag,
      ].join('.'),
      [
        headerOf({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', crit: ['x'] }),
        key,
        iv,
        text,
        tag,
      ].join('.'),
      `${good}=`,
      `${header}.${key}.${iv}.${'A'.repeat(50_000)}.${tag}`,
      '....',
      'e30....',
    ]
    for (const request of hostile) {
      const { action, resultCode } = await ask(request)
      expect({ action, resultCode }).toEqual({ action: 'BAD_REQUEST', resultCode: 'P031017' })
    }
  })

  const secretOf = (alg: string) =>
    secretKey(client.clientSecret, { alg: `${alg}-HS256+A128KW`, enc: 'A128CBC-HS256' })

  it('is required on the front channel if the service or the client is set so', async () => {
    const held = await service.client({
      jwks: jwksOf(publicKey(clientKey)),
      frontChannelRequestObjectEncryptionRequired: true,
    })
    expect(await ask(await signed(held), held)).toMatchObject({ resultCode: 'P031018' })
    const { clientId, clientSecret } = held
    const pushed = await service.api('/pushed_auth_req', {
      parameters: form({ request: await signed(held) }),
      ...{ clientId: String(clientId), clientSecret },
    })
    expect(pushed.action).toBe('CREATED')
    await service.configure({ frontChannelRequestObjectEncryptionRequired: true })
    expect(await ask(await signed(client))).toMatchObject({ resultCode: 'P031018' })
    const encrypted = await encrypt(await signed(client), { alg: 'RSA-OAEP-256' }, rsa)
    expect(await ask(encrypted)).toMatchObject({ action: 'INTERACTION' })
    await service.configure({})
  })

  it.each(['service', 'client'])(
    'must use the registered algorithms if the %s requires it (OIDC Registration §2)',
    async (who) => {
      const flags = {
        requestObjectEncryptionAlgMatchRequired: true,
        requestObjectEncryptionEncMatchRequired: true,
      }
      const by = await service.client({
        jwks: jwksOf(publicKey(clientKey)),
        requestEncryptionAlg: 'RSA_OAEP_256',
        requestEncryptionEnc: 'A256GCM',
        ...(who === 'client' ? flags : {}),
      })
      const send = async (alg: string, enc: string) =>
        ask(await encrypt(await signed(by), { alg, enc }, { ...rsa, alg }), by)
      if (who === 'service') await service.configure(flags)
      expect(await send('RSA-OAEP-256', 'A256GCM')).toMatchObject({ action: 'INTERACTION' })
      expect(await send('RSA-OAEP-256', 'A128GCM')).toMatchObject({ resultCode: 'P031019' })
      const key = secretKey(by.clientSecret, { alg: 'dir', enc: 'A256GCM' })
      const direct = await encrypt(await signed(by), { alg: 'dir', enc: 'A256GCM' }, key)
      expect(await ask(direct, by)).toMatchObject({ resultCode: 'P031019' })
      await service.configure({})
    },
  )
})
