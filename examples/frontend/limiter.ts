/**
 * Slows down who guesses passwords. Wrong ones are counted per account and address, and with more
 * patience per account and per address, so that a stranger seldom locks anybody out.
 */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'

const minutes = 15
const limits = { both: 5, account: 50, address: 100 }

export type Limiter = ReturnType<typeof createLimiter>

export function createLimiter(clock: () => number) {
  const wrong = new LRUCache<string, number>({
    ...{ max: 100_000, ttl: minutes * 60_000, noUpdateTTL: true, perf: { now: clock } },
  })
  const add = (key: string, count: number) => wrong.set(key, (wrong.get(key) ?? 0) + count)

  return {
    /** What came of an attempt; undefined for one too many, which is not even looked at. */
    async attempt<T>(c: Context, account: string, check: () => Promise<T>): Promise<T | undefined> {
      const address = addressOf(c) ?? 'unknown'
      const keys = {
        both: JSON.stringify([account, address]),
        account: `account ${account}`,
        address: `address ${address}`,
      }
      const kinds = Object.keys(limits) as (keyof typeof limits)[]
      if (kinds.some((kind) => (wrong.get(keys[kind]) ?? 0) >= limits[kind])) return undefined
      // Counted first, so that attempts at the same time are counted, too.
      for (const kind of kinds) add(keys[kind], 1)
      const outcome = await check()
      if (outcome) for (const kind of kinds) add(keys[kind], -1)
      return outcome
    },
  }
}

/** Behind a proxy, take it from the header that the proxy sets, and that nobody else may set. */
export function addressOf(c: Context): string | undefined {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket
  return socket?.remoteAddress
}
