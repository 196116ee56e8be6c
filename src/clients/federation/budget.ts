/** What resolutions of trust chains may cost, OpenID Federation §18.1. */
import type { ServiceContext } from '../../context.ts'
import { createCache } from '../../system/cache.ts'

/** The fetches of one request. */
export interface FetchBudget {
  /** Takes one fetch; false if none is left. */
  take(): boolean
  /** Does the work as soon as less than six others are running. */
  run<T>(work: () => Promise<T>): Promise<T>
}

const mostFetches = 24
const mostInParallel = 6

const budgets = new WeakMap<object, FetchBudget>()

/** All resolutions of a request share its budget. */
export function budgetOf(context: Pick<ServiceContext, 'now'>): FetchBudget {
  const budget = budgets.get(context) ?? createBudget()
  budgets.set(context, budget)
  return budget
}

function createBudget(): FetchBudget {
  let left = mostFetches
  let running = 0
  const waiting: (() => void)[] = []

  /** Gives its place to the first that waits. */
  function release() {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return {
    take() {
      if (left === 0) return false
      left -= 1
      return true
    },
    async run(work) {
      if (running < mostInParallel) running += 1
      else await new Promise<void>((admitted) => waiting.push(admitted))
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

const mostOfProcess = 64
const mostOfService = 8
const mostInMinute = 600
const minute = 60_000
const mostServices = 10_000

/** Admits resolutions; the returned function ends one. Undefined if there are too many. */
export type Admit = (serviceId: number, now: number) => (() => void) | undefined

/** Limits the resolutions of a process: at once, and of each service in a minute. */
export function createAdmission(): Admit {
  const running = new Map<number, number>()
  const started = createCache<number, { since: number; count: number }>(mostServices)
  let total = 0

  function isInMinute(serviceId: number, now: number): boolean {
    const known = started.get(serviceId)
    const current = known && now - known.since < minute ? known : { since: now, count: 0 }
    if (current.count >= mostInMinute) return false
    current.count += 1
    started.set(serviceId, current)
    return true
  }

  return (serviceId, now) => {
    const own = running.get(serviceId) ?? 0
    if (total >= mostOfProcess || own >= mostOfService) return undefined
    if (!isInMinute(serviceId, now)) return undefined
    total += 1
    running.set(serviceId, own + 1)
    return () => {
      total -= 1
      const others = (running.get(serviceId) ?? 1) - 1
      if (others > 0) running.set(serviceId, others)
      else running.delete(serviceId)
    }
  }
}
