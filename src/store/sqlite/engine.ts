/** The embedded database: SQLite through better-sqlite3, durable at every commit. */
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { drizzle as drizzleBy } from 'drizzle-orm/sqlite-proxy'
import { signals } from '../../signal.ts'
import {
  type Ask,
  ConflictError,
  type Engine,
  type Reads,
  type Write,
  type WriteBuilders,
} from '../engine.ts'
import { Epochs, tablesChangedBy } from '../epochs.ts'
import { sqliteColumns } from '../schema/columns.ts'
import { defineTables } from '../schema/tables.ts'
import { bytesOf } from '../schema/tokens/names.ts'
import { openWriting, preparedRows } from './connection.ts'
import { groupCommit, isAtomic } from './group-commit.ts'
import { isMigrated } from './migrated.ts'
import { type ReadTransaction, readTransactionOf } from './read-transaction.ts'
import { sqliteSyntax } from './syntax.ts'
import { type Heard, openWriter, RefusedAt, type Writer } from './writer.ts'
import { changeSeen } from './writer-mark.ts'

/** Processes that start at once on one database migrate it one after the other. */
const migratingMilliseconds = 5_000
/** Afterwards this connection reads, which waits for a lock at most while a log is recovered. */
const readingMilliseconds = 500
const migrations = fileURLToPath(new URL('../../../drizzle/sqlite', import.meta.url))

/** How writes get into the database; `run` and `rehearse` return rows of the last write. */
interface Writing {
  commit(writes: Write[]): Promise<void>
  run(write: Write): Promise<unknown[][]>
  rehearse(writes: Write[]): Promise<unknown[][]>
  /** Begins with what waits for the end of the turn. */
  relieve(): void
  close(): Promise<void>
}

/** `path` is a file's or `:memory:`. */
export async function openSqlite(path: string): Promise<Engine> {
  const database = openWriting(path, migratingMilliseconds)
  const db = drizzle(database)
  // For the migration to bytes: what tokens were called by then was text.
  database.function('token_bytes', { deterministic: true }, (name) => bytesOf(String(name)))
  if (!isMigrated(database, migrations)) migrate(db, { migrationsFolder: migrations })
  database.pragma(`busy_timeout = ${readingMilliseconds}`)
  const epochs = new Epochs()
  const isAlone = path === ':memory:'
  const seen = changeSeen(database)
  let mark: number | undefined
  const readTransaction = readTransactionOf(database, () => isAlone || epochs.see(seen(mark)))
  const heard: Heard = (changed, left = mark) => {
    mark = left
    readTransaction.close()
    epochs.end(changed)
  }
  const writing = isAlone
    ? writeHere(database, readTransaction, epochs)
    : await writeElsewhere(path, heard)
  return {
    syntax: sqliteSyntax,
    read: db as unknown as Reads,
    readsBy,
    async ask({ sql, params }) {
      readTransaction.open()
      return database
        .prepare(sql)
        .raw()
        .all(...params) as unknown[][]
    },
    build: drizzle.mock() as unknown as WriteBuilders,
    tables: defineTables(sqliteColumns),
    beforeRead: readTransaction.open,
    beforeKept: readTransaction.open,
    arrived: readTransaction.renew,
    epochs,
    async commit(...writes) {
      if (writes.length === 0) return
      try {
        await writing.commit(writes)
      } catch (error) {
        throw conflictOf(error) ?? error
      }
    },
    run: writing.run,
    async rehearse(...writes) {
      try {
        return await writing.rehearse(writes)
      } catch (error) {
        throw conflictOf(error) ?? error
      }
    },
    async ping() {
      database.prepare('select 1').get()
    },
    relieve: writing.relieve,
    async close() {
      if (!database.open) return
      await writing.close()
      readTransaction.close()
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
    },
  }
}

const readsBy = (ask: Ask) =>
  drizzleBy(async (sql, params) => ({ rows: await ask({ sql, params }) })) as unknown as Reads

/** A database in memory is its connection's alone. */
function writeHere(
  database: Database.Database,
  readTransaction: ReadTransaction,
  epochs: Epochs,
): Writing {
  const group = groupCommit(database, {
    before: readTransaction.close,
    told: signals.committedTogether.emit,
  })
  const rowsOf = preparedRows(database)
  function apply(writes: Write[]): unknown[][] {
    let rows: unknown[][] = []
    for (const write of writes) {
      rows = rowsOf(write)
      if (write.refusal && rows.length !== 1) throw write.refusal
    }
    return rows
  }
  return {
    commit: async (writes) => {
      const join = isAtomic(writes) ? group.joinAtomic : group.join
      await join(() => {
        epochs.end(tablesChangedBy(writes))
        return apply(writes)
      })
    },
    run: (write) =>
      group.joinAtomic(() => {
        epochs.end(tablesChangedBy([write]))
        return rowsOf(write)
      }),
    rehearse: (writes) => group.rehearse(() => apply(writes)),
    relieve: group.flush,
    close: async () => group.flush(),
  }
}

/** A file is written by a thread of its own, which waits for the disk while calls are answered. */
async function writeElsewhere(path: string, heard: Heard): Promise<Writing> {
  const start = () => openWriter(path, heard)
  let writer = await start()
  let restarting: Promise<Writer> | undefined
  let isClosed = false

  /** A thread that ended by itself, for want of memory, is not the end of the server. */
  async function restart(): Promise<Writer> {
    restarting ??= start().finally(() => {
      restarting = undefined
    })
    writer = await restarting
    return writer
  }

  async function write(writes: Write[], wantsRows: boolean, isRehearsal = false) {
    const thread = writer.isGone() && !isClosed ? await restart() : writer
    try {
      return await thread.write(writes, wantsRows, isRehearsal)
    } catch (error) {
      throw (error instanceof RefusedAt && writes[error.place]?.refusal) || error
    }
  }

  return {
    async commit(writes) {
      await write(writes, false)
    },
    run: (one) => write([one], true),
    rehearse: (writes) => write(writes, true, true),
    relieve: () => writer.relieve(),
    async close() {
      isClosed = true
      await writer.close()
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

/** `UNIQUE constraint failed: clients.service_id, clients.alias`, or `index 'name'`. */
function conflictOf(error: unknown): ConflictError | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Database.SqliteError)) return undefined
  if (!/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(cause.code)) return undefined
  return new ConflictError(cause.message.replace(/^.*constraint failed: /, ''))
}
