/**
 * What a client signed, verified with its secret, the keys it registered, or those it publishes.
 */

import type { ServiceContext } from '../context.ts'
import type { KeySet } from '../jose/key-set.ts'
import { headerOf, type Unverified, type Verified, verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import { keysOfClient } from './keys.ts'

/** What HS256 needs at least, RFC 7518 §3.2; a shorter secret may still authenticate by itself. */
const keyBytes = 32

export async function verifyClientSignature(
  context: ServiceContext,
  client: Client,
  jwt: string,
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  if (String(headerOf(jwt)?.['alg']).startsWith('HS')) {
    const secret = new TextEncoder().encode(client.clientSecret ?? '')
    const isKey = secret.length >= keyBytes
    return isKey ? verifyJwt(jwt, secret, algorithms) : { failure: 'key' }
  }
  return withClientKeys(context, client, (set) => verifyJwt(jwt, set, algorithms))
}

/** Verifies something that the client signed by any of its keys. */
export const withClientKeys = <T extends object>(
  context: ServiceContext,
  client: Client,
  verify: (set: KeySet) => Promise<T>,
): Promise<T> =>
  withFreshKeys((newerThan) => keysOfClient(context, client, newerThan), verify, mayBeCured)

/** Whether another key may verify what these did not. */
export const mayBeCured = (outcome: object): boolean =>
  'failure' in outcome && outcome.failure !== 'algorithm'

/** Tries with keys, and once more with those that were published since: keys rotate. */
export async function withFreshKeys<T>(
  keys: (newerThan?: KeySet) => Promise<KeySet>,
  attempt: (set: KeySet) => T | Promise<T>,
  mayChange: (outcome: T) => boolean,
): Promise<T> {
  const known = await keys()
  const outcome = await attempt(known)
  if (!mayChange(outcome)) return outcome
  const newer = await keys(known)
  return newer === known ? outcome : attempt(newer)
}
