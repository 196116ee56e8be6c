/** Limits of concurrent attempts: per process, per service and per host. */

import { createCache } from '../system/cache.ts'
import type { Clock } from '../system/clock.ts'

export interface Message {
  readonly serviceId: number
  readonly clientId: number
  /** Names the message within its service. */
  readonly id: string
  /** The host that receives it; empty if it is sent to none. */
  readonly host: string
}

/**
 * `failed`: the host did not answer as a host that works. `taken`: another process makes the
 * attempt. `stalled`: the database failed, so that the service is not looked up again at once.
 */
export type Attempted = 'answered' | 'failed' | 'taken' | 'stalled'

const mostOfHost = 4
const mostOfService = 16
/** The limit of a service while half of the process's attempts are in use. */
const shareOfService = 4
/** After this many failures in a row, a host gets one attempt at a time for some time. */
const failuresInRow = 5
const carefulMilliseconds = 30_000

export const nameOf = ({ serviceId, id }: Message) => `${serviceId} ${id}`
export const hostOf = ({ serviceId, host }: Message) => `${serviceId} ${host}`

/** Counts attempts of services and hosts against their limits. */
export function createRoom(underWay: () => number, mostOfProcess: number, clock: Clock) {
  const counts = new Map<string, number>()
  const failing = createCache<string, { count: number; carefulUntil: number }>(10_000)
  const count = (name: string) => counts.get(name) ?? 0
  function change(message: Message, by: number): void {
    for (const name of [`${message.serviceId}`, hostOf(message)]) {
      const changed = count(name) + by
      if (changed > 0) counts.set(name, changed)
      else counts.delete(name)
    }
  }
  function note(host: string, attempted: Attempted): void {
    if (attempted === 'answered') failing.delete(host)
    if (attempted !== 'failed') return
    const failures = (failing.get(host)?.count ?? 0) + 1
    const carefulUntil = failures < failuresInRow ? 0 : clock() + carefulMilliseconds
    failing.set(host, { count: failures, carefulUntil })
  }
  const isLeft = () => underWay() < mostOfProcess
  function isOf(serviceId: number): boolean {
    if (!isLeft()) return false
    const most = underWay() < mostOfProcess / 2 ? mostOfService : shareOfService
    return count(`${serviceId}`) < most
  }
  function isFor(message: Message): boolean {
    const host = hostOf(message)
    const isCareful = (failing.get(host)?.carefulUntil ?? 0) > clock()
    return isOf(message.serviceId) && count(host) < (isCareful ? 1 : mostOfHost)
  }
  return {
    isLeft,
    isOf,
    isFor,
    take: (message: Message) => change(message, 1),
    give(message: Message, attempted: Attempted) {
      change(message, -1)
      note(hostOf(message), attempted)
    },
  }
}
