/**
 * What a client signed, verified with its secret, the keys it registered, or those it publishes.
 */
import { keysOfClient } from '../grants/client-keys.ts'
import type { ServiceContext } from '../grants/grant-request.ts'
import type { KeySet } from '../jose/key-set.ts'
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
  context: ServiceContext,
  client: Client,
  attempt: (set: KeySet) => T | Promise<T>,
  mayChange: (outcome: T) => boolean,
): Promise<T> {
  const known = await keysOfClient(context, client)
  const outcome = await attempt(known)
  if (!mayChange(outcome)) return outcome
  const newer = await keysOfClient(context, client, known)
  return newer === known ? outcome : attempt(newer)
}
