/**
 * Which process has written last. A writer that finds the mark of another leaves a new one of its
 * own: as long as that stays, no other process has changed anything. A process that writes alone
 * writes the mark once.
 */
import { randomInt } from 'node:crypto'
import type { Database } from 'better-sqlite3'

const largest = 2 ** 48 - 1
const place = `service_id = 0 and name = 'last writer'`

/** Called within each transaction that writes; returns the mark, which is there after it. */
export function writerMark(database: Database): () => number {
  const present = database.prepare(`select value from counters where ${place}`).pluck()
  const leave = database.prepare(
    `insert into counters (service_id, name, value) values (0, 'last writer', ?)
      on conflict (service_id, name) do update set value = excluded.value`,
  )
  let mark = 0
  return () => {
    if (present.get() !== mark) {
      mark = randomInt(1, largest)
      leave.run(mark)
    }
    return mark
  }
}

/**
 * Called within a transaction that reads: differs from the last time if another process may have
 * written since. `own` is the last mark that this process is known to have left.
 */
export function changeSeen(database: Database): (own: number | undefined) => string {
  const present = database.prepare(`select value from counters where ${place}`).pluck()
  const version = database.prepare('pragma data_version').pluck()
  return (own) => {
    const mark = present.get()
    // Where another one wrote last, any commit may be of another.
    return mark === own ? `own ${mark}` : `data ${version.get()}`
  }
}
