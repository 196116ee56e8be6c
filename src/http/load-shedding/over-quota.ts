/**
 * Callers of services over their quota of calls. Until the next call of the service is due, a call
 * with the same header fields is refused like the one before, without another look at its token.
 */

import { createCache } from '../../system/cache.ts'
import type { Log } from '../../system/log.ts'

const mostServices = 10_000
const noticeMilliseconds = 1_000

interface Refused {
  authorization: string
  /** When a call of the service is served again, in milliseconds. */
  until: number
}

export class OverQuota {
  private readonly refused = createCache<number, Refused>(mostServices)

  note(service: number, authorization: string | undefined, until: number): void {
    if (authorization) this.refused.set(service, { authorization, until })
  }

  has(service: number, authorization: string | undefined, now: number): boolean {
    const known = this.refused.get(service)
    return known !== undefined && now < known.until && known.authorization === authorization
  }
}

/** Logs once per second, because a line for each refusal would cost more than the refusal. */
export function refusalNotes(log: Log): (service: string) => void {
  let refused = new Map<string, number>()
  return (service) => {
    if (refused.size === 0) {
      setTimeout(() => {
        const noted = refused
        refused = new Map()
        for (const [name, calls] of noted) {
          log.info({ service: name, refused: calls }, 'calls over a quota were refused')
        }
      }, noticeMilliseconds).unref()
    }
    refused.set(service, (refused.get(service) ?? 0) + 1)
  }
}
