/** Whether a failure says that the database cannot be used at present, whichever it is. */

/** Nothing is there, it goes away, it breaks off, it does not answer in time. */
const network =
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)$/
/** PostgreSQL: connection exceptions, no resources, shutting down, timeouts, read-only standby. */
const postgres = /^(08...|53...|57P0[1-4]|57014|55P03|25P03|25006|58030)$/
/** SQLite: disk full, file locked, read-only or unreadable. */
const sqlite = /^SQLITE_(FULL|BUSY|LOCKED|IOERR|READONLY|CANTOPEN|NOMEM)(_|$)/
/** The thread that writes to a SQLite file. */
export const threadEnded = 'The thread that writes has ended.'
/** What is told by words alone, by pg and by the thread that writes. */
const words = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed',
  threadEnded,
]

/** Drizzle wraps what the driver throws, and drivers wrap what the system throws. */
export function isUnavailable(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { message } = each
    const code = 'code' in each ? String(each.code) : ''
    if ([network, postgres, sqlite].some((known) => known.test(code))) return true
    if (words.some((beginning) => message.startsWith(beginning))) return true
  }
  return false
}
