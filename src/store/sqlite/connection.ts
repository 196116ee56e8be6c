/** A connection to a SQLite file, as durable as each of Postern's is. */
import { chmodSync, closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Pages that are kept in memory, so that indexes are not read again for every row. */
const cacheKibibytes = 32_768
/**
 * How long the write-ahead log grows before it is worked into the database: 8 MB. A page that was
 * written several times until then is copied once, but commits wait for as long as that takes.
 */
const checkpointPages = 2_000

/** `busyMilliseconds` is how long the thread may stand still for another process that writes. */
export function openWriting(path: string, busyMilliseconds: number): Database.Database {
  if (path !== ':memory:') keepPrivate(path)
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${busyMilliseconds}`)
  database.pragma(`cache_size = -${cacheKibibytes}`)
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  return database
}

/**
 * The file is its owner's alone, and so are the logs beside it, to which SQLite gives the same
 * mode. Files of earlier versions, which others could read, are narrowed.
 */
function keepPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  for (const file of ['', '-wal', '-shm', '-journal'].map((ending) => `${path}${ending}`)) {
    try {
      chmodSync(file, 0o600)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // The log is not there yet, or the file belongs to another user, who decides.
      if (code !== 'ENOENT' && code !== 'EPERM') throw error
    }
  }
}

/** Executes statements, each of which is prepared once; a row is a list of its values. */
export function preparedRows(
  database: Database.Database,
): (statement: { sql: string; params: readonly unknown[] }) => unknown[][] {
  const prepared = new Map<string, Database.Statement>()
  return ({ sql, params }) => {
    const known = prepared.get(sql) ?? database.prepare(sql).raw()
    prepared.set(sql, known)
    return known.all(...params) as unknown[][]
  }
}
