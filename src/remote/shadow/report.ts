/** What was found: one line for each call that differs, and counts by operation and cause. */
import type { Difference } from './compare.ts'

/** Why a call was not compared. */
export type Skipped =
  | 'foreign token'
  | 'too large'
  | 'dropped'
  | 'late'
  | 'follows a call that was not compared'
  | 'signed for the primary'
  | 'signed for another time'
  | 'condition not met'
  | 'not a step of a flow'
  | 'stream'
  | 'no whole answer of the primary'
  | 'not readable'
  | 'timeout'
  | 'unreachable'

export interface Found {
  readonly operation: string
  readonly service: string | undefined
  /** A credential of the call is from before the proxy started: its answers may differ. */
  readonly isUnknown: boolean
  readonly differences: readonly Difference[]
}

interface Counted {
  readonly operation: string
  readonly cause: string
  count: number
  readonly first: { at: string; service?: string } & Omit<Difference, 'cause'>
}

export interface Summary {
  readonly calls: number
  readonly compared: number
  readonly equal: number
  readonly different: number
  /** Calls with a credential from before, whose answers differ. */
  readonly unknown: number
  readonly skipped: Readonly<Record<string, number>>
  readonly differences: readonly Counted[]
}

export interface Report {
  /** A call came in. */
  called(): void
  skipped(why: Skipped): void
  compared(found: Found): void
  summary(): Summary
}

/** Causes beyond these are counted together. */
const maxCauses = 1_000

export function createReport(write: (line: string) => void, now: () => number): Report {
  const causes = new Map<string, Counted>()
  const skipped: Record<string, number> = {}
  let [calls, compared, different, unknown] = [0, 0, 0, 0]

  const count = ({ operation, service }: Found, difference: Difference, at: string) => {
    const { cause, primary, secondary } = difference
    const isOther = causes.size >= maxCauses && !causes.has(`${operation} ${cause}`)
    const named = isOther ? { operation: 'others', cause: 'others' } : { operation, cause }
    const key = `${named.operation} ${named.cause}`
    const known = causes.get(key)
    if (known) known.count += 1
    else {
      const first = { at, ...(service === undefined ? {} : { service }), primary, secondary }
      causes.set(key, { ...named, count: 1, first })
    }
  }

  return {
    called() {
      calls += 1
    },
    skipped(why) {
      skipped[why] = (skipped[why] ?? 0) + 1
    },
    compared(found) {
      compared += 1
      if (found.differences.length === 0) return
      if (found.isUnknown) {
        unknown += 1
        return
      }
      different += 1
      const at = new Date(now()).toISOString()
      const { operation, service, differences } = found
      for (const difference of differences) count(found, difference, at)
      write(JSON.stringify({ at, operation, service, differences }))
    },
    summary: () => ({
      calls,
      compared,
      equal: compared - different - unknown,
      different,
      unknown,
      skipped: { ...skipped },
      differences: [...causes.values()].toSorted((a, b) => b.count - a.count),
    }),
  }
}

/** The summary for people. */
export function summaryLines(summary: Summary): string[] {
  const { calls, compared, equal, different, unknown, skipped, differences } = summary
  return [
    `${calls} calls, ${compared} compared: ${equal} equal, ${different} different` +
      (unknown > 0 ? `, ${unknown} with credentials from before.` : '.'),
    ...Object.entries(skipped).map(([why, count]) => `  not compared: ${why}: ${count}`),
    ...differences.map(
      ({ operation, cause, count, first }) =>
        `  ${count} × ${operation}: ${cause}: ${first.primary} | ${first.secondary}`,
    ),
  ]
}
