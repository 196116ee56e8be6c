/** When a client was last used: told to the caller, and kept without a write per request. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../../src/store/open.ts'
import { authorize, createService, requestToken, type TestService } from '../support/flows.ts'
import { createProcesses, stop } from '../support/processes.ts'
import type { Json } from '../support/server.ts'
import { sealer, sharedStore } from '../support/stores.ts'

const hour = 3_600_000

const store = sharedStore()
let service: TestService
let client: Json
beforeEach(async () => {
  service = await createService({}, { on: store() })
  client = await service.client({ grantTypes: ['CLIENT_CREDENTIALS', 'AUTHORIZATION_CODE'] })
})
afterEach(() => service.close())

const use = () => requestToken(service, client, { grant_type: 'client_credentials' })
const flush = () => service.store.clientUses.flush(service.system.clock())
const lastUse = async (): Promise<number | undefined> =>
  (await service.get(`/api/${service.serviceId}/client/get/${client.clientId}`)).lastUsedAt

describe('lastUsedAt of a client', () => {
  it('is absent before its first request, and is told when it is read and listed', async () => {
    await flush()
    expect(await lastUse()).toBeUndefined()
    expect(await use()).toMatchObject({ action: 'OK' })
    await flush()
    const now = service.system.clock()
    expect(await lastUse()).toBe(now)
    const unused = await service.client()
    const { clients } = await service.get(`/api/${service.serviceId}/client/get/list`)
    expect(clients.map((each: Json) => [each.clientId, each.lastUsedAt])).toEqual([
      [client.clientId, now],
      [unused.clientId, undefined],
    ])
  })

  it('is also told of a client that was changed since, and survives the change', async () => {
    await use()
    await flush()
    const now = service.system.clock()
    await service.api(`/client/update/${client.clientId}`, { ...client, clientName: 'Renamed' })
    expect(await lastUse()).toBe(now)
  })

  it('is exact to an hour, by at most one write an hour', async () => {
    service.system.clock.advance(hour - (service.system.clock() % hour))
    const first = service.system.clock()
    await use()
    await flush()
    service.system.clock.advance(hour - 1)
    await use()
    await flush()
    expect(await lastUse()).toBe(first)
    service.system.clock.advance(1)
    await authorize(service, client)
    await flush()
    expect(await lastUse()).toBe(first + hour)
  })

  it('does not follow from management of the client, nor from introspection', async () => {
    const { accessToken: token } = await service.api('/auth/token/create', {
      grantType: 'CLIENT_CREDENTIALS',
      clientId: client.clientId,
    })
    expect(await service.api('/auth/introspection', { token })).toMatchObject({ action: 'OK' })
    await service.api(`/client/update/${client.clientId}`, client)
    await flush()
    expect(await lastUse()).toBeUndefined()
  })

  it('is of the client of one service only', async () => {
    const other = await createService({}, service)
    await use()
    await flush()
    const row = await other.store.clientUses.lastUsedAt(other.serviceId, client.clientId)
    expect(row).toBeUndefined()
  })
})

describe('uses of clients', () => {
  it('of many clients and services are stored by one statement for a hundred', async () => {
    const { engine } = store()
    const commits: number[] = []
    const counted = {
      ...engine,
      commit: (...writes: Parameters<typeof engine.commit>) => {
        commits.push(writes.length)
        return engine.commit(...writes)
      },
    }
    const { clientUses } = assemble(counted, sealer)
    const other = await createService({}, service)
    const made: Json[] = [client, await other.client()]
    const now = service.system.clock()
    clientUses.note(service.serviceId, made[0].clientId, now)
    clientUses.note(other.serviceId, made[1].clientId, now)
    for (let unknown = 1; unknown <= 148; unknown += 1) {
      clientUses.note(service.serviceId, unknown, now)
    }
    await clientUses.flush(now)
    expect(commits).toEqual([1, 1])
    expect(await clientUses.lastUsedAt(service.serviceId, made[0].clientId)).toBe(now)
    expect(await clientUses.lastUsedAt(other.serviceId, made[1].clientId)).toBe(now)
    await clientUses.flush(now)
    expect(commits).toHaveLength(2)
  })

  it('wait for the next time if the database fails', async () => {
    const { engine } = store()
    let fails = true
    const commit: typeof engine.commit = (...writes) =>
      fails ? Promise.reject(new Error('The database is down.')) : engine.commit(...writes)
    const { clientUses } = assemble({ ...engine, commit }, sealer)
    const now = service.system.clock()
    clientUses.note(service.serviceId, client.clientId, now)
    await expect(clientUses.flush(now)).rejects.toThrow('down')
    fails = false
    await clientUses.flush(now)
    expect(await lastUse()).toBe(now)
  })
})

it('A process that is stopped stores when clients were last used', async () => {
  const processes = createProcesses()
  const token = 'a-token-that-the-operator-chose'
  const settings = { POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'error' }
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const post = async (url: string, body: object): Promise<Json> =>
    (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  try {
    const first = await processes.started(settings)
    const { apiKey } = await post(`${first.url}/api/service/create`, { serviceName: 'one' })
    const base = `/api/${apiKey}`
    const grants = { clientType: 'CONFIDENTIAL', grantTypes: ['CLIENT_CREDENTIALS'] }
    const { clientId, clientSecret } = await post(`${first.url}${base}/client/create`, grants)
    const parameters = 'grant_type=client_credentials'
    const asked = { parameters, clientId: String(clientId), clientSecret }
    await post(`${first.url}${base}/auth/token`, asked)
    await stop(first)
    const second = await processes.started(settings)
    const read = await fetch(`${second.url}${base}/client/get/${clientId}`, { headers })
    expect(await read.json()).toMatchObject({ lastUsedAt: expect.any(Number) })
    await stop(second)
  } finally {
    await processes.close()
  }
})
