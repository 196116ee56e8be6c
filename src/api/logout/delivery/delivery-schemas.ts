/** Deliveries of Logout Tokens in responses. */
import { z } from 'zod'
import { DeliveryKind, DeliveryStatus } from '../../../model/delivery.ts'

const milliseconds = z.int()

export const Delivery = z
  .object({
    deliveryId: z.string().describe('Identifier of the delivery.'),
    kind: DeliveryKind.describe('What the client is told.'),
    logoutId: z.string().describe('Names the logout, as in the response of the call that made it.'),
    clientId: z.int().describe('Number of the client.'),
    sessionId: z.string().optional().describe('The session that ended.'),
    subject: z.string().optional().describe('Unique identifier of the user.'),
    reason: z.string().optional().describe('The note of the call that made it.'),
    status: DeliveryStatus.describe(
      '`PENDING`: it is sent, now or later; `DELIVERED`: the client accepted it; `DEAD`: it was given up.',
    ),
    attempts: z.int().describe('Number of attempts that were begun.'),
    createdAt: milliseconds.describe('When it was stored, in milliseconds since the epoch.'),
    nextAttemptAt: milliseconds
      .optional()
      .describe('When it is sent next, in milliseconds since the epoch.'),
    finishedAt: milliseconds
      .optional()
      .describe('When it was delivered or given up, in milliseconds since the epoch.'),
    lastStatus: z.int().optional().describe('HTTP status of the last answer, if it was an error.'),
    lastError: z
      .string()
      .optional()
      .describe(
        'Why the last attempt failed: `status`, `timeout`, `network`, `redirect`, `invalid-url`, `forbidden-address`, `busy`, or the result code of a token that could not be signed.',
      ),
  })
  .meta({ id: 'logout_delivery' })
