/** The end of a session tells every client that took part, however many and however late. */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/store/store.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { clientRow, now, participantOf, serviceRow, sessionRow } from '../rows.ts'

let opened: TestStore
let store: Store
let serviceId = 100
beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterAll(() => opened.close())
beforeEach(async () => {
  serviceId += 1
  await store.commit(store.services.insert(serviceRow(serviceId)))
})

const sessionId = 'session-1'
const logoutId = 'the-logout'
const clientsUpTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** A session that so many clients take part in. */
async function open(clients: number, more: object = {}): Promise<void> {
  await store.commit(
    store.sessions.insert({ ...sessionRow({ serviceId, clientId: 1 }), ...more }),
    ...clientsUpTo(clients).map((clientId) =>
      store.sessionClients.join({ ...participantOf({ serviceId, clientId }), sessionId }),
    ),
  )
}
const end = () =>
  store.commit(
    store.sessions.endOne(
      { serviceId, sessionId },
      { now, logoutId, reason: 'ADMIN', keptUntil: now + 1_000 },
    ),
    store.deliveries.insertOfLogout({
      ...{ serviceId, logoutId, kind: 'backchannel-logout', now, dueAt: now },
      ...{ giveUpAt: now + 1_000, keptUntil: now + 1_000 },
    }),
  )
const told = async (of = logoutId) =>
  (await store.deliveries.ofLogout(serviceId, of)).map(({ clientId }) => clientId)

describe('end of a session', () => {
  it.each([0, 1, 500])('writes one delivery for each of %i clients', async (clients) => {
    await open(clients)
    await end()
    expect(await told()).toEqual(clientsUpTo(clients))
    await end()
    expect((await told()).length).toBe(clients)
  })

  it('tells clients that took part longer ago than a session is kept', async () => {
    const once = { endsAt: now + 1_000, keptUntil: now + 1_000 }
    await open(2, once)
    await store.purge(now + 10_000)
    expect(await store.sessions.find(serviceId, sessionId)).toMatchObject(once)
    await end()
    expect(await told()).toEqual([1, 2])
  })

  it('is forgotten with its clients once it was kept long enough', async () => {
    await open(2)
    await end()
    await store.purge(now + 999)
    expect((await store.sessionClients.ofSessions(serviceId, [sessionId])).length).toBe(2)
    await store.purge(now + 10_000)
    expect(await store.sessions.find(serviceId, sessionId)).toBeUndefined()
    const { sessionClients } = opened.engine.tables
    const left = await opened.engine.read
      .select()
      .from(sessionClients)
      .where(eq(sessionClients.serviceId, serviceId))
    // Those that were to be kept longer go with the session, too, when their time has come.
    expect(left.every(({ keptUntil }) => keptUntil > now + 10_000)).toBe(true)
  })
})

describe('deletion', () => {
  const rowsOf = async () => [
    (await store.sessions.list(serviceId, { status: 'ALL', now, start: 0, end: 10 })).total,
    (await store.sessionClients.ofSessions(serviceId, [sessionId])).length,
    (await told()).length,
  ]

  it('of a client takes its parts and deliveries, and leaves the session', async () => {
    await store.commit(store.clients.insert(clientRow(serviceId, 1)))
    await open(2)
    await end()
    expect(await rowsOf()).toEqual([1, 2, 2])
    await store.commit(...store.clients.delete(serviceId, 1))
    expect(await rowsOf()).toEqual([1, 1, 1])
  })

  it('of a service takes its sessions', async () => {
    await open(2)
    await end()
    await store.commit(...store.services.delete(serviceId, 0))
    expect(await rowsOf()).toEqual([0, 0, 0])
  })
})
