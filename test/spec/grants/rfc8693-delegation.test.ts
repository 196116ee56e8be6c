/** Token exchanges that the engine decides, and the actors of tokens: RFC 8693 §4.1 and §4.4. */
import { createHash, X509Certificate } from 'node:crypto'
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import { createService, form, issuer, requestToken, type TestService } from '../../support/flows.ts'
import { clientKey, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const partner = 'https://idp.example.com'
const trusted = (more: Json = {}) =>
  JSON.stringify([
    {
      ...{ issuer: partner, jwks: { keys: [publicKey(clientKey)] }, grants: ['token-exchange'] },
      ...more,
    },
  ])
const settings = (more: Record<string, string> = {}) =>
  Object.entries({
    'ext.token_exchange.decide': 'engine',
    'ext.trustedIssuers': trusted(),
    ...more,
  }).map(([key, value]) => ({ key, value }))

let service: TestService
/** The client of the user, and a gateway that calls others on its behalf. */
let app: Json
let gateway: Json
let token: Json
beforeAll(async () => {
  service = await createService()
  app = await service.client()
  gateway = await service.client({
    ...{ clientIdAlias: 'gateway', clientIdAliasEnabled: true },
    extension: { tokenExchangePermitted: true },
  })
})
afterAll(() => service.close())

const configure = (more: Record<string, string> = {}, properties: Json = {}) =>
  service.configure({ ...properties, attributes: settings(more) })
const create = (more: Json = {}): Promise<Json> =>
  service.api('/auth/token/create', {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId: app.clientId, subject: 'alice' },
    ...{ scopes: ['read', 'write'], ...more },
  })
const actorToken = async (by: Json): Promise<string> => {
  const { accessToken } = await requestToken(service, by, { grant_type: 'client_credentials' })
  return accessToken
}
beforeEach(async () => {
  await configure()
  token = await create()
})

const exchange = (more: Record<string, string | undefined> = {}, by: Json = gateway) =>
  requestToken(service, by, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...{ subject_token: token.accessToken, subject_token_type: type('access_token') },
    ...more,
  })
const acting = async (by: Json = gateway) => ({
  actor_token: await actorToken(by),
  actor_token_type: type('access_token'),
})
const introspect = async (accessToken: string): Promise<Json> => {
  const parameters = form({ token: accessToken })
  const answer = await service.api('/auth/introspection/standard', { parameters })
  return JSON.parse(answer.responseContent)
}
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const [, otherKey = clientKey] = serviceKeys
const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more
const sign = async (more: Json = {}, key: JWK = clientKey) =>
  new SignJWT({ iss: partner, sub: 'bob', aud: issuer, exp: seconds(60), ...more })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(await importJWK(key, 'ES256'))

describe('token exchange that the engine decides', () => {
  it('is answered with a token of the subject at once (RFC 8693 §2.2.1)', async () => {
    const answer = await exchange({ scope: 'read', resource: 'https://rs.example.com' })
    expect(answer).toMatchObject({
      ...{ action: 'OK', resultCode: 'P035901', grantType: 'TOKEN_EXCHANGE', subject: 'alice' },
      ...{ clientId: gateway.clientId, scopes: ['read'], resources: ['https://rs.example.com'] },
    })
    expect(answer).not.toHaveProperty('ticket')
    expect(answer).not.toHaveProperty('refreshToken')
    const response = JSON.parse(answer.responseContent)
    expect(response).toMatchObject({
      ...{ issued_token_type: type('access_token'), token_type: 'Bearer', scope: 'read' },
    })
    const seen = await introspect(response.access_token)
    expect(seen).toMatchObject({ active: true, sub: 'alice', client_id: String(gateway.clientId) })
    expect(seen).not.toHaveProperty('act')
  })

  it('has at most the scopes, the lifetime and by default the resources of the subject token', async () => {
    const resources = ['https://one.example.com']
    token = await create({ scopes: ['read'], resources, accessTokenDuration: 50 })
    const answer = await exchange({ scope: 'read write openid' })
    expect(answer).toMatchObject({ scopes: ['read'], resources })
    expect(JSON.parse(answer.responseContent).expires_in).toBeLessThanOrEqual(50)
    expect(await exchange()).toMatchObject({ action: 'OK', scopes: ['read'] })
  })

  it.each<[string, Record<string, string>]>([
    ['of a refresh token type', { requested_token_type: type('refresh_token') }],
    ['of a SAML assertion', { subject_token: 'PHNhbWw', subject_token_type: type('saml2') }],
    ['with a SAML actor', { actor_token: 'PHNhbWw', actor_token_type: type('saml2') }],
  ])('%s is left to the caller', async (_what, more) => {
    expect(await exchange(more)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('is left to the caller without the setting', async () => {
    await configure({ 'ext.token_exchange.decide': 'caller' })
    expect(await exchange()).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })

  it('is of authenticated clients that are permitted, or have the token', async () => {
    const other = await service.client()
    const refused = await exchange({}, other)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162302' })
    expect(errorOf(refused)).toBe('unauthorized_client')
    expect(await exchange({}, app)).toMatchObject({ action: 'OK', subject: 'alice' })
    const native = await service.publicClient({ extension: { tokenExchangePermitted: true } })
    const unauthenticated = await exchange({}, native)
    expect(unauthenticated).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P162301' })
  })

  it.each<[string, string, string, Record<string, string>]>([
    ['an audience', 'P162306', 'invalid_target', { audience: 'someone' }],
    [
      'authorization_details',
      'P162309',
      'invalid_authorization_details',
      { authorization_details: '[{"type":"x"}]' },
    ],
    ['an unknown token', 'P027016', 'invalid_request', { subject_token: 'unknown' }],
  ])('with %s is refused', async (_what, resultCode, error, more) => {
    const refused = await exchange(more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe(error)
  })

  it('of a token without a user is refused', async () => {
    const refused = await exchange({ subject_token: await actorToken(gateway) })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162308' })
  })

  it('ends with the session of the subject token', async () => {
    const kept = withSessions().attributes
    await service.configure({ ...withSessions(), attributes: [...settings(), ...kept] })
    const { sessionId, subject } = await openSession(service)
    token = await create({ sessionId, subject })
    const { accessToken } = await exchange()
    expect(await introspect(accessToken)).toMatchObject({ active: true })
    await service.api('/session/delete', { sessionId })
    expect(await introspect(accessToken)).toEqual({ active: false })
  })
})

describe('actor of an exchanged token', () => {
  it('is in its act: in introspection, and in a JWT access token (RFC 8693 §4.1)', async () => {
    const { accessToken } = await exchange(await acting())
    const act = { sub: String(gateway.clientId) }
    expect(await introspect(accessToken)).toMatchObject({ active: true, sub: 'alice', act })
    await configure({}, { accessTokenSignAlg: 'ES256' })
    const { accessToken: jwt } = await exchange(await acting())
    expect(decodeJwt(jwt)).toMatchObject({ sub: 'alice', act })
    expect(await introspect(jwt)).toMatchObject({ act })
  })

  it('comes before the former ones, up to a number of them', async () => {
    const next = await service.client({ extension: { tokenExchangePermitted: true } })
    token = await exchange(await acting())
    token = await exchange(await acting(next), next)
    const chain = { sub: String(next.clientId), act: { sub: String(gateway.clientId) } }
    expect((await introspect(token.accessToken)).act).toEqual(chain)
    token = await exchange({}, next)
    expect((await introspect(token.accessToken)).act).toEqual(chain)
    await configure({ 'ext.token_exchange.act_depth': '2' })
    const refused = await exchange(await acting())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162304' })
    expect(errorOf(refused)).toBe('invalid_request')
  })

  it('is never what the caller sets for the claims of the token', async () => {
    await configure({}, { accessTokenSignAlg: 'ES256' })
    const { actor_token, actor_token_type } = await acting()
    const answer = await requestToken(
      service,
      gateway,
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        ...{ subject_token: token.accessToken, subject_token_type: type('access_token') },
        ...{ actor_token, actor_token_type },
      },
      { jwtAtClaims: JSON.stringify({ act: { sub: 'mallory' }, tier: 1 }) },
    )
    const claims = decodeJwt(answer.accessToken)
    expect(claims).toMatchObject({ tier: 1, act: { sub: String(gateway.clientId) } })
  })

  it('is the client itself: the actor token of another client is refused', async () => {
    const refused = await exchange(await acting(app))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162307' })
  })
})

describe('may_act of a subject token', () => {
  const allowing = (may_act: Json) => create({ jwtAtClaims: JSON.stringify({ may_act }) })

  it('entitles the actor that it names, and no other (RFC 8693 §4.4)', async () => {
    const agent = await service.client()
    const sub = String(agent.clientId)
    for (const may_act of [{ sub }, { client_id: sub }, { sub, iss: issuer }]) {
      token = await allowing(may_act)
      expect(await exchange({}, agent)).toMatchObject({ action: 'OK' })
      const named = await exchange(await acting(agent), agent)
      expect((await introspect(named.accessToken)).act).toEqual({ sub })
      const refused = await exchange()
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162303' })
    }
  })

  it.each<[string, Json]>([
    ['another issuer', { sub: 'gateway', iss: partner }],
    ['a claim that cannot be compared', { sub: 'gateway', email: 'g@example.com' }],
    ['only an issuer', { iss: issuer }],
    ['no object', 'gateway'],
  ])('with %s entitles none', async (_what, may_act) => {
    token = await allowing(may_act)
    expect(await exchange()).toMatchObject({ resultCode: 'P162303' })
    token = await allowing({ sub: 'gateway' })
    expect(await exchange()).toMatchObject({ action: 'OK' })
  })

  it('is told by introspection', async () => {
    token = await allowing({ sub: 'gateway' })
    expect(await introspect(token.accessToken)).toMatchObject({ may_act: { sub: 'gateway' } })
  })
})

describe('JWT of a trusted issuer in a token exchange', () => {
  const withJwt = async (more: Json = {}, key?: JWK) => ({
    subject_token: await sign(more, key),
    subject_token_type: type('jwt'),
  })

  it('is exchanged for a token of its subject, again and again', async () => {
    const more = await withJwt({ scope: 'read unknown', acr: 'gold' })
    for (const _ of [1, 2]) {
      const answer = await exchange({ ...more, scope: 'read write' }, app)
      expect(answer).toMatchObject({ action: 'OK', subject: 'bob', scopes: ['read'] })
    }
  })

  it('brings its chain of actors, and is itself an actor with its issuer', async () => {
    const act = { sub: 'robot', iss: partner, exp: 1, act: { sub: 'first' } }
    const brought = await exchange(await withJwt({ act }), app)
    expect((await introspect(brought.accessToken)).act).toEqual({
      ...{ sub: 'robot', iss: partner, act: { sub: 'first' } },
    })
    const actor = { actor_token: await sign({ sub: 'robot' }), actor_token_type: type('jwt') }
    const { accessToken } = await exchange(actor)
    expect((await introspect(accessToken)).act).toEqual({ sub: 'robot', iss: partner })
  })

  it('is limited by its issuer: scopes, subjects and clients', async () => {
    const only = { scopes: ['read'], subjects: ['b*'], clients: ['gateway'], subjectPrefix: 'p-' }
    await configure({ 'ext.trustedIssuers': trusted(only) })
    const answer = await exchange({ ...(await withJwt()), scope: 'read write' })
    expect(answer).toMatchObject({ action: 'OK', subject: 'p-bob', scopes: ['read'] })
    const refused = await exchange(await withJwt({ sub: 'carol' }))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162312' })
    expect(JSON.parse(refused.responseContent).error).toBe('invalid_request')
    expect(await exchange(await withJwt(), app)).toMatchObject({ resultCode: 'P162302' })
  })

  it.each<[string, string, Json, JWK?]>([
    ['for another server', 'P162310', { aud: 'https://other.example.com' }],
    ['without an expiry', 'P162310', { exp: undefined }],
    ['with another key', 'P027015', {}, otherKey],
    ['with a subject that is too long', 'P162311', { sub: 'a'.repeat(256) }],
    ['that has expired', 'P027012', { exp: 1 }],
    ['with an actor without a name', 'P162305', { act: {} }],
    ['with an actor that is no object', 'P162305', { act: 'robot' }],
    ['with a NUL in the name of an actor', 'P162305', { act: { sub: 'a\u0000b' } }],
    [
      'with too many actors',
      'P162304',
      { act: { sub: '1', act: { sub: '2', act: { sub: '3', act: { sub: '4', act: {} } } } } },
    ],
  ])('%s is refused', async (_what, resultCode, more, key) => {
    const refused = await exchange(await withJwt(more, key), app)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe('invalid_request')
  })

  it('of another issuer is left to the caller', async () => {
    const other = await withJwt({ iss: 'https://other.example.com' })
    expect(await exchange(other)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })
})

describe('token that is made of a bound one', () => {
  const certificate = selfSigned('/CN=gateway')
  const x5t = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url')
  const cnf = { 'x5t#S256': x5t }

  it('is bound as the subject token or the assertion (RFC 8705 §3.1)', async () => {
    await configure({ 'ext.trustedIssuers': trusted({ grants: ['token-exchange', 'jwt-bearer'] }) })
    token = await create({ certificateThumbprint: x5t })
    expect(await exchange()).toMatchObject({ resultCode: 'P027017' })
    const jwt = await sign({ cnf })
    const requests = [
      { subject_token: token.accessToken, subject_token_type: type('access_token') },
      { subject_token: jwt, subject_token_type: type('jwt') },
    ].map((more) => ({
      ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', ...more },
    }))
    const bearer = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt }
    for (const each of [...requests, bearer]) {
      const proven = { clientCertificate: certificate }
      const { accessToken } = await requestToken(service, gateway, each, proven)
      expect(await introspect(accessToken)).toMatchObject({ active: true, cnf })
    }
  })
})

describe('actors of an assertion', () => {
  it('are those of its token (RFC 8693 §4.1)', async () => {
    await configure({ 'ext.trustedIssuers': trusted({ grants: ['jwt-bearer'] }) })
    const { accessToken } = await requestToken(service, app, {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await sign({ act: { sub: 'robot', note: 'x' } }),
    })
    expect(await introspect(accessToken)).toMatchObject({ sub: 'bob', act: { sub: 'robot' } })
  })
})
