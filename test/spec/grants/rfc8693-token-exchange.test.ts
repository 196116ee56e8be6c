/** Token exchange, RFC 8693: permitted clients, accepted tokens, and the request to the caller. */
import { CompactEncrypt, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, form, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`

let service: TestService
let client: Json
let tokens: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.configure({})
  tokens = await obtainTokens(service, client)
})

const exchange = (by: Json, more: Record<string, string | undefined> = {}): Promise<Json> =>
  service.api('/auth/token', {
    parameters: form({
      grant_type: grantType,
      subject_token: tokens.accessToken,
      subject_token_type: type('access_token'),
      ...(by?.clientType === 'PUBLIC' ? { client_id: String(by.clientId) } : {}),
      ...more,
    }),
    ...(by?.clientType === 'CONFIDENTIAL'
      ? { clientId: String(by.clientId), clientSecret: by.clientSecret }
      : {}),
  })
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more

const [, serviceKey] = serviceKeys
async function sign(claims: Json, key: JWK | undefined = serviceKey, alg = 'ES256') {
  const header = { alg, ...(key?.kid ? { kid: key.kid } : {}) }
  return new SignJWT(claims)
    .setProtectedHeader(header)
    .sign(await importJWK(key ?? { kty: 'oct' }, alg))
}
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (claims: Json) => `${base64({ alg: 'none' })}.${base64(claims)}.`
const idClaims = (more: Json = {}) => ({
  ...{ iss: issuer, sub: 'alice', aud: ['some-client'], iat: seconds(), exp: seconds(60) },
  ...more,
})
const encrypted = async () =>
  new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    .encrypt(Buffer.alloc(16, 1))

describe('token exchange', () => {
  it('is passed to the caller with all its parameters and tokens (RFC 8693 §2.1)', async () => {
    const properties = [{ key: 'p', value: 'v', hidden: true }]
    const token = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'bob' },
      ...{ scopes: ['read'], properties, resources: ['https://rs.example.com'] },
    })
    const asked = await exchange(client, {
      ...{ subject_token: token.accessToken, actor_token: tokens.refreshToken },
      ...{ actor_token_type: type('refresh_token'), requested_token_type: type('jwt') },
      ...{ scope: 'write unknown', resource: 'https://other.example.com', audience: 'someone' },
    })
    expect(asked).toMatchObject({
      ...{ action: 'TOKEN_EXCHANGE', resultCode: 'P027901', grantType: 'TOKEN_EXCHANGE' },
      ...{ clientId: client.clientId, clientAuthMethod: 'CLIENT_SECRET_BASIC' },
      ...{ requestedTokenType: 'JWT', scopes: ['write'], audiences: ['someone'] },
      resources: ['https://other.example.com'],
      ...{ subjectToken: token.accessToken, subjectTokenType: 'ACCESS_TOKEN' },
      subjectTokenInfo: {
        ...{ clientId: client.clientId, subject: 'bob', properties },
        scopes: [{ name: 'read', defaultEntry: false }],
        ...{ resources: ['https://rs.example.com'], expiresAt: token.expiresAt },
      },
      ...{ actorToken: tokens.refreshToken, actorTokenType: 'REFRESH_TOKEN' },
      actorTokenInfo: { subject: 'alice', expiresAt: tokens.refreshTokenExpiresAt },
      ticket: expect.any(String),
    })
    expect(asked).not.toHaveProperty('responseContent')
  })

  it('ends with a token that the caller creates, or with an error (RFC 8693 §2.2)', async () => {
    const { ticket, scopes } = await exchange(client, { scope: 'read' })
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'TOKEN_EXCHANGE', clientId: client.clientId, subject: 'alice', scopes },
    })
    expect(created).toMatchObject({ action: 'OK', grantType: 'TOKEN_EXCHANGE', scopes: ['read'] })
    const introspected = await service.api('/auth/introspection', { token: created.accessToken })
    expect(introspected).toMatchObject({ action: 'OK', subject: 'alice' })
    const issued = await service.api('/auth/token/issue', { ticket, subject: 'alice' })
    expect(issued).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P036001' })
    const failed = await service.api('/auth/token/fail', { ticket, reason: 'INVALID_TARGET' })
    expect(failed.action).toBe('BAD_REQUEST')
    expect(errorOf(failed)).toBe('invalid_target')
    const again = await service.api('/auth/token/fail', { ticket, reason: 'INVALID_TARGET' })
    expect(again).toMatchObject({ action: 'INTERNAL_SERVER_ERROR' })
  })

  it.each<[string, string, Record<string, string | undefined>]>([
    ['an unknown requested type', 'P027004', { requested_token_type: type('other') }],
    ['no subject token', 'P027005', { subject_token: undefined }],
    ['no subject_token_type', 'P027006', { subject_token_type: undefined }],
    ['an unknown subject_token_type', 'P027006', { subject_token_type: 'constructor' }],
    ['an actor token without a type', 'P027007', { actor_token: 'x' }],
    [
      'a device secret without support of Native SSO',
      'P027007',
      { actor_token: 'x', actor_token_type: 'urn:openid:params:token-type:device-secret' },
    ],
    ['an actor_token_type without an actor token', 'P027008', { actor_token_type: type('jwt') }],
    ['an unknown access token', 'P027016', { subject_token: 'unknown' }],
    [
      'an unknown refresh token',
      'P027016',
      { subject_token: 'unknown', subject_token_type: type('refresh_token') },
    ],
    [
      'an access token as a refresh token',
      'P027016',
      { subject_token_type: type('refresh_token') },
    ],
  ])('with %s is rejected (RFC 8693 §2.1)', async (_what, resultCode, more) => {
    const refused = await exchange(client, more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe('invalid_request')
  })

  it('rejects expired tokens, and tokens of locked clients (RFC 8693 §2.2.2)', async () => {
    const other = await service.client()
    const { accessToken } = await obtainTokens(service, other)
    const path = `/client/lock_flag/update/${other.clientId}`
    await service.api(path, { clientLocked: true })
    expect(await exchange(client, { subject_token: accessToken })).toMatchObject({
      resultCode: 'P027016',
    })
    service.system.clock.advance(86_400_000)
    expect(await exchange(client)).toMatchObject({ resultCode: 'P027016' })
  })

  it('passes SAML assertions to the caller unverified (RFC 8693 §3)', async () => {
    const more = { subject_token: 'PHNhbWw', subject_token_type: type('saml2') }
    expect(await exchange(client, more)).toMatchObject({
      ...{ action: 'TOKEN_EXCHANGE', subjectTokenType: 'SAML2', subjectToken: 'PHNhbWw' },
    })
  })

  it('describes a token that does not expire, and a single authorization detail', async () => {
    await service.configure({ supportedAuthorizationDetailsTypes: ['payment'] })
    const token = await service.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId },
      ...{ accessTokenPersistent: true, authorizationDetails: { elements: [{ type: 'payment' }] } },
    })
    const asked = await exchange(client, { subject_token: token.accessToken })
    expect(asked.subjectTokenInfo).toMatchObject({
      ...{ expiresAt: 0, authorizationDetails: { type: 'payment' } },
    })
    expect(asked.subjectTokenInfo).not.toHaveProperty('subject')
  })
})

describe('JWT in a token exchange', () => {
  const bring = (token: string, name: 'jwt' | 'id_token' = 'jwt') =>
    exchange(client, { subject_token: token, subject_token_type: type(name) })

  it('of another issuer is passed to the caller unverified (RFC 8693 §3)', async () => {
    const jwt = await sign({ iss: 'https://other.example.com', exp: seconds(60) }, clientKey)
    expect(await bring(jwt)).toMatchObject({ action: 'TOKEN_EXCHANGE', subjectTokenType: 'JWT' })
    expect(await bring(unsigned({}))).toMatchObject({ action: 'TOKEN_EXCHANGE' })
    expect(await bring(await encrypted())).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('is verified if its iss is this service (RFC 8693 §2.2.2)', async () => {
    expect(await bring(await sign({ iss: issuer }))).toMatchObject({ action: 'TOKEN_EXCHANGE' })
    const secret = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }
    for (const [key, alg] of [
      [clientKey, 'ES256'],
      [secret, 'HS256'],
    ] as const) {
      const refused = await bring(await sign({ iss: issuer }, key, alg))
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027015' })
    }
  })

  it.each<[string, string, () => string | Promise<string>]>([
    ['is malformed', 'P027009', () => 'not-a-jwt'],
    ['has a signature and no algorithm', 'P027009', () => `${unsigned({})}AAAA`],
    ['has an algorithm and no signature', 'P027009', () => `${base64({ alg: 'ES256' })}.e30.`],
    ['has a broken encryption header', 'P027009', () => 'a.b.c.d.e'],
    ['has expired', 'P027012', () => unsigned({ exp: seconds(-10) })],
    ['has a string as exp', 'P027012', () => unsigned({ exp: 'tomorrow' })],
    ['was issued in the future', 'P027013', () => unsigned({ iat: seconds(60) })],
    ['is not valid yet', 'P027013', () => unsigned({ nbf: seconds(60) })],
  ])('that %s is rejected (RFC 7519 §7.2)', async (_what, resultCode, make) => {
    const refused = await bring(await make())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe('invalid_request')
  })

  it.each<[string, string, () => string | Promise<string>]>([
    ['tokenExchangeEncryptedJwtRejected', 'P027010', encrypted],
    ['tokenExchangeUnsignedJwtRejected', 'P027011', () => unsigned({})],
  ])('is rejected if the service has %s (RFC 8693 §5)', async (flag, resultCode, make) => {
    await service.configure({ [flag]: true })
    expect(await bring(await make())).toMatchObject({ action: 'BAD_REQUEST', resultCode })
  })

  describe('ID Token in a token exchange', () => {
    it('of this service is verified by the service keys (OIDC Core §3.1.3.7)', async () => {
      expect(await bring(tokens.idToken, 'id_token')).toMatchObject({
        ...{ action: 'TOKEN_EXCHANGE', subjectTokenType: 'ID_TOKEN', subjectToken: tokens.idToken },
      })
      const forged = await bring(await sign(idClaims(), clientKey), 'id_token')
      expect(forged).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027015' })
    })

    it('can be unsigned or encrypted unless the service forbids it (OIDC Core §2)', async () => {
      for (const token of [unsigned(idClaims()), await encrypted()]) {
        expect(await bring(token, 'id_token')).toMatchObject({ action: 'TOKEN_EXCHANGE' })
      }
    })

    it('of a listed issuer is verified by its keys (OpenID Connect Discovery §4)', async () => {
      const iss = 'https://op.example.com/tenant'
      const attributes = [
        { key: 'ext.token_exchange.issuers', value: `https://a.example.com ${iss}` },
      ]
      await service.configure({ attributes })
      const { fetch, clock } = service.system
      const jwt = await sign(idClaims({ iss }), clientKey)
      const refused = { action: 'BAD_REQUEST', resultCode: 'P027015' }
      expect(await bring(jwt, 'id_token')).toMatchObject(refused)
      const at = `${iss}/.well-known/openid-configuration`
      const jwks = 'https://op.example.com/jwks'
      fetch.answer(jwks, { body: jwksOf(publicKey(clientKey)) })
      for (const body of ['', 'null', '{"issuer":"other"}', { issuer: 'other', jwks_uri: jwks }]) {
        fetch.answer(at, { body })
        expect(await bring(jwt, 'id_token')).toMatchObject(refused)
      }
      fetch.answer(at, { body: { issuer: iss, jwks_uri: jwks } })
      expect(await bring(jwt, 'id_token')).toMatchObject({ action: 'TOKEN_EXCHANGE' })
      const forged = await sign(idClaims({ iss }), serviceKey)
      clock.advance(10_000)
      expect(await bring(forged, 'id_token')).toMatchObject(refused)
    })

    it('of an unlisted issuer is rejected without a fetch (RFC 8693 §2.2.2)', async () => {
      const { fetch } = service.system
      const asked = fetch.asked.length
      const listed = 'https://op.example.com/tenant'
      const lists = [[], [{ key: 'ext.token_exchange.issuers', value: listed }]]
      for (const attributes of lists) {
        await service.configure({ attributes })
        for (const iss of ['https://stranger.example', `${listed}/`, 'https://op.example.com']) {
          const token = await sign(idClaims({ iss }), clientKey)
          for (const by of [client, undefined]) {
            const refused = await exchange(by, {
              ...{ subject_token: token, subject_token_type: type('id_token') },
            })
            expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027020' })
            const actor = { actor_token: token, actor_token_type: type('id_token') }
            expect(await exchange(by, actor)).toMatchObject({ resultCode: 'P027020' })
          }
        }
      }
      expect(fetch.asked).toHaveLength(asked)
    })

    it.each<[string, Json]>([
      ['exp', { exp: undefined }],
      ['iat', { iat: undefined }],
      ['iss', { iss: undefined }],
      ['iss', { iss: 'http://op.example.com' }],
      ['iss', { iss: 'https://op.example.com?x' }],
      ['iss', { iss: 'https://[' }],
      ['aud', { aud: undefined }],
      ['aud', { aud: [] }],
      ['aud', { aud: ['a', 1] }],
      ['nonce', { nonce: 1 }],
    ])('must have a valid %s: %j (OIDC Core §2)', async (_claim, more) => {
      const refused = await bring(unsigned(idClaims(more)), 'id_token')
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027014' })
    })
  })
})

describe('client of a token exchange', () => {
  it('can be anonymous unless the service requires a client (RFC 8693 §2.1)', async () => {
    const asked = await exchange(undefined, { scope: 'read' })
    expect(asked).toMatchObject({ action: 'TOKEN_EXCHANGE', scopes: ['read'] })
    expect(asked).not.toHaveProperty('clientId')
    expect(asked).not.toHaveProperty('clientAuthMethod')
    const { ticket } = asked
    const issued = await service.api('/auth/token/issue', { ticket, subject: 'alice' })
    expect(issued).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P036001' })
    const failed = await service.api('/auth/token/fail', { ticket, reason: 'INVALID_SCOPE' })
    expect(failed).toMatchObject({ action: 'BAD_REQUEST' })
    await service.configure({ tokenExchangeByIdentifiableClientsOnly: true })
    const refused = await exchange(undefined)
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P027001' })
    expect(await exchange(client)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('must authenticate if the request names it (RFC 6749 §2.3)', async () => {
    const refused = await exchange({ ...client, clientSecret: 'wrong' })
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010005' })
  })

  it('must be confidential if tokenExchangeByConfidentialClientsOnly is set', async () => {
    const open = await service.publicClient()
    expect(await exchange(open)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
    await service.configure({ tokenExchangeByConfidentialClientsOnly: true })
    for (const by of [open, undefined]) {
      const refused = await exchange(by)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027002' })
      expect(errorOf(refused)).toBe('unauthorized_client')
    }
    expect(await exchange(client)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('must be permitted if tokenExchangeByPermittedClientsOnly is set', async () => {
    await service.configure({ tokenExchangeByPermittedClientsOnly: true })
    for (const by of [client, undefined]) {
      const refused = await exchange(by)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027003' })
    }
    const permitted = await service.client({ extension: { tokenExchangePermitted: true } })
    expect(await exchange(permitted)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('is rejected if the service does not support the grant (RFC 6749 §5.2)', async () => {
    await service.configure({ supportedGrantTypes: ['AUTHORIZATION_CODE'] })
    for (const by of [client, undefined]) {
      expect(await exchange(by)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P013003' })
    }
  })
})
