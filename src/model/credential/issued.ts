/** What is kept of an issued credential: none of its claims, OpenID4VCI §15.4.1. */
import { z } from 'zod'

export const IssuedCredential = z.object({
  /** The last event that the wallet notified, OpenID4VCI §11. */
  event: z.string().optional(),
  eventDescription: z.string().optional(),
  notifiedAt: z.number().optional(),
})
export type IssuedCredential = z.output<typeof IssuedCredential>
