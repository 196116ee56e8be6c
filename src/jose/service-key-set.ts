/** All keys of a set of a service: those in modules, by their public half, and the local ones. */
import type { JWK } from 'jose'
import { isManaged, keySetProperties, stateOf } from '../model/keys/standing.ts'
import type { KeyState } from '../model/keys/state.ts'
import type { KeySetName } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import { hardwareKeysOf, publicHardwareKey } from './hardware-keys.ts'
import {
  isIdle,
  type KeySet,
  keySetFrom,
  keySetOf,
  noteHeld,
  noteIdle,
  parseKeySet,
} from './key-set.ts'

type Kept = Partial<Record<KeySetName, KeySet>>

/** Kept for as long as the document of the service lives: at most until a key changes its state. */
const known = new WeakMap<Service, Kept>()

/**
 * The set that verifies and decrypts, in the order in which keys are preferred. Of a key that does
 * not sign at present, `isSigningKey` says so.
 */
export function serviceKeySet(service: Service, name: KeySetName = 'protocol'): KeySet {
  const sets = known.get(service) ?? {}
  const kept = sets[name]
  if (kept) return kept
  const set = isManaged(service) ? managedSet(service, name) : writtenSet(service, name)
  sets[name] = set
  known.set(service, sets)
  return set
}

const heldKeys = (service: Service, name: KeySetName): JWK[] =>
  hardwareKeysOf(service)
    .filter(({ set }) => set === name)
    .map((key) => noteHeld(publicHardwareKey(key)))

function writtenSet(service: Service, name: KeySetName): KeySet {
  const local = keySetOf(service, service[keySetProperties[name]])
  const held = heldKeys(service, name)
  return held.length > 0 ? keySetFrom([...held, ...local.keys]) : local
}

const ranks: Partial<Record<KeyState, number>> = { CURRENT: 0, NEXT: 2, PREVIOUS: 3 }
/** A key without a governed state is in use, after the current one of its place. */
const written = 1

/** Current keys in modules, current local keys, then NEXT and PREVIOUS ones; no ended keys. */
function managedSet(service: Service, name: KeySetName): KeySet {
  const ranked = (keys: readonly JWK[]) =>
    keys.map((key) => {
      const state = stateOf(service, name, key as Record<string, unknown>)
      return { key, rank: state === undefined ? written : ranks[state] }
    })
  const held = ranked(heldKeys(service, name))
  const local = ranked(parseKeySet(service[keySetProperties[name]]).keys)
  const inUse = (keys: typeof held) =>
    [0, written].flatMap((wanted) => keys.filter(({ rank }) => rank === wanted))
  const idle = [2, 3].flatMap((wanted) =>
    [...held, ...local].filter(({ rank }) => rank === wanted).map(({ key }) => noteIdle(key)),
  )
  return keySetFrom([...[...inUse(held), ...inUse(local)].map(({ key }) => key), ...idle])
}

/** The keys to publish: who encrypts for the service must take a current key. */
export const publishedKeySet = (service: Service, name: KeySetName = 'protocol') => ({
  keys: serviceKeySet(service, name).keys.filter((key) => key.use !== 'enc' || !isIdle(key)),
})
