/** Randomness whose values are recorded, for tests of responses that must not contain them. */
import type { Random } from '../../src/system/random.ts'

export interface RecordedRandom extends Random {
  /** The texts that were made. */
  readonly made: readonly string[]
}

export function recordedRandom(random: Random): RecordedRandom {
  const made: string[] = []
  const recorded = Object.entries(random).map(([name, make]: [string, unknown]) => [
    name,
    typeof make === 'function'
      ? (...options: unknown[]) => {
          const value: unknown = make.apply(random, options)
          if (typeof value === 'string') made.push(value)
          return value
        }
      : make,
  ])
  return { ...(Object.fromEntries(recorded) as Random), made }
}
