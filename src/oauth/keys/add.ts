/** Adding a key to a set of a service, and what becomes of the keys that it succeeds. */
import type { JWK } from 'jose'
import { publicHardwareKey } from '../../jose/hardware-keys.ts'
import { thumbprintOf } from '../../jose/key-members.ts'
import { isOfGroup, type KeyState } from '../../model/keys/state.ts'
import type { HardwareKey, ManagedKey } from '../../model/service/hsk.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { requireFreeKeyId } from '../service/hardware-key.ts'
import {
  firstUnmanaged,
  firstUnmanagedHeld,
  type Group,
  type KeyRing,
  presentOf,
  recordMembers,
  recordsIn,
  requireFree,
  stateIn,
  withLocalKey,
  withRecords,
} from './key-ring.ts'
import type { Timing } from './timing.ts'

const rules = defineRules('Adding keys', {
  nextExists: {
    code: 'P112004',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The set already has a NEXT key for this algorithm: activate or cancel it first.',
    fix: 'Activate or cancel the NEXT key of the algorithm first.',
  },
})

export const { nextExists } = rules

export interface NewKey extends Group {
  readonly kid: string
  /** With its private half, unless a module holds that. */
  readonly jwk: JWK
  /** Its place; without it, CURRENT if the group has no key, else NEXT. */
  readonly activate?: 'next' | 'current' | 'previous' | undefined
  /** Whether it may be NEXT after another NEXT key. */
  readonly isQueued?: boolean
  readonly held?: HardwareKey | undefined
}

/** The ring with the key and its record; the key that it succeeds gets its end. */
export function withNewKey(ring: KeyRing, key: NewKey, timing: Timing, now: number): KeyRing {
  const { set, use, alg, kid, jwk, held, activate } = key
  requireFree(ring, kid, jwk)
  const adopted = withAdopted(ring, key, now)
  const placed = held ? withHeld(adopted, held) : withLocalKey(adopted, set, jwk)
  const isFirst = !presentOf(adopted).some((each) => isOfGroup(each, key))
  // Who encrypts takes what is published, so a key for encryption is in use at once.
  const place = activate ?? (isFirst || use === 'enc' ? 'current' : 'next')
  const others = recordsIn(adopted, key, 'NEXT', now)
  if (place === 'next' && others.length > 0 && !key.isQueued) refuse(nextExists)
  const activeFrom = place === 'next' ? now + timing.propagation : now
  const record: ManagedKey = {
    set,
    kid,
    use,
    alg,
    ...recordMembers(jwk),
    createdAt: now,
    activeFrom,
    ...(held ? { hsmName: held.hsmName, handle: held.handle } : {}),
    ...(place === 'previous' ? previousMembers(timing, now) : {}),
  }
  const added = withRecords(placed, [...placed.managed, record])
  return place === 'previous' ? added : withEnds(added, key, timing, now)
}

const previousMembers = ({ overlap }: Timing, now: number) => ({
  verifiesOnly: true,
  ...(overlap === undefined ? {} : { retireAt: now + overlap }),
})

function withHeld(ring: KeyRing, held: HardwareKey): KeyRing {
  requireFreeKeyId(undefined, ring.hardware, [])
  return { ...ring, hardware: [...ring.hardware, held] }
}

/**
 * The ring in which the key without a record that the group uses first has one. It counts as in use
 * since the service exists, so that it is never NEXT for a process whose clock is behind.
 */
export function withAdopted(ring: KeyRing, group: Group, now: number): KeyRing {
  if (recordsIn(ring, group, 'CURRENT', now).length > 0) return ring
  const held = firstUnmanagedHeld(ring, group)
  if (held) return withRecordOfHeld(ring, held, group, now)
  const key = firstUnmanaged(ring, group)
  return key ? withRecordOf(ring, key, group, now) : ring
}

function withRecordOfHeld(ring: KeyRing, held: HardwareKey, group: Group, now: number): KeyRing {
  const { kid, hsmName, handle } = held
  const { set, use, alg } = group
  const record: ManagedKey = {
    set,
    kid,
    use,
    alg,
    ...recordMembers(publicHardwareKey(held)),
    createdAt: now,
    activeFrom: Math.min(ring.since, now),
    hsmName,
    handle,
  }
  return { ...ring, managed: [record, ...ring.managed] }
}

export function withRecordOf(
  ring: KeyRing,
  key: JWK,
  { set, use, alg }: Group,
  now: number,
): KeyRing {
  const kid = key.kid ?? thumbprintOf(key)
  if (kid === undefined) return ring
  const keys = ring.sets[set].map((each) => (each === key ? { kid, ...each } : each))
  const record: ManagedKey = {
    set,
    kid,
    use,
    alg,
    ...recordMembers(key),
    createdAt: now,
    activeFrom: Math.min(ring.since, now),
  }
  // Before all others: of two keys of one moment, the later one is current.
  const managed = [record, ...ring.managed]
  return { ...ring, sets: { ...ring.sets, [set]: keys }, managed }
}

/** The ring in which each key of a group ends the overlap after its successor begins. */
export function withEnds(ring: KeyRing, group: Group, { overlap }: Timing, now: number): KeyRing {
  const ofGroup = presentOf(ring).filter((each) => isOfGroup(each, group) && !each.verifiesOnly)
  const inState = (...states: KeyState[]) =>
    ofGroup.filter((each) => states.includes(stateIn(ring, each, now)))
  const [current] = inState('CURRENT')
  const active = inState('CURRENT', 'NEXT').sort((a, b) => a.activeFrom - b.activeFrom)
  // An end that was set when a key was replaced stays.
  const replaced = inState('PREVIOUS').filter(({ retireAt }) => retireAt === undefined)
  const successorOf = (record: ManagedKey) =>
    replaced.includes(record) ? current : active[active.indexOf(record) + 1]
  const managed = ring.managed.map((record) => {
    if (!active.includes(record) && !replaced.includes(record)) return record
    const { retireAt: _former, ...rest } = record
    const begin = successorOf(record)?.activeFrom
    const isEnding = begin !== undefined && overlap !== undefined
    return isEnding ? { ...rest, retireAt: begin + overlap } : rest
  })
  return { ...ring, managed }
}
