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
    record.endedAt === undefined &&
    record.retireAt !== undefined &&
    now >= record.retireAt + margin &&
    stateIn(ring, record, now) === 'RETIRED'
  const over = ring.managed.filter(isOver)
  const erased = over.reduce((rest, record) => withoutKey(rest, record), ring)
  const managed = ring.managed.map((record) =>
    over.includes(record) || isLost(ring, record) ? { ...record, endedAt: now } : record,
  )
  const isChanged = managed.some((record, index) => record !== ring.managed[index])
  return isChanged ? withRecords(erased, managed) : ring
}

/** A caller wrote the set without the key. */
const isLost = ({ sets, hardware }: KeyRing, record: ManagedKey): boolean =>
  record.endedAt === undefined &&
  (record.handle === undefined
    ? !sets[record.set].some((key) => isRecordOf(record, key as Record<string, unknown>))
    : !hardware.some(({ handle }) => handle === record.handle))
