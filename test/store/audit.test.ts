/** The audit log in the database: its order, in which a reader that continues misses nothing. */
import { setImmediate as turn } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import { auditRow, now } from './rows.ts'

let opened: TestStore
let store: Store
let made = 0
beforeEach(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterEach(() => opened.close())

const record = (serviceId: number, more: object = {}) => {
  made += 1
  const recordId = String(made).padStart(8, '0')
  return { ...auditRow({ serviceId, clientId: 1 }), recordId, at: now + made, ...more }
}
const insert = (...rows: ReturnType<typeof record>[]) =>
  store.commit(...rows.map((row) => store.audit.insert(row)))

/** A reader that continues where it was. */
function reader(of: { serviceId?: number; limit?: number } = {}) {
  let after = 0
  return async () => {
    await store.audit.number()
    const filter = { serviceId: of.serviceId, after, limit: of.limit ?? 1_000 }
    const page = await store.audit.list(filter)
    after = page.next
    return page.rows.map(({ recordId }) => recordId)
  }
}

describe('order of the audit log', () => {
  it('is that of the times, then of the ids, without gaps, across all services', async () => {
    const rows = [record(1), record(2), record(0), record(1, { at: now + made + 1 })]
    await insert(...[...rows].reverse())
    await store.audit.number()
    const { rows: read } = await store.audit.list({ serviceId: undefined, after: 0, limit: 10 })
    expect(read.map(({ recordId }) => recordId)).toEqual(rows.map(({ recordId }) => recordId))
    expect(read.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    await insert(record(1, { at: 0 }))
    await store.audit.number()
    const [last] = (await store.audit.list({ serviceId: 1, after: 4, limit: 10 })).rows
    expect(last?.seq).toBe(5)
  })

  it('never uses a number again, even if all records were removed', async () => {
    await insert(record(1), record(1))
    await store.audit.number()
    expect(await store.purge(now + 1e12, 100, { auditDays: 1 })).toBe(2)
    await insert(record(1))
    await store.audit.number()
    const [row] = (await store.audit.list({ serviceId: 1, after: 2, limit: 10 })).rows
    expect(row?.seq).toBe(3)
  })

  it('lets concurrent readers see each record once while others write', async () => {
    const written: string[] = []
    const seen = [[], [], []] as string[][]
    let isOver = false
    const readers = [reader(), reader({ limit: 3 }), reader({ limit: 50 })]
    const reading = readers.map(async (read, index) => {
      for (;;) {
        const last = isOver
        const ids = await read()
        seen[index]?.push(...ids)
        if (last && ids.length === 0) return
        await turn()
      }
    })
    const writers = Array.from({ length: 4 }, async () => {
      for (let count = 0; count < 50; count++) {
        const row = record(1 + (count % 3))
        await insert(row)
        written.push(row.recordId)
      }
    })
    await Promise.all(writers)
    isOver = true
    await Promise.all(reading)
    for (const ids of seen) {
      expect(ids).toHaveLength(200)
      expect(new Set(ids)).toEqual(new Set(written))
    }
    expect(seen[1]).toEqual(seen[0])
  })

  it('numbers more records than one commit takes', async () => {
    await insert(...Array.from({ length: 1_200 }, () => record(1)))
    await store.audit.number()
    const { rows, hasMore } = await store.audit.list({ serviceId: 1, after: 1_000, limit: 1_000 })
    expect([rows.length, rows.at(-1)?.seq, hasMore]).toEqual([200, 1_200, false])
  })

  it.runIf(inject('dialect') === 'postgres')(
    'puts a record whose commit ends late after those that were read before',
    async () => {
      const client = new pg.Client({ connectionString: opened.url })
      await client.connect()
      const late = record(1)
      const { sql, params } = store.audit.insert(late)
      await client.query('begin')
      await client.query(sql, [...params])
      const early = record(1)
      await insert(early)
      const read = reader({ serviceId: 1 })
      expect(await read()).toEqual([early.recordId])
      await client.query('commit')
      await client.end()
      expect(await read()).toEqual([late.recordId])
    },
  )
})

describe('filter of the audit log', () => {
  it('looks at a limited number of records, and says where to continue', async () => {
    await insert(...Array.from({ length: 2_500 }, () => record(1)))
    await insert(record(1, { type: 'client.deleted', targetKind: 'client', targetId: '9' }))
    await store.audit.number()
    const filter = { serviceId: 1, limit: 10, target: { kind: 'client', id: '9' } }
    const first = await store.audit.list({ ...filter, after: 0 })
    expect(first).toMatchObject({ rows: [], next: 2_000, hasMore: true })
    const second = await store.audit.list({ ...filter, after: first.next })
    expect(second).toMatchObject({ rows: [{ targetId: '9' }], next: 2_501, hasMore: false })
  })

  it('selects by type, actor and target', async () => {
    const [mine, other] = [record(1, { actorId: 'a' }), record(1, { type: 'client.created' })]
    await insert(mine, other, record(2, { actorId: 'a' }))
    await store.audit.number()
    const ids = async (filter: object) =>
      (await store.audit.list({ serviceId: 1, after: 0, limit: 10, ...filter })).rows.map(
        ({ recordId }) => recordId,
      )
    expect(await ids({ actor: { id: 'a' } })).toEqual([mine.recordId])
    expect(await ids({ actor: { kind: 'client', id: 'a' } })).toEqual([])
    expect(await ids({ type: 'client.created' })).toEqual([other.recordId])
    expect(await ids({ target: { id: '1' } })).toEqual([mine.recordId, other.recordId])
  })
})
