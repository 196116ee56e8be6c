/**
 * Statements that are taken down instead of done: drizzle words them and fills them in, and whoever
 * asked for them does them elsewhere.
 */
import type { Database } from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { Write, Writes } from '../engine.ts'

export interface Statement {
  sql: string
  params: unknown[]
  /** It has to touch exactly one row. */
  guarded: boolean
}

/** Takes down the statements of writes, each with its values. */
export function openRecorder(): (
  writes: readonly Pick<Write, 'apply' | 'refusal'>[],
) => Statement[] {
  let taken: Omit<Statement, 'guarded'>[] = []
  const prepare = (sql: string) => {
    const take = (...params: unknown[]) => {
      taken.push({ sql, params })
      return []
    }
    return { all: take, run: take, raw: () => ({ all: take }) }
  }
  // What drizzle asks of a connection is no more than this.
  const db = drizzle({ prepare } as unknown as Database) as unknown as Writes
  return (writes) => {
    taken = []
    for (const write of writes) rowsOf(write.apply(db))
    return taken.map((statement, at) => ({
      ...statement,
      guarded: writes[at]?.refusal !== undefined,
    }))
  }
}

/** Statements of this database are not asynchronous: what looks like a promise has its rows. */
export function rowsOf(statement: PromiseLike<unknown[]>): unknown[] {
  const worded = statement as unknown as { all(): unknown[] } | { sync(): unknown[] }
  return 'all' in worded ? worded.all() : worded.sync()
}
