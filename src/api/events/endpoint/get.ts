/** Shows an endpoint for events, without its secret. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { describeEndpoint, namedEndpoint } from '../../../services/events/endpoints.ts'
import { EndpointId, EventEndpoint } from '../event-schemas.ts'

export const eventEndpointGet = defineEndpoint({
  operationId: 'event_endpoint_get_api',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/get',
  tag: 'Events',
  summary: 'Get an endpoint for events',
  right: 'modify_service',
  body: z.object({ endpointId: EndpointId }).meta({ id: 'event_endpoint_get_request' }),
  response: EventEndpoint,
  async handle({ body }, context) {
    return describeEndpoint(await namedEndpoint(context, body.endpointId))
  },
})
