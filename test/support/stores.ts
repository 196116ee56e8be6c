/** A store for a test file: a SQLite file, or its own PostgreSQL database. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
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
  /** The engine of the store, for tests that read stored rows. */
  engine: Engine
  /** The URL of the database, if it has one. */
  url: string
  close(): Promise<void>
}

const inMemory = '/dev/shm'
const gigabyte = 2 ** 30

/** Files are in memory if the machine has such a file system, since no test cuts the power. */
function newFolder(): string {
  const { bavail = 0, bsize = 0 } = existsSync(inMemory) ? statfsSync(inMemory) : {}
  return mkdtempSync(join(bavail * bsize > gigabyte ? inMemory : tmpdir(), 'postern-test-'))
}

/** A migrated database, of which each store of this process is a copy. */
let migrated: Promise<Buffer> | undefined

async function makeMigrated(): Promise<Buffer> {
  const folder = newFolder()
  const path = join(folder, 'migrated.db')
  await (await openSqlite(path)).close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true, force: true })
  return bytes
}

/**
 * One store for all tests of a file. Each test has a server with its own clock and services on the
 * store, and closes only the server.
 */
export function sharedStore(): () => Omit<TestStore, 'url'> {
  let opened: TestStore
  beforeAll(async () => {
    opened = await openTestStore()
  })
  afterAll(() => opened.close())
  return () => ({ ...opened, close: async () => {} })
}

/** A new, empty store of the dialect of the running project. */
export async function openTestStore(): Promise<TestStore> {
  if (inject('dialect') === 'sqlite') {
    migrated ??= makeMigrated()
    const bytes = await migrated
    const folder = newFolder()
    const path = join(folder, 'postern.db')
    writeFileSync(path, bytes, { mode: 0o600 })
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

/** A new PostgreSQL database, without tables unless there is a template. */
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
