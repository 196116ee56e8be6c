/** Opening a database: migrated once, durable, and readable under its own key only. */
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

/** What only one of the databases does, is not skipped on the other: it is no matter there. */
const on = (dialect: Store['dialect'], title: string, tests: () => void) => {
  if (inject('dialect') === dialect) describe(title, tests)
}

on('sqlite', 'a SQLite database', () => {
  it.each([
    ['file:', 'relative-form.db'],
    ['file://', 'url-form.db'],
    ['', 'plain-form.db'],
  ])('is opened by "%s" and a path, and opened again with what it holds', async (scheme, name) => {
    const path = join(folder, name)
    const store = await openStore(`${scheme}${path}`, sealer)
    await store.commit(store.services.insert(serviceRow(1)))
    await store.close()
    expect(existsSync(path)).toBe(true)
    const again = await openStore(`${scheme}${path}`, sealer)
    expect(await again.services.find(1)).toMatchObject({ number: 1, version: 1 })
    await again.close()
  })

  it('writes ahead, is on disk at every commit, and waits for others', async () => {
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

  it('leaves no log behind when it is closed, and may be closed twice', async () => {
    const path = join(folder, 'closed.db')
    const store = await openStore(path, sealer)
    await store.commit(store.services.insert(serviceRow(1)))
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    await store.close()
    await store.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('lets one of two processes win a guarded write', async () => {
    const path = join(folder, 'shared.db')
    const stores = [await openStore(path, sealer), await openStore(path, sealer)] as const
    await oneWins(stores)
  })
})

on('postgres', 'a PostgreSQL database', () => {
  it('is migrated once by several processes that start at once', async () => {
    const { url, drop } = await createDatabase()
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(url, sealer)))
    await Promise.all(stores.map((store) => store.ping()))
    await oneWins(stores)
    await drop()
  })

  it('that cannot be reached fails the start, and soon', async () => {
    const nowhere = 'postgres://postern@127.0.0.1:1/postern'
    await expect(openStore(nowhere, sealer)).rejects.toThrow()
  })

  it('applies a commit again when it was the victim of a deadlock', async () => {
    const { store, url, close } = await openTestStore()
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    // Whoever looks first is the victim: on a busy machine that may be the other, and counts not.
    await other.query(`set deadlock_timeout = '3s'`)
    let first = 1
    while (!(await deadlock(store, other, first))) first += 2
    const found = await store.tickets.find(1, `ticket-${first}`)
    expect(found).toMatchObject({ consumedAt: now })
    await other.end()
    await close()
  })
})

/** A commit that holds one row and waits for another; whether it was the one to give way. */
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

/** Stores on one database: a code that each tries to consume is consumed by one of them. */
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

describe('a store', () => {
  it('under another master key does not read secrets, and says so', async () => {
    const { engine, close, store } = await openTestStore()
    await store.commit(store.services.insert(serviceRow(1)), store.clients.insert(clientRow(1, 1)))
    const other = assemble(engine, createSealer(Buffer.alloc(32, 8)))
    await expect(other.services.find(1)).rejects.toThrow(SealError)
    await expect(other.clients.find(1, 1)).rejects.toThrow(SealError)
    expect(await other.services.version(1)).toBe(1)
    await close()
  })

  it('does nothing for a commit of nothing, and answers a ping', async () => {
    const { store, close } = await openTestStore()
    expect(store.dialect).toBe(inject('dialect'))
    await store.commit()
    await store.ping()
    await close()
  })
})
