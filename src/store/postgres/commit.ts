/** Commits: all writes of one or none, once, whatever the connection does. */
import pg from 'pg'
import { signals } from '../../signal.ts'
import { ConflictError, type Write } from '../engine.ts'
import { type Epochs, tablesChangedBy } from '../epochs.ts'
import type { Tables } from '../schema/tables.ts'
import { isUnavailable } from '../unavailable.ts'
import { endEpochs, type OwnCommits } from './epochs.ts'
import { groupsBy } from './groups.ts'
import { insertsByTurn } from './inserts.ts'
import { type Asked, askOutcome, LostResponse, NothingKept, NotTogether } from './outcome.ts'
import { ask, type PostgresPool, staleMilliseconds } from './pool.ts'

/**
 * Serialization failure and deadlock: the writes are descriptions, so they can be applied again.
 */
const retryable = new Set(['40001', '40P01'])
const attempts = 3
/** A commit that was lost sooner is tried again, or asked for, until this is over. */
const commitMilliseconds = 1_750
const leastAskingMilliseconds = 600
/** A group does not wait for a lock for long, so that all of it does not wait for one of it. */
const groupLock = 'set local lock_timeout = 50'

export interface Commits {
  commit(writes: Write[]): Promise<void>
  /** Sends at once what waits for the end of the turn. */
  flush(): void
}

interface Means {
  /** They end with the commits that change their tables. */
  epochs: Epochs
  ownCommits: OwnCommits
  /** Whom to ask what became of a commit; then the queries tell the id of their transaction. */
  asked: Asked | undefined
  queryOf(write: Write): pg.QueryArrayConfig
}

export function commitsBy(
  pool: PostgresPool,
  tables: Tables,
  { epochs, ownCommits, asked, queryOf }: Means,
): Commits {
  function commitOnce(writes: Write[], begin = pool.begin): Promise<unknown[][]> {
    if (tablesChangedBy(writes).length === 0) return transact(writes, begin)
    // Other processes hear of it with the commit.
    return ownCommits.during(() => transact([...writes, endEpochs()], begin))
  }

  /** Returns the rows of the last; throws where the connection broke what tells how far it got. */
  async function transact(writes: Write[], begin: string): Promise<unknown[][]> {
    const client = await pool.acquire()
    const isOneStatement = isTransactionByItself(writes)
    let mayBeKept = isOneStatement
    let broken: Error | undefined
    let transaction: string | undefined
    const send = async (write: Write) => {
      const { rows } = await ask(client, queryOf(write))
      if (asked) transaction ??= rows[0]?.at(-1)
      if (write.refusal && rows.length !== 1) throw write.refusal
      return rows
    }
    try {
      // Every statement is sent before the first is answered.
      const begun = isOneStatement ? [] : [ask(client, begin)]
      const sent = writes.map(send)
      await allOf([...begun, ...sent])
      mayBeKept = true
      if (!isOneStatement) await ask(client, 'commit')
      return (await sent.at(-1)) ?? []
    } catch (error) {
      // A connection that does not answer is closed, which rolls back, instead of waited for.
      if (isUnavailable(error) && !isLocked(error)) {
        broken = error as Error
        // A statement that the server says has failed was not kept.
        if (mayBeKept && isFailed(error)) throw error
        throw mayBeKept ? new LostResponse(error, transaction) : new NothingKept(error)
      }
      if (!isOneStatement) broken = await ask(client, 'rollback').then(() => undefined, asError)
      throw error
    } finally {
      client.release(broken)
    }
  }

  const inserts = insertsByTurn(tables, (write) => commitOnce([write]))
  const groups = groupsBy((writes) => commitOnce(writes, `${pool.begin}; ${groupLock}`))

  /** Whether a commit that failed so can be applied again; undefined: it has been kept. */
  async function mayRetry(
    error: unknown,
    writes: Write[],
    since: number,
  ): Promise<boolean | undefined> {
    const elapsed = performance.now() - since
    if (error instanceof NotTogether) return true
    if (error instanceof NothingKept) return elapsed < staleMilliseconds
    if (!(error instanceof LostResponse)) return retryable.has(databaseError(error)?.code ?? '')
    // One row with a key of its own is either there, or can be written again.
    if (error.transaction === undefined || !asked) {
      return writes[0]?.isThere !== undefined && elapsed < leastAskingMilliseconds
    }
    const milliseconds = Math.max(leastAskingMilliseconds, commitMilliseconds - elapsed)
    const isKept = await askOutcome(pool, error, { asked, since, milliseconds })
    return isKept ? undefined : isKept === false && elapsed < commitMilliseconds
  }

  async function alone(writes: Write[]): Promise<void> {
    await commitOnce(writes)
    signals.committedTogether.emit(1)
  }

  return {
    async commit(writes) {
      const [first, ...others] = writes
      if (!first) return
      const started = performance.now()
      const changed = tablesChangedBy(writes)
      const together = others.length === 0 ? inserts.commit(first) : groups.commit(writes)
      let wasLost = false
      for (let attempt = together === undefined ? 1 : 0; ; attempt++) {
        try {
          return await (attempt === 0 ? together : alone(writes))
        } catch (error) {
          const isBroken = error instanceof NothingKept || error instanceof LostResponse
          if (!isBroken && wasLost && (await first.isThere?.())) return
          const again = await mayRetry(error, writes, started)
          if (again === undefined) return
          if (!again || attempt === attempts) {
            throw conflictOf(error) ?? (isBroken ? error.cause : error)
          }
          wasLost ||= error instanceof LostResponse && error.transaction === undefined
        } finally {
          epochs.end(changed)
        }
      }
    },
    flush() {
      inserts.flush()
      groups.flush()
    },
  }
}

/** One statement is kept or not as a whole; a refusal may come only where it changed nothing. */
function isTransactionByItself([write, ...others]: Write[]): boolean {
  return others.length === 0 && (!write?.refusal || write.touchesOne === true)
}

/**
 * Waits for every answer, for one may be a refusal, before anything is committed; throws what went
 * wrong first in the order of the statements.
 */
async function allOf(answers: Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'rejected') throw answer.reason
  }
}

/** Whether the server itself has ended the statement, and not the connection. */
const isFailed = (error: unknown) => /^(?!08|57P)/.test(databaseError(error)?.code ?? '08')

/** A group would have waited for a lock. */
const isLocked = (error: unknown) => databaseError(error)?.code === '55P03'

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

function databaseError(error: unknown): pg.DatabaseError | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof pg.DatabaseError ? cause : undefined
}

export function conflictOf(error: unknown): ConflictError | undefined {
  const found = databaseError(error)
  return found?.code === '23505' ? new ConflictError(found.constraint ?? '') : undefined
}
