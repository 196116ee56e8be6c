/** All keys of a service: those in modules, by their public half, and those of its `jwks`. */
import type { Service } from '../model/service/service.ts'
import { hardwareKeysOf, publicHardwareKey } from './hardware-keys.ts'
import { type KeySet, keySetFrom, keySetOf, noteHeld } from './key-set.ts'

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, KeySet>()

/** The set that verifies what the service signed, and that is published without private members. */
export function serviceKeySet(service: Service): KeySet {
  const kept = known.get(service)
  if (kept) return kept
  const local = keySetOf(service, service.jwks)
  const held = hardwareKeysOf(service)
    .filter(({ set }) => set === 'protocol')
    .map((key) => noteHeld(publicHardwareKey(key)))
  const set = held.length > 0 ? keySetFrom([...held, ...local.keys]) : local
  known.set(service, set)
  return set
}
