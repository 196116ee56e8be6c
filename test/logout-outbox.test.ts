/** The outbox of logout: what one client does not answer delays no other, and no call for long. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLogoutOutbox, type LogoutOutbox } from '../src/process/logout-outbox.ts'
import { openDocuments } from '../src/store/configuration.ts'
import type { DeliveryRow } from '../src/store/tables/sessions/deliveries.ts'
import { createFetch, type Fetch, FetchError } from '../src/system/fetch.ts'
import { deliveryNow, firstDelay, storeDelivery } from './support/deliveries.ts'
import { createService, type TestService } from './support/flows.ts'
import { within } from './support/pace.ts'
import type { Json } from './support/server.ts'
import { closeServersAfterEach, serve } from './system/servers.ts'

closeServersAfterEach()

let service: TestService
let other: TestService
beforeAll(async () => {
  service = await createService({ backchannelLogoutSupported: true })
  other = await createService({ issuer: 'https://other.example.com' }, service)
})
afterAll(() => service.close())

let asked: string[]
let underWay: Map<string, number>
let most: Map<string, number>
let hangUp: () => void
let hungUp: Promise<void>
let outboxes: LogoutOutbox[]
beforeEach(() => {
  asked = []
  underWay = new Map()
  most = new Map()
  outboxes = []
  hungUp = new Promise((done) => {
    hangUp = done
  })
})
afterEach(async () => {
  hangUp()
  for (const outbox of outboxes) await outbox.stop()
  // What a test leaves must not be due in the next one.
  const { build, tables } = service.engine
  const { deliveries } = tables
  const returned = { serviceId: deliveries.serviceId }
  await service.store.commit(build.delete(deliveries).returning(returned).toSQL())
})

/** Hosts called dead answer when the test hangs up, those called down fail, all others answer. */
const fetch: Fetch = async (url, { purpose }) => {
  const { host } = new URL(url)
  asked.push(host)
  const names = new Set([host, host.split('-')[0] ?? '', 'all'])
  const change = (by: number) => {
    for (const name of names) {
      underWay.set(name, (underWay.get(name) ?? 0) + by)
      most.set(name, Math.max(most.get(name) ?? 0, underWay.get(name) ?? 0))
    }
  }
  change(1)
  if (host.startsWith('dead')) await hungUp
  else await new Promise((next) => setTimeout(next, 5))
  change(-1)
  if (/^dead|^down/.test(host)) throw new FetchError('timeout', { purpose })
  return { status: 200, contentType: '', cacheControl: '', body: '' }
}

/** The outbox of a process of its own. */
function newOutbox(via: Fetch = fetch): LogoutOutbox {
  const { store, system } = service
  const documents = openDocuments(store)
  const outbox = createLogoutOutbox({ store, documents, system: { ...system, fetch: via } })
  outboxes.push(outbox)
  return outbox
}

const clients = new Map<string, Json>()
async function clientAt(host: string, of = service): Promise<Json> {
  const name = `${of.serviceId} ${host}`
  const known = clients.get(name)
  if (known) return known
  const made = await of.client({ backchannelLogoutUri: `https://${host}.example.com/logout` })
  clients.set(name, made)
  return made
}

/** Deliveries that were just committed. */
async function stored(count: number, host: (index: number) => string, of = service) {
  const rows: DeliveryRow[] = []
  for (let index = 0; index < count; index++) {
    rows.push(await storeDelivery(of, await clientAt(host(index), of)))
  }
  return rows
}

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds))
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10)
}
const timed = async (work: Promise<unknown>) => {
  const started = performance.now()
  await work
  return performance.now() - started
}
const sent = (host: string) => asked.filter((each) => each === `${host}.example.com`).length

describe('first attempts', () => {
  it('are under way to four at most of one origin, and to sixteen of one service', async () => {
    const outbox = newOutbox()
    await outbox.send(await stored(10, () => 'dead-one'), 0)
    await until(() => underWay.get('dead') === 4)
    await outbox.send(await stored(30, (index) => `dead-${index % 15}`), 0)
    await until(() => underWay.get('dead') === 16)
    await pause(50)
    expect(most.get('dead-one.example.com')).toBe(4)
    expect(most.get('dead')).toBe(16)
  })

  it('of one service delay no other service, and no other origin of their own', async () => {
    const outbox = newOutbox()
    await outbox.send(await stored(100, () => 'dead-one'), 0)
    await until(() => underWay.get('dead') === 4)
    const [own] = await stored(1, () => 'own')
    const [foreign] = await stored(1, () => 'foreign', other)
    expect(await timed(outbox.send([own as DeliveryRow], 10_000))).toBeLessThan(within(1_000))
    expect(await timed(outbox.send([foreign as DeliveryRow], 10_000))).toBeLessThan(within(1_000))
    expect([sent('own'), sent('foreign')]).toEqual([1, 1])
  })

  it('that find no room follow as soon as there is some, each once', async () => {
    const outbox = newOutbox()
    const rows = await stored(120, (index) => `app-${index % 4}`)
    await outbox.send(rows, 20_000)
    const statuses = await Promise.all(rows.map((row) => deliveryNow(service, row)))
    expect(statuses.every((row) => row?.status === 'DELIVERED' && row.attempts === 1)).toBe(true)
    expect(asked).toHaveLength(120)
  })

  it('that wait longer than a second are claimed first, so that no other process sends them too', async () => {
    const [first, second] = [newOutbox(), newOutbox()]
    const rows = await stored(5, () => 'dead-one')
    await first.send(rows, 0)
    await until(() => sent('dead-one') === 4)
    service.system.clock.advance(firstDelay)
    const [last] = rows.slice(-1)
    const { store, serviceId } = service
    expect(await store.deliveries.services(-1, 10)).toContain(serviceId)
    await second.begin()
    await until(() => sent('dead-one') === 5)
    hangUp()
    await Promise.all([first.idle(), second.idle()])
    expect((await deliveryNow(service, last as DeliveryRow))?.attempts).toBe(2)
  })

  it('that are not begun when the outbox stops stay due', async () => {
    const outbox = newOutbox()
    const rows = await stored(10, () => 'dead-one')
    const waited = outbox.send(rows, 10_000)
    await until(() => underWay.get('dead') === 4)
    const stopped = outbox.stop()
    hangUp()
    await stopped
    expect(await timed(waited)).toBeLessThan(within(1_000))
    expect(sent('dead-one')).toBe(4)
    service.system.clock.advance(3 * firstDelay)
    const next = newOutbox()
    await next.begin()
    await next.idle()
    const attempts = await Promise.all(
      rows.map(async (row) => (await deliveryNow(service, row))?.attempts),
    )
    expect(attempts.every((count) => count === 2)).toBe(true)
  })
})

describe('a call that waits', () => {
  it('is answered when its deliveries are over, and after its time if they are not', async () => {
    const outbox = newOutbox()
    const [alive] = await stored(1, () => 'alive')
    expect(await timed(outbox.send([alive as DeliveryRow], 10_000))).toBeLessThan(within(2_000))
    expect(await deliveryNow(service, alive as DeliveryRow)).toMatchObject({ status: 'DELIVERED' })
    const [dead] = await stored(1, () => 'dead-one')
    const took = await timed(outbox.send([dead as DeliveryRow], 300))
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(within(2_000))
    expect(await deliveryNow(service, dead as DeliveryRow)).toMatchObject({ status: 'PENDING' })
  })

  it('is one of 64 at most: the next one is answered at once, and its delivery is sent', async () => {
    const outbox = newOutbox()
    const held = await stored(64, (index) => `dead-${index % 4}`)
    const waiting = held.map((row) => outbox.send([row], 10_000))
    const isOver = Promise.race(waiting).then(() => true)
    const [next] = await stored(1, () => 'dead-next', other)
    expect(await timed(outbox.send([next as DeliveryRow], 10_000))).toBeLessThan(within(1_000))
    await until(() => sent('dead-next') === 1)
    expect(await Promise.race([isOver, false])).toBe(false)
    hangUp()
    await Promise.all(waiting)
    const [later] = await stored(1, () => 'alive')
    await outbox.send([later as DeliveryRow], 10_000)
    expect(sent('alive')).toBe(1)
  })
})

describe('what is due', () => {
  const makeDue = () => service.system.clock.advance(firstDelay)

  it('is sent by one of several processes', async () => {
    const rows = await stored(20, (index) => `app-${index}`)
    makeDue()
    const processes = Array.from({ length: 5 }, () => newOutbox())
    await Promise.all(processes.map((outbox) => outbox.begin()))
    await Promise.all(processes.map((outbox) => outbox.idle()))
    expect(asked).toHaveLength(rows.length)
  })

  it('comes to its turn behind ten thousand deliveries to a host that does not answer', async () => {
    const dead = await clientAt('dead-one')
    const rows = await backlog(dead, 10_000)
    const [alive] = await stored(1, () => 'alive')
    makeDue()
    const outbox = newOutbox()
    outbox.start()
    expect(await timed(until(() => sent('alive') === 1))).toBeLessThan(within(5_000))
    expect(most.get('dead') ?? 0).toBeLessThanOrEqual(4)
    hangUp()
    expect(await deliveryNow(service, alive as DeliveryRow)).toBeDefined()
    expect(rows).toBe(10_000)
    await outbox.stop()
  })

  it('of many clients at one origin that does not answer comes to its turn too', async () => {
    for (let index = 0; index < 150; index++) {
      const made = await service.client({
        backchannelLogoutUri: `https://dead-x.example.com/${index}`,
      })
      await storeDelivery(service, made)
    }
    const last = await service.client({ backchannelLogoutUri: 'https://late.example.com/' })
    await storeDelivery(service, last)
    makeDue()
    const outbox = newOutbox()
    await outbox.begin()
    await until(() => sent('late') === 1 && most.get('dead-x.example.com') === 4)
    expect(most.get('dead-x.example.com')).toBe(4)
  })

  it('is sent one at a time to an origin that failed five times in a row, for 30 seconds', async () => {
    const outbox = newOutbox()
    const rows = await stored(5, () => 'down')
    for (const row of rows) await outbox.send([row], 10_000)
    asked = []
    most.clear()
    const again = await stored(6, () => 'down')
    await outbox.send(again, 20_000)
    expect([sent('down'), most.get('down.example.com')]).toEqual([6, 1])
    service.system.clock.advance(30_000)
    most.clear()
    await outbox.send(await stored(6, () => 'down'), 20_000)
    // The first failure after the time limits it again.
    expect(most.get('down.example.com')).toBeGreaterThan(1)
  })

  it('is found by the process alone: looked up each second, and woken while it was idle', async () => {
    const outbox = newOutbox()
    outbox.start()
    await pause(1_200)
    const [row] = await stored(1, () => 'down')
    await outbox.send([row as DeliveryRow], 0)
    await until(() => sent('down') === 1)
    // The time of the next attempt is stored.
    await outbox.idle()
    service.system.clock.advance(2 * firstDelay)
    expect(await timed(until(() => sent('down') === 2))).toBeLessThan(within(2_500))
  })
})

/** Many deliveries to one client, by a few statements. */
async function backlog(client: Json, count: number): Promise<number> {
  const { store, engine, serviceId, system } = service
  const now = system.clock()
  const t = engine.tables.deliveries
  for (let start = 0; start < count; start += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ serviceId, deliveryId: `backlog-${start + index}`, kind: 'backchannel-logout' as const },
      ...{ logoutId: 'backlog', clientId: client.clientId, sessionId: `s-${start + index}` },
      ...{ subject: 'alice', sid: `s-${start + index}`, sub: 'alice', status: 'PENDING' as const },
      ...{ attempts: 1, dueAt: now - 1, createdAt: now, giveUpAt: now + 60_000, keptUntil: now },
      data: { namedBy: 'id' as const },
    }))
    await store.commit(engine.build.insert(t).values(rows).returning({ id: t.deliveryId }).toSQL())
  }
  return count
}

describe('with real servers', () => {
  it.each([
    ['a host that never answers', 'silent', 'timeout', 'PENDING'],
    ['a redirect', 'moved', 'redirect', 'DEAD'],
    ['a refusal for a time', 'busy', 'status', 'PENDING'],
    ['an address that is not allowed', 'private', 'forbidden-address', 'DEAD'],
  ])('the delivery to %s (/%s) fails by %s and is %s', async (_, kind, lastError, status) => {
    const origin = await serve((request, response) => {
      if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' }).end()
      if (request.url === '/busy') response.writeHead(503, { 'retry-after': '77' }).end()
    })
    const allow = kind === 'private' ? [] : ['127.0.0.1']
    const outbox = newOutbox(createFetch({ allow, clock: service.system.clock }))
    const client = await service.client({ backchannelLogoutUri: `${origin}/${kind}` })
    const row = await storeDelivery(service, client)
    await outbox.send([row], 10_000)
    const now = await deliveryNow(service, row)
    expect(now).toMatchObject({ status, lastError })
    if (kind === 'busy') expect((now?.dueAt ?? 0) - service.system.clock()).toBe(77_000)
  })
})
