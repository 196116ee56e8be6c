/** A database is migrated once, durable, and readable under its own master key only. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { orRefuse } from '../../src/store/engine.ts'
import { assemble, openStore } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { createSealer, SealError } from '../../src/system/sealer.ts'
import { createDatabase, openTestStore, sealer } from '../support/stores.ts'
import { accessTokenRow, clientRow, codeRow, now, serviceRow, ticketRow } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Tests of one dialect are not registered under the other, so that nothing counts as skipped. */
const on = (dialect: 'sqlite' | 'postgres', title: string, tests: () => void) => {
  if (inject('dialect') === dialect) describe(title, tests)
}

on('sqlite', 'SQLite database', () => {
  it.each([
    ['file:', 'relative-form.db'],
    ['file://', 'url-form.db'],
    ['', 'plain-form.db'],
  ])(
    'opens by "%s" and a path, and keeps its rows when it is opened again',
    async (scheme, name) => {
      const path = join(folder, name)
      const store = await openStore(`${scheme}${path}`, sealer)
      await store.commit(store.services.insert(serviceRow(1)))
      await store.close()
      expect(existsSync(path)).toBe(true)
      const again = await openStore(`${scheme}${path}`, sealer)
      expect(await again.services.find(1)).toMatchObject({ number: 1, version: 1 })
      await again.close()
    },
  )

  it('uses a write-ahead log, syncs each commit to disk, and waits for locks', async () => {
    const { read, close } = await openSqlite(join(folder, 'settings.db'))
    const setting = async (name: string, field: string) => {
      const fields = { value: sql<string | number>`${sql.raw(field)}` }
      const [row] = await read.select(fields).from(sql`${sql.raw(`pragma_${name}`)}`)
      return row?.value
    }
    expect(await setting('journal_mode', 'journal_mode')).toBe('wal')
    expect(await setting('synchronous', 'synchronous')).toBe(2)
    expect(await setting('busy_timeout', 'timeout')).toBe(500)
    expect(await setting('foreign_keys', 'foreign_keys')).toBe(1)
    await close()
  })

  it('leaves no write-ahead log after close, and can be closed twice', async () => {
    const path = join(folder, 'closed.db')
    const store = await openStore(path, sealer)
    await store.commit(store.services.insert(serviceRow(1)))
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    await store.close()
    await store.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('lets one of two processes succeed with a guarded write', async () => {
    const path = join(folder, 'shared.db')
    const stores = [await openStore(path, sealer), await openStore(path, sealer)] as const
    await oneWins(stores)
  })
})

on('postgres', 'PostgreSQL database', () => {
  it('is migrated once by several processes that start concurrently', async () => {
    const { url, drop } = await createDatabase()
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(url, sealer)))
    await Promise.all(stores.map((store) => store.ping()))
    await oneWins(stores)
    await drop()
  })

  it('fails the start without delay if it is unreachable', async () => {
    const nowhere = 'postgres://postern@127.0.0.1:1/postern'
    await expect(openStore(nowhere, sealer)).rejects.toThrow()
  })

  it('retries a commit that was the victim of a deadlock', async () => {
    const { store, url, close } = await openTestStore()
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    // The first session to detect the deadlock is the victim. If that is the other one, try again.
    await other.query(`set deadlock_timeout = '3s'`)
    let first = 1
    while (!(await deadlock(store, other, first))) first += 2
    const found = await store.tickets.find(1, `ticket-${first}`)
    expect(found).toMatchObject({ consumedAt: now })
    await other.end()
    await close()
  })
})

/** Makes a commit and another session deadlock; whether the commit was the victim. */
async function deadlock(store: Store, other: pg.Client, first: number): Promise<boolean> {
  const rows = [first, first + 1].map((clientId) => ticketRow({ serviceId: 1, clientId }))
  await store.commit(...rows.map((row) => store.tickets.insert(row)))
  const lock = (clientId: number) =>
    other.query('select 1 from tickets where client_id = $1 for update', [clientId])
  await other.query('begin')
  await lock(first)
  const consume = ({ ticketHash }: { ticketHash: string }) =>
    orRefuse(store.tickets.consume(1, ticketHash, now), new Error('lost'))
  const committed = store.commit(...rows.reverse().map(consume))
  await untilWaiting(other)
  const survived = await lock(first + 1).then(
    () => true,
    () => false,
  )
  await other.query(survived ? 'commit' : 'rollback')
  await expect(committed).resolves.toBeUndefined()
  return survived
}

async function untilWaiting(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      `select 1 from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rowCount) return
  }
}

/** Several stores on one database try to consume one code: one of them succeeds. */
async function oneWins(stores: readonly Store[]): Promise<void> {
  const [first] = stores
  await first?.commit(first.codes.insert(codeRow({ serviceId: 1, clientId: 1 })))
  const refusal = new Error('It is used up.')
  const results = await Promise.allSettled(
    stores.map((store, index) =>
      store.commit(
        orRefuse(store.codes.consume(1, 'code-1', now), refusal),
        store.accessTokens.insert(
          accessTokenRow({ serviceId: 1, clientId: 1, suffix: `${index}` }),
        ),
      ),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await stores.at(-1)?.accessTokens.count(1, { clientId: 1 })).toBe(1)
  for (const store of stores) await store.close()
}

describe('store', () => {
  it('refuses to decrypt secrets under another master key, with an error', async () => {
    const { engine, close, store } = await openTestStore()
    await store.commit(store.services.insert(serviceRow(1)), store.clients.insert(clientRow(1, 1)))
    const other = assemble(engine, createSealer(Buffer.alloc(32, 8)))
    await expect(other.services.find(1)).rejects.toThrow(SealError)
    await expect(other.clients.find(1, 1)).rejects.toThrow(SealError)
    expect(await other.services.version(1)).toBe(1)
    await close()
  })

  it('accepts an empty commit, and answers a ping', async () => {
    const { store, close } = await openTestStore()
    await store.commit()
    await store.ping()
    await close()
  })
})
