/** Erasing the private halves of keys whose time is over. */
import { isRecordOf } from '../../model/keys/standing.ts'
import type { ManagedKey } from '../../model/service/hsk.ts'
import { type KeyRing, stateIn, withoutKey, withRecords } from './key-ring.ts'

/** Clocks of processes may differ, and may be set back. */
const margin = 3_600_000

/** When the next key can be erased. */
export function nextErasure({ managed }: KeyRing): number | undefined {
  const times = managed
    .filter(({ endedAt }) => endedAt === undefined)
    .flatMap(({ retireAt }) => (retireAt === undefined ? [] : [retireAt + margin]))
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The ring without the keys that retired an hour ago, of which the records stay. */
export function withErased(ring: KeyRing, now: number): KeyRing {
  const isOver = (record: ManagedKey) =>
    isHere(ring, record) &&
    record.retireAt !== undefined &&
    now >= record.retireAt + margin &&
    stateIn(ring, record, now) === 'RETIRED'
  const over = ring.managed.filter(isOver)
  const erased = over.reduce((rest, record) => withoutKey(rest, record), ring)
  return withNoted(erased, now)
}

/**
 * The ring whose records say which keys have ended: a caller may write a set without a key, and
 * with it again.
 */
export function withNoted(ring: KeyRing, now: number): KeyRing {
  const managed = ring.managed.map((record) => noted(record, isHere(ring, record), now))
  const isChanged = managed.some((record, index) => record !== ring.managed[index])
  return isChanged ? withRecords(ring, managed) : ring
}

function noted(record: ManagedKey, isKept: boolean, now: number): ManagedKey {
  const { endedAt, ...rest } = record
  if (!isKept) return endedAt === undefined ? { ...record, endedAt: now } : record
  return endedAt === undefined || record.revokedAt !== undefined ? record : rest
}

const isHere = ({ sets, hardware }: KeyRing, record: ManagedKey): boolean =>
  record.handle === undefined
    ? sets[record.set].some((key) => isRecordOf(record, key as Record<string, unknown>))
    : hardware.some(({ handle }) => handle === record.handle)
