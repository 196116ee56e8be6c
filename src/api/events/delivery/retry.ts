/** Sends events again, by their identifiers, or those of an endpoint that were parked. */
import { z } from 'zod'
import { processTime, type ServiceContext } from '../../../context.ts'
import { deliveredMilliseconds } from '../../../events/write.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { namedEndpoint } from '../../../services/events/endpoints.ts'
import { EndpointId } from '../event-schemas.ts'

const mostAtOnce = 1_000

const rules = defineCallerRules('Event delivery retry', {
  unnamed: {
    code: 'P164101',
    status: 400,
    message: 'The call must contain eventIds, or endpointId with status PARKED.',
  },
  unknown: {
    code: 'P164102',
    status: 404,
    message:
      'None of the events is known: the service has no event with these ids, or they are older than 14 days.',
  },
})

const EventDeliveryRetryRequest = z
  .object({
    eventIds: z
      .array(z.string().min(1).max(255))
      .min(1)
      .max(200)
      .optional()
      .describe('Identifiers of events. Those that wait to be sent stay as they are.'),
    endpointId: EndpointId.optional().describe(
      'Only deliveries to this endpoint; required with `status`.',
    ),
    status: z
      .enum(['PARKED'])
      .optional()
      .describe('Instead of `eventIds`: up to 1,000 parked deliveries of the endpoint.'),
  })
  .meta({ id: 'event_delivery_retry_request' })
type Body = z.output<typeof EventDeliveryRetryRequest>

export const eventDeliveryRetry = defineEndpoint({
  operationId: 'event_delivery_retry_api',
  method: 'post',
  path: '/api/{serviceId}/events/delivery/retry',
  tag: 'Events',
  summary: 'Send events again',
  description:
    'Events that were delivered or parked are sent again, with the same identifiers. Each begins ' +
    'like a new one: it is `PENDING` and due at once, and is given up after 3 days.',
  right: 'modify_service',
  body: EventDeliveryRetryRequest,
  response: z
    .object({ count: z.int().describe('Number of deliveries that are sent again.') })
    .meta({ id: 'event_delivery_retry_response' }),
  handle: async ({ body }, context) => ({ count: await retry(context, body) }),
})

async function retry(context: ServiceContext, body: Body): Promise<number> {
  const { service, store } = context
  const { eventIds, endpointId, status } = body
  const serviceId = service.apiKey
  const now = processTime(context)
  const times = { now, giveUpAt: now + deliveredMilliseconds }
  if (endpointId !== undefined) await namedEndpoint(context, endpointId)
  if (eventIds && !status) {
    const known = await store.eventDeliveries.existing(serviceId, eventIds)
    if (known.length === 0) refuseCaller(rules.unknown)
    return store.eventDeliveries.retry(serviceId, { eventIds: known, endpointId }, times)
  }
  if (eventIds || endpointId === undefined || !status) refuseCaller(rules.unnamed)
  return store.eventDeliveries.retryParked(serviceId, endpointId, { ...times, limit: mostAtOnce })
}
