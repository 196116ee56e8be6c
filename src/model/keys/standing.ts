/**
 * How the keys of a service stand at a time. A document of a service is made for the time until the
 * next change of a state, so that whatever is derived from it and kept with it stays right.
 */
import { parseJson } from '../json.ts'
import type { Hsk, KeySetName, ManagedKey, ServiceKeys } from '../service/hsk.ts'
import type { Service } from '../service/service.ts'
import { boundariesAround, currentOf, isOfGroup, type KeyState, keyStateOf } from './state.ts'

/** The property with the text of each key set. */
export const keySetProperties = {
  protocol: 'jwks',
  federation: 'federationJwks',
  credential: 'credentialJwks',
} as const satisfies Record<KeySetName, keyof Service>

/** Properties with the kid of the key that signs, each with the set that the key is in. */
export const keyIdSets = {
  accessTokenSignatureKeyId: 'protocol',
  idTokenSignatureKeyId: 'protocol',
  userInfoSignatureKeyId: 'protocol',
  authorizationSignatureKeyId: 'protocol',
  introspectionSignatureKeyId: 'protocol',
  resourceSignatureKeyId: 'protocol',
  federationSignatureKeyId: 'federation',
} as const satisfies Partial<Record<keyof Service, KeySetName>>

export type KeyIdProperty = keyof typeof keyIdSets
export const keyIdProperties = Object.keys(keyIdSets) as readonly KeyIdProperty[]

type Key = Readonly<Record<string, unknown>>
type Texts = Pick<Service, (typeof keySetProperties)[KeySetName]>
type Pins = Pick<Service, KeyIdProperty>

/** Members that tell keys of one type apart. */
const telling = ['kty', 'crv', 'n', 'x', 'y'] as const

/** Whether a record is of a key: a caller may have replaced the key under its kid. */
export function isRecordOf({ kid, kty, publicJwk }: ManagedKey, key: Key): boolean {
  if (key['kid'] !== kid) return false
  return publicJwk ? telling.every((name) => publicJwk[name] === key[name]) : key['kty'] === kty
}

export function keysInText(text: string | undefined): Key[] {
  if (!text) return []
  try {
    const { keys } = Object(parseJson(text)) as { keys?: unknown }
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : []
  } catch {
    return []
  }
}

type Sets = Readonly<Record<KeySetName, readonly Key[]>>

/** The records whose key the service has. Keys in modules count only while they are enabled. */
export function presentIn(
  sets: Sets,
  { managed, hardware }: Readonly<{ managed: readonly ManagedKey[]; hardware: readonly Hsk[] }>,
  hsmEnabled: boolean,
): ManagedKey[] {
  return managed.filter((record) =>
    record.handle === undefined
      ? sets[record.set].some((key) => isRecordOf(record, key))
      : hsmEnabled && hardware.some(({ handle }) => handle === record.handle),
  )
}

/** The same from the texts of the sets. */
export const presentKeys = (
  { jwks, federationJwks, credentialJwks, hsmEnabled }: Texts & Pick<Service, 'hsmEnabled'>,
  keys: ServiceKeys,
): ManagedKey[] =>
  presentIn(
    {
      protocol: keysInText(jwks),
      federation: keysInText(federationJwks),
      credential: keysInText(credentialJwks),
    },
    keys,
    hsmEnabled,
  )

interface Standing {
  readonly at: number
  readonly keys: ServiceKeys
  readonly present: readonly ManagedKey[]
}

const standings = new WeakMap<Service, Standing>()

/** Notes how the keys of a document stand; until when that holds. */
export function noteStanding(service: Service, keys: ServiceKeys, now: number) {
  if (keys.managed.length === 0) return undefined
  const present = presentKeys(service, keys)
  standings.set(service, { at: now, keys, present })
  return boundariesAround(present, now)
}

/** Whether the engine governs the states of any key of the service. */
export const isManaged = (service: Service): boolean => standings.has(service)

/** The state of a key of a set; undefined if its states are not governed: it is in use. */
export function stateOf(service: Service, set: KeySetName, key: Key): KeyState | undefined {
  const standing = standings.get(service)
  if (!standing) return undefined
  const { at, keys, present } = standing
  const record = keys.managed.find((each) => each.set === set && isRecordOf(each, key))
  return record && keyStateOf(record, present, at)
}

export interface EndedKey {
  readonly record: ManagedKey
  /** When it was revoked, retired or removed; before that is noted, when the service changed. */
  readonly endedAt: number
}

/** Keys of a set that verify no longer; not those in modules that are only switched off. */
export function endedKeys(service: Service, set: KeySetName): EndedKey[] {
  const standing = standings.get(service)
  if (!standing) return []
  const { at, keys, present } = standing
  return keys.managed.flatMap((record) => {
    if (record.set !== set) return []
    const isThere = present.includes(record)
    const isRemoved = !isThere && record.handle === undefined
    const isOver = record.revokedAt !== undefined || !isThere
    if (!isOver && keyStateOf(record, present, at) !== 'RETIRED') return []
    const removedAt = record.endedAt ?? (isRemoved ? service.modifiedAt : undefined)
    const times = [record.revokedAt, record.retireAt, removedAt]
    const past = times.filter((time) => time !== undefined && time <= at) as number[]
    return past.length > 0 ? [{ record, endedAt: Math.min(...past) }] : []
  })
}

/** Changes of the properties that name a key which does not sign now: its successor does. */
export function followedPins(
  pins: Pins,
  { managed }: ServiceKeys,
  present: readonly ManagedKey[],
  now: number,
): Partial<Pins> {
  const changes: Partial<Pins> = {}
  for (const name of keyIdProperties) {
    const record = managed.find(({ set, kid }) => set === keyIdSets[name] && kid === pins[name])
    if (!record) continue
    const current = currentOf(
      present.filter((other) => isOfGroup(record, other)),
      now,
    )
    if (current && current !== record) changes[name] = current.kid
  }
  return changes
}
