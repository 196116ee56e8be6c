/** Lists the endpoints for events of a service, without their secrets. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { describeEndpoint } from '../../../services/events/endpoints.ts'
import { EventEndpoint } from '../event-schemas.ts'

export const eventEndpointList = defineEndpoint({
  operationId: 'event_endpoint_list_api',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/list',
  tag: 'Events',
  summary: 'List the endpoints for events',
  description: 'The oldest come first.',
  right: 'modify_service',
  body: z.object({}).meta({ id: 'event_endpoint_list_request' }),
  response: z
    .object({ endpoints: z.array(EventEndpoint).describe('The endpoints of the service.') })
    .meta({ id: 'event_endpoint_list_response' }),
  async handle(_, { service, store }) {
    const rows = await store.eventEndpoints.list(service.apiKey)
    return { endpoints: rows.map(describeEndpoint) }
  },
})
