/**
 * The refused calls that this process remembers: at most 2,000. A service that has more than its
 * share loses its own oldest, so that no tenant pushes out those of another one.
 */
import type { RefusalQuery, Refusals, RefusedCall } from '../../model/request/refused-call.ts'
import type { Clock } from '../../system/clock.ts'

const capacity = 2_000
const mostStreams = 64
const mostStreamsOfService = 8

interface Limits {
  capacity?: number
  beatMilliseconds?: number
}

export interface ClosableRefusals extends Refusals {
  /** Ends all streams. */
  close(): void
}

export function createRefusals(clock: Clock, limits: Limits = {}): ClosableRefusals {
  const ring = createRing(limits.capacity ?? capacity)
  const followers = new Map<number, Set<(call: RefusedCall) => void>>()
  const streams = new Map<number, number>()
  const closing = new AbortController()
  let seq = 0
  let open = 0

  return {
    closing: closing.signal,
    beatMilliseconds: limits.beatMilliseconds ?? 15_000,
    note(serviceId, call) {
      const at = clock()
      // Greater than before a restart, and it does not tell how many calls of others were refused.
      seq = Math.max(seq + 1, at * 1_000)
      const noted = { seq, at, ...call }
      ring.add(serviceId, noted)
      for (const tell of followers.get(serviceId) ?? []) tell(noted)
    },
    list: (serviceId, query) => select(ring.of(serviceId), query),
    follow(serviceId, tell) {
      const known = followers.get(serviceId) ?? new Set()
      followers.set(serviceId, known.add(tell))
      return () => {
        known.delete(tell)
        if (known.size === 0) followers.delete(serviceId)
      }
    },
    takePlace(serviceId) {
      const taken = streams.get(serviceId) ?? 0
      if (closing.signal.aborted || open >= mostStreams || taken >= mostStreamsOfService) {
        return undefined
      }
      open += 1
      streams.set(serviceId, taken + 1)
      return () => {
        open -= 1
        const left = (streams.get(serviceId) ?? 1) - 1
        if (left === 0) streams.delete(serviceId)
        else streams.set(serviceId, left)
      }
    },
    close: () => closing.abort(),
  }
}

function createRing(most: number) {
  const calls = new Map<number, RefusedCall[]>()
  let total = 0

  /** Removes the oldest of this service if it has its share, else of the one with the most. */
  function makeRoom(own: readonly RefusedCall[]): void {
    const share = Math.max(1, Math.floor(most / (calls.size + 1)))
    const longest = () => [...calls.values()].reduce((a, b) => (b.length > a.length ? b : a))
    const list = own.length >= share ? own : longest()
    ;(list as RefusedCall[]).shift()
    total -= 1
    if (list.length > 0) return
    for (const [serviceId, each] of calls) if (each === list) calls.delete(serviceId)
  }

  return {
    add(serviceId: number, call: RefusedCall): void {
      if (total >= most) makeRoom(calls.get(serviceId) ?? [])
      const own = calls.get(serviceId) ?? []
      own.push(call)
      calls.set(serviceId, own)
      total += 1
    },
    of: (serviceId: number): readonly RefusedCall[] => calls.get(serviceId) ?? [],
  }
}

function select(all: readonly RefusedCall[], query: RefusalQuery) {
  const { after, limit, code, clientId } = query
  const isWanted = (call: RefusedCall) =>
    (after === undefined || call.seq > after) &&
    (code === undefined || call.code === code) &&
    (clientId === undefined || call.clientId === clientId)
  const wanted = all.filter(isWanted)
  const refusals = after === undefined ? wanted.slice(-limit) : wanted.slice(0, limit)
  const hasMore = after !== undefined && wanted.length > limit
  const last = hasMore ? refusals.at(-1) : all.at(-1)
  return { refusals, next: Math.max(last?.seq ?? 0, after ?? 0), hasMore }
}
