/** The stored data of access and refresh tokens, in addition to their hashes. */
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
  /** The whole grant. An access token may have a part of it, RFC 6749 §6. */
  grant: Grant,
  /** Lifetime in seconds at the first issuance of the token. */
  durationSeconds: z.number(),
})
export type RefreshToken = z.output<typeof RefreshToken>
