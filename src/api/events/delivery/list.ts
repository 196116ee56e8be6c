/** Lists deliveries of events, and what became of them. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { clamp, Page } from '../../../http/page.ts'
import { EventDeliveryStatus } from '../../../model/events/event.ts'
import { describeState } from '../delivery-fields.ts'
import { EndpointId, EventDelivery } from '../event-schemas.ts'

export const eventDeliveryList = defineEndpoint({
  operationId: 'event_delivery_list_api',
  method: 'post',
  path: '/api/{serviceId}/events/delivery/list',
  tag: 'Events',
  summary: 'List deliveries of events',
  description: 'The newest come first. They are kept for 14 days.',
  right: 'modify_service',
  body: z
    .object({
      endpointId: EndpointId.optional().describe('Only those to an endpoint.'),
      eventId: z.string().max(255).optional().describe('Only those of an event.'),
      status: EventDeliveryStatus.optional().describe('Only those with the status.'),
    })
    .extend(Page.shape)
    .meta({ id: 'event_delivery_list_request' }),
  response: z
    .object({
      start: z.int().describe('Index of the first item.'),
      end: z.int().describe('Index after the last requested item.'),
      deliveries: z.array(EventDelivery).describe('The deliveries; the newest come first.'),
      pendingCount: z
        .int()
        .describe('Number of deliveries that wait, of those that the call selects by the rest.'),
      parkedCount: z.int().describe('Number of deliveries that were given up, of the same ones.'),
    })
    .meta({ id: 'event_delivery_list_response' }),
  async handle({ body }, { service, store }) {
    const { endpointId, eventId, status } = body
    const { start, end } = clamp(body)
    const filter = { endpointId, eventId: eventId || undefined }
    const page = { status, start, end }
    const { rows, ...counts } = await store.eventDeliveries.list(service.apiKey, filter, page)
    const deliveries = rows.map(({ delivery, event }) => ({
      eventId: event.eventId,
      endpointId: delivery.endpointId,
      type: event.type,
      ...describeState(delivery),
    }))
    return { start, end, deliveries, ...counts }
  },
})
