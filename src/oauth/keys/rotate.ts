/** The arrows between the states of keys: who signs next, and whose time is over. */
import type { JWK } from 'jose'
import { isRecordOf } from '../../model/keys/standing.ts'
import { isOfGroup, type KeyState } from '../../model/keys/state.ts'
import type { EndReason, ManagedKey } from '../../model/service/hsk.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type NewKey, nextExists, withAdopted, withEnds, withNewKey, withRecordOf } from './add.ts'
import {
  busy,
  type Group,
  type KeyRing,
  recordsIn,
  stateIn,
  unmanagedIn,
  withChanged,
  withoutKey,
  withRecords,
} from './key-ring.ts'
import type { KeyKind } from './new-key.ts'
import type { Timing } from './timing.ts'

const rules = defineRules('Rotating keys', {
  unknown: {
    code: 'P112011',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The key set has no such key in a state that the operation is for.',
    fix: 'Name a key by `/service/keys/list` that is in the state that the operation is for.',
  },
  ambiguous: {
    code: 'P112012',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'The operation is for one of several keys: name it by its kid.',
    fix: 'Pass the `kid` of the key that is meant.',
  },
  reasonMissing: {
    code: 'P112013',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message:
      'Clients may not know the key yet: wait until it was published for ext.keys.propagation, or use immediately=true with a reason.',
    fix: 'Wait until the key was published long enough, or pass `immediately` with a `reason`.',
    settings: ['service.ext.keys.propagation'],
  },
  wrongState: {
    code: 'P112014',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The operation is not for a key in this state.',
    fix: 'Choose the operation that fits the state of the key, as `/service/keys/list` shows it.',
  },
  mayBeUsed: {
    code: 'P112015',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'Tokens that the key signed may still be in use: give a reason to retire it now.',
    fix: 'Wait until the tokens that the key signed have ended, or pass a `reason`.',
    settings: ['service.ext.keys.overlap'],
  },
})

/** The code of a key that is not there, which has an action of its own. */
export const unknownKeyCode: string = rules.unknown.code

export interface Rotation extends Group {
  readonly operation: 'begin' | 'activate' | 'cancel' | 'rollback' | 'retire' | 'revoke'
  readonly kid?: string | undefined
  readonly immediately: boolean
  readonly reason?: EndReason | undefined
}

export interface Circumstances {
  readonly timing: Timing
  readonly now: number
  /** A key that was generated for the rotation, if it needs one. */
  readonly fresh?: NewKey | undefined
}

/** Whether a key must be generated: there is none that could take the place of the current one. */
export function needsKey(ring: KeyRing, rotation: Rotation, now: number): boolean {
  if (rotation.operation === 'begin') return recordsIn(ring, rotation, 'NEXT', now).length === 0
  if (rotation.operation !== 'revoke') return false
  const adopted = withNamed(ring, rotation, now)
  const revoked = recordOf(adopted, rotation)
  if (!revoked || stateIn(adopted, revoked, now) !== 'CURRENT') return false
  return recordsIn(adopted, rotation, 'NEXT', now).length === 0
}

/** What a key must be to succeed the current one; undefined: what the algorithm says. */
export function kindLike(
  ring: KeyRing,
  group: Group,
  now: number,
): (Pick<KeyKind, 'crv' | 'bits'> & { hsmName?: string | undefined }) | undefined {
  const [current] = recordsIn(withAdopted(ring, group, now), group, 'CURRENT', now)
  if (!current) return undefined
  const { crv, kty, publicJwk, hsmName } = current
  const n = publicJwk?.['n']
  const size = typeof n === 'string' ? Buffer.from(n, 'base64url').length * 8 : undefined
  const bits = size === undefined ? undefined : ([2048, 3072].find((each) => each >= size) ?? 4096)
  return { hsmName, ...(kty === 'RSA' ? { bits } : { crv }) }
}

/** The ring after the operation. */
export function rotated(ring: KeyRing, rotation: Rotation, given: Circumstances): KeyRing {
  return operations[rotation.operation](ring, rotation, given)
}

type Operation = (ring: KeyRing, rotation: Rotation, given: Circumstances) => KeyRing

const operations: Record<Rotation['operation'], Operation> = {
  begin(ring, { immediately, reason, use }, { timing, now, fresh }) {
    const isEarly = immediately && use === 'sig'
    if (isEarly && !reason) refuse(rules.reasonMissing)
    // None was generated, because there is a NEXT key.
    if (!fresh) return refuse(nextExists)
    const activate = immediately || use === 'enc' ? 'current' : 'next'
    const begun = withNewKey(ring, { ...fresh, activate }, timing, now)
    return isEarly ? withReason(begun, fresh.kid, reason) : begun
  },

  activate(ring, rotation, { timing, now }) {
    const next = requireOne(ring, rotation, 'NEXT', now)
    requireKnown(ring, next, rotation, { timing, now })
    return current(ring, next, rotation, timing, now)
  },

  cancel(ring, rotation, { timing, now }) {
    const next = requireOne(ring, rotation, 'NEXT', now)
    const { reason = 'unspecified' } = rotation
    const ended = { ...next, retireAt: now, endedAt: now, reason }
    const cancelled = withoutKey(
      withChanged(ring, next.kid, () => ended),
      next,
    )
    return withEnds(withRecords(cancelled, cancelled.managed), rotation, timing, now)
  },

  rollback(ring, rotation, { timing, now }) {
    const previous = requireOne(ring, rotation, 'PREVIOUS', now)
    if (previous.verifiesOnly) refuse(rules.wrongState, previous.kid)
    requireKnown(ring, previous, rotation, { timing, now })
    return current(ring, previous, rotation, timing, now)
  },

  retire(ring, rotation, { timing, now }) {
    const adopted = withNamed(ring, rotation, now)
    const previous = requireOne(adopted, rotation, 'PREVIOUS', now)
    const { reason } = rotation
    const since = supersededAt(adopted, previous)
    const isUsed = timing.life === undefined || now < since + timing.life
    if (isUsed && !reason) refuse(rules.mayBeUsed, previous.kid)
    const changes = { retireAt: now, ...(reason ? { reason } : {}) }
    return withChanged(adopted, previous.kid, (record) => ({ ...record, ...changes }))
  },

  revoke(ring, rotation, { timing, now, fresh }) {
    const adopted = withNamed(ring, rotation, now)
    const record = recordOf(adopted, rotation) ?? refuse(rules.unknown, rotation.kid)
    const state = stateIn(adopted, record, now)
    if (state === 'REVOKED') refuse(rules.wrongState, record.kid)
    const { reason = 'unspecified' } = rotation
    const { retireAt: _, ...rest } = record
    const ended = { ...rest, revokedAt: now, endedAt: now, reason }
    const revoked = withoutKey(
      withChanged(adopted, record.kid, () => ended),
      record,
    )
    if (state !== 'CURRENT') return withEnds(revoked, rotation, timing, now)
    const [next] = recordsIn(revoked, rotation, 'NEXT', now)
    if (next) return current(revoked, next, rotation, timing, now)
    if (!fresh) return refuse(busy)
    return withNewKey(revoked, { ...fresh, activate: 'current' }, timing, now)
  },
}

/** The ring in which a key is current from now on. */
function current(
  ring: KeyRing,
  { kid }: ManagedKey,
  { reason, immediately, ...group }: Rotation,
  timing: Timing,
  now: number,
): KeyRing {
  const begun = withChanged(ring, kid, ({ retireAt: _, ...record }) => ({
    ...record,
    activeFrom: now,
    ...(immediately && reason ? { reason } : {}),
  }))
  // The last of the list: of two keys of one moment, the later one is current.
  const [record] = begun.managed.filter((each) => each.kid === kid)
  const others = begun.managed.filter((each) => each.kid !== kid)
  return withEnds({ ...begun, managed: record ? [...others, record] : others }, group, timing, now)
}

const withReason = (ring: KeyRing, kid: string, reason: EndReason | undefined): KeyRing =>
  reason ? withChanged(ring, kid, (record) => ({ ...record, reason })) : ring

/** The key of a state, which is named if there are several. */
function requireOne(ring: KeyRing, rotation: Rotation, state: KeyState, now: number): ManagedKey {
  const { kid } = rotation
  const named = kid === undefined ? undefined : recordOf(ring, rotation)
  if (kid !== undefined && !named) refuse(rules.unknown, kid)
  const found = recordsIn(ring, rotation, state, now)
  if (named) return found.includes(named) ? named : refuse(rules.wrongState, kid)
  if (found.length > 1) refuse(rules.ambiguous)
  return found[0] ?? refuse(rules.unknown, state)
}

/** Clients that keep the key set for the time of propagation must have the key. */
function requireKnown(
  { since }: KeyRing,
  { createdAt, activeFrom }: ManagedKey,
  { immediately, reason }: Rotation,
  { timing: { propagation }, now }: Circumstances,
): void {
  // A key that was in use before its management began is known.
  const isKnown = activeFrom <= since || now >= createdAt + propagation
  if (!isKnown && !(immediately && reason)) refuse(rules.reasonMissing)
}

/** When another key became current in place of a key; its own time for one that never signed. */
function supersededAt({ managed }: KeyRing, key: ManagedKey): number {
  if (key.verifiesOnly) return key.createdAt
  const later = managed
    .filter((other) => isOfGroup(other, key) && !other.verifiesOnly)
    .map(({ activeFrom }) => activeFrom)
    .filter((at) => at > key.activeFrom)
  return later.length === 0 ? key.activeFrom : Math.min(...later)
}

const recordOf = ({ managed }: KeyRing, { kid, ...group }: Rotation): ManagedKey | undefined =>
  managed.find((each) => each.kid === kid && isOfGroup(each, group))

/** The ring in which the named key has a record: its management may begin with its end. */
function withNamed(ring: KeyRing, rotation: Rotation, now: number): KeyRing {
  const { kid, set, use, alg } = rotation
  if (kid === undefined || recordOf(ring, rotation)) return ring
  const fits = (key: JWK) => key.kid === kid && (key.use ?? use) === use && (key.alg ?? alg) === alg
  const key = unmanagedIn(ring, set).find(fits)
  if (!key) return ring
  const adopted = withAdopted(ring, rotation, now)
  if (adopted.managed.some((record) => isRecordOf(record, key as Record<string, unknown>))) {
    return adopted
  }
  // It stands behind the current key of its group.
  const [current] = recordsIn(adopted, rotation, 'CURRENT', now)
  const since = current ? current.activeFrom - 1 : ring.since
  return withRecordOf({ ...adopted, since }, key, rotation, now)
}
