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
  /**
   * Called when a call arrives: what it reads is no older than its arrival. `isAtSocket`: of those
   * that the event loop takes from sockets at once, the first one sees to that for all.
   */
  renew(isAtSocket: boolean): void
}

/** `opened` is called once a state is seen, before what is read of it. */
export function readTransactionOf(
  database: Database,
  opened: () => void = () => {},
): ReadTransaction {
  const begin = database.prepare('begin')
  const end = database.prepare('commit')
  let isOpen = false
  let isRenewed = false

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
    renew(isAtSocket) {
      if (isAtSocket && isRenewed) return
      // Begun by a timer or an immediate, it would last until after the sockets of this turn.
      close()
      if (!isAtSocket) return
      isRenewed = true
      setImmediate(() => {
        isRenewed = false
      })
    },
  }
}
