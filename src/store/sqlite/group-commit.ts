/**
 * Commits that arrive in one turn of the event loop share a transaction, and so one wait for the
 * disk. Each is a savepoint: a refused one rolls back its own writes alone. One statement needs
 * none: SQLite undoes what a failed statement did. No commit is reported, as success or refusal,
 * before the transaction is on disk, because it may rest on what another one wrote.
 */
import type { Database } from 'better-sqlite3'
import type { Write } from '../engine.ts'

interface Member<T> {
  work: () => T
  /** What it writes is rolled back, whether it succeeds or not. */
  isRehearsal: boolean
  /** Whether what is refused has changed nothing. */
  isAtomic: boolean
  resolve: (result: T) => void
  reject: (error: unknown) => void
}

export interface GroupCommit {
  /** Does the work in the next transaction; the promise is settled once that is durable. */
  join<T>(work: () => T): Promise<T>
  /** The same of work that has changed nothing if it throws: one statement. */
  joinAtomic<T>(work: () => T): Promise<T>
  /** Does the work there, too, and rolls it back. */
  rehearse<T>(work: () => T): Promise<T>
  /** Does at once what still waits. */
  flush(): void
}

/** Whether a commit has changed nothing if it is refused: one statement, of one row at most. */
export const isAtomic = ([write, ...others]: readonly Write[]): boolean =>
  others.length === 0 && (!write?.refusal || write.touchesOne === true)

/**
 * `before` is called before a transaction begins, `begun` within it before anything is written, and
 * `told` with how many commits one made durable.
 */
export function groupCommit(
  database: Database,
  {
    before = () => {},
    begun = () => {},
    told = () => {},
  }: { before?(): void; begun?(): void; told?(commits: number): void } = {},
): GroupCommit {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const save = database.prepare('savepoint member')
  const release = database.prepare('release member')
  const undo = database.prepare('rollback to member')
  let waiting: Member<unknown>[] = []

  /** What the member is to hear, if the transaction comes to be. */
  function perform(member: Member<unknown>): () => void {
    if (!member.isAtomic) save.run()
    try {
      const result = member.work()
      if (member.isRehearsal) undo.run()
      if (!member.isAtomic) release.run()
      return () => member.resolve(result)
    } catch (error) {
      // A full disk, among others, ends the whole transaction; then no commit has succeeded.
      if (!database.inTransaction) throw error
      if (!member.isAtomic) {
        undo.run()
        release.run()
      }
      return () => member.reject(error)
    }
  }

  function flush(): void {
    const members = waiting
    waiting = []
    if (members.length === 0) return
    const answers: (() => void)[] = []
    try {
      before()
      begin.run()
      begun()
      for (const member of members) answers.push(perform(member))
      commit.run()
    } catch (error) {
      if (database.inTransaction) rollback.run()
      for (const { reject } of members) reject(error)
      return
    }
    const kept = members.filter(({ isRehearsal }) => !isRehearsal)
    if (kept.length > 0) told(kept.length)
    for (const answer of answers) answer()
  }

  const enter = <T>(work: () => T, kind: 'whole' | 'atomic' | 'rehearsal') =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush)
      const settle = { resolve: resolve as (result: unknown) => void, reject }
      waiting.push({
        work,
        isRehearsal: kind === 'rehearsal',
        isAtomic: kind === 'atomic',
        ...settle,
      })
    })

  return {
    join: (work) => enter(work, 'whole'),
    joinAtomic: (work) => enter(work, 'atomic'),
    rehearse: (work) => enter(work, 'rehearsal'),
    flush,
  }
}
