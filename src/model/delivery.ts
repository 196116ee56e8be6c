/** Deliveries: one notification to one client, of which nothing is decided before it is sent. */
import { z } from 'zod'

/** What a delivery tells its client. */
export const DeliveryKind = z.enum(['backchannel-logout'])
export type DeliveryKind = z.output<typeof DeliveryKind>

export const DeliveryStatus = z.enum(['PENDING', 'DELIVERED', 'DEAD'])
export type DeliveryStatus = z.output<typeof DeliveryStatus>
