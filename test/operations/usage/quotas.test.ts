/** Quotas of services: what is over them is refused, and others are served as before. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallRates } from '../../../src/http/load-shedding/call-rates.ts'
import { assemble } from '../../../src/store/open.ts'
import { createService, obtainCode, obtainTokens, redeem } from '../../support/flows.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'
import { sealer } from '../../support/stores.ts'

describe('rate of calls', () => {
  const start = Date.UTC(2026, 0, 1)
  const taken = (rates: CallRates, count: number, perSecond: number, now: number) =>
    Array.from({ length: count }, () => rates.take(1, perSecond, now)).filter(Boolean).length

  it.each([1, 3, 7, 250, 3_000])('of %d a second admits that many at once, and no more', (rate) => {
    expect(taken(new CallRates(), 2 * rate, rate, start)).toBe(rate)
  })

  it('admits each further call once its part of the second has passed', () => {
    const rates = new CallRates()
    taken(rates, 10, 10, start)
    const admitted = Array.from({ length: 20 }, (_, at) => taken(rates, 1, 10, start + at * 50))
    expect(admitted.join('')).toBe('00101010101010101010')
  })

  it('admits the quota on average under ten times as many calls', () => {
    const rates = new CallRates()
    let admitted = 0
    for (let at = 0; at < 10_000; at += 1) admitted += taken(rates, 1, 100, start + at)
    expect(admitted).toBeGreaterThanOrEqual(1_090)
    expect(admitted).toBeLessThanOrEqual(1_100)
  })

  it('gathers no more than a second of calls, however long the service is quiet', () => {
    const rates = new CallRates()
    taken(rates, 5, 5, start)
    expect(taken(rates, 50, 5, start + 3_600_000)).toBe(5)
  })

  it('is one of each service', () => {
    const rates = new CallRates()
    taken(rates, 5, 5, start)
    expect(rates.take(1, 5, start)).toBe(false)
    expect(rates.take(2, 5, start)).toBe(true)
  })

  it('is not stopped by a clock that was set back', () => {
    const rates = new CallRates()
    taken(rates, 5, 5, start)
    expect(rates.take(1, 5, start - 3_600_000)).toBe(true)
  })
})

let server: TestServer
beforeEach(async () => {
  server = await createServer()
})
afterEach(() => server.close())

/** A service with these attributes, and a client that may get tokens for itself. */
async function serviceWith(attributes: Record<string, string>) {
  const service = await server.post('/api/service/create', {
    serviceName: 'tenant',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  })
  const path = (tail: string) => `/api/${service.apiKey}${tail}`
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
  return { service: service as Json, client: client as Json, path, token }
}

describe('quota of calls per second (ext.quota.calls_per_second)', () => {
  it('refuses further calls with 429 and Retry-After, until a second has passed', async () => {
    const { token } = await serviceWith({ 'ext.quota.calls_per_second': '3' })
    for (let call = 0; call < 3; call++) expect((await token()).status).toBe(200)
    const refused = await token()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.body).toEqual({
      resultCode: 'P166001',
      resultMessage: expect.stringContaining('ext.quota.calls_per_second'),
    })
    server.system.clock.advance(1_000)
    expect((await token()).status).toBe(200)
  })

  it('refuses before the body is parsed', async () => {
    const { path } = await serviceWith({ 'ext.quota.calls_per_second': '1' })
    const call = () => server.call('POST', path('/auth/token'), '{ no JSON')
    expect((await call()).status).toBe(415)
    expect((await call()).body.resultCode).toBe('P166001')
  })

  it('does not count calls of strangers, nor of other services', async () => {
    const { path, token } = await serviceWith({ 'ext.quota.calls_per_second': '1' })
    const other = await serviceWith({})
    const foreign = await server.tokenFor(other.service.apiKey, ['use_service'])
    for (const stranger of [null, 'unknown-api-token', foreign]) {
      const { status } = await server.call('POST', path('/auth/token'), {}, { token: stranger })
      expect([401, 403]).toContain(status)
    }
    for (let call = 0; call < 5; call++) expect((await other.token()).status).toBe(200)
    expect((await token()).status).toBe(200)
  })

  it('does not limit management, so that it can be raised', async () => {
    const { path, service, token } = await serviceWith({ 'ext.quota.calls_per_second': '1' })
    await token()
    for (let call = 0; call < 5; call++) {
      expect((await server.call('GET', path('/service/get'))).status).toBe(200)
    }
    expect((await token()).status).toBe(429)
    const attributes = [{ key: 'ext.quota.calls_per_second', value: '5' }]
    const raised = { ...service, attributes }
    expect((await server.call('POST', path('/service/update'), raised)).status).toBe(200)
    server.system.clock.advance(200)
    expect((await token()).status).toBe(200)
  })

  it('limits no service without the attribute', async () => {
    const { token } = await serviceWith({})
    for (let call = 0; call < 30; call++) expect((await token()).status).toBe(200)
  })

  it.each(['0', '1.5', '100001', 'many'])('cannot be %s', async (value) => {
    const attributes = [{ key: 'ext.quota.calls_per_second', value }]
    const body = { serviceName: 'tenant', attributes }
    expect((await server.call('POST', '/api/service/create', body)).status).toBe(400)
  })
})

describe('quota of access tokens per day (ext.quota.tokens_per_day)', () => {
  const quota = { 'ext.quota.tokens_per_day': '2' }

  it('refuses further tokens with 429 until midnight in UTC, and other calls are served', async () => {
    const { token, path } = await serviceWith(quota)
    for (let call = 0; call < 2; call++) expect((await token()).status).toBe(200)
    const refused = await token()
    expect([refused.status, refused.body.resultCode]).toEqual([429, 'P166002'])
    const seconds = Number(refused.headers.get('retry-after'))
    const left = 86_400_000 - (server.system.clock() % 86_400_000)
    expect(seconds).toBe(Math.ceil(left / 1_000))
    const known = await server.call('POST', path('/auth/introspection'), { token: 'unknown' })
    expect(known.status).toBe(200)
    server.system.clock.advance(left - 1)
    expect((await token()).status).toBe(429)
    server.system.clock.advance(1)
    expect((await token()).status).toBe(200)
  })

  it('counts what is stored, so that a restart or another process gives no tokens more', async () => {
    const { token, path } = await serviceWith({ 'ext.quota.tokens_per_day': '3' })
    await token()
    const { store, engine, system } = server
    await store.usage.flush()
    const other = assemble(engine, sealer)
    const next = await createServer({ on: { store: other, engine, close: async () => {} }, system })
    const client = await next.post(path('/client/create'), {
      clientType: 'CONFIDENTIAL',
      grantTypes: ['CLIENT_CREDENTIALS'],
    })
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) {
      const { status } = await next.call('POST', path('/auth/token'), {
        parameters: 'grant_type=client_credentials',
        clientId: String(client.clientId),
        clientSecret: client.clientSecret,
      })
      statuses.push(status)
    }
    expect(statuses).toEqual([200, 200, 429])
    // The first process learns of it when it reads again.
    await other.usage.flush()
    server.system.clock.advance(10_000)
    await token()
    await store.usage.flush()
    expect((await token()).status).toBe(429)
    await next.close()
  })

  it('uses up no code, which can be redeemed when there are tokens again', async () => {
    const attributes = (value: string) => [{ key: 'ext.quota.tokens_per_day', value }]
    const service = await createService({ attributes: attributes('1') }, server)
    const client = await service.client()
    await obtainTokens(service, client)
    const code = await obtainCode(service, client)
    expect((await redeem(service, client, code)).resultCode).toBe('P166002')
    await service.configure({ attributes: attributes('2') })
    expect((await redeem(service, client, code)).action).toBe('OK')
  })
})

describe('quota of clients (ext.quota.clients)', () => {
  const client = { clientType: 'PUBLIC' }

  it('refuses to create further clients with 409, until one is deleted', async () => {
    const { path, client: first } = await serviceWith({ 'ext.quota.clients': '2' })
    const create = () => server.call('POST', path('/client/create'), client)
    expect((await create()).status).toBe(200)
    const refused = await create()
    expect([refused.status, refused.body.resultCode]).toEqual([409, 'P166003'])
    expect((await server.call('DELETE', path(`/client/delete/${first.clientId}`))).status).toBe(204)
    expect((await create()).status).toBe(200)
    expect((await create()).status).toBe(409)
  })

  it('lets one of many concurrent creations have the last place', async () => {
    const { path } = await serviceWith({ 'ext.quota.clients': '4' })
    const create = () => server.call('POST', path('/client/create'), client)
    const created = await Promise.all(Array.from({ length: 12 }, create))
    expect(created.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(created.filter(({ status }) => status === 409)).toHaveLength(9)
  })

  it('holds for clients of a configuration that is applied', async () => {
    const { path } = await serviceWith({ 'ext.quota.clients': '2' })
    const apply = async (...keys: string[]) => {
      const configuration = { clients: { items: keys.map((key) => ({ key, ...client })) } }
      const { etags } = await server.post(path('/plan'), configuration)
      return server.call('POST', path('/apply'), { ...configuration, etags })
    }
    expect((await apply('one', 'other')).body.resultCode).toBe('P166003')
    expect((await apply('one')).status).toBe(200)
  })
})

describe('quotas of a service', () => {
  const quota = { key: 'ext.quota.clients', value: '5' }

  it('are not changed or removed by API tokens of the service', async () => {
    const { service, path } = await serviceWith({ 'ext.quota.clients': '5' })
    const token = await server.tokenFor(Number(service.apiKey), ['modify_service'])
    const update = (attributes: Json[], more: Json = {}) =>
      server.call('POST', path('/service/update'), { ...service, ...more, attributes }, { token })
    for (const attributes of [[], [{ ...quota, value: '6' }]]) {
      const { status, body } = await update(attributes)
      expect([status, body.resultCode]).toEqual([403, 'P166004'])
    }
    const further = { key: 'ext.quota.calls_per_second', value: '9' }
    expect((await update([quota, further])).body.resultCode).toBe('P166004')
    const { status, body } = await update([quota], { serviceName: 'renamed' })
    expect([status, body.serviceName]).toEqual([200, 'renamed'])
    const patched = await server.call(
      'PATCH',
      path('/service'),
      JSON.stringify({ attributes: [] }),
      { token, headers: { 'Content-Type': 'application/merge-patch+json' } },
    )
    expect(patched.body.resultCode).toBe('P166004')
  })
})
