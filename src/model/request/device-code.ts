/** A device authorization request, with the decision of the user. RFC 8628 §3 */
import { z } from 'zod'
import { Grant } from '../grant.ts'
import { NamedBy, readingFlags } from '../named-by.ts'
import { Device } from '../token/device.ts'

/** The decision of the user, from the caller. */
const DeviceDecision = z.discriminatedUnion('result', [
  z.object({
    result: z.literal('AUTHORIZED'),
    grant: Grant,
    /** Durations in seconds from the caller. If 0 or absent, the settings of the service apply. */
    accessTokenDuration: z.number().optional(),
    refreshTokenDuration: z.number().optional(),
    device: Device.optional(),
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
  /** Names of the claims that are requested for the ID Token. */
  requestedIdTokenClaims: z.array(z.string()).default([]),
  /** Names of all requested claims, by scopes and by the claims parameter. */
  claimNames: z.array(z.string()).default([]),
  gmAction: z.enum(['CREATE', 'MERGE', 'REPLACE']).optional(),
  grantId: z.string().optional(),
  decision: DeviceDecision.optional(),
})
export const DeviceCode = readingFlags(DeviceCodeObject)
export type DeviceCode = z.output<typeof DeviceCodeObject>
