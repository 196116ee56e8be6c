/** All keys of a service with what is known of their states: what each change is made of. */
import type { JWK } from 'jose'
import { thumbprintOf } from '../../jose/key-members.ts'
import { fitsSignatureAlgorithm, isPrivate, publicMembers } from '../../jose/key-set.ts'
import { isRecordOf, presentIn } from '../../model/keys/standing.ts'
import { isOfGroup, type KeyState, keyStateOf } from '../../model/keys/state.ts'
import type { HardwareKey, KeySetName, ManagedKey } from '../../model/service/hsk.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('Key states', {
  keyIdTaken: {
    code: 'P112001',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'A key of the service already has this kid, or had it.',
    fix: 'Pass another `kid`, or omit it.',
    settings: ['service.jwks', 'service.federationJwks', 'service.credentialJwks'],
  },
  keyTaken: {
    code: 'P112002',
    error: 'invalid_request',
    spec: 'RFC 7638 §3',
    message: 'The service already has this key.',
    fix: 'Use the key that is there, or generate another one.',
    settings: ['service.jwks', 'service.federationJwks', 'service.credentialJwks'],
  },
  tooMany: {
    code: 'P112003',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The key set has as many keys as it may have: at most 50, in 200,000 characters.',
    fix: 'Remove keys from the set that are no longer needed.',
    settings: ['service.jwks', 'service.federationJwks', 'service.credentialJwks'],
  },
  busy: {
    code: 'P112006',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'Other calls change the keys of the service: send the call again.',
    fix: 'Send the call again, one change of keys at a time for each service.',
  },
})

export const { busy } = rules

/** Codes of refusals of a key that is there already. */
export const takenCodes: readonly string[] = [rules.keyIdTaken.code, rules.keyTaken.code]

export interface KeyRing {
  /** The keys in the key sets, with their private halves. */
  readonly sets: Readonly<Record<KeySetName, readonly JWK[]>>
  readonly managed: readonly ManagedKey[]
  readonly hardware: readonly HardwareKey[]
  readonly hsmEnabled: boolean
  /** When the service was created: its keys without a record are in use since then. */
  readonly since: number
}

/** What succeeds each other: the keys of a set with the same use and algorithm. */
export type Group = Pick<ManagedKey, 'set' | 'use' | 'alg'>

export const mostKeys = 50
export const mostCharacters = 200_000
/** Ended keys of a set that are remembered. */
const mostEnded = 100

export const presentOf = (ring: KeyRing): ManagedKey[] =>
  presentIn(ring.sets, ring, ring.hsmEnabled)

/** The state of a record; a key that its set lost is retired. */
export function stateIn(ring: KeyRing, record: ManagedKey, now: number): KeyState {
  const present = presentOf(ring)
  if (record.revokedAt !== undefined) return 'REVOKED'
  return present.includes(record) ? keyStateOf(record, present, now) : 'RETIRED'
}

/** The records of a group with a state. */
export const recordsIn = (
  ring: KeyRing,
  group: Group,
  state: KeyState,
  now: number,
): ManagedKey[] => {
  const present = presentOf(ring)
  return present.filter(
    (each) => isOfGroup(each, group) && keyStateOf(each, present, now) === state,
  )
}

/** Refuses a key that the service has, or a kid that one of its keys has or had. */
export function requireFree(ring: KeyRing, kid: string, key?: JWK): void {
  const local = Object.values(ring.sets).flat()
  const known = [...local, ...ring.managed, ...ring.hardware]
  if (known.some((each) => each.kid === kid)) refuse(rules.keyIdTaken, kid)
  const thumbprint = key && thumbprintOf(key)
  if (thumbprint === undefined) return
  const isSame = (each: string | undefined) => each === thumbprint
  if (local.some((each) => isSame(thumbprintOf(each)))) refuse(rules.keyTaken, thumbprint)
  if (ring.managed.some((each) => isSame(each.thumbprint))) refuse(rules.keyTaken, thumbprint)
}

/** The ring with a key in its set, after the keys that are there. */
export function withLocalKey(ring: KeyRing, set: KeySetName, key: JWK): KeyRing {
  const keys = [...ring.sets[set], key]
  const characters = keys.reduce((count, each) => count + JSON.stringify(each).length + 1, 100)
  if (keys.length > mostKeys || characters > mostCharacters) refuse(rules.tooMany)
  return { ...ring, sets: { ...ring.sets, [set]: keys } }
}

/** The ring without the private and public half of a key; its record stays. */
export function withoutKey(ring: KeyRing, record: ManagedKey): KeyRing {
  const { set, handle } = record
  const keys = ring.sets[set].filter((key) => !isRecordOf(record, key))
  if (handle === undefined) return { ...ring, sets: { ...ring.sets, [set]: keys } }
  return { ...ring, hardware: ring.hardware.filter((key) => key.handle !== handle) }
}

export const withRecords = (ring: KeyRing, managed: readonly ManagedKey[]): KeyRing => ({
  ...ring,
  managed: withoutOldest(managed),
})

/** The ring with changed members of one record. */
export const withChanged = (
  ring: KeyRing,
  kid: string,
  changes: (record: ManagedKey) => ManagedKey,
): KeyRing => ({
  ...ring,
  managed: ring.managed.map((record) => (record.kid === kid ? changes(record) : record)),
})

/** Without the ended keys that ended first; revoked ones are remembered before retired ones. */
function withoutOldest(managed: readonly ManagedKey[]): readonly ManagedKey[] {
  const isEnded = ({ endedAt }: ManagedKey) => endedAt !== undefined
  const dropped = new Set<ManagedKey>()
  for (const name of ['protocol', 'federation', 'credential'] as const) {
    const ended = managed
      .filter((each) => each.set === name && isEnded(each))
      .sort((a, b) => rank(b) - rank(a) || (b.endedAt ?? 0) - (a.endedAt ?? 0))
    for (const each of ended.slice(mostEnded)) dropped.add(each)
  }
  return dropped.size === 0 ? managed : managed.filter((each) => !dropped.has(each))
}
const rank = ({ revokedAt }: ManagedKey) => (revokedAt === undefined ? 0 : 1)

/** Keys of a set that no record is of: in use, in the order of the set. */
export const unmanagedIn = ({ sets, managed }: KeyRing, set: KeySetName): JWK[] =>
  sets[set].filter((key) => !managed.some((each) => each.set === set && isRecordOf(each, key)))

/** The unmanaged private key that a group would use first. */
export function firstUnmanaged(ring: KeyRing, { set, use, alg }: Group): JWK | undefined {
  const fits = (key: JWK) => {
    if (key.use !== use || !isPrivate(key)) return false
    if (key.alg !== undefined) return key.alg === alg
    // An RSA key without an algorithm is of several groups.
    return use === 'sig' && key.kty !== 'RSA' && fitsSignatureAlgorithm(key, alg, 'sign')
  }
  return unmanagedIn(ring, set).find(fits)
}

/** The key in a module without a record that a group would use first. */
export const firstUnmanagedHeld = (
  { hardware, managed, hsmEnabled }: KeyRing,
  { set, use, alg }: Group,
): HardwareKey | undefined =>
  hsmEnabled
    ? hardware
        .filter((key) => key.set === set && key.use === use && key.alg === alg)
        .find(({ handle }) => !managed.some((record) => record.handle === handle))
    : undefined

/** The members of a record that follow from the key. */
export function recordMembers(key: JWK) {
  const { kty = '', crv } = key
  const thumbprint = thumbprintOf(key)
  if (kty === 'oct') return { kty }
  return {
    kty,
    ...(crv === undefined ? {} : { crv }),
    ...(thumbprint === undefined ? {} : { thumbprint }),
    publicJwk: publicMembers(key) as Record<string, unknown>,
  }
}
