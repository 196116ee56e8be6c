/** Budgets of rows: what a service may store, counted in the background. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorize, createService, obtainTokens, refresh } from '../../support/flows.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeEach(async () => {
  server = await createServer()
})
afterEach(() => server.close())

const attributes = (values: Record<string, string>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

async function serviceWith(quota: Record<string, string>) {
  const { apiKey } = await server.post('/api/service/create', {
    serviceName: 'tenant',
    attributes: attributes(quota),
  })
  const path = (tail: string) => `/api/${apiKey}${tail}`
  const client = await server.post(path('/client/create'), {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
  const token = () =>
    server.call('POST', path('/auth/token'), {
      parameters: 'grant_type=client_credentials',
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
  return { path, client, token }
}

/** Calls until the answer has this status: counts are made in the background. */
const until = (status: number, call: () => Promise<{ status: number }>) =>
  expect.poll(async () => (await call()).status, { timeout: 20_000, interval: 20 }).toBe(status)

describe('quota of stored tokens (ext.quota.tokens)', () => {
  it('refuses further tokens with 429, and serves those that exist', async () => {
    const { token, path } = await serviceWith({ 'ext.quota.tokens': '3' })
    const first = await token()
    await until(429, token)
    const refused = await token()
    expect([refused.body.resultCode, refused.headers.get('retry-after')]).toEqual(['P168001', '10'])
    const { access_token } = JSON.parse(first.body.responseContent)
    const known = await server.post(path('/auth/introspection'), { token: access_token })
    expect(known.usable).toBe(true)
  })

  it('stores no more than the quota in one process, once rows have been counted', async () => {
    const { token, path } = await serviceWith({ 'ext.quota.tokens': '8' })
    await token()
    await expect
      .poll(() => Promise.all(Array.from({ length: 4 }, token)).then((all) => all.at(-1)?.status), {
        timeout: 20_000,
      })
      .toBe(429)
    const { totalCount } = await server.get(path('/auth/token/get/list?start=0&end=100'))
    expect(totalCount).toBeGreaterThanOrEqual(8)
    // Four calls at once do not see each other, nor the first ones a count.
    expect(totalCount).toBeLessThanOrEqual(20)
    await token()
    const later = await server.get(path('/auth/token/get/list?start=0&end=100'))
    expect(later.totalCount).toBe(totalCount)
  })

  it('goes on once tokens have expired and were removed', async () => {
    const { token } = await serviceWith({ 'ext.quota.tokens': '2' })
    await until(429, token)
    server.system.clock.advance(100_000_000)
    await server.store.purge(server.system.clock())
    await until(200, token)
  })

  it('goes on once the tokens of a client were deleted', async () => {
    const { token, path, client } = await serviceWith({ 'ext.quota.tokens': '2' })
    await until(429, token)
    const other = await server.post(path('/client/create'), {
      clientType: 'CONFIDENTIAL',
      grantTypes: ['CLIENT_CREDENTIALS'],
    })
    await server.call('DELETE', path(`/client/delete/${client.clientId}`))
    server.system.clock.advance(10_000)
    await until(200, () =>
      server.call('POST', path('/auth/token'), {
        parameters: 'grant_type=client_credentials',
        clientId: String(other.clientId),
        clientSecret: other.clientSecret,
      }),
    )
  })

  it('uses up no refresh token, which works again once the quota was raised', async () => {
    const service = await createService(
      { attributes: attributes({ 'ext.quota.tokens': '2' }) },
      server,
    )
    const client = await service.client()
    const { refreshToken } = (await obtainTokens(service, client)) as Json
    let last = refreshToken
    await expect
      .poll(async () => {
        const refreshed = (await refresh(service, client, last)) as Json
        last = refreshed.refreshToken ?? last
        return refreshed.resultCode
      })
      .toBe('P168001')
    await service.configure({ attributes: attributes({ 'ext.quota.tokens': '50' }) })
    expect(((await refresh(service, client, last)) as Json).action).toBe('OK')
  })

  it('limits no other service', async () => {
    const full = await serviceWith({ 'ext.quota.tokens': '1' })
    const other = await serviceWith({ 'ext.quota.tokens': '100' })
    await until(429, full.token)
    for (let call = 0; call < 5; call++) expect((await other.token()).status).toBe(200)
  })

  it('counts what is stored, more than one statement counts', async () => {
    const { token, path, client } = await serviceWith({ 'ext.quota.tokens': '5010' })
    await token()
    const { tables } = server.engine
    const [row] = await server.engine.read.select().from(tables.accessTokens).limit(1)
    if (!row) throw new Error('No token is stored.')
    const serviceId = Number(path('').slice('/api/'.length))
    const { insert } = server.store.accessTokens
    const rows = Array.from({ length: 5_009 }, () => {
      const tokenHash = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString(
        'base64url',
      )
      const { clientId } = client
      const times = { createdAt: server.system.clock(), expiresAt: server.system.clock() + 9e6 }
      const grant = { scopes: [] }
      return insert({
        ...{ serviceId, tokenHash, familyId: tokenHash, clientId, subject: undefined, ...times },
        ...{ sessionId: undefined, grantId: undefined },
        data: { ...row.data, grant: { ...row.data.grant, ...grant } },
      } as Parameters<typeof insert>[0])
    })
    for (let at = 0; at < rows.length; at += 500) {
      await server.store.commit(...rows.slice(at, at + 500))
    }
    server.system.clock.advance(300_000)
    await until(429, token)
    const { totalCount } = await server.get(path('/auth/token/get/list?start=0&end=1'))
    expect(totalCount).toBeGreaterThanOrEqual(5_010)
  })

  it('is refused in a dry run as in a call', async () => {
    const { token, path, client } = await serviceWith({ 'ext.quota.tokens': '1' })
    await until(429, token)
    const explained = await server.post(path('/explain'), {
      operation: '/auth/token',
      request: {
        parameters: 'grant_type=client_credentials',
        clientId: String(client.clientId),
        clientSecret: client.clientSecret,
      },
    })
    expect(JSON.stringify(explained)).toContain('P168001')
  })
})

describe('quota of stored grants (ext.quota.grants)', () => {
  async function granting(most: string) {
    const service = await createService(
      { attributes: attributes({ 'ext.quota.grants': most }) },
      server,
    )
    const client = await service.client()
    const grant = async (subject: string) => {
      const { ticket } = (await authorize(service, client)) as Json
      return server.call('POST', `/api/${service.serviceId}/auth/authorization/issue`, {
        ticket,
        subject,
      })
    }
    return { service, client, grant }
  }

  it('refuses the first grant of another user with 429, and serves those known', async () => {
    const { grant } = await granting('2')
    expect((await grant('ann')).status).toBe(200)
    let users = 0
    await until(429, () => grant(`user ${++users}`))
    const refused = await grant('new')
    expect([refused.body.resultCode, refused.headers.get('retry-after')]).toEqual(['P168002', '10'])
    expect((await grant('ann')).status).toBe(200)
  })

  it('goes on once a user has taken back a grant', async () => {
    const { grant, service, client } = await granting('1')
    let users = 0
    await until(429, () => grant(`user ${++users}`))
    for (let user = 1; user < users; user++) {
      const path = `/client/granted_scopes/delete/${client.clientId}`
      await service.api(path, { subject: `user ${user}` })
    }
    server.system.clock.advance(10_000)
    await until(200, () => grant('new'))
  })
})

describe('quotas of rows', () => {
  it.each(['ext.quota.tokens', 'ext.quota.grants'])('%s must be a number', async (key) => {
    const body = { serviceName: 'tenant', attributes: [{ key, value: 'all' }] }
    expect((await server.call('POST', '/api/service/create', body)).status).toBe(400)
  })
})
