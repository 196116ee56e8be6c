/** The signing keys of a service: those in modules first, then those of its key set. */
import type { Service } from '../model/service/service.ts'
import type { KeyProviders } from '../system/key-provider.ts'
import { hardwareDecryptionKey } from './hardware-decryption.ts'
import { hardwareKeysOf, hardwareSigningKey } from './hardware-keys.ts'
import type { Keys, SigningKey } from './keys.ts'
import { localSigningKeys, localSymmetricKeys } from './local-keys.ts'

export function createKeys(providers: KeyProviders): Keys {
  /** Kept for as long as the document of the service lives. */
  const known = new WeakMap<Service, readonly SigningKey[]>()
  return {
    signing(service) {
      const kept = known.get(service)
      if (kept) return kept
      const hardware = hardwareKeysOf(service)
        .filter(({ use, set }) => use === 'sig' && set === 'protocol')
        .map((key) => hardwareSigningKey(providers, key))
      const signing = [...hardware, ...localSigningKeys(service)]
      known.set(service, signing)
      return signing
    },
    symmetric: localSymmetricKeys,
    decryption: (service) =>
      hardwareKeysOf(service)
        .filter(({ use, set }) => use === 'enc' && set === 'protocol')
        .map((key) => hardwareDecryptionKey(providers, key)),
  }
}
