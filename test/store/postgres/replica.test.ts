/** Introspection by a replica: a real hot standby, whose replay of the log is stopped at will. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { apiTokenHash } from '../../../src/caller.ts'
import { createApp } from '../../../src/process/app.ts'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { startPostgres } from '../../support/postgres.ts'
import type { Json } from '../../support/server.ts'
import { sealer } from '../../support/stores.ts'
import { testSystem } from '../../support/system.ts'

describe.skipIf(inject('dialect') === 'sqlite')('introspection with Prefer: stale', () => {
  const system = testSystem()
  const apiToken = system.random.token(256)
  let primary: Awaited<ReturnType<typeof startPostgres>>
  let standby: Awaited<ReturnType<typeof startPostgres>>
  let replica: pg.Client
  let store: Store
  let app: ReturnType<typeof createApp>
  let service: Json
  let client: Json

  async function post(path: string, body: object, prefer = ''): Promise<Json> {
    const response = await app.request(`/api${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${apiToken}`,
        'Content-Type': 'application/json',
        ...(prefer && { Prefer: prefer }),
      },
      body: JSON.stringify(body),
    })
    const applied = response.headers.get('preference-applied')
    return { ...((await response.json()) as Json), status: response.status, applied }
  }
  const tokenOf = async (prefer?: string): Promise<Json> => {
    const credentials = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const parameters = 'grant_type=client_credentials'
    return post(`/${service.apiKey}/auth/token`, { parameters, ...credentials }, prefer)
  }
  const introspect = (token: string, prefer?: string, how = '/auth/introspection') =>
    post(`/${service.apiKey}${how}`, { token, parameters: `token=${token}` }, prefer)
  const patient = { timeout: 20_000, interval: 50 }

  beforeAll(async () => {
    primary = await startPostgres()
    const admin = await openStore(primary.url, sealer)
    await admin.close()
    standby = await primary.standby()
    replica = new pg.Client({ connectionString: standby.url })
    await replica.connect()
    store = await openStore(primary.url, sealer, { replicaUrl: standby.url })
    const row = { tokenHash: apiTokenHash(apiToken), serviceId: 0, createdAt: system.clock() }
    await store.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights: ['admin'] } }))
    app = createApp({ store, system, sealer })
    service = await post('/service/create', { issuer: 'https://as.example.com' })
    client = await post(`/${service.apiKey}/client/create`, {
      clientType: 'CONFIDENTIAL',
      grantTypes: ['CLIENT_CREDENTIALS'],
    })
  })
  afterAll(async () => {
    await replica.end().catch(() => {})
    await store.close()
    await standby.stop()
    await primary.stop()
  })

  it.each(['/auth/introspection', '/auth/introspection/standard'])(
    'is answered by the replica once that has the token: %s',
    async (how) => {
      const { accessToken } = await tokenOf()
      await vi.waitFor(async () => {
        const answer = await introspect(accessToken, 'stale=300', how)
        expect(answer).toMatchObject({ action: 'OK', applied: 'stale=300' })
      }, patient)
    },
  )

  it('accepts a state of as many seconds ago, and no older one', async () => {
    const { accessToken } = await tokenOf()
    await vi.waitFor(async () => {
      expect(await introspect(accessToken, 'stale=300')).toMatchObject({
        ...{ action: 'OK', applied: 'stale=300' },
      })
    }, patient)
    await replica.query('select pg_wal_replay_pause()')
    await post(`/${service.apiKey}/auth/token/revoke`, { accessTokenIdentifier: accessToken })
    expect(await introspect(accessToken)).toMatchObject({ action: 'UNAUTHORIZED', applied: null })
    const before = await introspect(accessToken, 'stale=300')
    expect(before).toMatchObject({ action: 'OK', applied: 'stale=300' })
    // What is older than it accepts is not used: the primary answers.
    await vi.waitFor(async () => {
      const answer = await introspect(accessToken, 'stale=1')
      expect(answer).toMatchObject({ action: 'UNAUTHORIZED', applied: null })
    }, patient)
    await replica.query('select pg_wal_replay_resume()')
    await vi.waitFor(async () => {
      const answer = await introspect(accessToken, 'stale=1')
      expect(answer).toMatchObject({ action: 'UNAUTHORIZED', applied: 'stale=1' })
    }, patient)
  })

  it('is not for operations that change something, and not for other values', async () => {
    const { accessToken, applied } = await tokenOf('stale=300')
    expect(applied).toBeNull()
    for (const value of ['0', '-1', '301', '1.5', 'x', '']) {
      expect(await introspect(accessToken, `stale=${value}`)).toMatchObject({
        ...{ action: 'OK', applied: null },
      })
    }
  })

  it('is answered by the primary while the replica is gone, and then by the replica', async () => {
    const { accessToken } = await tokenOf()
    await replica.end()
    await standby.kill()
    await vi.waitFor(async () => {
      const answer = await introspect(accessToken, 'stale=300')
      expect(answer).toMatchObject({ action: 'OK', applied: null })
    }, patient)
    await standby.start()
    await vi.waitFor(async () => {
      const answer = await introspect(accessToken, 'stale=300')
      expect(answer).toMatchObject({ action: 'OK', applied: 'stale=300' })
    }, patient)
  })
})
