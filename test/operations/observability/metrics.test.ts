/** Each metric moves by what it counts, and dry runs move none. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { recordOutsideCalls } from '../../../src/audit/record.ts'
import { recordRepeated } from '../../../src/audit/repeated.ts'
import { createAdmission } from '../../../src/http/load-shedding/admission.ts'
import { doScheduledTasks } from '../../../src/process/keys/scheduled.ts'
import { definitions } from '../../../src/process/metrics/definitions.ts'
import { createMetrics } from '../../../src/process/metrics/metrics.ts'
import { deliverDue } from '../../../src/process/outbox.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { storeDelivery } from '../../support/deliveries.ts'
import { obtainCode, obtainTokens, redeem, refresh, requestToken } from '../../support/flows.ts'
import { createMetered, type Metered } from '../../support/metered.ts'
import type { Json } from '../../support/server.ts'

let service: Metered
let client: Json
beforeAll(async () => {
  service = await createMetered({ refreshTokenIdempotent: true, refreshTokenKept: false })
  client = await service.client({ grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'] })
})
afterAll(() => service.close())

/** By how much the series move while the work is done. */
async function moved(
  work: () => Promise<unknown>,
  ...series: [name: string, labels?: Record<string, string>][]
): Promise<number[]> {
  const values = () => Promise.all(series.map(([name, labels]) => service.value(name, labels)))
  const before = await values()
  await work()
  return (await values()).map((value, place) => value - (before[place] ?? 0))
}

describe('metrics of tokens and clients', () => {
  const issued = (kind: string, grant_type = 'AUTHORIZATION_CODE') =>
    ['postern_tokens_issued_total', { kind, grant_type }] as [string, Record<string, string>]

  it('count access, refresh and ID Tokens by grant type, and their signatures', async () => {
    const tokens = await moved(
      () => obtainTokens(service, client),
      issued('access_token'),
      issued('refresh_token'),
      issued('id_token'),
      ['postern_sign_duration_seconds_count', { alg: 'RS256' }],
      [
        'postern_client_authentication_total',
        { method: 'CLIENT_SECRET_BASIC', outcome: 'success' },
      ],
    )
    expect(tokens).toEqual([1, 1, 1, 1, 1])
  })

  it('count no tokens of a commit that was refused, and the replay of a code', async () => {
    const code = await obtainCode(service, client)
    const attempts = () => Promise.all([1, 2, 3].map(() => redeem(service, client, code)))
    expect(await moved(attempts, issued('access_token'))).toEqual([1])
    service.system.clock.advance(5_000)
    const replay = () => redeem(service, client, code)
    expect(await moved(replay, ['postern_code_replays_total'])).toEqual([1])
  })

  it('count refresh tokens that come again, as retries and as replays', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    const again = () => refresh(service, client, refreshToken)
    const replays = (outcome: string): [string, Record<string, string>] => [
      'postern_refresh_replays_total',
      { outcome },
    ]
    const renewed = issued('refresh_token', 'REFRESH_TOKEN')
    expect(await moved(again, renewed, replays('retry'), replays('revoked'))).toEqual([1, 0, 0])
    expect(await moved(again, renewed, replays('retry'), replays('revoked'))).toEqual([0, 1, 0])
    service.system.clock.advance(3_600_000)
    expect(await moved(again, renewed, replays('retry'), replays('revoked'))).toEqual([0, 0, 1])
  })

  it('count clients that were refused, by their method where it is known', async () => {
    const wrong = { ...client, clientSecret: 'wrong' }
    const unknown = { ...client, clientId: 1 }
    const parameters = { grant_type: 'client_credentials' }
    const refused = (method: string): [string, Record<string, string>] => [
      'postern_client_authentication_total',
      { method, outcome: 'refused' },
    ]
    const asWrong = () => requestToken(service, wrong, parameters)
    expect(
      await moved(asWrong, refused('CLIENT_SECRET_BASIC'), ['postern_wrong_credentials_total']),
    ).toEqual([1, 1])
    const asUnknown = () => requestToken(service, unknown, parameters)
    expect(await moved(asUnknown, refused('unknown'))).toEqual([1])
  })
})

describe('metrics of the store', () => {
  it('time commits, and tell how many became durable together', async () => {
    const dialect = inject('dialect')
    const [commits = 0, batches = 0] = await moved(
      () => obtainTokens(service, client),
      ['postern_commit_duration_seconds_count', { dialect }],
      ['postern_commit_batch_size_count'],
    )
    expect(commits).toBeGreaterThanOrEqual(3)
    expect(batches).toBeGreaterThanOrEqual(3)
  })

  it('count look-ups of documents as hits, misses and none', async () => {
    const documents = openDocuments(service.store, service.system.clock)
    const { serviceId } = service
    const of = (kind: string, outcome: string): [string, Record<string, string>] => [
      'postern_document_cache_total',
      { kind, outcome },
    ]
    const work = async () => {
      for (const id of [serviceId, serviceId, 1]) await documents.service(id)
      for (const id of [client.clientId, client.clientId, 1]) await documents.client(serviceId, id)
    }
    const series = ['service', 'client'].flatMap((kind) =>
      ['hit', 'miss', 'none'].map((outcome) => of(kind, outcome)),
    )
    expect(await moved(work, ...series)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('tell how late the sweep is, and count the rows that it removes', async () => {
    await service.api('/auth/authorization', { parameters: 'response_type=code' })
    await obtainCode(service, client)
    await service.store.purge(service.system.clock())
    expect(await service.value('postern_sweep_lag_seconds')).toBe(0)
    await obtainTokens(service, client)
    const { accessTokenDuration: _, ...rest } = await service.get(
      `/api/${service.serviceId}/service/get`,
    )
    expect(rest.apiKey).toBe(service.serviceId)
    service.system.clock.advance(30 * 86_400_000)
    expect(await service.value('postern_sweep_lag_seconds')).toBeGreaterThan(86_400)
    const due = () => service.value('postern_sweep_due_rows', { table: 'access_tokens' })
    expect(await due()).toBeGreaterThan(0)
    const sweep = () => service.store.purge(service.system.clock())
    const [removed] = await moved(sweep, ['postern_sweep_rows_total', { table: 'access_tokens' }])
    expect(removed).toBeGreaterThan(0)
    expect(await due()).toBe(0)
    expect(await service.value('postern_sweep_lag_seconds')).toBe(0)
  })

  it('count audit records that could not be stored', async () => {
    const { store, system } = service
    const broken = { ...store, commit: () => Promise.reject(new Error('The disk is full.')) }
    const row = recordOutsideCalls(system.random, system.clock(), {
      type: 'caller.refused',
      operation: 'any',
      actorKind: 'address',
    })
    const work = () => recordRepeated(broken, 'address', row).catch(() => undefined)
    expect(await moved(work, ['postern_audit_write_failures_total'])).toEqual([1])
  })

  it('count scheduled tasks for keys, done and failed', async () => {
    const { store, system, serviceId } = service
    const documents = openDocuments(store, system.clock)
    const rotation = { set: 'protocol', alg: 'ES512', periodDays: 90, hsmName: 'gone' } as const
    const due = { serviceId, nextAt: system.clock() - 1 }
    await store.commit(store.keySchedules.put({ ...due, task: 'rotate', data: rotation }))
    await store.commit(store.keySchedules.put({ ...due, serviceId: 1, task: 'rotate', data: {} }))
    const signal = new AbortController().signal
    const work = () => doScheduledTasks({ store, documents, system }, signal)
    const of = (outcome: string): [string, Record<string, string>] => [
      'postern_key_tasks_total',
      { outcome },
    ]
    const [done = 0, failed = 0] = await moved(work, of('done'), of('failed'))
    expect([done + failed, done]).toEqual([2, 1])
  })
})

describe('metrics of other servers', () => {
  it('time fetches by purpose and outcome', async () => {
    const jwksUri = 'https://app.example.com/sector.json'
    const of = (outcome: string): [string, Record<string, string>] => [
      'postern_fetch_duration_seconds_count',
      { purpose: 'key_set', outcome },
    ]
    const options = { purpose: 'key set', serviceId: service.serviceId }
    service.system.fetch.answer(jwksUri, { body: { keys: [] } })
    const good = () => service.system.fetch(jwksUri, options)
    expect(await moved(good, of('success'), of('network'))).toEqual([1, 0])
    const bad = () => service.system.fetch(`${jwksUri}2`, options).catch(() => undefined)
    expect(await moved(bad, of('success'), of('network'))).toEqual([0, 1])
  })

  it('tell what waits in the outboxes, for how long, and what became of attempts', async () => {
    const { store, system, serviceId } = service
    const now = system.clock()
    const row = { serviceId, clientId: 7, dueAt: now, expiresAt: now + 3_600_000 }
    const url = 'https://client.example.com/notified'
    const message = { kind: 'ciba' as const, url, token: 'a token', body: '{}' }
    await store.commit(store.notifications.insert({ ...row, notificationId: 'n1', message }))
    await storeDelivery(service, client)
    system.clock.advance(2_000)
    const text = await service.metrics.text()
    for (const kind of ['ciba', 'logout']) {
      expect(text).toContain(`postern_outbox_pending{kind="${kind}"} 1`)
      expect(text).toContain(`postern_outbox_oldest_seconds{kind="${kind}"} 2`)
    }
    expect(text).toContain('postern_outbox_pending{kind="token-batch"} 0')
    const of = (kind: string, outcome: string): [string, Record<string, string>] => [
      'postern_deliveries_total',
      { kind, outcome },
    ]
    const attempt = () => deliverDue(store, system)
    expect(await moved(attempt, of('ciba', 'retried'), of('ciba', 'delivered'))).toEqual([1, 0])
    system.fetch.answer(url, { body: '' })
    system.clock.advance(60_000)
    expect(await moved(attempt, of('ciba', 'retried'), of('ciba', 'delivered'))).toEqual([0, 1])
    const logouts = async () => {
      await service.outbox.begin()
      await service.outbox.idle()
    }
    expect(await moved(logouts, ['postern_deliveries_total', { kind: 'logout' }])).toEqual([1])
    expect(await service.value('postern_outbox_pending', { kind: 'ciba' })).toBe(0)
  })

  it('have no value while the database does not answer', async () => {
    const metrics = createMetrics(new Map())
    const fail = () => Promise.reject(new Error('The database does not answer.'))
    const reads = { waiting: fail, sweepLag: fail, sweepDue: fail, clock: service.system.clock }
    metrics.readFrom({ version: '1', inFlight: () => 0, ...reads })
    const text = await metrics.text()
    expect(text).toContain('postern_outbox_pending{kind="logout"} Nan')
    expect(text).toContain('postern_sweep_lag_seconds Nan')
    expect(text).not.toContain('postern_sweep_due_rows{')
  })
})

describe('metrics of the process', () => {
  it('tell the version, and the calls that hold a slot', async () => {
    const admission = createAdmission({ maxInFlight: 10 })
    const metrics = createMetrics(new Map())
    const { inFlight } = admission
    metrics.readFrom({ ...service, version: '1.2.3', inFlight, ...never })
    const slots = [admission.begin(), admission.begin()]
    expect(await metrics.text()).toContain('postern_in_flight 2')
    for (const slot of slots) slot.end()
    const text = await metrics.text()
    expect(text).toContain('postern_in_flight 0')
    expect(text).toContain(`postern_build_info{version="1.2.3",node="${process.version}"} 1`)
  })

  it('count calls that were refused because of overload', async () => {
    const full = await createMetered({}, { limits: {} })
    const none = createMetrics(new Map())
    none.observe({ ...refusedCall, resultCode: 'P000802' })
    none.observe({ ...refusedCall, resultCode: 'P000401' })
    expect(await none.text()).toContain('postern_overload_refusals_total 1')
    await full.close()
  })

  it('have help, and labels with a meaning', () => {
    for (const { name, help, ...more } of Object.values(definitions)) {
      expect(name).toMatch(/^postern_[a-z_]+$/)
      expect(help).toMatch(/\.$/)
      expect(Object.values('labels' in more ? more.labels : {}).every(Boolean)).toBe(true)
    }
  })
})

const refusedCall = {
  operation: undefined,
  action: undefined,
  status: 503,
  milliseconds: 0,
  ignored: 0,
}
const never = {
  clock: () => 0,
  waiting: async () => ({ count: 0, oldest: null }),
  sweepLag: async () => 0,
  sweepDue: async () => [],
}

describe('dry runs', () => {
  it('move no metric but those of the call itself', async () => {
    const { metrics, api, serviceId } = service
    const secret = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const code = await obtainCode(service, client)
    const parameters = `grant_type=authorization_code&code=${code}`
    await api('/explain', { operation: '/auth/token', request: { ...secret, parameters } })
    const lines = async () =>
      (await metrics.text())
        .split('\n')
        .filter((line) => line.startsWith('postern_') && !/_calls?_|document_cache/.test(line))
    const before = await lines()
    await api('/explain', { operation: '/auth/token', request: { ...secret, parameters } })
    expect(await lines()).toEqual(before)
    expect(serviceId).toBeGreaterThan(0)
  })
})
