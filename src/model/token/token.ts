/** What the store keeps of access and refresh tokens besides their hashes. */
import { z } from 'zod'
import { GrantType } from '../enums.ts'
import { Grant } from '../grant.ts'

export const AccessToken = z.object({
  grantType: GrantType,
  grant: Grant,
  /** `jti` of a JWT access token. */
  jwtId: z.string().optional(),
  forExternalAttachment: z.boolean().default(false),
})
export type AccessToken = z.output<typeof AccessToken>

export const RefreshToken = z.object({
  grantType: GrantType,
  /** The whole grant; an access token may carry a part of it, RFC 6749 §6. */
  grant: Grant,
  /** Lifetime in seconds that was set when the token was first issued. */
  durationSeconds: z.number(),
})
export type RefreshToken = z.output<typeof RefreshToken>
