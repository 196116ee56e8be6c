/**
 * A hot standby that streams from the primary, for calls that accept a state of some time ago. How
 * old its state is at most is known by the places in the log of both: a commit that was
 * acknowledged before the primary was asked for its place is on the replica once that has replayed
 * as far.
 */
import type { Ask, Engine } from '../engine.ts'
import { openPostgres } from './engine.ts'

const lookMilliseconds = 250
/** Places that the replica has not reached; beyond these it is minutes behind. */
const mostPlaces = 1_200

const ofPrimary = `select (pg_current_wal_insert_lsn() - '0/0')::text`
const ofReplica = `select (pg_last_wal_replay_lsn() - '0/0')::text`

export interface Replica {
  /** Reads from the replica, writes to the primary. */
  readonly engine: Engine
  /** The state that reads find is at most so many milliseconds old; infinite where unknown. */
  age(): number
}

/** The replica need not be there at the start, nor later. */
export async function openReplica(url: string, primary: Engine): Promise<Replica> {
  const replica = await openPostgres(url, { isReplica: true })
  const places: { asked: number; place: bigint }[] = []
  let reached = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined

  const placeOf = async (ask: Ask, sql: string) => {
    const [row] = await ask({ sql, params: [] })
    return typeof row?.[0] === 'string' ? BigInt(row[0]) : undefined
  }

  async function look(): Promise<void> {
    const asked = performance.now()
    const written = await placeOf(primary.ask, ofPrimary)
    if (written !== undefined && places.length < mostPlaces) places.push({ asked, place: written })
    const replayed = await placeOf(replica.ask, ofReplica)
    if (replayed === undefined) return
    while (places[0] && places[0].place <= replayed) {
      reached = places[0].asked
      places.shift()
    }
  }

  function lookAgain(): void {
    looking ??= look()
      .catch(() => {
        // Which of the two is gone does not matter: calls are answered by the primary, or not.
        reached = Number.NEGATIVE_INFINITY
        places.length = 0
      })
      .finally(() => {
        looking = undefined
      })
  }

  const timer = setInterval(lookAgain, lookMilliseconds)
  timer.unref()
  const { commit, run, rehearse } = primary
  return {
    engine: {
      ...replica,
      commit,
      run,
      rehearse,
      async close() {
        clearInterval(timer)
        await looking
        await replica.close()
      },
    },
    age: () => performance.now() - reached,
  }
}
