/** Calls over a quota: refused again without another look, and only as long as they are over it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallRates } from '../../src/http/load-shedding/call-rates.ts'
import { OverQuota } from '../../src/http/load-shedding/over-quota.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'

let server: TestServer
beforeEach(async () => {
  server = await createServer()
})
afterEach(() => server.close())

async function tenant(perSecond: string) {
  const attributes = [{ key: 'ext.quota.calls_per_second', value: perSecond }]
  const service = await server.post('/api/service/create', { serviceName: 'tenant', attributes })
  const serviceId = Number(service.apiKey)
  const path = (tail: string) => `/api/${serviceId}${tail}`
  const call = (options: Json = {}) =>
    server.call('POST', path('/auth/introspection'), { token: 'unknown' }, options)
  return { serviceId, path, call, service }
}

const over = 'P166001'

describe('calls over the quota of a service', () => {
  it('are refused alike, however often they come, until the next call is due', async () => {
    const { call } = await tenant('4')
    for (let at = 0; at < 4; at++) expect((await call()).status).toBe(200)
    for (let at = 0; at < 6; at++) {
      const { status, body, headers } = await call()
      expect([status, body.resultCode, headers.get('retry-after')]).toEqual([429, over, '1'])
      expect(body.resultMessage).toContain('ext.quota.calls_per_second')
    }
    server.system.clock.advance(249)
    expect((await call()).status).toBe(429)
    server.system.clock.advance(1)
    expect((await call()).status).toBe(200)
    expect((await call()).status).toBe(429)
  })

  it('count as refusals of the service, each of them', async () => {
    const { call, path } = await tenant('2')
    for (let at = 0; at < 7; at++) await call()
    await server.store.usage.flush()
    const { refusals } = await server.get(path('/usage'))
    expect(refusals).toContainEqual({ code: over, count: 5 })
  })

  it('tell callers with wrong tokens nothing of it', async () => {
    const { call } = await tenant('1')
    for (let at = 0; at < 3; at++) await call()
    expect((await call({ token: 'wrong' })).status).toBe(401)
    expect((await call()).status).toBe(429)
  })

  it('hold up no management, no other service, and no other token of theirs for longer', async () => {
    const { call, path, service, serviceId } = await tenant('1')
    const other = await tenant('5')
    const token = await server.tokenFor(serviceId, ['use_service'])
    for (let at = 0; at < 3; at++) await call()
    expect((await call({ token })).status).toBe(429)
    expect((await other.call()).status).toBe(200)
    expect((await server.call('POST', path('/service/update'), service)).status).toBe(200)
    server.system.clock.advance(1_000)
    expect((await call({ token })).status).toBe(200)
  })

  it('are explained to a caller that asks for it', async () => {
    const { call } = await tenant('1')
    for (let at = 0; at < 3; at++) await call()
    const headers = { Prefer: 'explain' }
    const { status, body } = await call({ headers })
    expect([status, body.resultCode]).toEqual([429, over])
    expect(body.explanation ?? body.resultMessage).toBeDefined()
  })
})

describe('time of the next call', () => {
  it.each([1, 3, 250, 3_000])('is when a bucket of %d a second has one again', (perSecond) => {
    const rates = new CallRates()
    const start = Date.UTC(2026, 0, 1)
    for (let call = 0; call < perSecond; call++) rates.take(1, perSecond, start)
    const next = rates.nextAt(1, perSecond, start)
    expect(Math.abs(next - start - 1_000 / perSecond)).toBeLessThan(0.5)
    expect(rates.take(1, perSecond, next - 0.1)).toBe(false)
    expect(rates.take(1, perSecond, next + 0.01)).toBe(true)
  })

  it('ends what is known of a caller', () => {
    const known = new OverQuota()
    known.note(1, 'Bearer one', 1_000)
    expect(known.has(1, 'Bearer one', 999)).toBe(true)
    expect(known.has(1, 'Bearer one', 1_000)).toBe(false)
    expect(known.has(1, 'Bearer two', 999)).toBe(false)
    expect(known.has(2, 'Bearer one', 999)).toBe(false)
    known.note(3, undefined, 1_000)
    expect(known.has(3, undefined, 999)).toBe(false)
  })
})
