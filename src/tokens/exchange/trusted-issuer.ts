/** Verification with the keys of a trusted issuer: those of the settings, or those it publishes. */
import { mayBeCured, withFreshKeys } from '../../clients/signature.ts'
import type { ServiceContext } from '../../context.ts'
import { publicKeySetOf } from '../../jose/key-set.ts'
import { type Unverified, type Verified, verifyJwt } from '../../jose/verify.ts'
import type { TrustedIssuer } from '../../oauth/grants/trusted-issuers.ts'

/** Keys at a `jwksUri` are fetched again once if none of the known ones verifies the JWT. */
export async function verifyTrusted(
  { keySets, service }: ServiceContext,
  issuer: TrustedIssuer,
  jwt: string,
  algorithms: readonly string[],
): Promise<Verified | Unverified> {
  const { jwks, jwksUri } = issuer
  if (jwksUri === undefined) {
    return verifyJwt(jwt, publicKeySetOf(issuer, JSON.stringify(jwks)), algorithms)
  }
  return withFreshKeys(
    (newerThan) => keySets.get(service.apiKey, jwksUri, newerThan),
    (set) => verifyJwt(jwt, set, algorithms),
    mayBeCured,
  )
}
