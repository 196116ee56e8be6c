/** The clocks of test services: what people write, and the calls. */
import { ask, type Json } from './call.ts'
import type { Connection } from './contexts.ts'
import { RemoteError } from './failure.ts'

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/** `90`, `90s`, `15m`, `12h`, `1d` or `2w`. */
export function secondsOf(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,10})([smhdw]?)$/.exec(text) ?? []
  if (count === undefined) {
    throw new RemoteError('usage', 'A duration is a number with s, m, h, d or w, such as 1d.')
  }
  return Number(count) * seconds[(unit || 's') as keyof typeof seconds]
}

/** A time as RFC 3339 has it, or milliseconds since the epoch. */
export function millisecondsOf(text: string): number {
  const isDated = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(
    text,
  )
  const at = /^\d{1,16}$/.test(text) ? Number(text) : isDated ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new RemoteError('usage', 'A time is such as 2031-05-01 or 2031-05-01T12:00:00Z.')
}

const pathOf = (service: string) => `/api/${service}/testclock`

export const clockOf = (connection: Connection, service: string): Promise<Json> =>
  ask(connection, { method: 'GET', path: pathOf(service) })

export const moveClock = (connection: Connection, service: string, body: object): Promise<Json> =>
  ask(connection, { method: 'POST', path: pathOf(service), body })
