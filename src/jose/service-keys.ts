/** The signing keys of a service: those in modules first, then those of its key set. */
import type { JWK } from 'jose'
import { isManaged, stateOf } from '../model/keys/standing.ts'
import type { HardwareKey, KeySetName } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import type { KeyProviders } from '../system/key-provider.ts'
import { hardwareDecryptionKey } from './hardware-decryption.ts'
import { hardwareKeysOf, hardwareSigningKey, publicHardwareKey } from './hardware-keys.ts'
import type { Keys, SigningKey } from './keys.ts'
import { localSigningKeys, localSymmetricKeys, ownedLocalKeys } from './local-keys.ts'

export function createKeys(providers: KeyProviders): Keys {
  /** Kept for as long as the document of the service lives. */
  const known = new WeakMap<Service, Map<KeySetName, readonly SigningKey[]>>()
  return {
    signing(service, name = 'protocol') {
      const sets = known.get(service) ?? new Map<KeySetName, readonly SigningKey[]>()
      const kept = sets.get(name)
      if (kept) return kept
      const hardware = hardwareKeysOf(service)
        .filter(({ use, set }) => use === 'sig' && set === name)
        .map((key) => hardwareSigningKey(providers, key))
        .filter(({ jwk }) => signsNow(service, name, jwk))
      const signing = [...hardware, ...localSigningKeys(service, name)]
      known.set(service, sets.set(name, signing))
      return signing
    },
    owned: (service, name = 'protocol') => [
      ...hardwareKeysOf(service)
        .filter((key) => key.use === 'sig' && key.set === name && !isEnded(service, key))
        .map((key) => hardwareSigningKey(providers, key)),
      ...ownedLocalKeys(service, name),
    ],
    symmetric: localSymmetricKeys,
    decryption: (service) =>
      hardwareKeysOf(service)
        .filter(({ use, set }) => use === 'enc' && set === 'protocol')
        .filter((key) => !isEnded(service, key))
        .map((key) => hardwareDecryptionKey(providers, key)),
  }
}

/** Whether a key in a module is current; one without a governed state always is. */
function signsNow(service: Service, set: KeySetName, key: JWK): boolean {
  const state = stateOf(service, set, key as Record<string, unknown>)
  return state === undefined || state === 'CURRENT'
}

function isEnded(service: Service, key: HardwareKey): boolean {
  if (!isManaged(service)) return false
  const state = stateOf(service, key.set, publicHardwareKey(key) as Record<string, unknown>)
  return state === 'RETIRED' || state === 'REVOKED'
}
