/** The end of a key in a module by a call, and its return. */
import { hasPrivateHalf } from '../../jose/key-set.ts'
import type { HardwareKey, ManagedKey } from '../../model/service/hsk.ts'
import { requireReplaceable } from '../service/hardware-key.ts'
import { withAdopted } from './add.ts'
import { type KeyRing, stateIn, withRecords } from './key-ring.ts'

/** The ring without a key in a module; its record remembers it until it is destroyed. */
export function withoutHeld(ring: KeyRing, key: HardwareKey, isForced: boolean, now: number) {
  const hardware = ring.hardware.filter(({ handle }) => handle !== key.handle)
  if (!isForced) requireReplaceable(key, [...hardware, ...successorsOf(ring, now)])
  const use = key.use === 'enc' ? 'enc' : 'sig'
  const adopted = withAdopted(ring, { set: key.set, use, alg: key.alg }, now)
  const managed = adopted.managed.map((record) =>
    record.handle === key.handle ? ended(record, key, now) : record,
  )
  return withRecords({ ...adopted, hardware }, managed)
}

const ended = (record: ManagedKey, deleted: HardwareKey, now: number): ManagedKey =>
  record.revokedAt === undefined ? { ...record, endedAt: now, deleted } : record

/** Local keys that sign, or could. */
function successorsOf(ring: KeyRing, now: number) {
  const isOver = (set: ManagedKey['set'], kid: string | undefined) =>
    ring.managed.some(
      (record) =>
        record.set === set &&
        record.kid === kid &&
        ['RETIRED', 'REVOKED'].includes(stateIn(ring, record, now)),
    )
  return (['protocol', 'federation', 'credential'] as const).flatMap((set) =>
    ring.sets[set]
      .filter((key) => hasPrivateHalf(key) && !isOver(set, key.kid))
      .map(({ alg }) => ({ alg, set })),
  )
}

/** The ring with a deleted key again; undefined if it has none of the kid. */
export function withRestored(ring: KeyRing, kid: string): [KeyRing, HardwareKey] | undefined {
  const record = ring.managed.find((each) => each.kid === kid && each.deleted !== undefined)
  if (!record?.deleted) return undefined
  const { deleted, endedAt: _, ...rest } = record
  const managed = ring.managed.map((each) => (each === record ? rest : each))
  return [{ ...ring, managed, hardware: [...ring.hardware, deleted] }, deleted]
}
