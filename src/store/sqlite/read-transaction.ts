/**
 * Reads of one turn of the event loop see one state of the database. To SQLite a read by itself is
 * a transaction, and to take and leave the lock of each costs many times what the read does.
 */
import type { Database } from 'better-sqlite3'

export interface ReadTransaction {
  /** Called before a read; the state stays the same until the turn ends. */
  open(): void
  /** Called before a write: what is read afterwards is new. */
  close(): void
}

/** `opened` is called once a state is seen, before what is read of it. */
export function readTransactionOf(
  database: Database,
  opened: () => void = () => {},
): ReadTransaction {
  const begin = database.prepare('begin')
  const end = database.prepare('commit')
  let isOpen = false

  function close(): void {
    if (!isOpen) return
    isOpen = false
    // A read that failed may have ended the transaction itself.
    if (database.inTransaction) end.run()
  }

  return {
    open() {
      if (isOpen || database.inTransaction) return
      begin.run()
      isOpen = true
      setImmediate(close)
      opened()
    },
    close,
  }
}
