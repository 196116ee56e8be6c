/** Transaction tokens, which a service issues to the workloads of its trust domain. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, issuer, requestToken, type TestService } from '../../support/flows.ts'
import { clientKey, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const domain = 'trust-domain.example'
const partner = 'https://idp.example.com'
const trusted = (more: Json = {}) =>
  JSON.stringify([
    {
      ...{ issuer: partner, jwks: { keys: [publicKey(clientKey)] }, grants: ['token-exchange'] },
      ...more,
    },
  ])
const attributes = (values: Record<string, string>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

let service: TestService
let app: Json
let gateway: Json
let token: Json
beforeAll(async () => {
  service = await createService()
  app = await service.client()
  gateway = await service.client({
    ...{ clientIdAlias: 'gateway', clientIdAliasEnabled: true },
    attributes: attributes({ 'ext.txn_token.scopes': 'trade.stocks trade.bonds read' }),
  })
})
afterAll(() => service.close())

const configure = (more: Record<string, string> = {}) =>
  service.configure({
    attributes: attributes({
      ...{ 'ext.txn_token.trust_domain': domain, 'ext.trustedIssuers': trusted() },
      ...more,
    }),
  })
const create = (more: Json = {}): Promise<Json> =>
  service.api('/auth/token/create', {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId: app.clientId, subject: 'alice' },
    ...{ scopes: ['write'], ...more },
  })
beforeEach(async () => {
  await configure()
  token = await create()
})

const ask = (more: Record<string, string | undefined> = {}, by: Json = gateway) =>
  requestToken(service, by, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...{ requested_token_type: type('txn_token'), audience: domain, scope: 'trade.stocks' },
    ...{ subject_token: token.accessToken, subject_token_type: type('access_token') },
    ...more,
  })
const issued = async (...given: Parameters<typeof ask>) => {
  const answer = await ask(...given)
  expect(answer).toMatchObject({ action: 'OK', resultCode: 'P035901' })
  const response = JSON.parse(answer.responseContent)
  return { answer, response, claims: decodeJwt<Json>(response.access_token) }
}
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more
const sign = async (more: Json = {}) =>
  new SignJWT({ iss: partner, sub: 'bob', aud: issuer, exp: seconds(60), ...more })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(await importJWK(clientKey, 'ES256'))

describe('token exchange for a transaction token', () => {
  it('is answered at once with a signed token for the trust domain', async () => {
    const { answer, response, claims } = await issued({
      request_context: '{"req_ip":"192.0.2.1","authn":"urn:ietf:rfc:6749"}',
      request_details: '{"action":"BUY","quantity":1.50}',
    })
    expect(answer).not.toHaveProperty('requestedTokenType')
    expect(response).toEqual({
      ...{ access_token: expect.any(String), issued_token_type: type('txn_token') },
      ...{ token_type: 'N_A', expires_in: 300, scope: 'trade.stocks' },
    })
    expect(decodeProtectedHeader(response.access_token).typ).toBe('txntoken+jwt')
    expect(claims).toEqual({
      ...{ iss: issuer, aud: domain, iat: seconds(), exp: seconds(300), sub: 'alice' },
      ...{ txn: expect.any(String), scope: 'trade.stocks', req_wl: String(gateway.clientId) },
      rctx: { req_ip: '192.0.2.1', authn: 'urn:ietf:rfc:6749' },
      tctx: { action: 'BUY', quantity: 1.5 },
    })
    const [, payload = ''] = response.access_token.split('.')
    expect(Buffer.from(payload, 'base64url').toString()).toContain('"quantity":1.50')
    const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
    const currentDate = new Date(service.system.clock())
    await jwtVerify(response.access_token, keys, { audience: domain, currentDate })
  })

  it('has another transaction each time, and no context without one', async () => {
    const { claims } = await issued()
    expect(claims).not.toHaveProperty('rctx')
    expect(claims).not.toHaveProperty('tctx')
    expect((await issued()).claims.txn).not.toBe(claims.txn)
  })

  it('is never longer than the subject token, and as short as the service says', async () => {
    token = await create({ accessTokenDuration: 20 })
    const { response, claims } = await issued()
    expect(claims.exp).toBe(seconds(20))
    expect(response.expires_in).toBe(20)
    await configure({ 'ext.txn_token.duration': '7' })
    expect((await issued()).response.expires_in).toBe(7)
  })

  it('has scopes of the client, and scopes of the service only as the subject token', async () => {
    const scope = 'trade.stocks read write trade.other'
    expect((await issued({ scope })).claims.scope).toBe('trade.stocks')
    token = await create({ scopes: ['read', 'write'] })
    expect((await issued({ scope })).claims.scope).toBe('trade.stocks read')
    for (const wrong of ['write', 'trade.other', undefined]) {
      const refused = await ask({ scope: wrong })
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162204' })
      expect(errorOf(refused)).toBe('invalid_scope')
    }
  })

  it('is about the client of a token without a user, or the subject of a trusted JWT', async () => {
    const request = { grant_type: 'client_credentials' }
    const { accessToken } = await requestToken(service, app, request)
    const ofClient = await issued({ subject_token: accessToken })
    expect(ofClient.claims.sub).toBe(String(app.clientId))
    const signed = await sign({ scope: 'orders' })
    const jwt = { subject_token: signed, subject_token_type: type('jwt') }
    expect((await issued(jwt)).claims.sub).toBe('bob')
    await configure({ 'ext.trustedIssuers': trusted({ clients: ['other'] }) })
    expect(await ask(jwt)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162208' })
  })

  it('is refused if the scopes of the subject token are unknown (§13.14)', async () => {
    const jwt = { subject_token: await sign(), subject_token_type: type('jwt') }
    const refused = await ask(jwt)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P165002' })
    expect(errorOf(refused)).toBe('invalid_scope')
    await configure({ 'ext.trustedIssuers': trusted({ scopes: ['orders'] }) })
    expect((await issued(jwt)).claims.scope).toBe('trade.stocks')
  })

  it('is unknown to a service without a trust domain, as every other type', async () => {
    await service.configure({ attributes: [] })
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027004' })
  })

  it.each<[string, string, string, Record<string, string | undefined>]>([
    ['no audience', 'P162203', 'invalid_target', { audience: undefined }],
    ['another audience', 'P162203', 'invalid_target', { audience: 'other.example' }],
    [
      'a refresh token',
      'P162205',
      'invalid_request',
      { subject_token: 'x', subject_token_type: type('refresh_token') },
    ],
    ['an unknown access token', 'P027016', 'invalid_request', { subject_token: 'unknown' }],
    ['a context that is no JSON', 'P162206', 'invalid_request', { request_context: '{' }],
    ['details that are a list', 'P162206', 'invalid_request', { request_details: '[]' }],
    [
      'details that are too long',
      'P162206',
      'invalid_request',
      { request_details: JSON.stringify({ a: 'x'.repeat(4_096) }) },
    ],
    [
      'details that are nested too deep',
      'P162206',
      'invalid_request',
      { request_details: `{"a":${'['.repeat(100)}${']'.repeat(100)}}` },
    ],
    [
      'an actor token',
      'P162207',
      'invalid_request',
      { actor_token: 'x', actor_token_type: type('jwt') },
    ],
  ])('is refused with %s', async (_what, resultCode, error, more) => {
    const refused = await ask(more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe(error)
  })

  it('is refused to clients without scopes for it, and to public ones', async () => {
    const refused = await ask({}, app)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162202' })
    const native = await service.publicClient()
    const unauthenticated = await ask({}, native)
    expect(unauthenticated).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P162201' })
  })
})

describe('transaction token', () => {
  it('is accepted nowhere as another token (RFC 8725 §3.11)', async () => {
    const { response } = await issued()
    const subject_token = response.access_token
    for (const name of ['jwt', 'id_token']) {
      const more = { requested_token_type: undefined, audience: undefined }
      const asIs = { ...more, subject_token, subject_token_type: type(name) }
      expect(await ask(asIs)).toMatchObject({
        action: 'BAD_REQUEST',
        resultCode: expect.stringMatching(/P0270(14|19)/),
      })
    }
    const seen = await service.api('/auth/introspection', { token: subject_token })
    expect(seen).toMatchObject({ action: 'UNAUTHORIZED', existent: false })
  })
})

describe('transaction token that replaces another one (§13.15)', () => {
  let desk: Json
  beforeAll(async () => {
    desk = await service.client({
      attributes: attributes({ 'ext.txn_token.scopes': 'trade.stocks trade.bonds read' }),
    })
  })
  const first = async () =>
    (
      await issued({
        scope: 'trade.stocks trade.bonds',
        request_context: '{"req_ip":"192.0.2.1"}',
        request_details: '{"action":"BUY","quantity":1.50}',
      })
    ).response.access_token
  const replace = (subject_token: string, more: Record<string, string | undefined> = {}) => ({
    ...{ subject_token, subject_token_type: type('txn_token') },
    ...more,
  })

  it('keeps the transaction, its subject and its context, and names all workloads', async () => {
    const former = await first()
    const before = decodeJwt<Json>(former)
    service.system.clock.advance(10_000)
    const { claims, response } = await issued(
      replace(former, {
        request_context: '{"req_ip":"198.51.100.1","zone":"b"}',
        request_details: '{"quantity":100,"desk":"7"}',
      }),
      desk,
    )
    expect(claims).toEqual({
      ...{ iss: issuer, aud: domain, txn: before['txn'], sub: 'alice', scope: 'trade.stocks' },
      ...{ iat: seconds(), exp: before['exp'], req_wl: String(desk.clientId) },
      act: { sub: String(desk.clientId), act: { sub: String(gateway.clientId) } },
      rctx: { req_ip: '192.0.2.1', zone: 'b' },
      tctx: { action: 'BUY', quantity: 1.5, desk: '7' },
    })
    const [, payload = ''] = response.access_token.split('.')
    expect(Buffer.from(payload, 'base64url').toString()).toContain('"quantity":1.50')
  })

  it('never has a scope that the former one lacks', async () => {
    const narrow = (await issued({ scope: 'trade.stocks' })).response.access_token
    const wide = replace(narrow, { scope: 'trade.stocks trade.bonds read' })
    expect((await issued(wide, desk)).claims.scope).toBe('trade.stocks')
    const other = await ask(replace(narrow, { scope: 'trade.bonds' }), desk)
    expect(other).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162204' })
  })

  it('is refused after the end of the former one, without tolerance of clocks', async () => {
    const former = await first()
    await service.configure({
      allowableClockSkew: 60,
      attributes: attributes({ 'ext.txn_token.trust_domain': domain }),
    })
    service.system.clock.advance(299_000)
    expect((await issued(replace(former))).response.expires_in).toBe(1)
    service.system.clock.advance(1_000)
    expect(await ask(replace(former))).toMatchObject({ resultCode: 'P027012' })
  })

  it('is refused for a token of others, of another kind, or for another domain', async () => {
    const former = await first()
    const forged = `${former.slice(0, former.lastIndexOf('.'))}.${'A'.repeat(86)}`
    expect(await ask(replace(forged))).toMatchObject({ resultCode: 'P027015' })
    expect(await ask(replace(await sign()))).toMatchObject({ resultCode: 'P027019' })
    await configure({ 'ext.txn_token.trust_domain': 'other.example' })
    const refused = await ask(replace(former, { audience: 'other.example' }))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P165003' })
    expect(errorOf(refused)).toBe('invalid_request')
  })

  it('is refused after eight replacements', async () => {
    let last = await first()
    const results: string[] = []
    for (let count = 0; count < 9; count += 1) {
      const answer = await ask(replace(last))
      results.push(answer.resultCode)
      if (answer.action === 'OK') last = JSON.parse(answer.responseContent).access_token
    }
    expect(results).toEqual([...Array.from({ length: 8 }, () => 'P035901'), 'P165004'])
  })
})
