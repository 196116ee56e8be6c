/** Every table with an expiry is purged, including tables that are added later. */
import { type Column, count, getTableColumns } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orRefuse } from '../../src/store/engine.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

describe('purge of all tables', () => {
  it('deletes the expired rows of every table that has an expiry, and no others', async () => {
    const { engine, store } = opened
    const { read, tables } = engine
    const expiring = Object.entries(tables).filter(
      ([, table]) => 'expiresAt' in table || 'keptUntil' in table,
    )
    expect(expiring.length).toBeGreaterThan(10)
    const at = 1_000_000_000_000
    const countOf = async (table: (typeof tables)['tickets']) =>
      (await read.select({ rows: count() }).from(table))[0]?.rows
    for (const [name, each] of expiring) {
      const table = each as (typeof tables)['tickets']
      for (const [kept, expiresAt] of [at, at * 2].entries()) {
        const row = Object.fromEntries(
          Object.entries(getTableColumns(table)).map(([name, column]) => [
            name,
            name === 'expiresAt' || name === 'keptUntil' ? expiresAt : sampleOf(column, kept + 1),
          ]),
        ) as typeof table.$inferInsert
        await engine
          .run(
            engine.build
              .insert(table)
              .values(row)
              .returning({ serviceId: table.serviceId })
              .toSQL(),
          )
          .catch(() => {
            throw new Error(`${name} takes no sample row.`)
          })
      }
      expect([name, await countOf(table)]).toEqual([name, 2])
    }
    // A day later, so that rows which are kept for some time after their expiry are purged, too.
    expect(await store.purge(at + 86_400_000)).toBe(expiring.length)
    for (const [name, table] of expiring) {
      expect([name, await countOf(table as (typeof tables)['tickets'])]).toEqual([name, 1])
    }
  })
})

describe('rows that the sweep has not yet removed', () => {
  it('are counted by table, up to 10,000', async () => {
    const { engine, store } = await openTestStore()
    const { build, tables } = engine
    const due = async (now: number) => {
      const counted = await store.sweepDue(now)
      return counted.find(({ table }) => table === 'replays')?.rows
    }
    const add = (from: number, count: number) => {
      const rows = Array.from({ length: count }, (_, at) => ({
        serviceId: 1,
        kind: 'dpop',
        valueHash: String(from + at),
        expiresAt: from + at,
      }))
      const inserted = build.insert(tables.replays).values(rows as never)
      return store.commit(inserted.returning({ serviceId: tables.replays.serviceId }).toSQL())
    }
    // They are remembered for two minutes longer.
    const margin = 120_000
    await add(0, 1_000)
    expect(await due(margin + 499)).toBe(500)
    for (let from = 1_000; from < 12_000; from += 1_000) await add(from, 1_000)
    expect(await due(margin + 50_000)).toBe(10_000)
    await store.purge(margin + 10_499)
    expect(await due(margin + 50_000)).toBe(1_500)
    await store.close()
  })
})

describe('value for one-time use', () => {
  it('is remembered past its expiry, for nodes whose clocks differ by two minutes', async () => {
    const { store } = opened
    const end = 2_000_000_000_000
    const claim = () => store.replays.claim(1, 'dpop', 'ends', end)
    const replayed = new Error('replayed')
    await store.commit(orRefuse(claim(), replayed))
    await store.purge(end + 119_999)
    await expect(store.commit(orRefuse(claim(), replayed))).rejects.toBe(replayed)
    await store.purge(end + 120_000)
    await store.commit(orRefuse(claim(), replayed))
  })
})

function sampleOf(column: Column, number: number): unknown {
  if (column.dataType === 'number') return number
  const isName = column.dataType === 'string' || /^(blob|bytea)$/.test(column.getSQLType())
  return isName ? `sample-${number}` : { grantType: 'PASSWORD', grant: { scopes: [] } }
}
