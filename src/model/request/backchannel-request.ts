/** A backchannel authentication request while its user decides, CIBA §7.1. */
import { z } from 'zod'
import { DeliveryMode } from '../enums.ts'
import { Grant } from '../grant.ts'
import { NamedBy, readingFlags } from '../named-by.ts'
import { Device } from '../token/device.ts'

/** The checked request. Its hint and user code are not stored: the caller identifies the user. */
export const CheckedBackchannelRequest = z.object({
  clientId: z.number(),
  namedBy: NamedBy.default('id'),
  /** The delivery mode at the time of the request; later changes of the client do not affect it. */
  deliveryMode: DeliveryMode,
  scopes: z.array(z.string()),
  resources: z.array(z.string()).default([]),
  authorizationDetails: z.string().optional(),
  transformedClaims: z.string().optional(),
  gmAction: z.enum(['CREATE', 'MERGE', 'REPLACE']).optional(),
  grantId: z.string().optional(),
  /** The subject of the `id_token_hint`. */
  subject: z.string().optional(),
  /** The `userinfo` member of the `claims` parameter, as JSON text. */
  userInfoClaims: z.string().optional(),
  requestedIdTokenClaims: z.array(z.string()).default([]),
  /** The `requested_expiry`, in seconds. */
  requestedExpiry: z.number().optional(),
  /** Binds the tokens of the push mode, which have no token request. */
  certificateThumbprint: z.string().optional(),
})
export type CheckedBackchannelRequest = z.output<typeof CheckedBackchannelRequest>

/** The user's decision from the caller, which the token endpoint applies. */
export const BackchannelDecision = z.object({
  grant: Grant.optional(),
  accessTokenDuration: z.number().optional(),
  refreshTokenDuration: z.number().optional(),
  device: Device.optional(),
  /** The error_description from the caller. */
  errorDescription: z.string().optional(),
  errorUri: z.string().optional(),
})
export type BackchannelDecision = z.output<typeof BackchannelDecision>

export const BackchannelRequest = z.object({
  request: readingFlags(CheckedBackchannelRequest),
  decision: BackchannelDecision.optional(),
})
export type BackchannelRequest = z.output<typeof BackchannelRequest>

/** The state of a request: undecided, granted, redeemed, or refused for one of two reasons. */
export type BackchannelStatus =
  | 'PENDING'
  | 'AUTHORIZED'
  | 'ISSUED'
  | 'ACCESS_DENIED'
  | 'TRANSACTION_FAILED'
