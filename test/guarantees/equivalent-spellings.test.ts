/** Equivalent spellings of a value, and spellings that only look equivalent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ deviceVerificationUri: `${issuer}/device` })
  client = await service.client()
})
afterAll(() => service.close())

describe('resource indicator', () => {
  const narrowed = async (asked: string, again: string) =>
    redeem(service, client, await obtainCode(service, client, { resource: asked }), {
      resource: again,
    })

  it.each([
    ['https://mcp.example.com', 'https://mcp.example.com/'],
    ['https://MCP.example.com/mcp', 'https://mcp.example.com/mcp'],
    ['HTTPS://mcp.example.com:443/mcp?a=B', 'https://mcp.example.com/mcp?a=B'],
    ['http://[::1]:80', 'http://[::1]/'],
  ])('%s equals %s, and the token has the granted one (RFC 3986 §6.2.3)', async (asked, again) => {
    const tokens = await narrowed(asked, again)
    expect(tokens).toMatchObject({ action: 'OK', accessTokenResources: [asked] })
    const token: string = tokens.accessToken
    const introspected = await service.api('/auth/introspection', { token, resources: [again] })
    expect(introspected).toMatchObject({ action: 'OK' })
  })

  it.each([
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp/'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/MCP'],
    ['https://mcp.example.com/a', 'https://mcp.example.com/%61'],
    ['https://mcp.example.com/a', 'https://mcp.example.com/x/../a'],
    ['https://mcp.example.com', 'http://mcp.example.com'],
    ['https://mcp.example.com', 'https://mcp.example.com:8443'],
    ['https://mcp.example.com/', 'https://user@mcp.example.com/'],
    ['urn:example:A', 'urn:example:a'],
  ])('%s differs from %s (RFC 8707 §2.2)', async (asked, again) => {
    expect(await narrowed(asked, again)).toMatchObject({ resultCode: 'P012002' })
  })

  it('is malformed with a character that no URI contains (RFC 3986 §2, RFC 8707 §2)', async () => {
    const answer = await narrowed('https://mcp.example.com', 'https://mcp.example.com\\')
    expect(answer).toMatchObject({ resultCode: 'P012001' })
  })

  it('counts once if it is repeated (RFC 8707 §2)', async () => {
    const twice = 'resource=https%3A%2F%2Fa.example.com&resource=https%3A%2F%2FA.example.com%2F'
    const answer = await service.api('/auth/token', {
      parameters: `grant_type=client_credentials&${twice}`,
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    expect(answer.accessTokenResources).toEqual(['https://a.example.com'])
  })
})

it('a user code is accepted in full-width characters (RFC 8628 §6.1)', async () => {
  const { userCode } = await service.api('/device/authorization', {
    parameters: form({ scope: 'openid' }),
    ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
  })
  const fullWidth = [...(userCode as string)].map((letter) =>
    String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
  )
  const typed = `${fullWidth.slice(0, 4).join('')}－${fullWidth.slice(4).join('')}`
  const verified = await service.api('/device/verification', { userCode: typed })
  expect(verified).toMatchObject({ action: 'VALID' })
})

it('an ID with leading zeros identifies no service or client (RFC 6749 §2.2)', async () => {
  const { clientId, clientSecret } = client
  const padded = `0${clientId}`
  const parameters = form({ grant_type: 'client_credentials' })
  const answer = await service.api('/auth/token', { parameters, clientId: padded, clientSecret })
  expect(answer).toMatchObject({ action: 'INVALID_CLIENT' })
  const ofService = await service.call('GET', `/api/0${service.serviceId}/service/get`)
  expect(ofService).toMatchObject({ status: 404 })
  const get = (id: string) => service.call('GET', `/api/${service.serviceId}/client/get/${id}`)
  expect(await get(String(clientId))).toMatchObject({ status: 200 })
  expect(await get(padded)).toMatchObject({ status: 404 })
  const forToken = (serviceId: unknown) =>
    service.call('POST', '/api/servicetoken/all', { organizationId: 1, apiServerId: 1, serviceId })
  expect(await forToken(String(service.serviceId))).toMatchObject({ status: 200 })
  expect(await forToken(`0${service.serviceId}`)).toMatchObject({ status: 400 })
})

describe('Accept header of an introspection request', () => {
  const jwt = 'application/token-introspection+jwt'
  it.each([
    [jwt, 'JWT'],
    [`${jwt.toUpperCase()};q=1`, 'JWT'],
    [`application/json;q=0.5, ${jwt}`, 'JWT'],
    [`${jwt};q=0`, 'OK'],
    [`${jwt};q=0.1, application/json`, 'OK'],
    [`${jwt};q=0.5, */*;q=0.9`, 'OK'],
    [`x${jwt}`, 'OK'],
    [`application/json;note=${jwt}`, 'OK'],
    ['*/*', 'OK'],
  ])('%s gets the action %s (RFC 9110 §12.5.1, RFC 9701 §4)', async (httpAcceptHeader, action) => {
    const { accessToken } = await obtainTokens(service, client)
    const answer = await service.api('/auth/introspection/standard', {
      parameters: form({ token: accessToken }),
      ...{ httpAcceptHeader, rsUri: 'https://api.example.com' },
    })
    expect(answer.action).toBe(action)
  })
})

describe('scope of a token response', () => {
  const scopeOf = ({ responseContent }: Json) => JSON.parse(responseContent).scope

  it('is empty if the request had scopes and none was granted (RFC 6749 §5.1)', async () => {
    expect(scopeOf(await obtainTokens(service, client, { scope: 'unknown' }))).toBe('')
    const own = { grant_type: 'client_credentials', scope: 'unknown' }
    expect(scopeOf(await requestToken(service, client, own))).toBe('')
    const none = await obtainTokens(service, client, { scope: 'openid email' }, { scopes: [] })
    expect(scopeOf(none)).toBe('')
  })

  it('lists the granted scopes if they are fewer than requested (RFC 6749 §5.1)', async () => {
    const some = { scopes: ['email'] }
    const tokens = await obtainTokens(service, client, { scope: 'profile email' }, some)
    expect(scopeOf(tokens)).toBe('email')
  })
})

describe('claim without a value', () => {
  const claims = JSON.stringify({
    ...{ email: null, nickname: '', 'name#ja': '', groups: [], updated_at: 0, active: false },
    address: { country: 'DE', region: null, locality: '' },
    'address#ja': { region: '' },
    profile: { nested: null },
  })
  const kept = {
    ...{ groups: [], updated_at: 0, active: false },
    ...{ address: { country: 'DE' }, profile: { nested: null } },
  }

  it('is omitted from UserInfo and ID Tokens (OIDC Core §5.3.2, §5.1.1)', async () => {
    const { idToken, accessToken: token } = await obtainTokens(service, client, {}, { claims })
    const { responseContent } = await service.api('/auth/userinfo/issue', { token, claims })
    expect(JSON.parse(responseContent)).toEqual({ sub: 'alice', ...kept })
    const payload = JSON.parse(Buffer.from(idToken.split('.')[1], 'base64url').toString())
    expect(payload).toMatchObject(kept)
    for (const name of ['email', 'nickname', 'name#ja', 'address#ja']) {
      expect(payload).not.toHaveProperty([name])
    }
  })
})
