/** Assertions of trusted issuers, about which the engine itself decides: RFC 7523 §2.1 and §3. */
import { generateKeyPairSync } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, form, issuer, requestToken, type TestService } from '../../support/flows.ts'
import { clientKey, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const partner = 'https://idp.example.com'
const [, otherKey = clientKey] = serviceKeys

const entry = (more: Json = {}): Json => ({
  issuer: partner,
  jwks: { keys: [publicKey(clientKey)] },
  grants: ['jwt-bearer', 'id-jag'],
  ...more,
})
const trusting = (...entries: unknown[]) => ({
  attributes: [{ key: 'ext.trustedIssuers', value: JSON.stringify(entries) }],
})

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client({ clientIdAlias: 'calendar', clientIdAliasEnabled: true })
})
afterAll(() => service.close())
beforeEach(() => service.configure(trusting(entry())))

const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more
let count = 0
const claims = (more: Json = {}): Json => ({
  ...{ iss: partner, sub: 'alice', aud: issuer, exp: seconds(60), iat: seconds() },
  ...{ jti: `id-${++count}` },
  ...more,
})
interface Signed {
  key?: JWK
  alg?: string
  typ?: string
}
const sign = async (more: Json = {}, { key = clientKey, alg = 'ES256', typ }: Signed = {}) =>
  new SignJWT(claims(more))
    .setProtectedHeader({ alg, ...(typ ? { typ } : {}) })
    .sign(await importJWK(key, alg))
const idJag = (more: Json = {}) =>
  sign({ client_id: String(client.clientId), ...more }, { typ: 'oauth-id-jag+jwt' })

const bring = (assertion: string, more: Json = {}, by: Json = client): Promise<Json> =>
  requestToken(service, by, { grant_type: grantType, assertion, scope: 'read write', ...more })
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error

describe('assertion of a trusted issuer', () => {
  it('is answered with an access token for its subject at once (RFC 7523 §2.1)', async () => {
    const granted = await bring(await sign({ auth_time: seconds(-5), acr: 'gold' }))
    expect(granted).toMatchObject({
      ...{ action: 'OK', resultCode: 'P035901', grantType: 'JWT_BEARER', subject: 'alice' },
      ...{ clientId: client.clientId, scopes: ['read', 'write'] },
    })
    expect(granted).not.toHaveProperty('ticket')
    expect(granted).not.toHaveProperty('refreshToken')
    const { access_token, token_type, scope } = JSON.parse(granted.responseContent)
    expect({ token_type, scope }).toEqual({ token_type: 'Bearer', scope: 'read write' })
    const introspected = await service.api('/auth/introspection', { token: access_token })
    expect(introspected).toMatchObject({
      ...{ action: 'OK', subject: 'alice', grantType: 'JWT_BEARER', acr: 'gold' },
      ...{ authTime: seconds(-5), refreshable: false },
    })
  })

  it.each<[string, Json]>([
    ['another issuer', { iss: 'https://other.example.com' }],
    ['an issuer that is trusted for token exchange only', { iss: 'https://sts.example.com' }],
  ])('is left to the caller if it has %s', async (_what, more) => {
    const sts = entry({ issuer: 'https://sts.example.com', grants: ['token-exchange'] })
    await service.configure(trusting(entry(), sts))
    expect(await bring(await sign(more))).toMatchObject({ action: 'JWT_BEARER' })
  })

  it('is accepted with a listed audience beside issuer and token endpoint', async () => {
    const aud = 'https://listed.example.com'
    expect(await bring(await sign({ aud }))).toMatchObject({ resultCode: 'P028007' })
    await service.configure(trusting(entry({ audiences: [aud] })))
    for (const each of [aud, `${issuer}/token`]) {
      expect(await bring(await sign({ aud: each }))).toMatchObject({ action: 'OK' })
    }
    expect(await bring(await sign({ aud: 'x' }))).toMatchObject({ resultCode: 'P028007' })
  })

  it('is used once, by its jti or by what is signed (RFC 7523 §3)', async () => {
    const jti = 'once'
    expect(await bring(await sign({ jti }))).toMatchObject({ action: 'OK' })
    const again = await bring(await sign({ jti }))
    expect(again).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162008' })
    expect(errorOf(again)).toBe('invalid_grant')
    const nameless = await sign({ jti: undefined })
    expect(await bring(nameless)).toMatchObject({ action: 'OK' })
    expect(await bring(nameless)).toMatchObject({ resultCode: 'P162008' })
  })

  it('makes one token if many requests bring it concurrently', async () => {
    const assertion = await sign({ sub: 'racer' })
    const answers = await Promise.all(Array.from({ length: 12 }, () => bring(assertion)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(answers.filter(({ resultCode }) => resultCode === 'P162008')).toHaveLength(11)
    const list = await service.get(
      `/api/${service.serviceId}/auth/token/get/list?subject=racer&clientIdentifier=${client.clientId}`,
    )
    expect(list.accessTokens).toHaveLength(1)
  })

  it('is not used up by a request that is refused', async () => {
    const assertion = await sign()
    const refused = await bring(assertion, { authorization_details: '[{"type":"x"}]' })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162013' })
    expect(await bring(assertion)).toMatchObject({ action: 'OK' })
  })

  it.each<[string, string, () => Promise<string>]>([
    ['another key', 'P162004', () => sign({}, { key: otherKey })],
    ['an expiry after more than a day', 'P162007', () => sign({ exp: seconds(90_000) })],
    ['a subject that is too long', 'P162005', () => sign({ sub: 'a'.repeat(256) })],
    ['a NUL in its subject', 'P162005', () => sign({ sub: 'a\u0000b' })],
    ['half a surrogate pair in its subject', 'P162005', () => sign({ sub: '\ud800' })],
    ['a scope that is no string', 'P162012', () => sign({ scope: ['read'] })],
  ])('with %s is refused (RFC 7523 §3)', async (_what, resultCode, make) => {
    const refused = await bring(await make())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe('invalid_grant')
  })

  it('without a signature is refused, and not left to the caller', async () => {
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${base64({ alg: 'none' })}.${base64(claims())}.`
    expect(await bring(unsigned)).toMatchObject({ resultCode: 'P162004' })
  })

  it('has one of the listed algorithms', async () => {
    await service.configure(trusting(entry({ algorithms: ['RS256'] })))
    expect(await bring(await sign())).toMatchObject({ resultCode: 'P162004' })
    await service.configure(trusting(entry({ algorithms: ['ES256'] })))
    expect(await bring(await sign())).toMatchObject({ action: 'OK' })
  })

  it('that is bound to a key requires proof of possession of it (RFC 7800 §3)', async () => {
    const bound = await bring(await sign({ cnf: { jkt: 'a'.repeat(43) } }))
    expect(bound).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P028010' })
  })
})

describe('keys of a trusted issuer', () => {
  it('are fetched from its jwksUri, and again after a rotation', async () => {
    const jwksUri = 'https://idp.example.com/rotating'
    const keys = (key: JWK) => ({ body: { keys: [publicKey(key)] } })
    service.system.fetch.answer(jwksUri, keys(clientKey))
    await service.configure(trusting(entry({ jwks: undefined, jwksUri })))
    expect(await bring(await sign())).toMatchObject({ action: 'OK' })
    const newKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const next = newKey.export({ format: 'jwk' }) as JWK
    service.system.fetch.answer(jwksUri, keys(next))
    service.system.clock.advance(60_000)
    expect(await bring(await sign({}, { key: next }))).toMatchObject({ action: 'OK' })
  })

  it('that cannot be fetched verify nothing', async () => {
    const jwksUri = 'https://idp.example.com/broken'
    service.system.fetch.answer(jwksUri, { status: 500 })
    await service.configure(trusting(entry({ jwks: undefined, jwksUri })))
    expect(await bring(await sign())).toMatchObject({ resultCode: 'P162004' })
  })
})

describe('limits of a trusted issuer', () => {
  it('are its subjects, exactly or by their beginning', async () => {
    await service.configure(trusting(entry({ subjects: ['bob', 'eu-*'] })))
    for (const sub of ['bob', 'eu-alice']) {
      expect(await bring(await sign({ sub }))).toMatchObject({ action: 'OK', subject: sub })
    }
    for (const sub of ['alice', 'bobby', 'x-eu-alice']) {
      expect(await bring(await sign({ sub }))).toMatchObject({ resultCode: 'P162006' })
    }
  })

  it('are its names for subjects: another claim, and a prefix', async () => {
    await service.configure(
      trusting(entry({ subjectClaim: 'email', subjectPrefix: 'partner:', subjects: ['*'] })),
    )
    const email = 'alice@example.com'
    expect(await bring(await sign({ email }))).toMatchObject({ subject: `partner:${email}` })
    expect(await bring(await sign())).toMatchObject({ resultCode: 'P162005' })
  })

  it('are its clients, by number or alias', async () => {
    await service.configure(trusting(entry({ clients: ['calendar'] })))
    expect(await bring(await sign())).toMatchObject({ action: 'OK' })
    const other = await service.client()
    const refused = await bring(await sign(), {}, other)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162002' })
    expect(errorOf(refused)).toBe('unauthorized_client')
    await service.configure(trusting(entry({ clients: [String(other.clientId)] })))
    expect(await bring(await sign(), {}, other)).toMatchObject({ action: 'OK' })
  })

  it('are its scopes, those of the assertion, and never those that need a user here', async () => {
    await service.configure(trusting(entry({ scopes: ['read', 'openid'] })))
    const scope = 'read write openid'
    expect(await bring(await sign(), { scope })).toMatchObject({ scopes: ['read'] })
    const narrower = await sign({ scope: 'write' })
    expect(await bring(narrower, { scope })).toMatchObject({ action: 'OK', scopes: [] })
    await service.configure(trusting(entry()))
    const all = await bring(await sign({ scope: 'write unknown' }), { scope: undefined })
    expect(all).toMatchObject({ action: 'OK', scopes: ['write'] })
    expect(all).not.toHaveProperty('idToken')
  })

  it('are the resources that the assertion names (RFC 8707 §2.2)', async () => {
    const resource = ['https://one.example.com', 'https://two.example.com']
    expect(await bring(await sign({ resource }))).toMatchObject({ resources: resource })
    const narrowed = await bring(await sign({ resource }), { resource: resource[1] })
    expect(narrowed).toMatchObject({ action: 'OK', resources: [resource[1]] })
    const wider = await bring(await sign({ resource: resource[0] }), { resource: resource[1] })
    expect(wider).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P012002' })
    expect(await bring(await sign({ resource: 1 }))).toMatchObject({ resultCode: 'P012001' })
  })
})

describe('client with an assertion of a trusted issuer', () => {
  it('is required, while an anonymous request is refused (RFC 7521 §4.1)', async () => {
    const parameters = form({ grant_type: grantType, assertion: await sign() })
    const refused = await service.api('/auth/token', { parameters })
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P162001' })
  })

  it('may be public, but not with an ID-JAG', async () => {
    const app = await service.publicClient()
    expect(await bring(await sign(), {}, app)).toMatchObject({ action: 'OK' })
    const assertion = await idJag({ client_id: String(app.clientId) })
    const refused = await bring(assertion, {}, app)
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P162009' })
  })
})

describe('ID-JAG of a trusted issuer', () => {
  it('is answered with an access token for its client, by number or alias', async () => {
    for (const client_id of [String(client.clientId), 'calendar']) {
      const scope = 'read'
      const granted = await bring(await idJag({ client_id, scope }), { scope: undefined })
      expect(granted).toMatchObject({ action: 'OK', subject: 'alice', scopes: ['read'] })
    }
  })

  it.each<[string, string, Json]>([
    ['without a jti', 'P162010', { jti: undefined }],
    ['without an iat', 'P162010', { iat: undefined }],
    ['without a client_id', 'P162010', { client_id: undefined }],
    ['for the token endpoint', 'P162010', { aud: `${issuer}/token` }],
    ['with a second audience', 'P162010', { aud: [issuer, 'https://other.example.com'] }],
    ['of another client', 'P162011', { client_id: 'other' }],
  ])('%s is refused', async (_what, resultCode, more) => {
    const refused = await bring(await idJag(more))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe('invalid_grant')
  })

  it('grants the details of its issuer that service and client support (RFC 9396 §2)', async () => {
    const payment = { type: 'payment', actions: ['initiate', 'status'], amount: 1.5 }
    const authorization_details = [payment, { type: 'files' }, { type: 'unknown' }]
    const types = { supportedAuthorizationDetailsTypes: ['payment', 'files'] }
    const listing = (more: Json = {}) => service.configure({ ...trusting(entry(more)), ...types })
    const details = async (more: Json = {}, assertion = idJag({ authorization_details })) => {
      const answer = await bring(await assertion, more)
      const { authorization_details: told } = JSON.parse(answer.responseContent)
      return answer.action === 'OK' ? told : answer.resultCode
    }
    await listing()
    expect(await details()).toBeUndefined()
    const part = { authorization_details: JSON.stringify([{ ...payment, actions: ['status'] }]) }
    expect(await details(part)).toBe('P162013')
    await listing({ authorizationDetailsTypes: ['payment', 'unknown'] })
    expect(await details()).toEqual([payment])
    expect(await details(part)).toEqual([{ ...payment, actions: ['status'] }])
    const wider = { authorization_details: '[{"type":"files"}]' }
    expect(await details(wider)).toBe('P012106')
    expect(await details({}, idJag({ authorization_details: 'text' }))).toBe('P012101')
    expect(await details({}, sign({ authorization_details }))).toBeUndefined()
  })

  it('is refused of an issuer for other assertions only, and the other way round', async () => {
    await service.configure(trusting(entry({ grants: ['jwt-bearer'] })))
    expect(await bring(await idJag())).toMatchObject({ resultCode: 'P162003' })
    await service.configure(trusting(entry({ grants: ['id-jag'] })))
    expect(await bring(await sign())).toMatchObject({ resultCode: 'P162003' })
    expect(await bring(await idJag())).toMatchObject({ action: 'OK' })
  })
})

describe('ext.trustedIssuers', () => {
  const { d, ...publicPart } = clientKey
  it.each<[string, string, string]>([
    ['no JSON', 'no JSON', 'Expected the text of a JSON document'],
    ['no list', '{}', 'Expected a list of entries'],
    [
      'without keys',
      JSON.stringify([entry({ jwks: undefined })]),
      '[0]: Expected either jwks or jwksUri',
    ],
    [
      'with keys at an http URL',
      JSON.stringify([entry({ jwks: undefined, jwksUri: 'http://idp.example.com/jwks' })]),
      '[0].jwksUri: Expected a URI with the scheme https',
    ],
    ['with an unknown grant', JSON.stringify([entry({ grants: ['other'] })]), '[0].grants[0]: '],
    [
      'with a symmetric algorithm',
      JSON.stringify([entry({ algorithms: ['HS256'] })]),
      '[0].algorithms[0]: ',
    ],
    ['with an unknown member', JSON.stringify([entry({ unknown: 1 })]), '[0]: '],
    ['with an issuer twice', JSON.stringify([entry(), entry()]), '[1].issuer: It is listed twice'],
    [
      'with the service itself',
      JSON.stringify([entry({ issuer })]),
      '[0].issuer: Expected another issuer',
    ],
    [
      'with a private key',
      JSON.stringify([entry({ jwks: { keys: [{ ...publicPart, d }] } })]),
      '[0].jwks.keys.0: The key must be public',
    ],
  ])('%s is refused with the place of the mistake', async (_what, value, message) => {
    const attributes = [{ key: 'ext.trustedIssuers', value }]
    const refused = await service.configure({ attributes })
    expect(refused.resultMessage).toContain(`ext.trustedIssuers is wrong: ${message}`)
    expect(await bring(await sign())).toMatchObject({ action: 'OK' })
  })

  it('is refused if it is set twice', async () => {
    const [attribute] = trusting(entry()).attributes
    const refused = await service.configure({ attributes: [attribute, attribute] })
    expect(refused.resultMessage).toContain('ext.trustedIssuers is wrong: It is listed twice')
  })
})
