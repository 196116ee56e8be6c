/** The keys of a client: those that it registered, or those that it publishes. */

import type { ServiceContext } from '../context.ts'
import { type KeySet, publicKeySetOf } from '../jose/key-set.ts'
import type { Client } from '../model/client/client.ts'
import { signedReading } from '../oauth/registration/signed-key-set.ts'

/** A signed set comes before all, as registered keys may be there to verify it alone. */
export async function keysOfClient(
  { keySets, service, now }: ServiceContext,
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
