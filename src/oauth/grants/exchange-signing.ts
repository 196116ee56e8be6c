/** How the JWTs of token exchange are signed that are no access tokens. */
import { isSigningKey } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { Signing } from '../../jose/sign.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { policyOf } from '../policy.ts'
import { signingKeyId } from '../tokens/signing-key.ts'

/**
 * Others verify them by the public keys of the service, so the algorithm is asymmetric: that of the
 * client's ID Tokens, or else the first that the profile allows and the service has a key for.
 */
export function exchangeSigning(service: Service, client: Client): Signing {
  const { algorithms } = policyOf(service, client)
  const { keys } = serviceKeySet(service)
  const registered = client.idTokenSignAlg && jwsAlgorithm(client.idTokenSignAlg)
  const all: readonly string[] = ['ES256', 'PS256', 'RS256', ...asymmetricAlgorithms]
  const preferred = registered && all.includes(registered) ? [registered, ...all] : all
  const alg = preferred.find(
    (each) => (algorithms?.includes(each) ?? true) && keys.some((key) => isSigningKey(key, each)),
  )
  // Signing refuses an algorithm without a key.
  const chosen = alg ?? 'ES256'
  return { alg: chosen, keyId: signingKeyId(service, client, chosen, undefined) }
}
