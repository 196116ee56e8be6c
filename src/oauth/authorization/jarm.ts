/** JWT-secured authorization responses, JARM §2. */

import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { signingSecret } from '../client-authentication/secret.ts'
import { effectiveSeconds } from '../duration.ts'
import { signingAlgorithm } from '../fapi.ts'
import { policyOf } from '../policy.ts'
import { signingKeyId } from '../tokens/signing-key.ts'

interface JarmRecipient {
  client: Client | undefined
  /** The client id as in the request. */
  clientId: string
  now: number
}

/** JARM §2.1: a signed JWT with the response parameters, issuer, audience and expiry. */
export function jarmResponse(
  { client, clientId, now }: JarmRecipient,
  service: Service,
  members: Record<string, string | undefined>,
): UnsignedJwt {
  const alg = signingAlgorithm(policyOf(service, client), service, client?.authorizationSignAlg)
  const signing = {
    alg,
    keyId: signingKeyId(service, client, alg, service.authorizationSignatureKeyId),
    clientSecret: signingSecret(service, client),
  }
  const seconds = effectiveSeconds(service, 'authorizationResponseDuration')
  const claims = {
    iss: service.issuer,
    aud: clientId,
    exp: Math.floor(now / 1000) + seconds,
    ...members,
  }
  return { signing, claims }
}
