/** Signing keys with their private key in the key set of the service. */
import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { Service } from '../model/service/service.ts'
import { keySetOf, withoutPrivateMembers } from './key-set.ts'
import type { Keys, SigningKey } from './keys.ts'
import { signBytes } from './raw-signature.ts'

/** Cached for as long as the document of the service lives. */
const known = new WeakMap<Service, readonly SigningKey[]>()

export const localKeys: Keys = {
  signing(service) {
    const kept = known.get(service)
    if (kept) return kept
    const { keys } = keySetOf(service, service.jwks)
    const signing = keys.filter(({ d }) => d !== undefined).map(localKey)
    known.set(service, signing)
    return signing
  },
}

function localKey(key: JWK): SigningKey {
  let read: KeyObject | undefined
  return {
    jwk: withoutPrivateMembers(key),
    sign(alg, data) {
      read ??= createPrivateKey({ key: key as JsonWebKey, format: 'jwk' })
      return signBytes(alg, data, read)
    },
  }
}
