/**
 * A resource server that verifies JWTs by itself accepts none later than a second after its
 * revocation was acknowledged: two processes on one database, and sockets between them.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createClient } from '../../client/src/index.ts'
import {
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
} from '../../client/src/resource-server.ts'
import type { Engine } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { createService, form, issuer, type TestService } from '../support/flows.ts'
import { createServer, type Json } from '../support/server.ts'
import { listenWith } from '../support/sockets.ts'
import { openTestStore, sealer, type TestStore } from '../support/stores.ts'
import { openTunnel, type Tunnel, type TunnelState } from '../support/tunnel.ts'

let opened: TestStore
let second: Engine
let service: TestService
let client: Json
let apiToken: string
let listening: { url: string; close(): Promise<void> }
let tunnel: Tunnel

beforeAll(async () => {
  opened = await openTestStore()
  const { url } = opened
  second = await (inject('dialect') === 'sqlite' ? openSqlite(url.slice(5)) : openPostgres(url))
  service = await createService({ accessTokenSignAlg: 'ES256' }, { on: opened })
  client = await service.client()
  apiToken = await service.tokenFor(service.serviceId, ['use_introspection'])
  const other = await createServer({
    on: { engine: second, store: assemble(second, sealer), close: async () => {} },
    system: service.system,
  })
  listening = await listenWith(other.listener)
  tunnel = await openTunnel(listening.url)
  // The log begins, and is complete two minutes later.
  await service.api('/auth/token/revocations', {})
  service.system.clock.advance(121_000)
})
afterAll(async () => {
  await tunnel.close()
  await listening.close()
  await second.close()
  await service.close()
})

const origin = 'https://api.example.com'
let introspections = 0

function resourceServer(more: Partial<ResourceServerOptions> = {}): ResourceServer {
  const postern = createClient({
    ...{ baseUrl: tunnel.url, serviceId: service.serviceId, token: apiToken },
    ...{ timeout: 1_500, retries: 0 },
    fetch(request) {
      if (request.url.endsWith('/auth/introspection')) introspections += 1
      return fetch(request)
    },
  })
  return createResourceServer({
    ...{ issuer, audience: issuer, origin, postern, revocations: {} },
    jwksUri: `${issuer}/jwks`,
    fetch: async () =>
      Response.json(await service.get(`/api/${service.serviceId}/service/jwks/get`)),
    now: service.system.clock,
    ...more,
  })
}

const tokenOf = async (of = client) => {
  const { accessToken } = await service.api('/auth/token/create', {
    grantType: 'CLIENT_CREDENTIALS',
    ...{ clientId: of.clientId, scopes: ['read'] },
  })
  return accessToken as string
}
const verify = (server: ResourceServer, token: string) =>
  server.verify({ authorization: `Bearer ${token}`, method: 'GET', url: `${origin}/orders` })

/** How requests end until one ends as expected. */
async function until(expected: string, server: ResourceServer, token: string): Promise<string[]> {
  const seen: string[] = []
  for (const end = performance.now() + 10_000; performance.now() < end; await wait(10)) {
    const way = await verify(server, token).then(
      ({ verifiedBy }) => verifiedBy,
      ({ status }) => `${status}`,
    )
    seen.push(way)
    if (way === expected) return seen
  }
  throw new Error(`No request ended with ${expected}, but with ${[...new Set(seen)]}.`)
}

const revoke = (token: string) =>
  service.api('/auth/revocation', {
    parameters: form({ token }),
    ...{ clientId: `${client.clientId}`, clientSecret: client.clientSecret },
  })

describe('JWT at a resource server that follows revocations', () => {
  it('is verified there once the log is known, and introspected until then', async () => {
    const server = resourceServer()
    const token = await tokenOf()
    expect((await verify(server, token)).verifiedBy).toBe('introspection')
    await until('snapshot', server, token)
    introspections = 0
    const ways = new Map<string, number>()
    for (let each = 0; each < 50; each += 1) {
      const { verifiedBy } = await verify(server, token)
      ways.set(verifiedBy, (ways.get(verifiedBy) ?? 0) + 1)
    }
    expect(ways.get('snapshot')).toBeGreaterThan(0)
    // A machine that is busy may hear of nothing for a second.
    expect(introspections).toBe(ways.get('introspection') ?? 0)
  })

  it.each(['open', 'cut', 'stalled', 'slow', 'slower'] satisfies TunnelState[])(
    'is not accepted later than a second after its revocation, over a connection that is %s',
    async (state) => {
      const server = resourceServer()
      for (let round = 0; round < 3; round += 1) {
        const token = await tokenOf()
        tunnel.set('open')
        await until('snapshot', server, token)
        const accepted: { way: string; at: number }[] = []
        const refused: unknown[] = []
        const all: Promise<unknown>[] = []
        const requests = setInterval(() => {
          const ended = verify(server, token).then(
            ({ verifiedBy: way }) => accepted.push({ way, at: performance.now() }),
            ({ status }) => refused.push(status),
          )
          all.push(ended)
        }, 5)
        await wait(100 + 70 * round)
        tunnel.set(state)
        await wait(90 * round)
        await revoke(token)
        const acknowledged = performance.now()
        await wait(1_500)
        clearInterval(requests)
        await Promise.all(all)
        expect(accepted.filter(({ at }) => at < acknowledged).length).toBeGreaterThan(0)
        const late = accepted.map(({ at }) => at - acknowledged).filter((each) => each > 1_000)
        expect(late).toEqual([])
        expect(refused.length).toBeGreaterThan(0)
        if (state === 'open') expect(new Set(refused)).toEqual(new Set([401]))
      }
      tunnel.set('open')
      await until('snapshot', server, await tokenOf())
    },
    60_000,
  )

  it('is refused while neither the log nor introspection can be reached', async () => {
    const server = resourceServer()
    const token = await tokenOf()
    await until('snapshot', server, token)
    tunnel.set('cut')
    const seen = await until('503', server, token)
    expect(new Set(seen.slice(0, -1))).toEqual(new Set(['snapshot']))
    tunnel.set('open')
    await until('snapshot', server, token)
  })

  it('is introspected if its client was locked, and accepted once that is unlocked', async () => {
    const other = await service.client()
    const lock = (clientLocked: boolean) =>
      service.api(`/client/lock_flag/update/${other.clientId}`, { clientLocked })
    const server = resourceServer()
    const token = await tokenOf(other)
    await until('snapshot', server, token)
    await lock(true)
    await until('401', server, token)
    await lock(false)
    expect((await verify(server, token)).verifiedBy).toBe('introspection')
  })

  it('is introspected if it was issued before the log began', async () => {
    const begun = await createService({ accessTokenSignAlg: 'ES256' }, service)
    const theirs = await begun.client()
    const { accessToken } = await begun.api('/auth/token/create', {
      grantType: 'CLIENT_CREDENTIALS',
      ...{ clientId: theirs.clientId, scopes: ['read'] },
    })
    const postern = createClient({
      ...{ baseUrl: tunnel.url, serviceId: begun.serviceId },
      token: await service.tokenFor(begun.serviceId, ['use_introspection']),
    })
    const server = resourceServer({ postern })
    for (const end = performance.now() + 700; performance.now() < end; await wait(50)) {
      expect((await verify(server, accessToken)).verifiedBy).toBe('introspection')
    }
  })

  it('needs the key set and a client of the service', () => {
    expect(() => resourceServer({ postern: undefined })).toThrow('revocations require')
    expect(() => resourceServer({ jwksUri: undefined })).toThrow('revocations require')
  })
})
