/** All keys of a set of a service: those in modules, by their public half, and the local ones. */
import type { KeySetName } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import { hardwareKeysOf, publicHardwareKey } from './hardware-keys.ts'
import { type KeySet, keySetFrom, keySetOf, noteHeld } from './key-set.ts'

type Kept = Partial<Record<KeySetName, KeySet>>

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, Kept>()

/** The text of each key set of a service. */
export const keySetTextOf = (service: Service, set: KeySetName): string | undefined =>
  service[properties[set]]
const properties = {
  protocol: 'jwks',
  federation: 'federationJwks',
  credential: 'credentialJwks',
} as const satisfies Record<KeySetName, keyof Service>

/** The set that verifies what the service signed, and that is published without private members. */
export function serviceKeySet(service: Service, name: KeySetName = 'protocol'): KeySet {
  const sets = known.get(service) ?? {}
  const kept = sets[name]
  if (kept) return kept
  const local = keySetOf(service, keySetTextOf(service, name))
  const held = hardwareKeysOf(service)
    .filter(({ set }) => set === name)
    .map((key) => noteHeld(publicHardwareKey(key)))
  const set = held.length > 0 ? keySetFrom([...held, ...local.keys]) : local
  sets[name] = set
  known.set(service, sets)
  return set
}
