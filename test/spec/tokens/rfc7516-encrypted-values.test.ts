/** Codes and tokens that a client gets in a JWE, RFC 7516 */
import { createHash } from 'node:crypto'
import { compactDecrypt, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { begin, cibaClient, complete } from '../../support/ciba.ts'
import {
  authorize,
  createService,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let rsa: JWK
let ec: JWK
beforeAll(async () => {
  service = await createService()
  rsa = await encryptionPair('RSA-OAEP-256', 'rsa-enc')
  ec = await encryptionPair('ECDH-ES', 'ec-enc')
})
afterAll(() => service.close())

const attributes = (given: Record<string, string>) =>
  Object.entries(given).map(([key, value]) => ({ key, value }))

const [code, accessToken, refreshToken] = ['code', 'access_token', 'refresh_token'].map(
  (name) => `ext.encrypt.${name}`,
) as [string, string, string]
const all = { [code]: 'true', [accessToken]: 'true', [refreshToken]: 'true' }

const clientWith = (set: Record<string, string>, more: Json = {}): Promise<Json> =>
  service.client({ jwks: jwksOf(publicKey(rsa)), attributes: attributes(set), ...more })

const open = async (jwe: string, key: JWK) => {
  const keyFor = ({ alg = '' }: { alg?: string }) => importJWK(key, alg)
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, keyFor)
  return { text: new TextDecoder().decode(plaintext), header: protectedHeader }
}

const read = ({ responseContent }: Json): Json => JSON.parse(responseContent)

async function issue(client: Json, more: Record<string, string> = {}) {
  const { ticket } = await authorize(service, client, more)
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  const { hash, searchParams } = new URL(issued.responseContent)
  return { issued, sent: hash ? new URLSearchParams(hash.slice(1)) : searchParams }
}

describe('encrypted authorization code', () => {
  it('is in a JWE in the response, and redeemed by the value inside', async () => {
    const client = await clientWith({ [code]: 'true' })
    const { issued, sent } = await issue(client)
    const { text, header } = await open(sent.get('code') ?? '', rsa)
    expect(header).toEqual({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', kid: 'rsa-enc' })
    expect(text).toBe(issued.authorizationCode)
    expect(issued.responseContent.length).toBeLessThan(1_000)
    const unread = await redeem(service, client, sent.get('code') ?? '')
    expect(unread).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P020002' })
    const redeemed = await redeem(service, client, text)
    expect(redeemed.action).toBe('OK')
    expect(read(redeemed).access_token).toBe(redeemed.accessToken)
  })

  it('is in a JWE inside of a JWT response too (JARM §2.1)', async () => {
    const client = await clientWith({ [code]: 'true' }, { authorizationSignAlg: 'ES256' })
    const { issued, sent } = await issue(client, { response_mode: 'jwt' })
    const inner = decodeJwt(sent.get('response') ?? '')['code'] as string
    expect((await open(inner, rsa)).text).toBe(issued.authorizationCode)
  })

  it('of a hybrid response has the c_hash of the value inside (OIDC Core §3.3.2.11)', async () => {
    const client = await clientWith(all, { responseTypes: ['CODE_ID_TOKEN_TOKEN'] })
    const { issued, sent } = await issue(client, { response_type: 'code id_token token' })
    const half = (text: string) =>
      createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
    const claims = decodeJwt(sent.get('id_token') ?? '')
    expect(claims['c_hash']).toBe(half(issued.authorizationCode))
    expect(claims['at_hash']).toBe(half(issued.accessToken))
    expect((await open(sent.get('access_token') ?? '', rsa)).text).toBe(issued.accessToken)
  })
})

describe('encrypted tokens', () => {
  it('are in JWEs in token responses, and presented by the values inside', async () => {
    const client = await clientWith({ [accessToken]: 'true', [refreshToken]: 'true' })
    const issued = await obtainTokens(service, client)
    const sent = read(issued)
    expect((await open(sent.access_token, rsa)).text).toBe(issued.accessToken)
    expect((await open(sent.refresh_token, rsa)).text).toBe(issued.refreshToken)
    const introspect = (token: string) => service.api('/auth/introspection', { token })
    expect((await introspect(issued.accessToken)).action).toBe('OK')
    expect((await introspect(sent.access_token)).action).toBe('UNAUTHORIZED')
    expect((await refresh(service, client, sent.refresh_token)).resultCode).toBe('P021002')
    const refreshed = await refresh(service, client, issued.refreshToken)
    expect((await open(read(refreshed).access_token, rsa)).text).toBe(refreshed.accessToken)
    expect((await open(read(refreshed).refresh_token, rsa)).text).toBe(refreshed.refreshToken)
  })

  it('of JWT form are nested JWTs (RFC 7519 §5.2)', async () => {
    await service.configure({ accessTokenSignAlg: 'ES256' })
    const client = await clientWith(all)
    const issued = await obtainTokens(service, client)
    const { text, header } = await open(read(issued).access_token, rsa)
    expect(header.cty).toBe('JWT')
    expect(text).toBe(issued.jwtAccessToken)
    await service.configure({})
  })

  it('of the client itself are encrypted like others (RFC 6749 §4.4.3)', async () => {
    const client = await clientWith(all, { grantTypes: ['CLIENT_CREDENTIALS'] })
    const issued = await requestToken(service, client, { grant_type: 'client_credentials' })
    expect((await open(read(issued).access_token, rsa)).text).toBe(issued.accessToken)
  })

  it('of a retried refresh are the same JWEs again (RFC 9700 §4.14.2)', async () => {
    await service.configure({ refreshTokenIdempotent: true, refreshTokenKept: false })
    const client = await clientWith(all)
    const { refreshToken: first } = await obtainTokens(service, client)
    const refreshed = await refresh(service, client, first)
    const retried = await refresh(service, client, first)
    expect(retried.previousRefreshTokenUsed).toBe(true)
    expect(retried.responseContent).toBe(refreshed.responseContent)
    expect((await open(read(retried).refresh_token, rsa)).text).toBe(refreshed.refreshToken)
    await service.configure({})
  })

  it('that the caller creates have their JWEs in members of their own', async () => {
    const asked = { grantType: 'AUTHORIZATION_CODE', subject: 'alice', scopes: ['read'] }
    const create = async ({ clientId }: Json) =>
      service.api('/auth/token/create', { ...asked, clientId })
    const made = await create(await clientWith(all))
    expect((await open(made.encryptedAccessToken, rsa)).text).toBe(made.accessToken)
    expect((await open(made.encryptedRefreshToken, rsa)).text).toBe(made.refreshToken)
    expect(await create(await clientWith({}))).not.toHaveProperty('encryptedAccessToken')
  })

  it('stay as they are without the attributes, or if the service does not encrypt', async () => {
    const off = { attributes: attributes({ 'ext.encrypt_out': 'false' }) }
    const [plain, sealed] = [await clientWith({}), await clientWith(all)]
    const sent = async (client: Json) => {
      const { issued, sent } = await issue(client)
      const tokens = await redeem(service, client, issued.authorizationCode)
      const { access_token, refresh_token } = read(tokens)
      return [sent.get('code'), access_token, refresh_token].map((text) => text.split('.').length)
    }
    expect(await sent(plain)).toEqual([1, 1, 1])
    expect(await sent(sealed)).toEqual([5, 5, 5])
    await service.configure(off)
    expect(await sent(sealed)).toEqual([1, 1, 1])
    expect((await clientWith(all)).warnings).toMatchObject([
      { code: 'encryption-off', property: 'attributes' },
    ])
    await service.configure({})
  })
})

describe('responses that are not made at the token endpoint', () => {
  afterAll(() => service.configure({}))

  it('of a reissued ID Token have the tokens in JWEs, and their at_hash (OIDC Core §12.2)', async () => {
    await service.configure({ idTokenReissuable: true })
    const client = await clientWith(all)
    const { refreshToken: first } = await obtainTokens(service, client)
    const { accessToken, refreshToken } = await refresh(service, client, first)
    const reissued = await service.api('/idtoken/reissue', { accessToken, refreshToken })
    const sent = read(reissued)
    expect((await open(sent.access_token, rsa)).text).toBe(accessToken)
    expect((await open(sent.refresh_token, rsa)).text).toBe(refreshToken)
    const half = createHash('sha256').update(accessToken).digest().subarray(0, 16)
    expect(decodeJwt(sent.id_token)['at_hash']).toBe(half.toString('base64url'))
  })

  it('of CIBA in push mode have the tokens in JWEs (CIBA §10.3.1)', async () => {
    await service.configure({
      backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
      supportedBackchannelTokenDeliveryModes: ['PUSH'],
    })
    const given = { jwks: jwksOf(publicKey(rsa)), attributes: attributes(all) }
    const client = await cibaClient(service, 'PUSH', given)
    const { ticket } = await begin(service, client)
    const pushed = await complete(service, ticket)
    expect(pushed.action).toBe('NOTIFICATION')
    expect((await open(read(pushed).access_token, rsa)).text).toBe(pushed.accessToken)
    expect((await open(read(pushed).refresh_token, rsa)).text).toBe(pushed.refreshToken)
  })

  it('of Native SSO have the tokens in JWEs, or nothing is exchanged (OIDC Native SSO §4.3)', async () => {
    await service.configure({
      nativeSsoSupported: true,
      supportedScopes: ['openid', 'device_sso'].map((name) => ({ name })),
    })
    const scope = 'openid device_sso'
    const deviceSecret = 'a-device-secret-that-the-frontend-made'
    const finish = ({ accessToken, refreshToken }: Json) =>
      service.api('/nativesso', { accessToken, refreshToken, deviceSecret })
    const first = await clientWith(all)
    const tokens = await obtainTokens(service, first, { scope }, { sessionId: 'of-native-sso' })
    const finished = await finish(tokens)
    const sent = read(finished)
    expect((await open(sent.access_token, rsa)).text).toBe(tokens.accessToken)
    expect((await open(sent.refresh_token, rsa)).text).toBe(tokens.refreshToken)
    const exchange = (client: Json) =>
      requestToken(service, client, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        ...{ subject_token: finished.idToken, actor_token: deviceSecret, scope },
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        actor_token_type: 'urn:openid:params:token-type:device-secret',
      })
    const second = await exchange(await clientWith(all))
    expect(second.action).toBe('NATIVE_SSO')
    expect((await open(read(await finish(second)).access_token, rsa)).text).toBe(second.accessToken)
    const jwksUri = 'https://app.example.com/native.jwks'
    const keyless = await exchange(await clientWith(all, { jwks: undefined, jwksUri }))
    expect(keyless).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P102001' })
  })
})

describe('algorithms of encrypted codes and tokens', () => {
  it.each<[string, Json, Record<string, string>, Json]>([
    ['of the only key', {}, {}, { alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256' }],
    [
      'of the ID Token',
      { idTokenEncryptionAlg: 'RSA_OAEP', idTokenEncryptionEnc: 'A256GCM' },
      {},
      { alg: 'RSA-OAEP', enc: 'A256GCM' },
    ],
    [
      'of attributes',
      { idTokenEncryptionAlg: 'RSA_OAEP' },
      { 'ext.encrypt.alg': 'RSA-OAEP-256', 'ext.encrypt.enc': 'A256CBC-HS512' },
      { alg: 'RSA-OAEP-256', enc: 'A256CBC-HS512' },
    ],
    ['of the secret, like the ID Token', { idTokenEncryptionAlg: 'A256KW' }, {}, { alg: 'A256KW' }],
  ])('are those %s (RFC 7518 §4.1)', async (_case, more, set, expected) => {
    const client = await clientWith({ ...all, ...set }, more)
    const sent = read(await obtainTokens(service, client))
    expect(decodeProtectedHeader(sent.access_token)).toMatchObject(expected)
  })

  it('depend on the key that ext.enc.kid names', async () => {
    const jwks = jwksOf(publicKey(rsa), publicKey(ec))
    const client = await clientWith({ ...all, 'ext.enc.kid': 'ec-enc' }, { jwks })
    const issued = await obtainTokens(service, client)
    const { text, header } = await open(read(issued).access_token, ec)
    expect([text, header.alg, header.kid]).toEqual([issued.accessToken, 'ECDH-ES', 'ec-enc'])
  })
})

describe('a client without a key for its codes and tokens', () => {
  it.each<[string, Json, Record<string, string>]>([
    ['no keys', { jwks: undefined }, {}],
    ['no key of the chosen algorithm', {}, { 'ext.encrypt.alg': 'ECDH-ES' }],
    ['no key of the algorithm of its ID Token', { idTokenEncryptionAlg: 'ECDH_ES' }, {}],
    ['no key of the chosen kid', {}, { 'ext.enc.kid': 'other' }],
    ['an unknown algorithm', {}, { 'ext.encrypt.alg': 'RSA1_5' }],
    ['a symmetric algorithm', {}, { 'ext.encrypt.alg': 'dir' }],
    ['an unknown content encryption', {}, { 'ext.encrypt.enc': 'A128' }],
    ['no flag', {}, { [code]: 'yes' }],
  ])('cannot be saved with %s', async (_case, more, set) => {
    const refused = await clientWith({ [refreshToken]: 'true', ...set }, more)
    expect(refused.resultMessage).toMatch(/ext\.encrypt\.\w+ (requires|must)/)
  })

  it('is refused before anything is committed, if its published keys have none', async () => {
    const jwksUri = 'https://app.example.com/values.jwks'
    const publish = (...keys: JWK[]) => service.system.fetch.answer(jwksUri, { body: { keys } })
    publish({ ...publicKey(rsa), use: 'sig' })
    const client = await clientWith({ [accessToken]: 'true' }, { jwks: undefined, jwksUri })
    const value = await obtainCode(service, client)
    const refused = await redeem(service, client, value)
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P102001' })
    publish(publicKey(rsa))
    service.system.clock.advance(6_000)
    expect((await redeem(service, client, value)).action).toBe('OK')
  })

  it('gets an error response instead of its code', async () => {
    const jwksUri = 'https://app.example.com/none.jwks'
    const client = await clientWith({ [code]: 'true' }, { jwks: undefined, jwksUri })
    const { issued, sent } = await issue(client)
    expect(issued).toMatchObject({ action: 'LOCATION', resultCode: 'P102001' })
    expect(issued.responseContent.startsWith(redirectUri)).toBe(true)
    expect([sent.get('error'), sent.get('code')]).toEqual(['server_error', null])
  })
})
