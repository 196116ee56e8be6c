/** The log of revocations: a reader misses no commit, and services without a log have no rows. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { bytesOf } from '../../../src/store/schema/tokens/names.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { accessTokenRow, clientRow, now, serviceRow } from '../rows.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

async function issue(serviceId: number, ...suffixes: string[]) {
  const { store } = opened
  const owner = { serviceId, clientId: serviceId }
  await store.commit(store.services.insert(serviceRow(serviceId)))
  await store.commit(store.clients.insert(clientRow(serviceId, serviceId)))
  const rows = suffixes.map((suffix) => accessTokenRow({ ...owner, suffix }))
  await store.commit(...rows.map((row) => store.accessTokens.insert(row)))
  return rows.map(({ tokenHash }) => tokenHash)
}
const placesFrom = async (serviceId: number, place: number) => {
  const rows = await opened.store.revocations.page(serviceId, { place, name: '' }, now, 100)
  return rows.map(({ name }) => name)
}

describe('log of revocations', () => {
  it('is not written for a service that has none', async () => {
    const { store } = opened
    const [hash = ''] = await issue(1, 'a')
    await store.commit(store.accessTokens.delete(1, hash))
    expect(await store.revocations.log(1)).toBeUndefined()
    expect(await placesFrom(1, 0)).toEqual([])
  })

  it.runIf(inject('dialect') === 'postgres')(
    'shows a reader that goes on a commit that began before it read and ended after it',
    async () => {
      const { store, url } = opened
      const [slow = '', quick = ''] = await issue(2, 'slow', 'quick')
      await store.commit(store.revocations.begin(2, now))
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      try {
        await other.query('begin')
        const bytes = bytesOf(slow)
        const { rowCount } = await other.query(
          'delete from access_tokens where service_id = 2 and hash = $1',
          [bytes],
        )
        expect(rowCount).toBe(1)
        await store.commit(store.accessTokens.delete(2, quick))
        const before = await store.revocations.log(2)
        expect(await placesFrom(2, 0)).toHaveLength(1)
        await other.query('commit')
        expect(await placesFrom(2, before?.horizon ?? 0)).toContain(
          bytes.toString('hex').slice(-16),
        )
        // Transactions of other databases of the server hold the place back while they are open.
        await vi.waitFor(async () => {
          const after = await store.revocations.log(2)
          expect(await placesFrom(2, after?.horizon ?? 0)).toEqual([])
        }, 10_000)
      } finally {
        await other.end()
      }
    },
  )
})
