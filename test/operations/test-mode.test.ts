/** Test mode: redirect URIs that a client has not registered, and the mark of its tokens. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  authorize,
  createService,
  form,
  obtainCode,
  redeem,
  redirectUri,
  refresh,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const elsewhere = 'https://preview-17.example.net/callback?branch=a'
const attributes = (pairs: Record<string, string>) => ({
  attributes: Object.entries(pairs).map(([key, value]) => ({ key, value })),
})
const testClient = attributes({ 'ext.test_mode': 'true' })
const allowing = attributes({ 'ext.test_mode.allowed': 'true' })

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client(testClient)
})
afterAll(() => service.close())
beforeEach(() => service.configure(allowing))

const ask = async (at: Json, uri: string, more = {}) => {
  const { action, resultCode } = await authorize(service, at, { redirect_uri: uri, ...more })
  return [action, resultCode]
}
const unregistered = ['BAD_REQUEST', 'P004003']
const accepted = ['INTERACTION', 'P030901']

const testTokens = async () => {
  const code = await obtainCode(service, client, { redirect_uri: elsewhere })
  return redeem(service, client, code, { redirect_uri: elsewhere })
}
const introspect = async (token: string) =>
  JSON.parse(
    (await service.api('/auth/introspection/standard', { parameters: form({ token }) }))
      .responseContent,
  )

describe('client in test mode', () => {
  it.each([
    elsewhere,
    'http://localhost:3000/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:8080/',
  ])('may use %s, which it has not registered', async (uri) => {
    expect(await ask(client, uri)).toEqual(accepted)
  })

  it.each([
    'http://app.example.com/callback',
    'http://localhost.example.com/callback',
    'https://user@app.example.com/callback',
    'https://app.example.com/callback#fragment',
    'https://app.example.com\\@other.example.com/',
    'https:/callback',
    'com.example.app:/callback',
    'javascript:alert(1)',
    `https://app.example.com/${'a'.repeat(2_048)}`,
  ])('must not use %s (RFC 9700 §4.1.3)', async (uri) => {
    expect(await ask(client, uri)).toEqual(['BAD_REQUEST', 'P105001'])
  })

  it('needs no registered redirect URI', async () => {
    const bare = await service.client({ ...testClient, redirectUris: [] })
    expect(await ask(bare, elsewhere)).toEqual(accepted)
    expect((await authorize(service, bare, { redirect_uri: undefined })).resultCode).toBe('P004001')
  })

  it('gets errors at the unregistered redirect URI, too', async () => {
    const more = { redirect_uri: elsewhere, response_type: 'unknown' }
    const { action, responseContent } = await authorize(service, client, more)
    expect(action).toBe('LOCATION')
    expect(responseContent.startsWith(`${elsewhere}&error=`)).toBe(true)
  })

  it('has to repeat the redirect URI at the token endpoint (RFC 6749 §4.1.3)', async () => {
    for (const other of [redirectUri, undefined, `${elsewhere}&more`]) {
      const code = await obtainCode(service, client, { redirect_uri: elsewhere })
      const refused = await redeem(service, client, code, { redirect_uri: other })
      expect(refused.action).toBe('BAD_REQUEST')
    }
    expect((await testTokens()).action).toBe('OK')
  })

  it('may push such a request (RFC 9126 §2.1)', async () => {
    const pushed = await service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client, { redirect_uri: elsewhere }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    const parameters = form({ client_id: String(client.clientId), request_uri: pushed.requestUri })
    expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
      action: 'INTERACTION',
      test: true,
    })
    await service.configure({})
    expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P004003',
    })
  })
})

describe('token of a request with an unregistered redirect URI', () => {
  it('is marked in introspection and in the list, also after a refresh', async () => {
    const issued = await testTokens()
    const refreshed = await refresh(service, client, issued.refreshToken)
    for (const token of [refreshed.refreshToken, refreshed.accessToken]) {
      expect(await introspect(token)).toMatchObject({ active: true, test: true })
    }
    const { accessToken: token } = refreshed
    expect(await service.api('/auth/introspection', { token })).toMatchObject({ test: true })
    const listed = await service.get(
      `/api/${service.serviceId}/auth/token/get/list?clientIdentifier=${client.clientId}`,
    )
    expect(listed.accessTokens.at(-1)).toMatchObject({ test: true })
  })

  it('is marked if it is a JWT', async () => {
    await service.configure({ ...allowing, accessTokenSignAlg: 'ES256' })
    expect(decodeJwt((await testTokens()).jwtAccessToken)).toMatchObject({ test: true })
  })

  it('is shown as such to the caller that exchanges it (RFC 8693 §2.1)', async () => {
    const { accessToken } = await testTokens()
    const exchanged = await service.api('/auth/token', {
      parameters: form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: accessToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    expect(exchanged.subjectTokenInfo).toMatchObject({ test: true })
  })

  it('is not marked if the redirect URI is registered', async () => {
    await service.configure({ ...allowing, accessTokenSignAlg: 'ES256' })
    const { jwtAccessToken } = await redeem(service, client, await obtainCode(service, client))
    expect(decodeJwt(jwtAccessToken)).not.toHaveProperty('test')
    expect(await introspect(jwtAccessToken)).not.toHaveProperty('test')
    expect((await authorize(service, client)).test).toBeUndefined()
  })
})

describe('test mode', () => {
  it('is off for a client without it, and in a service without it', async () => {
    expect(await ask(await service.client(), elsewhere)).toEqual(unregistered)
    await service.configure({})
    expect(await ask(client, elsewhere)).toEqual(unregistered)
    const error = { response_type: 'unknown', scope: undefined }
    expect(await ask(client, elsewhere, error)).toEqual(unregistered)
  })

  it('ends at the time of the service, also for pushed requests', async () => {
    const at = (more: number) => new Date(service.system.clock() + more).toISOString()
    const untilThen = (more: number) =>
      service.configure(
        attributes({ 'ext.test_mode.allowed': 'true', 'ext.test_mode.until': at(more) }),
      )
    await untilThen(60_000)
    expect(await ask(client, elsewhere)).toEqual(accepted)
    await untilThen(0)
    expect(await ask(client, elsewhere)).toEqual(unregistered)
  })

  it.each([
    ['ext.profile of the service', {}, { 'ext.profile': 'oauth-2.1' }],
    ['FAPI modes of the service', { fapiModes: ['FAPI1_BASELINE'] }, {}],
    ['FAPI by scopes', { supportedServiceProfiles: ['FAPI'] }, {}],
  ])('is excluded by %s', async (_, more, pairs: Record<string, string>) => {
    await service.configure({
      ...more,
      ...attributes({ 'ext.test_mode.allowed': 'true', ...pairs }),
    })
    expect(await ask(client, elsewhere)).toEqual(unregistered)
  })

  it('is excluded by FAPI modes of the client', async () => {
    const strict = await service.client({ ...testClient, fapiModes: ['FAPI1_BASELINE'] })
    expect(await ask(strict, elsewhere)).toEqual(unregistered)
  })

  it.each(['2026-12-31', '2026-12-31T23:59:59', 'tomorrow', '2026-13-01T00:00:00Z', ''])(
    'cannot end at %j, which is no time with a zone',
    async (end) => {
      const saved = await service.configure(attributes({ 'ext.test_mode.until': end }))
      expect(saved.resultCode).toBe('P000206')
    },
  )
})
