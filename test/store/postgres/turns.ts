/** What one turn of the event loop sends to PostgreSQL, for tests of the store. */
import pg from 'pg'
import { afterAll, beforeAll, vi } from 'vitest'
import { orRefuse } from '../../../src/store/engine.ts'
import { assemble } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/engine.ts'
import type { Store } from '../../../src/store/store.ts'
import { type FaultyProxy, startProxy } from '../../faults/proxy.ts'
import { template } from '../../support/postgres.ts'
import { createDatabase, sealer } from '../../support/stores.ts'
import { accessTokenRow, clientRow } from '../rows.ts'

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
export const refusal = new Error('It is refused.')

/** The texts that clients of PostgreSQL send during the work. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const sent = query.mock.calls.map(([config]) => config as unknown as string | pg.QueryConfig)
    return sent.map((config) => (typeof config === 'string' ? config : config.text))
  } finally {
    query.mockRestore()
  }
}

export const owner = (serviceId: number, index: number) => ({
  serviceId,
  clientId: 1,
  suffix: `-${index}`,
})
export const insertOf = (store: Store, serviceId: number, index: number) =>
  orRefuse(
    store.accessTokens.insertIfClientExists(accessTokenRow(owner(serviceId, index))),
    refusal,
  )
export const outcomesOf = async (commits: Promise<unknown>[]) =>
  (await Promise.allSettled(commits)).map((each) =>
    each.status === 'fulfilled' ? 'kept' : each.reason,
  )

/** A store that is reached by way of a faulty proxy, with a client of service 1. */
export function storeBehindProxy(): () => { store: Store; proxy: FaultyProxy } {
  let opened: { store: Store; proxy: FaultyProxy }
  let close: () => Promise<void>
  beforeAll(async () => {
    const { url, drop } = await createDatabase(template)
    const proxy = await startProxy(url)
    const store = assemble(await openPostgres(proxy.url), sealer)
    await store.commit(store.clients.insert(clientRow(1, 1)))
    opened = { store, proxy }
    close = async () => {
      await store.close()
      await proxy.close()
      await drop()
    }
  })
  afterAll(() => close())
  return () => opened
}
