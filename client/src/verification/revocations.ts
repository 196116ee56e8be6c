/** Which tokens ended early: the log of the service, followed for as long as requests come. */
import type { Members } from '../bytes.ts'
import type { RevocationsResponse } from '../generated/types.ts'
import type { PosternClient } from '../types.ts'

export interface RevocationOptions {
  /** Milliseconds that what is known of revocations may be old; 1,000 by default. */
  readonly maxAge?: number | undefined
  /** Milliseconds between two calls of the service; 250 by default. */
  readonly interval?: number | undefined
}

export interface Revocations {
  /** Whether enough is known at this moment; the log is followed from now on. */
  isFresh(): boolean
  /** Whether a token is what its claims say, as the service knew it `maxAge` ago or later. */
  isSettled(name: number, claims: Members): boolean
}

export const defaultAge = 1_000
/** Milliseconds without requests after which the log is followed no longer. */
const idleMilliseconds = 30_000
/** Milliseconds between two calls of a service that does not answer, at most. */
const longestPause = 5_000
/** Of a call while nothing is known, and so nothing waits for it. */
const pageTimeout = 5_000
/** Milliseconds for which an entry outlives its token: clocks differ. */
const memoryMilliseconds = 600_000
const entriesAtOnce = 1_000

/** The last 52 bits of the hash. Of two tokens with the same, one is introspected in vain. */
export async function nameOf(token: string): Promise<number> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  const view = new DataView(digest)
  return (view.getUint32(24) % 2 ** 20) * 2 ** 32 + view.getUint32(28)
}
const named = (hexadecimal: string): number => Number.parseInt(hexadecimal.slice(-13), 16)

export interface Moment {
  readonly running: number
  readonly wall: number
}
export const moment = (): Moment => ({ running: performance.now(), wall: Date.now() })

/** Of two clocks the one that went further: one may stand still, the other may be set. */
export function millisecondsSince({ running, wall }: Moment): number {
  return Math.max(performance.now() - running, Date.now() - wall)
}

export function createRevocations(
  postern: PosternClient,
  now: () => number,
  { maxAge = defaultAge, interval = 250 }: RevocationOptions,
): Revocations {
  const log = createLog(now)
  /** When the call was sent from which on what is known is complete. */
  let knownAt: Moment | undefined
  let usedAt = moment()
  let isFollowing = false
  const isFresh = (): boolean => knownAt !== undefined && millisecondsSince(knownAt) <= maxAge

  async function call(): Promise<void> {
    // Of several pages the first: what was committed later may be in none of them.
    const sentAt = moment()
    for (;;) {
      const timeout = isFresh() ? maxAge : pageTimeout
      const body = log.cursor === undefined ? {} : { cursor: log.cursor }
      const answer = await postern.post('/auth/token/revocations', body, { timeout, retries: 0 })
      if (answer.reset) knownAt = undefined
      log.add(answer)
      if (answer.complete) {
        knownAt = sentAt
        return
      }
    }
  }

  async function follow(): Promise<void> {
    isFollowing = true
    for (let pause = interval; millisecondsSince(usedAt) < idleMilliseconds; ) {
      const began = moment()
      try {
        await call()
        pause = interval
      } catch {
        pause = Math.min(2 * pause, longestPause)
      }
      await wait(pause - millisecondsSince(began))
    }
    isFollowing = false
  }

  return {
    isFresh() {
      usedAt = moment()
      if (!isFollowing) void follow()
      return isFresh()
    },
    isSettled: (name, claims) => isFresh() && log.hasNothingOf(name, claims),
  }
}

/** What the service told. */
function createLog(now: () => number) {
  let since = Number.POSITIVE_INFINITY
  /** Until when they are kept, by the names of tokens. */
  let tokens = new Map<number, number>()
  let clients = new Set<unknown>()
  let oldest = tokens.entries()

  /** Looks at some entries in each call, so that no request waits for it. */
  function forget(): void {
    for (let looked = 0; looked < entriesAtOnce; looked += 1) {
      const { value, done } = oldest.next()
      if (done) {
        oldest = tokens.entries()
        return
      }
      if (value[1] < now()) tokens.delete(value[0])
    }
  }

  return {
    cursor: undefined as string | undefined,
    add(answer: RevocationsResponse): void {
      if (answer.reset) {
        tokens = new Map()
        clients = new Set()
        oldest = tokens.entries()
      }
      since = answer.since
      for (const { name, expiresAt } of answer.tokens) {
        tokens.set(named(name), expiresAt + memoryMilliseconds)
      }
      for (const client of answer.clients) clients.add(client)
      this.cursor = answer.cursor
      forget()
    },
    hasNothingOf: (name: number, { iat, client_id: client }: Members): boolean =>
      typeof iat === 'number' && iat * 1_000 >= since && !tokens.has(name) && !clients.has(client),
  }
}

/** A timer that keeps no process alive, where there are such. */
function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, milliseconds)
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
      ;(timer as { unref(): void }).unref()
    }
  })
}
