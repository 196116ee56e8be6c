/** What lints look at: documents with what follows from them. */
import { isSigningKey } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { policyOf } from '../policy.ts'
import type { ClientSubject, ServiceSubject } from './lint.ts'

export function serviceSubject(service: Service): ServiceSubject {
  const signing = serviceKeySet(service).keys.filter((key) =>
    asymmetricAlgorithms.some((alg) => isSigningKey(key, alg)),
  )
  return { service, policy: policyOf(service), signing }
}

/** `now` is in milliseconds since the Unix epoch. */
export const clientSubject = (service: Service, client: Client, now: number): ClientSubject => ({
  service,
  client,
  policy: policyOf(service, client),
  now,
})
