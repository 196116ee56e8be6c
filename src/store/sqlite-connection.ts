/** A connection to a SQLite file, as durable as each of Postern's is. */
import Database from 'better-sqlite3'

/** How long a write waits for another process that writes. */
const busyMilliseconds = 5_000
/** Pages that are kept in memory, so that indexes are not read anew for every row. */
const cacheKibibytes = 65_536
/**
 * How long the write-ahead log grows before it is worked into the database: 40 MB. A page that was
 * written several times until then is copied once.
 */
const checkpointPages = 10_000

export function openWriting(path: string): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${busyMilliseconds}`)
  database.pragma(`cache_size = -${cacheKibibytes}`)
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  return database
}
