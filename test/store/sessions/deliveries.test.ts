/** Deliveries in the store: claims, outcomes, what is due, and queries that use their indexes. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Write } from '../../../src/store/engine.ts'
import { orRefuse } from '../../../src/store/engine.ts'
import type { DeliveryRow } from '../../../src/store/tables/sessions/deliveries.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { now } from '../rows.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())
beforeEach(async () => {
  const { build, tables } = opened.engine
  const { deliveries } = tables
  const returned = { serviceId: deliveries.serviceId }
  await opened.store.commit(build.delete(deliveries).returning(returned).toSQL())
})

let made = 0
async function insert(more: Partial<DeliveryRow> = {}): Promise<DeliveryRow> {
  made += 1
  const row: DeliveryRow = {
    ...{ serviceId: 1, deliveryId: `delivery-${made}`, kind: 'backchannel-logout', clientId: 7 },
    ...{ logoutId: `logout-${made}`, sessionId: `session-${made}`, subject: 'alice' },
    ...{ sid: 'sid', sub: 'sub', status: 'PENDING', attempts: 1, dueAt: now, createdAt: now },
    ...{ finishedAt: null, giveUpAt: now + 60_000, keptUntil: now + 60_000, lastStatus: null },
    ...{ lastError: null, reason: null, data: { namedBy: 'id' } },
    ...more,
  }
  await opened.store.commit(opened.store.deliveries.insert(row))
  return row
}
const found = async ({ serviceId, logoutId }: DeliveryRow) =>
  (await opened.store.deliveries.ofLogout(serviceId, logoutId))[0]
const touches = (write: Write): Promise<boolean> =>
  opened.store.commit(orRefuse(write, new Error('untouched'))).then(
    () => true,
    () => false,
  )
const finished = { finishedAt: now, keptUntil: now + 1, lastStatus: 500, lastError: 'status' }

describe('an attempt', () => {
  it('is begun by one of fifty processes that saw the same row', async () => {
    const { deliveries } = opened.store
    const row = await insert()
    const claims = await Promise.all(
      Array.from({ length: 50 }, () =>
        touches(deliveries.attempt(row, { seen: now, attempts: 2, dueAt: now + 10_000 })),
      ),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await found(row)).toMatchObject({ attempts: 2, dueAt: now + 10_000 })
  })

  it('that is late changes nothing after a later one was begun, unless it arrived', async () => {
    const { deliveries } = opened.store
    const row = await insert({ attempts: 2 })
    const again = { dueAt: now + 1, lastStatus: 503, lastError: 'status' }
    expect(await touches(deliveries.again(row, 1, again))).toBe(false)
    expect(await touches(deliveries.givenUp(row, 1, finished))).toBe(false)
    expect(await touches(deliveries.again(row, 2, again))).toBe(true)
    expect(await found(row)).toMatchObject({ ...again, status: 'PENDING', attempts: 2 })
    const arrived = { ...finished, lastStatus: null, lastError: null }
    expect(await touches(deliveries.delivered(row, arrived))).toBe(true)
    expect(await found(row)).toMatchObject({ ...arrived, status: 'DELIVERED', dueAt: null })
  })

  it('changes nothing of a delivery that is finished or gone', async () => {
    const { deliveries } = opened.store
    const row = await insert()
    expect(await touches(deliveries.givenUp(row, 1, finished))).toBe(true)
    expect(await found(row)).toMatchObject({ ...finished, status: 'DEAD', dueAt: null })
    const gone = await insert()
    expect(await touches(deliveries.delete(gone))).toBe(true)
    for (const each of [row, gone]) {
      expect(await touches(deliveries.delivered(each, finished))).toBe(false)
      expect(await touches(deliveries.givenUp(each, 1, finished))).toBe(false)
      expect(await touches(deliveries.attempt(each, { seen: now, attempts: 2, dueAt: now }))).toBe(
        false,
      )
    }
  })
})

describe('what is due', () => {
  it('is of services with something that waits, and of each client its oldest', async () => {
    const { deliveries } = opened.store
    await insert({ serviceId: 3, dueAt: now + 60_000 })
    await insert({ serviceId: 2, status: 'DELIVERED', dueAt: null })
    const young = await insert({ clientId: 7, dueAt: now - 1 })
    const old = await insert({ clientId: 7, dueAt: now - 2 })
    const other = await insert({ clientId: 9 })
    await insert({ clientId: 8, dueAt: now + 1 })
    expect(await deliveries.services(-1, 10)).toEqual([1, 3])
    expect(await deliveries.services(1, 10)).toEqual([3])
    expect(await deliveries.services(-1, 1)).toEqual([1])
    const ids = async (after: number, limit: number) => {
      const { due, last } = await deliveries.due({ serviceId: 1, after, now, limit })
      return [due.map(({ deliveryId }) => deliveryId), last]
    }
    expect(await ids(-1, 10)).toEqual([[old.deliveryId, other.deliveryId], undefined])
    expect(await ids(-1, 2)).toEqual([[old.deliveryId], 8])
    expect(await ids(8, 2)).toEqual([[other.deliveryId], undefined])
    await opened.store.commit(deliveries.delivered(old, finished))
    expect(await ids(-1, 1)).toEqual([[young.deliveryId], 7])
    expect(await deliveries.waiting()).toEqual({ count: 4, oldest: now })
  })

  it('is nothing, and nothing waits, in an empty table', async () => {
    const { deliveries } = opened.store
    expect(await deliveries.services(-1, 10)).toEqual([])
    const look = { serviceId: 1, after: -1, now, limit: 10 }
    expect(await deliveries.due(look)).toEqual({ due: [], last: undefined })
    expect(await deliveries.waiting()).toEqual({ count: 0, oldest: null })
  })
})

const selects = 'select * from deliveries where service_id = 1'
describe.runIf(inject('dialect') === 'sqlite')('queries of deliveries', () => {
  it.each([
    [
      'deliveries_due',
      'select min(service_id) from deliveries where service_id > 1 and due_at > 0',
    ],
    ['deliveries_due', `${selects} and client_id = 1 and due_at <= 5 order by due_at limit 1`],
    ['deliveries_client', `${selects} and client_id = 1 order by created_at desc limit 5`],
    ['deliveries_subject', `${selects} and subject = 'a' order by created_at desc limit 5`],
    ['deliveries_dead', `${selects} and status = 'DEAD' order by created_at desc limit 5`],
  ])('step into %s: %s', async (index, query) => {
    const plan = await opened.engine.run({ sql: `explain query plan ${query}`, params: [] })
    expect(JSON.stringify(plan)).toContain(index)
    expect(JSON.stringify(plan)).not.toContain('TEMP B-TREE')
  })
})
