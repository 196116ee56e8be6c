/** A temporary outage of the database: prompt 503 answers, and no write lost or repeated. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { isUnavailable } from '../../src/store/unavailable.ts'
import { type FaultyProxy, startProxy } from '../faults/proxy.ts'
import {
  createService,
  form,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestService,
} from '../support/flows.ts'
import { template } from '../support/postgres.ts'
import type { Json, Reply } from '../support/server.ts'
import { createDatabase, sealer } from '../support/stores.ts'

let service: TestService
let client: Json

/** The reply of an operation, and its duration. */
async function timed(operation: string, body: unknown): Promise<Reply & { milliseconds: number }> {
  const started = performance.now()
  const reply = await service.call('POST', `/api/${service.serviceId}${operation}`, body)
  return { ...reply, milliseconds: performance.now() - started }
}

const tokenRequest = (code: string) => ({
  parameters: form({
    grant_type: 'authorization_code',
    code,
    redirect_uri: 'https://app.example.com/callback',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  }),
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
})

function expectUnavailable(reply: Reply & { milliseconds: number }): void {
  expect([reply.status, reply.body.resultCode]).toEqual([503, 'P000801'])
  expect(reply.headers.get('retry-after')).toBe('1')
  expect(reply.body).not.toHaveProperty('action')
  expect(reply.milliseconds).toBeLessThan(2_000)
}

const tokensOf = async (subject: string): Promise<number> => {
  const path = `/api/${service.serviceId}/auth/token/get/list?subject=${subject}`
  return (await service.get(path)).totalCount
}

const authorizing = (parameters: Record<string, string>) =>
  form({
    response_type: 'code',
    client_id: String(client.clientId),
    redirect_uri: 'https://app.example.com/callback',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...parameters,
  })

const isGood = async (token: string): Promise<boolean> =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

describe.runIf(inject('dialect') === 'sqlite')('full disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-full-'))
  let limit: (pages?: number) => Promise<unknown>
  beforeAll(async () => {
    const engine = await openSqlite(join(folder, 'postern.db'))
    const { $client } = engine.read as typeof engine.read & {
      $client: { pragma(text: string, options: { simple: true }): number }
    }
    // The limit belongs to the connection that writes, so it is set by a write.
    limit = (pages = $client.pragma('page_count', { simple: true })) =>
      engine.run({ sql: `pragma max_page_count = ${pages}`, params: [] })
    const store = assemble(engine, sealer)
    service = await createService({}, { on: { store, engine, close: store.close } })
    client = await service.client()
  })
  afterAll(async () => {
    await service.close()
    rmSync(folder, { recursive: true })
  })

  it('answers writes with 503 and reads as usual, and recovers without a restart', async () => {
    const { accessToken } = await obtainTokens(service, client)
    await limit()
    const codes: string[] = []
    let reply = await timed('/client/create', { description: 'x'.repeat(9_000) })
    for (let tries = 0; reply.status === 200 && tries < 50; tries++) {
      reply = await timed('/client/create', { description: 'x'.repeat(9_000) })
    }
    expectUnavailable(reply)
    expect(await isGood(accessToken)).toBe(true)
    expect((await timed('/auth/introspection', { token: 'unknown' })).status).toBe(200)
    const before = await service.get(`/api/${service.serviceId}/client/get/list`)
    expectUnavailable(await timed('/client/create', { description: 'x'.repeat(9_000) }))
    const after = await service.get(`/api/${service.serviceId}/client/get/list`)
    expect(after.totalCount).toBe(before.totalCount)
    await limit(1_000_000)
    codes.push(await obtainCode(service, client))
    expect((await redeem(service, client, codes[0] ?? '')).action).toBe('OK')
    expect(await isGood(accessToken)).toBe(true)
  })
})

describe.runIf(inject('dialect') === 'sqlite')('write lock of another process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-busy-'))
  let another: Database.Database
  beforeAll(async () => {
    const path = join(folder, 'postern.db')
    const engine = await openSqlite(path)
    const store = assemble(engine, sealer)
    service = await createService({}, { on: { store, engine, close: store.close } })
    client = await service.client()
    another = new Database(path)
  })
  afterAll(async () => {
    another.close()
    await service.close()
    rmSync(folder, { recursive: true })
  })

  it('delays writes, and does not delay reads', async () => {
    const code = await obtainCode(service, client)
    another.exec('begin immediate')
    let isRedeemed = false
    let fastest = Number.POSITIVE_INFINITY
    const redeeming = redeem(service, client, code).then((answer) => {
      isRedeemed = true
      return answer
    })
    for (let count = 0; count < 20; count++) {
      const reply = await timed('/auth/introspection', { token: 'unknown' })
      expect([reply.status, isRedeemed]).toEqual([200, false])
      fastest = Math.min(fastest, reply.milliseconds)
      await wait(10)
    }
    expect(fastest).toBeLessThan(100)
    another.exec('commit')
    expect((await redeeming).action).toBe('OK')
  })

  it('that lasts longer than a second makes writes answer 503 without an effect', async () => {
    const code = await obtainCode(service, client)
    another.exec('begin immediate')
    const first = timed('/auth/token', tokenRequest(code))
    await wait(500)
    const second = timed('/auth/token', tokenRequest(code))
    expectUnavailable(await first)
    another.exec('commit')
    expect([(await second).status, (await second).body.action]).toEqual([200, 'OK'])
  })
})

describe.runIf(inject('dialect') === 'postgres')('unreliable connection to PostgreSQL', () => {
  let proxy: FaultyProxy
  beforeAll(async () => {
    const { url, drop } = await createDatabase(template)
    proxy = await startProxy(url)
    const engine = await openPostgres(proxy.url)
    const store = assemble(engine, sealer)
    const close = async () => {
      await store.close()
      await proxy.close()
      await drop()
    }
    service = await createService({}, { on: { store, engine, close } })
    client = await service.client()
  })
  afterAll(() => service.close())

  it('answers 503 at once while the database is unreachable, and recovers afterwards', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const code = await obtainCode(service, client)
    proxy.fail({ kind: 'gone' })
    const during = [1, 2, 3].flatMap(() => [
      timed('/auth/introspection', { token: accessToken }),
      timed('/auth/token', tokenRequest(code)),
    ])
    for (const reply of await Promise.all(during)) expectUnavailable(reply)
    proxy.fail({ kind: 'none' })
    expect(await isGood(accessToken)).toBe(true)
    expect((await redeem(service, client, code)).action).toBe('OK')
  })

  it('answers 50 concurrent calls with 503 within two seconds at a latency of five', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const code = await obtainCode(service, client)
    proxy.fail({ kind: 'latency', milliseconds: 5_000 })
    const fifty = Array.from({ length: 25 }).flatMap(() => [
      timed('/auth/introspection', { token: accessToken }),
      timed('/auth/token', tokenRequest(code)),
    ])
    for (const reply of await Promise.all(fifty)) expectUnavailable(reply)
    proxy.fail({ kind: 'none' })
    expect(await isGood(accessToken)).toBe(true)
    expect((await redeem(service, client, code)).action).toBe('OK')
  })

  it('answers 503 without an effect if every commit is interrupted', async () => {
    const code = await obtainCode(service, client, {}, { subject: 'reset' })
    const { refreshToken, accessToken } = await obtainTokens(service, client)
    proxy.fail({ kind: 'reset at commit', heard: false })
    expectUnavailable(await timed('/auth/token', tokenRequest(code)))
    const refreshing = form({ grant_type: 'refresh_token', refresh_token: refreshToken })
    expectUnavailable(await timed('/auth/token', { ...tokenRequest(code), parameters: refreshing }))
    proxy.fail({ kind: 'none' })
    expect(await tokensOf('reset')).toBe(0)
    expect((await redeem(service, client, code)).action).toBe('OK')
    expect(await isGood(accessToken)).toBe(true)
    expect((await refresh(service, client, refreshToken)).action).toBe('OK')
  })

  it.each([
    ['before the database hears of it', false],
    ['after it was kept', true],
  ])('retries a commit that is interrupted once, %s, with one effect', async (_, heard) => {
    const subject = `once-${heard}`
    const code = await obtainCode(service, client, {}, { subject })
    const before = proxy.resets()
    proxy.fail({ kind: 'reset at commit', heard, times: 1 })
    const reply = await timed('/auth/token', tokenRequest(code))
    expect([proxy.resets() - before, reply.status, reply.body.action]).toEqual([1, 200, 'OK'])
    expect(await isGood(reply.body.accessToken)).toBe(true)
    expect(await tokensOf(subject)).toBe(1)
    expect((await redeem(service, client, code)).action).toBe('BAD_REQUEST')
  })

  it.each([false, true])(
    'stores a ticket once if its commit is interrupted (committed: %s)',
    async (heard) => {
      const state = `state-${heard}`
      const before = proxy.resets()
      proxy.fail({ kind: 'reset at commit', heard, text: state, times: 1 })
      const reply = await timed('/auth/authorization', { parameters: authorizing({ state }) })
      expect([proxy.resets() - before, reply.body.action]).toEqual([1, 'INTERACTION'])
      const { ticket } = reply.body
      expect(
        (await service.api('/auth/authorization/issue', { ticket, subject: 'a' })).action,
      ).toBe('LOCATION')
    },
  )

  it('does not time out because the event loop stalled', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const codes = await Promise.all(Array.from({ length: 20 }, () => obtainCode(service, client)))
    const calls = codes.flatMap((code) => [
      timed('/auth/introspection', { token: accessToken }),
      timed('/auth/token', tokenRequest(code)),
    ])
    for (let pause = 0; pause < 3; pause++) {
      await wait(5)
      const until = performance.now() + 1_300
      while (performance.now() < until);
    }
    const answered = (await Promise.all(calls)).map(({ body }) => body.action)
    expect(answered).toEqual(answered.map(() => 'OK'))
  })
})

describe('classification of an error', () => {
  const caused = (code: string) => new Error('x', { cause: Object.assign(new Error(), { code }) })
  it('is unavailable for driver and system codes of outages, and for no other error', () => {
    for (const code of [
      'ECONNREFUSED',
      '57P01',
      '53100',
      '08006',
      'SQLITE_FULL',
      'SQLITE_IOERR_WRITE',
    ]) {
      expect([code, isUnavailable(caused(code))]).toEqual([code, true])
    }
    for (const code of ['23505', '42P01', 'SQLITE_CONSTRAINT_UNIQUE', 'ERR_INVALID_ARG_TYPE']) {
      expect([code, isUnavailable(caused(code))]).toEqual([code, false])
    }
    expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true)
    expect(isUnavailable('timeout')).toBe(false)
  })
})

describe.runIf(inject('dialect') === 'sqlite')('calls beyond the limit of concurrent calls', () => {
  it('are answered 503 early, while the others are answered as usual', async () => {
    const busy = await createService({}, { limits: { maxInFlight: 4 } })
    const path = `/api/${busy.serviceId}/auth/introspection`
    const calls = Array.from({ length: 40 }, () => busy.call('POST', path, { token: 'unknown' }))
    const replies = await Promise.all(calls)
    const refused = replies.filter(({ status }) => status === 503)
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(4)
    expect(refused).toHaveLength(36)
    for (const { headers, body } of refused) {
      expect([headers.get('retry-after'), body.resultCode]).toEqual(['1', 'P000802'])
    }
    expect((await busy.call('POST', path, { token: 'unknown' })).status).toBe(200)
    await busy.close()
  })

  it('are answered 503 after a long wait behind others, and not after a stall', async () => {
    const busy = await createService({}, { limits: { maxWaitMilliseconds: 300 } })
    const path = `/api/${busy.serviceId}/auth/introspection`
    const call = () => busy.call('POST', path, { token: 'unknown' })
    /** Some calls in one event loop turn, then a pause of the process, then one more call. */
    const late = async (others: number) => {
      await new Promise(setImmediate)
      const first = Array.from({ length: others }, call)
      const until = performance.now() + 350
      while (performance.now() < until);
      const answer = call()
      for (const reply of await Promise.all(first)) expect(reply.status).toBe(200)
      return (await answer).body
    }
    expect((await late(100)).resultCode).toBe('P000802')
    // A stall alone is no overload.
    expect((await late(3)).action).toBe('UNAUTHORIZED')
    await new Promise(setImmediate)
    expect((await call()).status).toBe(200)
    await busy.close()
  })

  it('do not delay the commits of earlier calls of the same event loop turn', async () => {
    let relieved = 0
    const relieve = () => {
      relieved += 1
    }
    const busy = await createService({}, { limits: { relieve } })
    const path = `/api/${busy.serviceId}/auth/introspection`
    const call = () => busy.call('POST', path, { token: 'unknown' })
    await new Promise(setImmediate)
    const first = call()
    expect(relieved).toBe(0)
    const until = performance.now() + 60
    while (performance.now() < until);
    const second = call()
    expect(relieved).toBe(1)
    await Promise.all([first, second])
    await busy.close()
  })
})
