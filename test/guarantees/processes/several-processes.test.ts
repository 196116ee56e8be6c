/** Several processes on one database: a change by one is effective in the next call of another. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { apiTokenHash } from '../../../src/caller.ts'
import { createApp } from '../../../src/process/app.ts'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { createDatabase, sealer } from '../../support/stores.ts'
import { testSystem } from '../../support/system.ts'
import { forTests } from '../../support/test-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-several-'))
const system = testSystem()
const token = system.random.token(256)
const stores: Store[] = []
let apps: ReturnType<typeof createApp>[] = []
let drop = async () => {}

/** Each has its own connections and caches, as a process has. */
beforeAll(async () => {
  let url = `file:${join(folder, 'postern.db')}`
  if (inject('dialect') === 'postgres') ({ url, drop } = await createDatabase())
  for (const _ of [1, 2, 3]) stores.push(await openStore(url, sealer))
  apps = stores.map((store) => createApp({ store, system, sealer, testServices: true }))
  const row = { tokenHash: apiTokenHash(token), serviceId: 0, createdAt: system.clock() }
  const [store] = stores
  await store?.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights: ['admin'] } }))
})
afterAll(async () => {
  for (const store of stores) await store.close()
  await drop()
  rmSync(folder, { recursive: true })
})

async function post(at: number, path: string, body: object, bearer = token): Promise<Json> {
  const response = await apps[at]?.request(`/api${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response?.json()
}

async function get(at: number, path: string): Promise<Json> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await apps[at]?.request(`/api${path}`, { headers }))?.json()
}

/** A client that every process has cached. */
async function known(more: object = {}) {
  const service = await post(0, '/service/create', {
    ...more,
    issuer: 'https://as.example.com',
    jwks: jwksOf(...serviceKeys),
  })
  const client = await post(0, `/${service.apiKey}/client/create`, {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
  const take = (at: number, clientSecret = client.clientSecret) =>
    post(at, `/${service.apiKey}/auth/token`, {
      parameters: 'grant_type=client_credentials',
      clientId: String(client.clientId),
      clientSecret,
    })
  const everywhere = async (...rest: [secret?: string]) => {
    const answers = await Promise.all(apps.map((_, at) => take(at, ...rest)))
    return answers.map(({ action }) => action)
  }
  expect(await everywhere()).toEqual(['OK', 'OK', 'OK'])
  return { service, client, take, everywhere }
}

const refused = ['INVALID_CLIENT', 'INVALID_CLIENT', 'INVALID_CLIENT']

describe.each([0, 1, 2])('change by process %i is effective in all processes:', (at) => {
  it('a locked client gets no tokens', async () => {
    const { service, client, everywhere } = await known()
    const path = `/${service.apiKey}/client/lock_flag/update/${client.clientId}`
    await post(at, path, { clientLocked: true })
    expect(await everywhere()).toEqual(refused)
    await post(at, path, { clientLocked: false })
    expect(await everywhere()).toEqual(['OK', 'OK', 'OK'])
  })

  it('a former client secret is rejected, and the new one accepted', async () => {
    const { service, client, everywhere } = await known()
    const path = `/${service.apiKey}/client/secret/refresh/${client.clientId}`
    const { newClientSecret } = await get(at, path)
    expect(await everywhere()).toEqual(refused)
    expect(await everywhere(newClientSecret)).toEqual(['OK', 'OK', 'OK'])
  })

  it('what a test service issued expires when its clock is moved', async () => {
    const { service, take, everywhere } = await known(forTests())
    const { accessToken, accessTokenDuration } = await take((at + 1) % 3)
    const path = `/${service.apiKey}/auth/introspection`
    const introspect = async () => {
      const all = apps.map((_, each) => post(each, path, { token: accessToken }))
      return (await Promise.all(all)).map(({ action }) => action)
    }
    expect(await introspect()).toEqual(['OK', 'OK', 'OK'])
    await post(at, `/${service.apiKey}/testclock`, { advanceSeconds: accessTokenDuration })
    expect(await introspect()).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED'])
    expect(await everywhere()).toEqual(['OK', 'OK', 'OK'])
  })

  it('a removed key is not published', async () => {
    const { service } = await known()
    const kids = () =>
      Promise.all(
        apps.map(async (_, each) => {
          const set = await get(each, `/${service.apiKey}/service/jwks/get`)
          return set.keys.map(({ kid }: Json) => kid)
        }),
      )
    const all = serviceKeys.map(({ kid }) => kid)
    expect(await kids()).toEqual([all, all, all])
    const left = serviceKeys.slice(1)
    const current = await get(at, `/${service.apiKey}/service/get`)
    await post(at, `/${service.apiKey}/service/update`, { ...current, jwks: jwksOf(...left) })
    const some = left.map(({ kid }) => kid)
    expect(await kids()).toEqual([some, some, some])
  })

  it('a revoked access token is inactive', async () => {
    const { service, client, take } = await known()
    const { accessToken } = await take((at + 1) % 3)
    const introspect = async () => {
      const path = `/${service.apiKey}/auth/introspection`
      const body = { token: accessToken }
      const answers = await Promise.all(apps.map((_, each) => post(each, path, body)))
      return answers.map(({ action }) => action)
    }
    expect(await introspect()).toEqual(['OK', 'OK', 'OK'])
    await post(at, `/${service.apiKey}/auth/revocation`, {
      parameters: `token=${accessToken}`,
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    expect(await introspect()).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED'])
  })

  it('a deleted client is unknown', async () => {
    const { service, client, everywhere } = await known()
    const headers = { Authorization: `Bearer ${token}` }
    const path = `/api/${service.apiKey}/client/delete/${client.clientId}`
    expect((await apps[at]?.request(path, { method: 'DELETE', headers }))?.status).toBe(204)
    expect(await everywhere()).toEqual(refused)
  })
})
