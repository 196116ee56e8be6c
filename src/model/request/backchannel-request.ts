/** A backchannel authentication request while its user decides, CIBA §7.1. */
import { z } from 'zod'
import { DeliveryMode } from '../enums.ts'
import { Grant } from '../grant.ts'
import { NamedBy, readingFlags } from '../named-by.ts'

/** The request as it was checked. What identifies the user is the caller's, and is not kept. */
export const CheckedBackchannelRequest = z.object({
  clientId: z.number(),
  namedBy: NamedBy.default('id'),
  /** The client's delivery mode when it asked: a later change leaves the request as it is. */
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
  /** Seconds that the client wants the request to live. */
  requestedExpiry: z.number().optional(),
  /** What tokens are bound to that no token request asks for: those of the push mode. */
  certificateThumbprint: z.string().optional(),
})
export type CheckedBackchannelRequest = z.output<typeof CheckedBackchannelRequest>

/** What the caller said of the user's decision, for the token endpoint to act upon. */
export const BackchannelDecision = z.object({
  grant: Grant.optional(),
  accessTokenDuration: z.number().optional(),
  refreshTokenDuration: z.number().optional(),
  /** The caller's words for an error. */
  errorDescription: z.string().optional(),
  errorUri: z.string().optional(),
})
export type BackchannelDecision = z.output<typeof BackchannelDecision>

export const BackchannelRequest = z.object({
  request: readingFlags(CheckedBackchannelRequest),
  decision: BackchannelDecision.optional(),
})
export type BackchannelRequest = z.output<typeof BackchannelRequest>

/**
 * Where a request stands: undecided, granted and waiting to be redeemed, redeemed, or refused for
 * one of two reasons.
 */
export type BackchannelStatus =
  | 'PENDING'
  | 'AUTHORIZED'
  | 'ISSUED'
  | 'ACCESS_DENIED'
  | 'TRANSACTION_FAILED'
