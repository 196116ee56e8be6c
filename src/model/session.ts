/** Sessions of users at the frontend, and the clients that took part in them. */
import { z } from 'zod'
import { NamedBy } from './named-by.ts'

/** Why a session ended. */
export const SessionEndReason = z.enum([
  'LOGOUT',
  'LOGOUT_RP',
  'ADMIN',
  'REPLACED',
  'EXPIRED',
  'LIMIT',
])
export type SessionEndReason = z.output<typeof SessionEndReason>

/** What is known of the device beside its name: removed when the session ends. */
export const SessionDevice = z.object({
  userAgent: z.string().optional(),
  ipAddress: z.string().optional(),
})
export type SessionDevice = z.output<typeof SessionDevice>

/** Authentication methods, RFC 8176. */
export const AuthenticationMethods = z.array(z.string())

/** What the caller attaches to a session. Clients never receive it. */
export const SessionProperties = z.array(
  z.object({ key: z.string(), value: z.string().optional() }),
)

/** How a participant knows itself: its ID Tokens and Logout Tokens have the same `aud`. */
export const ParticipantData = z.object({
  namedBy: NamedBy.default('id'),
  /** The `aud` that the caller chose for ID Tokens: `idTokenAudType`. */
  audienceType: z.string().optional(),
})
export type ParticipantData = z.output<typeof ParticipantData>
