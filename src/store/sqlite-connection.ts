/** A connection to a SQLite file, as durable as each of Postern's is. */
import Database from 'better-sqlite3'

/** Pages that are kept in memory, so that indexes are not read anew for every row. */
const cacheKibibytes = 32_768
/**
 * How long the write-ahead log grows before it is worked into the database: 40 MB. A page that was
 * written several times until then is copied once.
 */
const checkpointPages = 10_000

/** `busyMilliseconds` is how long the thread may stand still for another process that writes. */
export function openWriting(path: string, busyMilliseconds: number): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${busyMilliseconds}`)
  database.pragma(`cache_size = -${cacheKibibytes}`)
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  return database
}
