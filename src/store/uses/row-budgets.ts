/**
 * How many rows services have of what they are limited in. No call waits for a count: rows are
 * counted in the background now and then, and what this process adds since is added to that.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { RowBudget } from '../../model/installation/row-budget.ts'
import { createCache } from '../../system/cache.ts'
import type { Engine } from '../engine.ts'
import { countRows } from './row-walk.ts'

/** A count that is pushed out is made again when its service adds a row. */
const mostKnown = 20_000
/** A count gets no older while its service adds rows, as others may add some, too. */
const oldMilliseconds = 300_000
/** Between two counts of the same rows. */
const leastMilliseconds = 10_000
/** A service that has used up this part of its room since the last count is counted again. */
const partOfRoom = 8
/** For how many times as long as a count took, none is made: a twentieth of the time at most. */
const rest = 20

interface Known {
  /** Undefined before the first count. */
  counted: number | undefined
  /** What this process added since the count ended. */
  since: number
  /** When the count began, by the clock of the caller. */
  countedAt: number
  /** Up to how many rows were counted. */
  most: number
  isWaiting: boolean
  /** How many counts of all services had ended with its own. */
  finished: number
}

interface Count {
  serviceId: number
  budget: RowBudget
  most: number
  now: number
  known: Known
}

export interface RowBudgets {
  /** Whether the service has `most` rows or more, as far as it is known. */
  isFull(serviceId: number, budget: RowBudget, most: number, now: number): boolean
  /** To be asked before a commit: the moment for `add`. */
  moment(): number
  /** The service has a row more, by a commit that began at the moment. */
  add(serviceId: number, budget: RowBudget, moment: number): void
  /** Resolves once nothing is being counted. */
  close(): Promise<void>
}

export function rowBudgets(engine: Engine): RowBudgets {
  const knownOf = createCache<string, Known>(mostKnown)
  const closing = new AbortController()
  const { signal } = closing
  const waiting: Count[] = []
  let counting: Promise<void> | undefined
  let finished = 0

  async function make({ serviceId, budget, most, now, known }: Count): Promise<void> {
    const counted = await countRows(engine, serviceId, budget, { most, signal })
    if (signal.aborted) return
    // What was committed since it began is in the count or not: no row may count twice.
    finished += 1
    Object.assign(known, { counted, most, countedAt: now, since: 0, finished })
  }

  async function makeAll(): Promise<void> {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const began = performance.now()
      try {
        await make(next)
      } catch {
        // The database does not answer: what is known still counts, and a later call tries again.
        next.known.countedAt = next.now
      }
      next.known.isWaiting = false
      const milliseconds = rest * (performance.now() - began)
      await pause(milliseconds, undefined, { ref: false, signal }).catch(() => undefined)
    }
    counting = undefined
  }

  function order(count: Count): void {
    count.known.isWaiting = true
    waiting.push(count)
    counting ??= makeAll()
  }

  return {
    isFull(serviceId, budget, most, now) {
      const name = `${serviceId} ${budget}`
      let known = knownOf.get(name)
      if (!known) {
        const countedAt = Number.NEGATIVE_INFINITY
        known = { counted: undefined, since: 0, countedAt, most, isWaiting: false, finished: 0 }
        knownOf.set(name, known)
      }
      if (!known.isWaiting && isDue(known, most, now)) {
        order({ serviceId, budget, most, now, known })
      }
      return known.counted !== undefined && known.counted + known.since >= most
    },
    moment: () => finished,
    add(serviceId, budget, moment) {
      const known = knownOf.get(`${serviceId} ${budget}`)
      if (known && known.finished <= moment) known.since += 1
    },
    async close() {
      closing.abort()
      await counting
    },
  }
}

function isDue({ counted, since, countedAt, most: upTo }: Known, most: number, now: number) {
  const age = now - countedAt
  // Of a clock that was set back.
  if (age < 0) return true
  if (age < leastMilliseconds) return counted !== undefined && upTo < most
  if (counted === undefined || upTo < most || age >= oldMilliseconds) return true
  return since >= (most - counted) / partOfRoom
}
