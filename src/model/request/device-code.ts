/** A device that waits for a user to decide about it elsewhere, RFC 8628 §3. */
import { z } from 'zod'
import { Grant } from '../grant.ts'
import { NamedBy, readingFlags } from '../named-by.ts'

/** What the user decided, as the caller told it. */
const DeviceDecision = z.discriminatedUnion('result', [
  z.object({
    result: z.literal('AUTHORIZED'),
    grant: Grant,
    /** Durations in seconds that the caller set; 0 or absent: the service's. */
    accessTokenDuration: z.number().optional(),
    refreshTokenDuration: z.number().optional(),
  }),
  z.object({
    result: z.enum(['ACCESS_DENIED', 'TRANSACTION_FAILED']),
    errorDescription: z.string().optional(),
    errorUri: z.string().optional(),
  }),
])

const DeviceCodeObject = z.object({
  namedBy: NamedBy.default('id'),
  scopes: z.array(z.string()),
  acrs: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  authorizationDetails: z.string().optional(),
  /** The members of `claims`, as JSON text. */
  idTokenClaims: z.string().optional(),
  userInfoClaims: z.string().optional(),
  transformedClaims: z.string().optional(),
  /** Names of the claims that the ID Token was asked to hold. */
  requestedIdTokenClaims: z.array(z.string()).default([]),
  /** Names of all claims that the request stands for. */
  claimNames: z.array(z.string()).default([]),
  gmAction: z.enum(['CREATE', 'MERGE', 'REPLACE']).optional(),
  grantId: z.string().optional(),
  decision: DeviceDecision.optional(),
})
export const DeviceCode = readingFlags(DeviceCodeObject)
export type DeviceCode = z.output<typeof DeviceCodeObject>
