/** The data of an unredeemed authorization code, RFC 6749 §4.1.2. */
import { z } from 'zod'
import { Grant } from '../grant.ts'
import { Device } from '../token/device.ts'

export const AuthorizationCode = z.object({
  grant: Grant,
  redirectUri: z.string(),
  /** Whether the authorization request had a redirect URI, RFC 6749 §4.1.3. */
  redirectUriGiven: z.boolean().default(true),
  codeChallenge: z.string().optional(),
  codeChallengeMethod: z.string().optional(),
  /** Duration in seconds that the caller set for the access token; 0 or absent: the service's. */
  accessTokenDuration: z.number().optional(),
  device: Device.optional(),
})
export type AuthorizationCode = z.output<typeof AuthorizationCode>
