/** The input of every grant: a token request after client authentication. */
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import type { Grant, Property } from '../model/grant.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { Device } from '../model/token/device.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Write } from '../store/engine.ts'

export interface GrantRequest {
  parameters: Parameters
  client: Client
  namedBy: NamedBy
  clientAuthMethod: ClientAuthMethod
  /** Properties and overrides from the caller for the issued tokens. */
  properties: Property[]
  jwtAtClaims: string | undefined
  accessToken: string | undefined
  accessTokenDuration: number | undefined
  refreshTokenDuration: number | undefined
  /** The device of the user, if the caller tells of it. */
  device?: Device | undefined
  /** What the issued tokens are bound to: a DPoP key, a certificate, an attested instance. */
  binding: Pick<Grant, 'dpopThumbprint' | 'certificateThumbprint' | 'attestationThumbprint'>
  /** The keys of which the request proves possession, whether tokens are bound to them or not. */
  proven: Pick<Grant, 'dpopThumbprint' | 'certificateThumbprint'>
  /** Writes of client authentication, for the commit that issues the tokens. */
  writes: Write[]
}
