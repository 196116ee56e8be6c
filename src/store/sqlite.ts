/** The embedded database: SQLite through better-sqlite3, durable at every commit. */
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { sqliteColumns } from './columns.ts'
import { groupCommit } from './group-commit.ts'
import { ConflictError, type Engine, type Reads, type Write, type Writes } from './store.ts'
import { defineTables } from './tables.ts'

const migrations = fileURLToPath(new URL('../../drizzle/sqlite', import.meta.url))
/** The wait for a lock holds the whole process, so that it is short; commits wait outside of it. */
const busyMilliseconds = 500

/** `path` is a file's or `:memory:`. */
export async function openSqlite(path: string): Promise<Engine> {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  // Processes that start at once on one database migrate it one after the other.
  database.pragma('busy_timeout = 5000')
  const db = drizzle(database)
  migrate(db, { migrationsFolder: migrations })
  const group = groupCommit(database, busyMilliseconds)
  database.pragma(`busy_timeout = ${busyMilliseconds}`)
  // A transaction is the connection's, so that what is built on the database itself is in it.
  const all = (write: Pick<Write, 'apply'>) => rowsOf(write.apply(db as unknown as Writes))
  return {
    dialect: 'sqlite',
    read: db as unknown as Reads,
    tables: defineTables(sqliteColumns),
    async commit(...writes) {
      if (writes.length === 0) return
      try {
        await group.join(() => {
          for (const write of writes) {
            const rows = all(write)
            if (write.refusal && rows.length !== 1) throw write.refusal
          }
        })
      } catch (error) {
        throw conflictOf(error) ?? error
      }
    },
    async run<T>(write: { apply(tx: Writes): PromiseLike<T[]> }) {
      return group.join(() => all(write as Write) as T[])
    },
    async ping() {
      database.prepare('select 1').get()
    },
    relieve: group.flush,
    async close() {
      if (!database.open) return
      group.end()
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
    },
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

/** Statements of this database are not asynchronous: what looks like a promise has its rows. */
function rowsOf(statement: PromiseLike<unknown[]>): unknown[] {
  const worded = statement as unknown as { all(): unknown[] } | { sync(): unknown[] }
  return 'all' in worded ? worded.all() : worded.sync()
}

/** `UNIQUE constraint failed: clients.service_id, clients.alias`, or `index 'name'`. */
function conflictOf(error: unknown): ConflictError | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Database.SqliteError)) return undefined
  if (!/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(cause.code)) return undefined
  return new ConflictError(cause.message.replace(/^.*constraint failed: /, ''))
}
