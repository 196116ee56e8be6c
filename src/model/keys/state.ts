/**
 * The states of the keys of a service. A state is a function of the time: nothing has to run for a
 * key to become current, and all processes agree.
 */
import { z } from 'zod'
import type { ManagedKey } from '../service/hsk.ts'

export const KeyState = z.enum(['NEXT', 'CURRENT', 'PREVIOUS', 'RETIRED', 'REVOKED'])
export type KeyState = z.output<typeof KeyState>

type Times = Pick<
  ManagedKey,
  'set' | 'use' | 'alg' | 'activeFrom' | 'verifiesOnly' | 'retireAt' | 'revokedAt'
>

/** Whether keys succeed each other: at most one of them is current. */
export const isOfGroup = (
  one: Pick<Times, 'set' | 'use' | 'alg'>,
  other: Pick<Times, 'set' | 'use' | 'alg'>,
): boolean => one.set === other.set && one.use === other.use && one.alg === other.alg

const isAlive = ({ retireAt, revokedAt }: Times, now: number): boolean =>
  revokedAt === undefined && (retireAt === undefined || now < retireAt)

/**
 * The one of several keys that is current: of those that are active, the latest. A key does not end
 * by time without a successor, which its set may have lost.
 */
export function currentOf<T extends Times>(keys: readonly T[], now: number): T | undefined {
  const active = keys.filter(
    ({ verifiesOnly, revokedAt, activeFrom }) =>
      !verifiesOnly && revokedAt === undefined && activeFrom <= now,
  )
  return latestOf(active.filter((key) => isAlive(key, now))) ?? latestOf(active)
}

/** Of two keys of one moment, the later one of the list. */
function latestOf<T extends Times>(keys: readonly T[]): T | undefined {
  let latest: T | undefined
  for (const key of keys) {
    if (!latest || key.activeFrom >= latest.activeFrom) latest = key
  }
  return latest
}

/** The state of a key among all keys of its service that are present. */
export function keyStateOf<T extends Times>(key: T, present: readonly T[], now: number): KeyState {
  if (key.revokedAt !== undefined) return 'REVOKED'
  const group = present.filter((other) => isOfGroup(key, other))
  if (currentOf(group, now) === key) return 'CURRENT'
  if (!isAlive(key, now)) return 'RETIRED'
  return !key.verifiesOnly && now < key.activeFrom ? 'NEXT' : 'PREVIOUS'
}

/** The times between which no state changes: `from` inclusive, `until` exclusive. */
export function boundariesAround(
  keys: readonly Times[],
  now: number,
): { from: number; until: number } {
  let from = Number.NEGATIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  for (const { activeFrom, retireAt = activeFrom } of keys) {
    for (const at of [activeFrom, retireAt]) {
      if (at <= now) from = Math.max(from, at)
      else until = Math.min(until, at)
    }
  }
  return { from, until }
}
