/** Signing keys with their private key in the key sets of the service. */
import { createHmac, createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { KeySetName } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import { isIdle, isSymmetricKey, withoutPrivateMembers } from './key-set.ts'
import { type SigningKey, timed } from './keys.ts'
import { signBytes } from './raw-signature.ts'
import { serviceKeySet } from './service-key-set.ts'
import { symmetricAlgorithms } from './signature-algorithm.ts'

type Cache = WeakMap<Service, Map<KeySetName, readonly SigningKey[]>>

/** Cached for as long as the document of the service lives. */
const known: Cache = new WeakMap()
const knownSymmetric: Cache = new WeakMap()

/** The private keys of a set of a service that sign at present. */
export const localSigningKeys = (service: Service, set: KeySetName): readonly SigningKey[] =>
  cached(known, service, set, (keys) =>
    keys.filter((key) => key.d !== undefined && !isIdle(key)).map(localKey),
  )

/** The private keys of a set of a service, also those that do not sign at present. */
export const ownedLocalKeys = (service: Service, set: KeySetName): readonly SigningKey[] =>
  serviceKeySet(service, set)
    .keys.filter(({ d }) => d !== undefined)
    .map(localKey)

/** The symmetric keys of a service. */
export const localSymmetricKeys = (service: Service): readonly SigningKey[] =>
  cached(knownSymmetric, service, 'protocol', symmetricKeys)

function cached(
  cache: Cache,
  service: Service,
  name: KeySetName,
  read: (keys: readonly JWK[]) => SigningKey[],
): readonly SigningKey[] {
  const sets = cache.get(service) ?? new Map<KeySetName, readonly SigningKey[]>()
  const kept = sets.get(name)
  if (kept) return kept
  const signing = read(serviceKeySet(service, name).keys)
  cache.set(service, sets.set(name, signing))
  return signing
}

function localKey(key: JWK): SigningKey {
  let read: KeyObject | undefined
  return {
    jwk: withoutPrivateMembers(key),
    sign: timed((alg, data) => {
      read ??= createPrivateKey({ key: key as JsonWebKey, format: 'jwk' })
      return signBytes(alg, data, read)
    }),
  }
}

const symmetricKeys = (keys: readonly JWK[]): SigningKey[] =>
  symmetricAlgorithms.flatMap((alg) =>
    keys.filter((key) => isSymmetricKey(key, alg)).map((key) => symmetricKey(key, alg)),
  )

function symmetricKey(key: JWK, alg: string): SigningKey {
  const secret = Buffer.from(key.k ?? '', 'base64url')
  return {
    jwk: { ...withoutPrivateMembers(key), alg },
    sign: timed(async (_alg, data) =>
      createHmac(`sha${alg.slice(2)}`, secret)
        .update(data)
        .digest(),
    ),
  }
}
