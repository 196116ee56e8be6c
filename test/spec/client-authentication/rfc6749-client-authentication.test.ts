/** Client authentication by secrets and assertions, RFC 6749 §2.3, RFC 7523 §3, OIDC Core §9. */
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const otherKey = serviceKeys[1] as JWK

let service: TestService
let signing: Json
let made = 0
beforeAll(async () => {
  service = await createService()
  signing = await service.client({
    tokenAuthMethod: 'PRIVATE_KEY_JWT',
    jwks: jwksOf(publicKey(clientKey)),
  })
})
afterAll(() => service.close())

const ask = (parameters: Record<string, string | undefined>, header = {}) =>
  service.api('/auth/token', {
    parameters: form({ grant_type: 'client_credentials', scope: 'read', ...parameters }),
    ...header,
  })

async function assertion(client: Json, claims: object = {}, key: JWK | Uint8Array = clientKey) {
  made += 1
  const seconds = Math.floor(service.system.clock() / 1000)
  const id = String(client.clientId)
  const whole = {
    iss: id,
    sub: id,
    aud: issuer,
    jti: `jti-${made}`,
    iat: seconds,
    exp: seconds + 60,
  }
  const isSecret = key instanceof Uint8Array
  const header = isSecret ? { alg: 'HS256' } : { alg: key.alg ?? 'ES256', kid: key.kid ?? '' }
  const imported = isSecret ? key : ((await importJWK(key, header.alg)) as CryptoKey)
  return new SignJWT({ ...whole, ...claims }).setProtectedHeader(header).sign(imported)
}

const asserting = (client_assertion: string, more = {}) =>
  ask({ client_assertion, client_assertion_type: type, ...more })

describe('client secret', () => {
  it('is accepted by the registered method only (OIDC Core §9)', async () => {
    const basic = await service.client()
    const post = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_POST' })
    const inHeader = (by: Json) =>
      ask({}, { clientId: String(by.clientId), clientSecret: by.clientSecret })
    const inBody = (by: Json) =>
      ask({ client_id: String(by.clientId), client_secret: by.clientSecret })
    expect(await inHeader(basic)).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'CLIENT_SECRET_BASIC',
    })
    expect(await inBody(post)).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'CLIENT_SECRET_POST',
    })
    for (const refused of [await inHeader(post), await inBody(basic)]) {
      expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010006' })
    }
  })

  it('gets the same error if it is wrong as an unknown client (RFC 6749 §5.2)', async () => {
    const { clientId } = await service.client()
    const wrong = await ask({}, { clientId: String(clientId), clientSecret: 'wrong' })
    const unknown = await ask({}, { clientId: '12345', clientSecret: 'wrong' })
    expect(wrong).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010005' })
    expect(unknown).toEqual(wrong)
  })

  it('is rejected twice, for two clients or without a client_id (RFC 6749 §2.3)', async () => {
    const { clientId, clientSecret } = await service.client()
    const header = { clientId: String(clientId), clientSecret }
    expect(await ask({ client_secret: clientSecret }, header)).toMatchObject({
      resultCode: 'P010002',
    })
    expect(await ask({ client_id: '1' }, header)).toMatchObject({ resultCode: 'P010003' })
    expect(await ask({ client_secret: clientSecret })).toMatchObject({ resultCode: 'P010001' })
    expect(await ask({})).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010001' })
  })

  it('is rejected if the service lacks the method or the client is locked', async () => {
    const { clientId, clientSecret } = await service.client()
    const header = { clientId: String(clientId), clientSecret }
    await service.configure({ supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'] })
    expect(await ask({}, header)).toMatchObject({ resultCode: 'P010007' })
    await service.configure({})
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    expect(await ask({}, header)).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010008' })
  })

  it('is not required of a public client, which gets no client credentials token', async () => {
    const { clientId } = await service.publicClient()
    expect(await ask({ client_id: String(clientId) })).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P022001',
    })
  })

  it('is accepted with the alias of the client if service and client allow it', async () => {
    const document = { clientIdAlias: 'my-app', clientIdAliasEnabled: true }
    const { clientSecret } = await service.client(document)
    const header = { clientId: 'my-app', clientSecret }
    expect(await ask({}, header)).toMatchObject({ action: 'OK', clientIdAliasUsed: true })
    await service.configure({ clientIdAliasEnabled: false })
    expect(await ask({}, header)).toMatchObject({ resultCode: 'P010005' })
    await service.configure({})
  })
})

describe('client assertion', () => {
  it('is accepted if it is signed by the registered key (RFC 7523 §3)', async () => {
    expect(await asserting(await assertion(signing))).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'PRIVATE_KEY_JWT',
    })
  })

  it('is accepted if it is signed by the secret and the client registered that', async () => {
    const client = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_JWT' })
    const secret = new TextEncoder().encode(client.clientSecret)
    expect(await asserting(await assertion(client, {}, secret))).toMatchObject({ action: 'OK' })
    expect(await asserting(await assertion(client))).toMatchObject({ resultCode: 'P011002' })
  })

  it.each<[string, string, object]>([
    ['another issuer', 'P011003', { iss: 'someone' }],
    ['another server', 'P011004', { aud: 'https://other.example.com' }],
    ['no audience', 'P011004', { aud: undefined }],
    ['no exp', 'P011005', { exp: undefined }],
    ['an exp in the past', 'P011006', { exp: 1 }],
    ['an nbf in the future', 'P011007', { nbf: 9_999_999_999 }],
    ['an iat in the future', 'P011007', { iat: 9_999_999_999 }],
    ['no jti', 'P011008', { jti: undefined }],
    ['an exp next year', 'P011009', { exp: 9_999_999_999 }],
  ])('with %s is rejected (RFC 7523 §3)', async (_what, resultCode, claims) => {
    expect(await asserting(await assertion(signing, claims))).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode,
    })
  })

  it('must have the issuer or an endpoint as aud, or the issuer only if set so', async () => {
    const audiences = [issuer, `${issuer}/token`, [issuer, 'x']]
    for (const aud of audiences) {
      expect(await asserting(await assertion(signing, { aud }))).toMatchObject({ action: 'OK' })
    }
    await service.configure({ clientAssertionAudRestrictedToIssuer: true })
    const answers = await Promise.all(
      audiences.map(async (aud) => (await asserting(await assertion(signing, { aud }))).action),
    )
    expect(answers).toEqual(['OK', 'INVALID_CLIENT', 'INVALID_CLIENT'])
    await service.configure({})
  })

  it('is accepted once of twenty concurrent requests (OIDC Core §9)', async () => {
    const client_assertion = await assertion(signing)
    const answers = await Promise.all(Array.from({ length: 20 }, () => asserting(client_assertion)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(answers.filter(({ resultCode }) => resultCode === 'P011010')).toHaveLength(19)
  })

  it('is rejected if keys or algorithms are confused (RFC 8725)', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const good = await assertion(signing)
    const [, payload = '', signature = ''] = good.split('.')
    const publicPem = new TextEncoder().encode(JSON.stringify(publicKey(clientKey)))
    const hostile = [
      await assertion(signing, {}, otherKey),
      await assertion(signing, {}, publicPem),
      ...['none', 'None', 'NONE'].map((alg) => `${encode({ alg })}.${payload}.`),
      `${encode({ alg: 'ES256', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      `${encode({ alg: 'ES256', b64: false })}.${payload}.${signature}`,
      `${encode({ alg: 'ES384' })}.${payload}.${signature}`,
      `${good.slice(0, -4)}AAAA`,
      `${encode({ alg: 'ES256' })}.${payload}.${'A'.repeat(86)}`,
    ]
    for (const jwt of hostile) {
      expect(await asserting(jwt), jwt).toMatchObject({ action: 'INVALID_CLIENT' })
    }
    for (const jwt of ['nonsense', 'a.b', `${good}.x`, `${good}=`, 'x'.repeat(40_000)]) {
      expect(await asserting(jwt)).toMatchObject({ resultCode: 'P011001' })
    }
  })

  it('must have the right assertion type, and no secret beside it', async () => {
    const client_assertion = await assertion(signing)
    expect(await ask({ client_assertion })).toMatchObject({ resultCode: 'P010004' })
    expect(await asserting(client_assertion, { client_secret: 'x' })).toMatchObject({
      resultCode: 'P010002',
    })
  })

  it('must be signed by the registered algorithm', async () => {
    const client = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', tokenAuthSignAlg: 'PS256' },
      jwks: jwksOf(publicKey(clientKey)),
    })
    expect(await asserting(await assertion(client))).toMatchObject({ resultCode: 'P011002' })
  })

  it('is verified by the keys at jwksUri, which are fetched again after a rotation', async () => {
    const jwksUri = 'https://client.example.com/jwks'
    const client = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwksUri })
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(otherKey)] } })
    expect(await asserting(await assertion(client, {}, otherKey))).toMatchObject({ action: 'OK' })
    const asked = service.system.fetch.asked.length
    expect(await asserting(await assertion(client, {}, otherKey))).toMatchObject({ action: 'OK' })
    expect(service.system.fetch.asked).toHaveLength(asked)
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(clientKey)] } })
    service.system.clock.advance(6_000)
    expect(await asserting(await assertion(client))).toMatchObject({ action: 'OK' })
    service.system.fetch.answer(jwksUri, { status: 500 })
    service.system.clock.advance(700_000)
    expect(await asserting(await assertion(client))).toMatchObject({ action: 'OK' })
  })
})

describe('token request without client_id', () => {
  it('identifies the client by its code or refresh token if the service allows it', async () => {
    const client = await service.publicClient()
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({
        ...{ response_type: 'code', client_id: String(client.clientId) },
        redirect_uri: client.redirectUris[0],
      }),
    })
    const { authorizationCode: code } = await service.api('/auth/authorization/issue', {
      ...{ ticket, subject: 'alice' },
    })
    const redeem = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUris[0] }
    expect(await ask(redeem)).toMatchObject({ resultCode: 'P010001' })
    await service.configure({ missingClientIdAllowed: true })
    const { refreshToken } = await ask({ ...redeem, scope: undefined })
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, scope: undefined }
    expect(await ask(refresh)).toMatchObject({ action: 'OK' })
    await service.configure({})
  })
})
