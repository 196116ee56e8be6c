/**
 * Verification of signatures by a client, with its secret, its registered or its published keys.
 */

import type { ServiceContext } from '../context.ts'
import type { KeySet } from '../jose/key-set.ts'
import {
  headerOf,
  type Unverified,
  type Verified,
  verifyJwt,
  verifyWithSecrets,
} from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import { secretKeys } from '../oauth/client-authentication/secret.ts'
import { keysOfClient } from './keys.ts'

/** The minimum key size of HS256, RFC 7518 §3.2. Shorter secrets are valid for other methods. */
const keyBytes = 32

/**
 * Verifies a JWT of a client; with HS algorithms, by its current or its former secret, which must
 * have at least 32 bytes.
 */
export async function verifyClientSignature(
  context: ServiceContext,
  client: Client,
  jwt: string,
  algorithms: readonly string[],
  longest?: number,
): Promise<Verified | Unverified> {
  if (String(headerOf(jwt)?.['alg']).startsWith('HS')) {
    const { service, now } = context
    const secrets = secretKeys(service, client, now)
    const strong = secrets.filter((secret) => Buffer.byteLength(secret) >= keyBytes)
    return verifyWithSecrets(jwt, strong, algorithms)
  }
  return withClientKeys(context, client, (set) => verifyJwt(jwt, set, algorithms, longest))
}

/** Verifies with the keys of the client, and again with a newer copy if that may help. */
export const withClientKeys = <T extends object>(
  context: ServiceContext,
  client: Client,
  verify: (set: KeySet) => Promise<T>,
): Promise<T> =>
  withFreshKeys((newerThan) => keysOfClient(context, client, newerThan), verify, mayBeCured)

/** Whether a newer key set may turn a failure into success. */
export const mayBeCured = (outcome: object): boolean =>
  'failure' in outcome && outcome.failure !== 'algorithm'

/** Tries with the cached keys, and once more with newer ones, because keys rotate. */
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
