/** Verification of a JWT for the caller: keys, nested JWTs, and claims. */
import { CompactEncrypt, type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretKey } from '../../src/jose/encrypt.ts'
import { createService, obtainTokens, type TestService } from '../support/flows.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
let rsa: JWK
beforeAll(async () => {
  rsa = await encryptionPair('RSA-OAEP-256', 'rsa-enc')
  service = await createService({ jwks: jwksOf(...serviceKeys, rsa) })
  client = await service.client({
    jwks: jwksOf(publicKey(clientKey)),
    clientIdAlias: 'the-app',
    clientIdAliasEnabled: true,
  })
})
afterAll(() => service.close())

const seconds = () => Math.floor(service.system.clock() / 1000)

async function signed(claims: Record<string, unknown>, by: JWK = clientKey): Promise<string> {
  const key = (await importJWK(by, by.alg)) as CryptoKey
  return new SignJWT(claims).setProtectedHeader({ alg: by.alg ?? '', kid: by.kid ?? '' }).sign(key)
}

const signedBySecret = (claims: Record<string, unknown>, by: Json): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(by.clientSecret))

const encrypted = async (text: string, header: Record<string, unknown> = {}): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM', cty: 'JWT', ...header })
    .encrypt(await importJWK(publicKey(rsa), 'RSA-OAEP-256'))

const ofClient = () => ({ signedByClient: true, clientIdentifier: String(client.clientId) })

const verify = (jose: string, more: Record<string, unknown> = ofClient()): Promise<Json> =>
  service.api('/jose/verify', { jose, ...more })

const valid = { resultCode: 'P004990', valid: true, signatureValid: true }

describe('/jose/verify of a JWT by a client', () => {
  it('verifies it by the registered keys (RFC 7515 §5.2)', async () => {
    expect(await verify(await signed({ sub: 'x' }))).toMatchObject(valid)
    const foreign = await signed({ sub: 'x' }, serviceKeys[1])
    expect(await verify(foreign)).toMatchObject({ valid: false, resultCode: 'P004904' })
  })

  it('verifies it by the client secret if the algorithm is symmetric (RFC 7518 §3.2)', async () => {
    expect(await verify(await signedBySecret({}, client))).toMatchObject(valid)
    const other = await service.client()
    expect(await verify(await signedBySecret({}, other))).toMatchObject({
      ...{ resultCode: 'P004905', valid: false, signatureValid: false },
    })
  })

  it('accepts the alias of the client', async () => {
    const jose = await signed({})
    const named = { signedByClient: true, clientIdentifier: 'the-app' }
    expect(await verify(jose, named)).toMatchObject(valid)
  })

  it('is 400 without a client of this service', async () => {
    const calls = [{ signedByClient: true }, { signedByClient: true, clientIdentifier: '1' }]
    for (const more of calls) {
      const path = `/api/${service.serviceId}/jose/verify`
      const reply = await service.call('POST', path, { jose: await signed({}), ...more })
      expect(reply).toMatchObject({ status: 400, body: { resultCode: 'P004908' } })
    }
  })
})

describe('/jose/verify of a JWT by the service', () => {
  it('verifies it by the keys of the service, and not by those of a client', async () => {
    const { idToken } = await obtainTokens(service, client)
    expect(await verify(idToken, {})).toMatchObject(valid)
    expect(await verify(idToken)).toMatchObject({ valid: false, resultCode: 'P004904' })
    expect(await verify(await signed({}), {})).toMatchObject({ valid: false })
  })

  it('verifies it by the secret of the client in aud (OIDC Core §10.1)', async () => {
    const symmetric = await service.client({ idTokenSignAlg: 'HS256' })
    const { idToken } = await obtainTokens(service, symmetric)
    const clientIdentifier = String(symmetric.clientId)
    expect(await verify(idToken, { clientIdentifier })).toMatchObject(valid)
    expect(await verify(idToken, {})).toMatchObject({ valid: false, resultCode: 'P004904' })
  })
})

describe('/jose/verify of a nested JWT', () => {
  it('decrypts it by a key of the service, then verifies it (RFC 7519 §7.2)', async () => {
    expect(await verify(await encrypted(await signed({ a: 1 })))).toMatchObject(valid)
  })

  it('decrypts it by the client secret (OIDC Core §10.2)', async () => {
    const encryption = { alg: 'dir', enc: 'A128GCM' }
    const jose = await new CompactEncrypt(new TextEncoder().encode(await signed({})))
      .setProtectedHeader(encryption)
      .encrypt(secretKey(client.clientSecret, encryption))
    expect(await verify(jose)).toMatchObject(valid)
  })

  it.each<[string, () => Promise<string>]>([
    ['that is compressed (RFC 8725 §3.6)', async () => encrypted(await signed({}), { zip: 'DEF' })],
    [
      'for another key (RFC 7516 §5.2)',
      async () => {
        const other = await encryptionPair('RSA-OAEP-256', 'other')
        const key = await importJWK(publicKey(other), 'RSA-OAEP-256')
        return new CompactEncrypt(new TextEncoder().encode(await signed({})))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' })
          .encrypt(key)
      },
    ],
    [
      'with too many PBKDF2 iterations (RFC 8725 §3.2)',
      async () =>
        new CompactEncrypt(new TextEncoder().encode(await signed({})))
          .setKeyManagementParameters({ p2c: 20_000 })
          .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM' })
          .encrypt(new TextEncoder().encode(client.clientSecret)),
    ],
    ['of empty parts', async () => '....'],
  ])('does not decrypt one %s', async (_what, make) => {
    expect(await verify(await make())).toMatchObject({
      ...{ resultCode: 'P004902', valid: false, signatureValid: false },
    })
  })

  it('is invalid if the nested JWT is not signed', async () => {
    const bare = await encrypted(JSON.stringify({ sub: 'x' }))
    expect(await verify(bare)).toMatchObject({ valid: false, resultCode: 'P004901' })
  })
})

describe('/jose/verify of claims', () => {
  it('accepts times within the clock skew (RFC 7519 §4.1)', async () => {
    const jose = await signed({ exp: seconds() - 5, iat: seconds() + 5, nbf: seconds() + 5 })
    const refused = await verify(jose)
    expect(refused).toMatchObject({
      ...{ resultCode: 'P004907', valid: false, signatureValid: true, missingClaims: [] },
      invalidClaims: ['exp', 'nbf', 'iat'],
    })
    expect(refused.errorDescriptions).toHaveLength(1)
    expect(await verify(jose, { ...ofClient(), clockSkew: 10 })).toMatchObject(valid)
  })

  it('is invalid if a time is no number (RFC 7519 §2)', async () => {
    const key = new TextEncoder().encode(client.clientSecret)
    const jose = await new SignJWT({ exp: 'soon' as unknown as number })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key)
    expect(await verify(jose)).toMatchObject({ valid: false, invalidClaims: ['exp'] })
  })

  it('lists missing mandatory claims and invalid claims', async () => {
    const jose = await signed({ sub: 'x', exp: seconds() - 60 })
    const mandatoryClaims = ['sub', 'jti', 'toString', 'jti']
    const refused = await verify(jose, { ...ofClient(), mandatoryClaims })
    expect(refused).toMatchObject({
      ...{ resultCode: 'P004906', valid: false, signatureValid: true },
      ...{ missingClaims: ['jti', 'toString'], invalidClaims: ['exp'] },
    })
    expect(refused.errorDescriptions).toHaveLength(2)
  })
})

describe('/jose/verify of other input', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it.each<[string, string, string]>([
    ['no JWT', 'P004901', 'nonsense'],
    ['an empty string', 'P004901', ''],
    ['an unsecured JWT (RFC 8725 §3.1)', 'P004903', `${encode({ alg: 'none' })}.${encode({})}.`],
  ])('rejects %s', async (_what, resultCode, jose) => {
    expect(await verify(jose)).toMatchObject({ resultCode, valid: false, signatureValid: false })
  })
})

it('accepts a form as well as JSON', async () => {
  const body = new URLSearchParams({
    ...{ jose: await signed({ sub: 'x' }), mandatoryClaims: 'sub jti', signedByClient: 'true' },
    clientIdentifier: String(client.clientId),
  }).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const path = `/api/${service.serviceId}/jose/verify`
  const reply = await service.call('POST', path, body, { headers })
  expect(reply.body).toMatchObject({ valid: false, missingClaims: ['jti'] })
})
