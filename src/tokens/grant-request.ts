/** What every grant works from: an authenticated client's token request. */
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import type { Grant, Property } from '../model/grant.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Write } from '../store/engine.ts'

export interface GrantRequest {
  parameters: Parameters
  client: Client
  namedBy: NamedBy
  clientAuthMethod: ClientAuthMethod
  /** What the caller attaches to, and decides of, the tokens. */
  properties: Property[]
  jwtAtClaims: string | undefined
  accessToken: string | undefined
  accessTokenDuration: number | undefined
  refreshTokenDuration: number | undefined
  /** What tokens are bound to: thumbprints of a DPoP key, a certificate, an attested instance. */
  binding: Pick<Grant, 'dpopThumbprint' | 'certificateThumbprint' | 'attestationThumbprint'>
  /** What this request proves possession of, whether its tokens are bound to it or not. */
  proven: Pick<Grant, 'dpopThumbprint' | 'certificateThumbprint'>
  /** What client authentication has to record in the commit that issues tokens. */
  writes: Write[]
}
