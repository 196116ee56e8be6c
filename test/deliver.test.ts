/** The outbox: notifications to a host that does not answer delay no other service. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startDelivering } from '../src/process/outbox.ts'
import { type Fetch, FetchError } from '../src/system/fetch.ts'
import type { System } from '../src/system/system.ts'
import { within } from './support/pace.ts'
import { openTestStore, type TestStore } from './support/stores.ts'
import { testSystem } from './support/system.ts'

let opened: TestStore
let system: System
let asked: string[]
let underWay: Map<string, number>
let most: Map<string, number>
let hangUp: () => void
beforeEach(async () => {
  opened = await openTestStore()
  asked = []
  underWay = new Map()
  most = new Map()
  const hungUp = new Promise<void>((done) => {
    hangUp = done
  })
  /** Hosts named dead answer when the test hangs up, other hosts at once. */
  const fetch: Fetch = async (url, { purpose }) => {
    const { host, hash } = new URL(url)
    asked.push(hash.slice(1))
    const isDead = host.startsWith('dead')
    const names = [host, isDead ? 'dead' : 'alive']
    const change = (by: number) => {
      for (const name of names) {
        underWay.set(name, (underWay.get(name) ?? 0) + by)
        most.set(name, Math.max(most.get(name) ?? 0, underWay.get(name) ?? 0))
      }
    }
    change(1)
    if (isDead) await hungUp
    change(-1)
    if (isDead) throw new FetchError('timeout', { purpose })
    return { status: 200, contentType: '', cacheControl: '', body: '' }
  }
  system = { ...testSystem(), fetch }
})
afterEach(() => opened.close())

interface Row {
  serviceId: number
  clientId: number
  host: string
  dueAt?: number
}

async function insert(...rows: Row[]): Promise<string[]> {
  const { notifications } = opened.store
  const now = system.clock()
  const named = rows.map((row) => ({ ...row, notificationId: system.random.uuid() }))
  const writes = named.map(({ serviceId, clientId, host, notificationId, dueAt = now }) =>
    notifications.insert({
      ...{ serviceId, clientId, notificationId, dueAt, expiresAt: now + 3_600_000 },
      message: {
        kind: 'ciba',
        url: `https://${host}/#${notificationId}`,
        token: 'token',
        body: '{}',
      },
    }),
  )
  await opened.store.commit(...writes)
  return named.map(({ notificationId }) => notificationId)
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((next) => setTimeout(next, 20))
}

const repeat = (count: number, row: (index: number) => Row) =>
  Array.from({ length: count }, (_, index) => row(index))

describe('300 notifications of one service to a host that does not answer', () => {
  const attacker = { serviceId: 1, clientId: 1, host: 'dead.example' }

  it('delay neither another service nor another host of the service', async () => {
    await insert(...repeat(300, () => ({ ...attacker, dueAt: system.clock() - 60_000 })))
    const worker = startDelivering(opened.store, system)
    await until(() => (underWay.get('dead') ?? 0) > 0)
    const others = await insert(
      { serviceId: 2, clientId: 7, host: 'app.example' },
      { serviceId: 1, clientId: 2, host: 'other.example' },
    )
    await until(() => others.every((id) => asked.includes(id)))
    hangUp()
    await worker.stop()
  })

  it('have at most four concurrent requests, or sixteen to many hosts', async () => {
    await insert(...repeat(50, (index) => ({ ...attacker, clientId: index })))
    await insert(
      ...repeat(100, (index) => ({
        ...{ serviceId: 2, clientId: index, host: `dead-${index}.example` },
      })),
    )
    const worker = startDelivering(opened.store, system)
    await until(() => (underWay.get('dead') ?? 0) >= 20)
    const [late = ''] = await insert({ serviceId: 3, clientId: 1, host: 'app.example' })
    await until(() => asked.includes(late))
    expect(most.get('dead.example')).toBe(4)
    expect(most.get('dead')).toBe(4 + 16)
    hangUp()
    await worker.stop()
  })
})

describe('backlog of notifications', () => {
  it('is delivered as fast as it is answered, each notification once', async () => {
    const ids = await insert(
      ...repeat(300, (index) => ({
        ...{ serviceId: 1 + (index % 3), clientId: index % 70, host: `app-${index % 5}.example` },
      })),
    )
    const started = performance.now()
    const worker = startDelivering(opened.store, system)
    await until(() => asked.length >= 300)
    await worker.stop()
    expect(asked.toSorted()).toEqual(ids.toSorted())
    expect(await opened.store.notifications.services(-1, 9)).toEqual([])
    // A worker that sent twenty notifications a second needed fifteen seconds.
    expect(performance.now() - started).toBeLessThan(within(12_000))
  })

  it('is worked off for more clients than one query returns', async () => {
    await insert(
      ...repeat(200, (index) => ({ serviceId: 1, clientId: index, host: 'dead.example' })),
    )
    const [last = ''] = await insert({ serviceId: 1, clientId: 1_000, host: 'app.example' })
    const worker = startDelivering(opened.store, system)
    await until(() => asked.includes(last))
    hangUp()
    await worker.stop()
  })
})
