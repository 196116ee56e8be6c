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
  return withClientKeys(context, client, (set) => verifyJwt(jwt, set, algorithms))
}

/** With keys that the client publishes, an unknown key is looked up once more: keys rotate. */
export async function withClientKeys<T extends object>(
  { keySets }: ServiceContext,
  client: Client,
  verify: (set: KeySet) => Promise<T>,
): Promise<T> {
  if (client.jwks || !client.jwksUri) return verify(keySetOf(client, client.jwks))
  const known = await keySets.get(client.jwksUri)
  const verified = await verify(known)
  const isFinal = !('failure' in verified) || verified.failure === 'algorithm'
  if (isFinal) return verified
  const newer = await keySets.get(client.jwksUri, known)
  return newer === known ? verified : verify(newer)
}
