/** The keys of a client: `signedJwksUri`, `jwks` or `jwksUri`. */

import type { ServiceContext } from '../context.ts'
import { type KeySet, publicKeySetOf } from '../jose/key-set.ts'
import type { Client } from '../model/client/client.ts'
import { signedReading } from '../oauth/registration/signed-key-set.ts'

/** The signed key set comes first, because `jwks` may be only for its verification. */
export async function keysOfClient(
  { keySets, service, now }: Pick<ServiceContext, 'keySets' | 'service' | 'now'>,
  client: Client,
  newerThan?: KeySet,
): Promise<KeySet> {
  const { jwks, jwksUri, signedJwksUri } = client
  const serviceId = service.apiKey
  if (signedJwksUri) {
    return keySets.get(serviceId, signedJwksUri, newerThan, signedReading(client, now))
  }
  return jwks || !jwksUri
    ? publicKeySetOf(client, jwks)
    : keySets.get(serviceId, jwksUri, newerThan)
}
