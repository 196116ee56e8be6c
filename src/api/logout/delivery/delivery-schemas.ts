/** Deliveries of Logout Tokens in responses. */
import { z } from 'zod'
import { DeliveryKind, DeliveryStatus } from '../../../model/delivery.ts'
import { DeliveryFields } from '../../events/delivery-fields.ts'

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
    ...DeliveryFields,
    lastError: z
      .string()
      .optional()
      .describe(
        'Why the last attempt failed: `status`, `timeout`, `network`, `redirect`, `invalid-url`, `forbidden-address`, `busy`, or the result code of a token that could not be signed.',
      ),
  })
  .meta({ id: 'logout_delivery' })
