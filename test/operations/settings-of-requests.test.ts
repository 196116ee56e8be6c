/** Attributes that decide how requests are checked: each with its effect, and without it. */
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const attributes = (pairs: Record<string, string>) => ({
  attributes: Object.entries(pairs).map(([key, value]) => ({ key, value })),
})
const configure = (pairs: Record<string, string>) => service.configure(attributes(pairs))
const ask = async (at: Json, more: Record<string, string | undefined>) => {
  const { action, resultCode, responseContent } = await authorize(service, at, more)
  return [action, resultCode, responseContent] as const
}

describe('ext.state.required', () => {
  it('makes a request without state fail at the client, for the service or one client', async () => {
    expect((await ask(client, { state: undefined }))[0]).toBe('INTERACTION')
    const strict = await service.client(attributes({ 'ext.state.required': 'true' }))
    const refused = await ask(strict, { state: undefined })
    expect(refused.slice(0, 2)).toEqual(['LOCATION', 'P031021'])
    expect(new URL(refused[2]).searchParams.get('error')).toBe('invalid_request')
    expect((await ask(strict, {}))[0]).toBe('INTERACTION')
    await configure({ 'ext.state.required': 'true' })
    expect((await ask(client, { state: undefined }))[1]).toBe('P031021')
  })
})

describe('ext.redirect_uri.omit_if_single', () => {
  it('lets an OpenID request omit the only registered redirect_uri', async () => {
    const omitted = { redirect_uri: undefined }
    expect((await ask(client, omitted)).slice(0, 2)).toEqual(['BAD_REQUEST', 'P004002'])
    await configure({ 'ext.redirect_uri.omit_if_single': 'true' })
    expect((await ask(client, omitted))[0]).toBe('INTERACTION')
    const two = await service.client({ redirectUris: [redirectUri, `${redirectUri}2`] })
    expect((await ask(two, omitted)).slice(0, 2)).toEqual(['BAD_REQUEST', 'P004002'])
  })
})

describe('ext.cc.openid', () => {
  it('decides whether the scope openid is ignored or refused for client credentials', async () => {
    const request = { grant_type: 'client_credentials', scope: 'openid read' }
    const ignored = await requestToken(service, client, request)
    expect([ignored.action, ignored.scopes]).toEqual(['OK', ['read']])
    await configure({ 'ext.cc.openid': 'reject' })
    const refused = await requestToken(service, client, request)
    expect([refused.action, refused.resultCode]).toEqual(['BAD_REQUEST', 'P022002'])
    const others = await requestToken(service, client, { ...request, scope: 'read' })
    expect(others.action).toBe('OK')
  })
})

describe('ext.resources.allowed', () => {
  const api = 'https://api.example.com/'
  const cases: [string, Record<string, string>, Record<string, string>][] = [
    ['service', { 'ext.resources.allowed': `${api} https://other.example.com/` }, {}],
    ['client', {}, { 'ext.resources.allowed': api }],
  ]
  it.each(cases)(
    'of the %s refuses every other resource (RFC 8707 §2)',
    async (_, ofService, of) => {
      await configure(ofService)
      const limited = await service.client(attributes(of))
      const request = { grant_type: 'client_credentials', scope: 'read' }
      const allowed = await requestToken(service, limited, {
        ...request,
        resource: 'https://API.example.com:443/',
      })
      expect(allowed.action).toBe('OK')
      const foreign = { ...request, resource: 'https://foreign.example.com/' }
      const refused = await requestToken(service, limited, foreign)
      expect([refused.action, refused.resultCode]).toEqual(['BAD_REQUEST', 'P012003'])
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_target')
      await configure({})
      const anyone = await requestToken(service, client, foreign)
      expect(anyone.action).toBe('OK')
    },
  )

  it('refuses other resources of the password grant, too (RFC 8707 §2)', async () => {
    await configure({ 'ext.resources.allowed': api })
    const request = { grant_type: 'password', username: 'alice', password: 'x' }
    const asked = (resource: string) => requestToken(service, client, { ...request, resource })
    expect(await asked(api)).toMatchObject({ action: 'PASSWORD' })
    expect(await asked('https://foreign.example.com/')).toMatchObject({ resultCode: 'P012003' })
  })

  it('is refused when it is saved with a relative URI', async () => {
    const path = `/api/${service.serviceId}/client/create`
    const body = { clientType: 'PUBLIC', ...attributes({ 'ext.resources.allowed': '/api' }) }
    const reply = await service.call('POST', path, body)
    expect([reply.status, reply.body.resultMessage]).toEqual([
      400,
      expect.stringContaining('ext.resources.allowed'),
    ])
  })
})

describe('ext.jwks.published', () => {
  it('hides the key set and jwks_uri with false, but not from its owner', async () => {
    const path = `/api/${service.serviceId}/service/jwks/get`
    const metadata = async () => {
      const found = await service.get(`/api/${service.serviceId}/service/configuration`)
      return found.jwks_uri
    }
    expect((await service.call('GET', path)).status).toBe(200)
    expect(await metadata()).toBe(`${issuer}/jwks`)
    await configure({ 'ext.jwks.published': 'false' })
    expect((await service.call('GET', path)).status).toBe(204)
    expect(await metadata()).toBeUndefined()
    expect((await service.call('GET', `${path}?includePrivateKeys=true`)).status).toBe(200)
  })
})

describe('ext.request_object.max_lifetime', () => {
  it('refuses a request object that is valid for longer (RFC 9101 §10.2)', async () => {
    const signing = await service.client({ requestSignAlg: 'HS256' })
    const now = Math.floor(service.system.clock() / 1_000)
    const sent = async (times: Json) => {
      const claims = Object.fromEntries(new URLSearchParams(authorizationRequest(signing)))
      const request = await new SignJWT({ ...claims, ...times })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(String(signing.clientId))
        .setAudience(issuer)
        .sign(new TextEncoder().encode(signing.clientSecret))
      const client_id = String(signing.clientId)
      const parameters = form({ client_id, response_type: 'code', scope: 'openid', request })
      const { action, resultCode } = await service.api('/auth/authorization', { parameters })
      return [action, resultCode]
    }
    const long = { iat: now, exp: now + 600 }
    expect((await sent(long))[0]).toBe('INTERACTION')
    await configure({ 'ext.request_object.max_lifetime': '300' })
    expect((await sent(long))[1]).toBe('P031022')
    expect((await sent({ exp: now + 60 }))[1]).toBe('P031022')
    expect((await sent({ iat: now }))[1]).toBe('P031022')
    expect((await sent({ iat: now, exp: now + 300 }))[0]).toBe('INTERACTION')
    expect((await sent({ iat: now - 900, nbf: now, exp: now + 300 }))[0]).toBe('INTERACTION')
  })
})

describe('rotation of refresh tokens', () => {
  const isKept = async (at: Json, scope = 'openid read') => {
    const tokens = await obtainTokens(service, at, { scope })
    const refreshed = await refresh(service, at, tokens.refreshToken)
    expect(refreshed.action).toBe('OK')
    return refreshed.refreshToken === tokens.refreshToken
  }
  const withRolling = (value: string) => ({
    supportedScopes: [
      { name: 'openid' },
      { name: 'read', attributes: [{ key: 'refresh_token.rolling', value }] },
    ],
  })

  it('follows ext.refresh.rotation of the client before the service', async () => {
    const [always, never] = await Promise.all(
      ['always', 'never'].map((value) =>
        service.client(attributes({ 'ext.refresh.rotation': value })),
      ),
    )
    expect([await isKept(always), await isKept(never), await isKept(client)]).toEqual([
      ...[false, true, false],
    ])
    await service.configure({ refreshTokenKept: true })
    expect([await isKept(always), await isKept(never), await isKept(client)]).toEqual([
      ...[false, true, true],
    ])
  })

  it('follows refresh_token.rolling of a granted scope before the service', async () => {
    await service.configure(withRolling('false'))
    expect([await isKept(client), await isKept(client, 'openid')]).toEqual([true, false])
    await service.configure({ ...withRolling('true'), refreshTokenKept: true })
    expect([await isKept(client), await isKept(client, 'openid')]).toEqual([false, true])
    const never = await service.client(attributes({ 'ext.refresh.rotation': 'never' }))
    expect(await isKept(never)).toBe(true)
  })

  it('does not restart the lifetime where refresh_token.rolling of a granted scope is false', async () => {
    const settings = { refreshTokenKept: true, refreshTokenDurationReset: true }
    const left = async (scope: string) => {
      const { refreshToken } = await obtainTokens(service, client, { scope })
      service.system.clock.advance(600_000)
      const refreshed = await refresh(service, client, refreshToken)
      return refreshed.refreshTokenDuration
    }
    await service.configure({ ...withRolling('false'), ...settings, refreshTokenDuration: 3_600 })
    expect([await left('openid'), await left('openid read')]).toEqual([3_600, 3_000])
  })
})

describe('authorization request', () => {
  it('shows the caller the raw display and the attributes of service and client', async () => {
    await configure({ note: 'of the service' })
    const noted = await service.client(attributes({ first_party: 'true' }))
    const shown = await authorize(service, noted, { display: 'modal' })
    expect(shown).toMatchObject({
      display: 'PAGE',
      rawDisplay: 'modal',
      serviceAttributes: [{ key: 'note', value: 'of the service' }],
      clientAttributes: [{ key: 'first_party', value: 'true' }],
    })
    expect((await authorize(service, client)).rawDisplay).toBeUndefined()
  })
})
