/** What the operations on events have in common. */
import { z } from 'zod'
import { EventDeliveryStatus, EventType } from '../../model/events/event.ts'
import { DeliveryFields } from './delivery-fields.ts'

export const EndpointId = z.int().min(1).describe('Identifier of the endpoint.')

/** The settings of an endpoint, as callers send them. */
export const Settings = {
  url: z
    .string()
    .min(1)
    .max(2_048)
    .describe('Where events are sent to: an https URL, or an http URL of an allowed address.'),
  types: z
    .array(EventType)
    .min(1)
    .max(100)
    .optional()
    .describe('The types of events that are sent; absent: all, also those of later versions.'),
  description: z.string().max(1_000).default('').describe('What the endpoint is for.'),
  disabled: z
    .boolean()
    .default(false)
    .describe('Whether no events are sent to the endpoint. Those that happen then are not kept.'),
}

const milliseconds = z.int()

export const EventEndpoint = z
  .object({
    endpointId: EndpointId,
    url: z.string().describe('Where events are sent to.'),
    types: z
      .array(EventType)
      .optional()
      .describe('The types of events that are sent; absent: all, also those of later versions.'),
    description: z.string().describe('What the endpoint is for.'),
    disabled: z
      .boolean()
      .describe('Whether no events are sent: as set, or because the endpoint answered 410.'),
    createdAt: milliseconds.describe('When it was created, in milliseconds since the epoch.'),
    modifiedAt: milliseconds.describe('When it was changed, in milliseconds since the epoch.'),
    dropped: z
      .int()
      .describe(
        'How many events were not kept for it since its settings were last saved, because as many as `ext.quota.waiting_events` allows were waiting.',
      ),
    droppedSince: milliseconds
      .optional()
      .describe('When the first of them was dropped, in milliseconds since the epoch.'),
  })
  .meta({ id: 'event_endpoint' })

export const secret = z
  .string()
  .describe(
    'The secret that signs (Standard Webhooks): `whsec_` and the base64 of its bytes. Only this response has it.',
  )

export const EventDelivery = z
  .object({
    eventId: z.string().describe('Identifier of the event: the header field `webhook-id`.'),
    endpointId: EndpointId,
    type: EventType.describe('Type of the event.'),
    status: EventDeliveryStatus.describe(
      '`PENDING`: it is sent, or sent again. `DELIVERED`: the endpoint has it. `PARKED`: it was given up, and can be sent again.',
    ),
    ...DeliveryFields,
    lastError: z
      .string()
      .optional()
      .describe(
        'Why the last attempt failed: `status`, `timeout`, `network`, `redirect`, `invalid-url`, `forbidden-address`, `busy`, or `disabled`.',
      ),
  })
  .meta({ id: 'event_delivery' })
