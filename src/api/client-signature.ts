/**
 * What a client signed, verified with its secret, the keys it registered, or those it publishes.
 */
import type { ServiceContext } from '../grants/grant-request.ts'
import { type KeySet, keySetOf } from '../jose/key-set.ts'
import { headerOf, type Unverified, type Verified, verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client.ts'

export async function verifyClientSignature(
  context: ServiceContext,
  client: Client,
  jwt: string,
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  if (String(headerOf(jwt)?.['alg']).startsWith('HS')) {
    const secret = new TextEncoder().encode(client.clientSecret ?? '')
    return secret.length > 0 ? verifyJwt(jwt, secret, algorithms) : { failure: 'key' }
  }
  return withKeysOf(
    context,
    client,
    (set) => verifyJwt(jwt, set, algorithms),
    (outcome) => 'failure' in outcome && outcome.failure !== 'algorithm',
  )
}

/**
 * Tries something with the keys of a client. Keys that it publishes are fetched once more where
 * that may change the outcome: keys rotate.
 */
export async function withKeysOf<T>(
  { keySets }: ServiceContext,
  client: Client,
  attempt: (set: KeySet) => T | Promise<T>,
  mayChange: (outcome: T) => boolean,
): Promise<T> {
  const { jwks, jwksUri } = client
  if (jwks || !jwksUri) return attempt(keySetOf(client, jwks))
  const known = await keySets.get(jwksUri)
  const outcome = await attempt(known)
  if (!mayChange(outcome)) return outcome
  const newer = await keySets.get(jwksUri, known)
  return newer === known ? outcome : attempt(newer)
}
