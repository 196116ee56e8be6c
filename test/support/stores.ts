/** A store for a test file: a SQLite file, or a PostgreSQL database of its own. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Engine } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { createSealer } from '../../src/system/sealer.ts'
import { template, withDatabase } from './postgres.ts'

export const sealer = createSealer(Buffer.alloc(32, 7))

export interface TestStore {
  store: Store
  /** What the store is made of, for a test that looks at rows as they lie. */
  engine: Engine
  /** URL of the database, where it has one. */
  url: string
  close(): Promise<void>
}

/** A new, empty store of the dialect that the running project is about. */
export async function openTestStore(): Promise<TestStore> {
  if (inject('dialect') === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'postern-test-'))
    const path = join(folder, 'postern.db')
    const engine = await openSqlite(path)
    const store = assemble(engine, sealer)
    const close = async () => {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { store, engine, url: `file:${path}`, close }
  }
  const { url, drop } = await createDatabase(template)
  const engine = await openPostgres(url)
  const store = assemble(engine, sealer)
  return {
    store,
    engine,
    url,
    close: async () => {
      await store.close()
      await drop()
    },
  }
}

/** A new PostgreSQL database; without a template it holds nothing, not even tables. */
export async function createDatabase(copied = 'template0') {
  const server = inject('postgresUrl')
  const database = `postern_${randomBytes(6).toString('hex')}`
  await administrate(server, `create database ${database} template ${copied}`)
  const drop = () => administrate(server, `drop database if exists ${database} with (force)`)
  return { url: withDatabase(server, database), drop }
}

async function administrate(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
