/**
 * Commits that arrive in one turn of the event loop share a transaction, and so one wait for the
 * disk. Each is a savepoint: one that is refused takes back its own writes alone. Nobody is
 * answered, with success or refusal, before the transaction is on disk, for what one was told may
 * rest on what another wrote. While another process writes, they wait without holding up reads.
 */
import type { Database } from 'better-sqlite3'

/** How long another process that writes is waited for, and how often it is looked after. */
const patienceMilliseconds = 1_000
const retryMilliseconds = 10

interface Member<T> {
  work: () => T
  resolve: (result: T) => void
  reject: (error: unknown) => void
  /** When it has waited long enough for another process; set once it has to. */
  until?: number
}

export interface GroupCommit {
  /** Does the work in the next transaction; the promise is settled once that is durable. */
  join<T>(work: () => T): Promise<T>
  /** Does at once what waits for the end of the turn. */
  flush(): void
  /** The same for the last time; another process is not waited for. */
  end(): void
}

/** `busyMilliseconds` is how long every other statement of the connection waits for a lock. */
export function groupCommit(database: Database, busyMilliseconds: number): GroupCommit {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const save = database.prepare('savepoint member')
  const release = database.prepare('release member')
  const undo = database.prepare('rollback to member')
  let waiting: Member<unknown>[] = []

  /** What the member is to hear, if the transaction comes to be. */
  function perform(member: Member<unknown>): () => void {
    save.run()
    try {
      const result = member.work()
      release.run()
      return () => member.resolve(result)
    } catch (error) {
      // A full disk, among others, ends the whole transaction; then nobody has succeeded.
      if (!database.inTransaction) throw error
      undo.run()
      release.run()
      return () => member.reject(error)
    }
  }

  /** The wait for a lock inside SQLite holds the whole process; between two attempts it serves. */
  function isBegun(): boolean {
    database.exec('pragma busy_timeout = 0')
    try {
      begin.run()
      return true
    } catch (error) {
      if (!isBusy(error)) throw error
      return false
    } finally {
      database.exec(`pragma busy_timeout = ${busyMilliseconds}`)
    }
  }

  /** Keeps those who may still wait, and tells the others. */
  function postpone(members: Member<unknown>[]): void {
    const now = performance.now()
    for (const member of members) {
      member.until ??= now + patienceMilliseconds
      if (member.until > now) waiting.push(member)
      else member.reject(Object.assign(new Error('another process writes'), { code: busy }))
    }
    if (waiting.length > 0) setTimeout(flush, retryMilliseconds)
  }

  function flush(): void {
    const members = waiting
    waiting = []
    if (members.length === 0) return
    const answers: (() => void)[] = []
    try {
      if (!isBegun()) {
        postpone(members)
        return
      }
      for (const member of members) answers.push(perform(member))
      commit.run()
    } catch (error) {
      if (database.inTransaction) rollback.run()
      for (const { reject } of members) reject(error)
      return
    }
    for (const answer of answers) answer()
  }

  return {
    join: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({ work, resolve: resolve as (result: unknown) => void, reject })
      }),
    flush,
    end() {
      for (const member of waiting) member.until = 0
      flush()
    },
  }
}

const busy = 'SQLITE_BUSY'
const isBusy = (error: unknown) =>
  error instanceof Error && 'code' in error && String(error.code).startsWith(busy)
