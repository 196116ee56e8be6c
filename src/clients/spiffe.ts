/** Client authentication by a SPIFFE JWT-SVID. */
import type { ServiceContext } from '../context.ts'
import { verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import {
  bundleReading,
  requireSvid,
  svidAlgorithms,
  verifySvidClaims,
} from '../oauth/client-authentication/spiffe.ts'
import { mayBeCured, withFreshKeys } from './signature.ts'

/** SPIFFE Client Authentication §3.1: verifies with the keys of the client's bundle endpoint. */
export async function verifySvid(
  { service, keySets, now }: ServiceContext,
  client: Client,
  svid: string,
): Promise<void> {
  requireSvid(svid)
  const { spiffeBundleEndpoint: endpoint } = client
  const verified = endpoint
    ? await withFreshKeys(
        (newerThan) => keySets.get(service.apiKey, endpoint, newerThan, bundleReading),
        (set) => verifyJwt(svid, set, svidAlgorithms),
        mayBeCured,
      )
    : ({ failure: 'key' } as const)
  verifySvidClaims(verified, client, service, now)
}
