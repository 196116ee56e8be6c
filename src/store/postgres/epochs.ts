/**
 * Epochs on PostgreSQL: counters, one of which grows in each commit that changes kept tables. There
 * are several, so that commits seldom wait for one another; each waits at its end, for one lock.
 */
import { randomInt } from 'node:crypto'
import type { Write } from '../engine.ts'
import type { Epochs } from '../epochs.ts'
import { LostResponse } from './outcome.ts'
import type { PostgresPool } from './pool.ts'

const slots = 64
/** Work outside of calls, which does not settle, may use rows that are as old as this. */
const recentMilliseconds = 2_000

const grow = {
  name: 'end_epochs',
  sql: `insert into counters (service_id, name, value) values (0, $1, 1)
    on conflict (service_id, name) do update set value = counters.value + 1 returning 1`,
}
const total = {
  name: 'total_of_epochs',
  text: `select coalesce(sum(value), 0) from counters
    where service_id = 0 and name >= 'epoch ' and name < 'epoch!'`,
  rowMode: 'array' as const,
}

/** The last write of a commit. */
export const endEpochs = (): Write => ({ ...grow, params: [`epoch ${randomInt(slots)}`] })

/** Commits of this process that grow a counter: what else has grown them is another process. */
export class OwnCommits {
  private begun = 0
  private inFlight = 0
  private kept = 0
  private unknown = 0
  private unclear = 0

  async during<T>(commit: () => Promise<T>): Promise<T> {
    this.begun += 1
    this.inFlight += 1
    try {
      const result = await commit()
      this.kept += 1
      return result
    } catch (error) {
      if (error instanceof LostResponse) this.unknown += 1
      throw error
    } finally {
      this.inFlight -= 1
    }
  }

  /** To be called before the counters are read, and what it returns after that. */
  look(): (sum: number) => string {
    const { begun, inFlight, kept, unknown } = this
    return (sum) => {
      const isClear = inFlight === 0 && begun === this.begun
      // Without it, every mark is another one.
      return isClear ? `${sum - kept} ${unknown}` : `unclear ${++this.unclear}`
    }
  }
}

/** Reads the counters, at most once for all who ask in a turn; none is answered from before. */
export function settling(
  pool: PostgresPool,
  epochs: Epochs,
  ownCommits: OwnCommits,
): () => Promise<void> {
  let next: Promise<void> | undefined

  async function read(): Promise<void> {
    const markOf = ownCommits.look()
    const { rows } = await pool.ask(total)
    epochs.see(markOf(Number(rows[0]?.[0])), recentMilliseconds)
  }

  return () => {
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = undefined
      return read()
    })
    return next
  }
}
