/** Observability of requests: log entries, request IDs and metrics without secrets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/process/app.ts'
import { createMetrics } from '../../src/process/metrics/metrics.ts'
import { catalogue } from '../../src/refusal.ts'
import { within } from '../support/pace.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'
import { sealer } from '../support/stores.ts'

let server: TestServer
let service: Json
let client: Json
beforeAll(async () => {
  server = await createServer()
  service = await server.post('/api/service/create', { serviceName: 'first' })
  client = await server.post(`/api/${service.apiKey}/client/create`, {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
})
afterAll(() => server.close())

const lastLine = () => server.system.log.entries.findLast(({ message }) => message === 'served')

const credentials = () => ({
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
  parameters: 'grant_type=client_credentials&scope=a-scope',
})

describe('log entry of a request', () => {
  it('has request ID, service, operation, action, result code and duration', async () => {
    const headers = { 'X-Request-Id': 'load-balancer:17/42' }
    const reply = await server.call('POST', `/api/${service.apiKey}/auth/token`, credentials(), {
      headers,
    })
    expect(reply.headers.get('x-request-id')).toBe(headers['X-Request-Id'])
    expect(lastLine()).toEqual({
      level: 'info',
      time: expect.any(String),
      requestId: headers['X-Request-Id'],
      service: String(service.apiKey),
      operation: 'auth_token_api',
      action: 'OK',
      resultCode: reply.body.resultCode,
      status: 200,
      milliseconds: expect.any(Number),
      message: 'served',
    })
  })

  it('is written once for each request', async () => {
    const count = () => server.system.log.entries.filter((e) => e['message'] === 'served').length
    const expected = [
      ['GET', '/api/service/get/list', null, { operation: 'service_get_list_api', status: 401 }],
      ['GET', '/api/nowhere', undefined, { resultCode: 'P000401', status: 404 }],
      ['DELETE', '/api/service/get/list', undefined, { resultCode: 'P000402', status: 405 }],
      ['GET', '/openapi.json', null, { status: 200 }],
      ['GET', '/health/live', null, { level: 'debug', status: 200 }],
    ] as const
    for (const [method, path, token, line] of expected) {
      const before = count()
      const options = token === null ? { token } : {}
      const reply = await server.call(method, path, undefined, options)
      expect([path, count() - before]).toEqual([path, 1])
      expect(lastLine()).toMatchObject(line)
      expect(lastLine()?.['requestId']).toBe(reply.headers.get('x-request-id'))
    }
  })

  it('names the rule of a refusal, with the same request ID', async () => {
    const wrong = { ...credentials(), clientSecret: 'not-the-secret' }
    const headers = { 'X-Request-Id': 'refused-1' }
    const path = `/api/${service.apiKey}/auth/token`
    const { body } = await server.call('POST', path, wrong, { headers })
    expect(lastLine()).toMatchObject({ action: 'INVALID_CLIENT', resultCode: body.resultCode })
    const refused = server.system.log.entries.findLast(({ message }) => message === 'refused')
    expect(refused).toMatchObject({ requestId: 'refused-1', resultCode: body.resultCode })
  })

  it.each(['', 'two words', 'x'.repeat(129), 'a"quote', 'ä', '{}'])(
    'has a generated request ID if the caller sends %j',
    async (sent) => {
      const options = { token: null, headers: { 'X-Request-Id': sent } }
      const { headers } = await server.call('GET', '/health/live', undefined, options)
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    },
  )

  it('contains no secret, and no text that a client or a user sent', async () => {
    const path = `/api/${service.apiKey}/auth/token`
    const { accessToken } = await server.post(path, credentials())
    const text = JSON.stringify(server.system.log.entries)
    for (const secret of [server.adminToken, client.clientSecret, accessToken, 'a-scope']) {
      expect(text.includes(secret)).toBe(false)
    }
  })
})

describe('readiness probe', () => {
  const readiness = async (ping: () => Promise<void>, isDraining = false) => {
    const { store, system } = server
    const app = createApp({ store: { ...store, ping }, system, sealer, health: { isDraining } })
    const [ready, again] = await Promise.all(
      [1, 2].map(async () => {
        const response = await app.request('/health/ready')
        return [response.status, ((await response.json()) as Json).status]
      }),
    )
    expect(again).toEqual(ready)
    expect((await app.request('/health/live')).status).toBe(200)
    return ready
  }

  it('is ready while the database answers', async () => {
    expect(await readiness(server.store.ping)).toEqual([200, 'ready'])
  })

  it('is 503 while the process drains', async () => {
    expect(await readiness(server.store.ping, true)).toEqual([503, 'draining'])
  })

  it('is 503 if the database fails or does not answer within a second', async () => {
    const [status, reason] = [503, 'the database does not answer']
    expect(await readiness(() => Promise.reject(new Error('gone')))).toEqual([status, reason])
    let asked = 0
    const hanging = () => {
      asked += 1
      return new Promise<void>(() => {})
    }
    const started = performance.now()
    expect(await readiness(hanging)).toEqual([status, reason])
    expect(performance.now() - started).toBeLessThan(within(3_000))
    expect(asked).toBe(1)
  })
})

describe('metrics of requests', () => {
  it('count calls by operation, action and result code, without personal data', async () => {
    const metrics = createMetrics(catalogue)
    const { store, system } = server
    const app = createApp({ store, system, sealer, observe: metrics.observe })
    const headers = {
      Authorization: `Bearer ${server.adminToken}`,
      'Content-Type': 'application/json',
    }
    const path = `/api/${service.apiKey}/auth/token`
    const take = (body: object) =>
      app.request(path, { method: 'POST', headers, body: JSON.stringify(body) })
    await take(credentials())
    await take(credentials())
    await take({ ...credentials(), clientSecret: 'wrong' })
    await app.request('/api/nowhere')
    const text = await metrics.text()
    expect(text).toMatch(
      /^postern_calls_total\{operation="auth_token_api",action="OK",result_code="P\d{6}"\} 2$/m,
    )
    expect(text).toMatch(/^postern_calls_total\{.*action="INVALID_CLIENT",result_code="P\d+"\} 1$/m)
    expect(text).toContain('{operation="none",action="",result_code="P000401"} 1')
    expect(text).toMatch(
      /^postern_call_duration_seconds_count\{operation="auth_token_api",.*\} 2$/m,
    )
    for (const id of [service.apiKey, client.clientId]) expect(text).not.toContain(String(id))
  })

  it('have a bounded number of series', async () => {
    const metrics = createMetrics(catalogue)
    const call = { operation: 'auth_token_api', status: 200, milliseconds: 1, ignored: 2 }
    for (let n = 0; n < 1_000; n++) {
      metrics.observe({ ...call, action: `what a caller sent ${n}`, resultCode: `P9${n}` })
    }
    const lines = (await metrics.text()).match(/^postern_calls_total\{.*$/gm)
    expect(lines).toEqual([expect.stringContaining('action="other",result_code="other"} 1000')])
    expect(await metrics.text()).toContain('ignored_members_total{operation="auth_token_api"} 2000')
  })
})
