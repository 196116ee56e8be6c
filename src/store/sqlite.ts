/** The embedded database: SQLite through better-sqlite3, durable at every commit. */
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { sqliteColumns } from './columns.ts'
import { groupCommit } from './group-commit.ts'
import { openRecorder, rowsOf } from './recording.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import { openWriting } from './sqlite-connection.ts'
import { openWriter, RefusedAt, type Writer } from './sqlite-writer.ts'
import { ConflictError, type Engine, type Reads, type Write, type Writes } from './store.ts'
import { defineTables } from './tables.ts'

const migrations = fileURLToPath(new URL('../../drizzle/sqlite', import.meta.url))

/** How writes get into the database; `rows` are those that the one write of `run` returns. */
interface Writing {
  commit(writes: Write[]): Promise<void>
  run(write: Pick<Write, 'apply'>): Promise<unknown[]>
  close(): Promise<void>
}

/** `path` is a file's or `:memory:`. */
export async function openSqlite(path: string): Promise<Engine> {
  const database = openWriting(path)
  const db = drizzle(database)
  migrate(db, { migrationsFolder: migrations })
  const snapshot = snapshotOf(database)
  const writing =
    path === ':memory:'
      ? writeHere(database, db as unknown as Writes, snapshot)
      : await writeElsewhere(path, snapshot)
  return {
    dialect: 'sqlite',
    read: db as unknown as Reads,
    tables: defineTables(sqliteColumns),
    beforeRead: snapshot.open,
    async commit(...writes) {
      if (writes.length === 0) return
      try {
        await writing.commit(writes)
      } catch (error) {
        throw conflictOf(error) ?? error
      }
    },
    async run<T>(write: { apply(tx: Writes): PromiseLike<T[]> }) {
      return (await writing.run(write)) as T[]
    },
    async ping() {
      database.prepare('select 1').get()
    },
    async close() {
      if (!database.open) return
      await writing.close()
      snapshot.close()
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
    },
  }
}

/** A database in memory is its connection's alone. */
function writeHere(database: Database.Database, db: Writes, snapshot: Snapshot): Writing {
  const group = groupCommit(database, snapshot.close)
  return {
    commit: (writes) =>
      group.join(() => {
        for (const write of writes) {
          const rows = rowsOf(write.apply(db))
          if (write.refusal && rows.length !== 1) throw write.refusal
        }
      }),
    run: (write) => group.join(() => rowsOf(write.apply(db))),
    close: async () => group.flush(),
  }
}

/** A file is written by a thread of its own, which waits for the disk while calls are answered. */
async function writeElsewhere(path: string, snapshot: Snapshot): Promise<Writing> {
  const start = () => openWriter(path, snapshot.close)
  let starting = start()
  const take = openRecorder()
  async function writer(): Promise<Writer> {
    const known = starting
    const found = await known
    if (!found.isGone()) return found
    if (starting === known) starting = start()
    return starting
  }
  await writer()
  return {
    async commit(writes) {
      const statements = take(writes)
      try {
        await (await writer()).write(statements, false)
      } catch (error) {
        throw (error instanceof RefusedAt && writes[error.place]?.refusal) || error
      }
    },
    run: async (write) => {
      const statements = take([write])
      return (await writer()).write(statements, true)
    },
    close: async () => (await starting).close(),
  }
}

/** Whether another connection has the database open: it then cannot leave its write-ahead log. */
export function isSqliteInUse(path: string): boolean {
  const database = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    return database.pragma('journal_mode = DELETE', { simple: true }) !== 'delete'
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true
    throw error
  } finally {
    database.close()
  }
}

/** `UNIQUE constraint failed: clients.service_id, clients.alias`, or `index 'name'`. */
function conflictOf(error: unknown): ConflictError | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Database.SqliteError)) return undefined
  if (!/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(cause.code)) return undefined
  return new ConflictError(cause.message.replace(/^.*constraint failed: /, ''))
}
