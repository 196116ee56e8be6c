/** The web origins that may read responses for a client: attribute `ext.cors_origins`. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  form,
  obtainTokens,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { sharedStore } from '../support/stores.ts'

const key = 'ext.cors_origins'
const corsOrigins = ['https://app.example.com', 'http://localhost:5173']

const store = sharedStore()
let service: TestService
let client: Json
beforeEach(async () => {
  service = await createService({}, { on: store() })
  client = await service.publicClient({ attributes: [{ key, value: corsOrigins.join(' ') }] })
})
afterEach(() => service.close())

const wrongCode = (of = client) =>
  requestToken(service, of, { grant_type: 'authorization_code', code: 'unknown' })

describe('corsOrigins', () => {
  it('is told with tokens, claims, and all that a page of the client calls', async () => {
    const tokens = await obtainTokens(service, client)
    expect(tokens).toMatchObject({ action: 'OK', corsOrigins })
    const token = tokens.accessToken
    for (const operation of ['/auth/introspection', '/auth/userinfo', '/auth/userinfo/issue']) {
      expect(await service.api(operation, { token })).toMatchObject({ corsOrigins })
    }
    const parameters = authorizationRequest(client)
    const pushed = await service.api('/pushed_auth_req', { parameters })
    expect(pushed).toMatchObject({ action: 'CREATED', corsOrigins })
    const revocation = form({ client_id: String(client.clientId), token })
    const revoked = await service.api('/auth/revocation', { parameters: revocation })
    expect(revoked).toMatchObject({ action: 'OK', corsOrigins })
  })

  it('is told with an error after the client is known', async () => {
    expect(await wrongCode()).toMatchObject({ action: 'BAD_REQUEST', corsOrigins })
    const confidential = await service.client({ attributes: client.attributes })
    const refused = await wrongCode({ ...confidential, clientSecret: 'wrong' })
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', corsOrigins })
    const { accessToken: token } = await obtainTokens(service, client)
    const insufficient = await service.api('/auth/introspection', { token, scopes: ['write'] })
    expect(insufficient).toMatchObject({ action: 'FORBIDDEN', corsOrigins })
  })

  it('is not told if the client or the token is unknown', async () => {
    const unknown = await wrongCode({ ...client, clientId: 1 })
    expect(unknown.action).toBe('INVALID_CLIENT')
    expect(unknown).not.toHaveProperty('corsOrigins')
    const foreign = await service.api('/auth/introspection', { token: 'unknown' })
    expect(foreign).not.toHaveProperty('corsOrigins')
  })

  it('is absent for a client without the attribute, and empty for one without origins', async () => {
    const without = await service.publicClient()
    expect(await obtainTokens(service, without)).not.toHaveProperty('corsOrigins')
    const none = await service.publicClient({ attributes: [{ key, value: '' }] })
    expect(await obtainTokens(service, none)).toMatchObject({ corsOrigins: [] })
    const all = await service.publicClient({ attributes: [{ key, value: '*' }] })
    expect(await obtainTokens(service, all)).toMatchObject({ corsOrigins: ['*'] })
  })
})

describe('ext.cors_origins', () => {
  it.each([
    ['a path', 'https://app.example.com/'],
    ['http beyond the loopback interface', 'http://app.example.com'],
    ['the default port', 'https://app.example.com:443'],
    ['upper case', 'https://APP.example.com'],
    ['a wildcard within the name', 'https://*.example.com'],
    ['credentials', 'https://user@app.example.com'],
    ['another scheme', 'ftp://app.example.com'],
    ['no scheme', 'app.example.com'],
    ['an opaque origin', 'null'],
    ['too many origins', Array.from({ length: 51 }, (_, at) => `https://a${at}.example`).join(' ')],
  ])('is refused with %s', async (_what, value) => {
    const path = `/api/${service.serviceId}/client/create`
    const refused = await service.call('POST', path, { attributes: [{ key, value }] })
    expect(refused.status).toBe(400)
    expect(refused.body.resultMessage).toContain(key)
  })
})
