/**
 * What a client signed, verified with its secret, the keys it registered, or those it publishes.
 */
import type { ServiceContext } from '../grants/grant-request.ts'
import { keySetOf } from '../jose/key-set.ts'
import { headerOf, type Unverified, type Verified, verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client.ts'

/** With keys that the client publishes, an unknown key is looked up once more: keys rotate. */
export async function verifyClientSignature(
  { keySets }: ServiceContext,
  client: Client,
  jwt: string,
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  if (String(headerOf(jwt)?.['alg']).startsWith('HS')) {
    const secret = new TextEncoder().encode(client.clientSecret ?? '')
    return secret.length > 0 ? verifyJwt(jwt, secret, algorithms) : { failure: 'key' }
  }
  if (client.jwks || !client.jwksUri) {
    return verifyJwt(jwt, keySetOf(client, client.jwks), algorithms)
  }
  const known = await keySets.get(client.jwksUri)
  const verified = await verifyJwt(jwt, known, algorithms)
  if (!('failure' in verified) || verified.failure === 'algorithm') return verified
  const newer = await keySets.get(client.jwksUri, known)
  return newer === known ? verified : verifyJwt(jwt, newer, algorithms)
}
