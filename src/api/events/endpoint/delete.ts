/** Deletes an endpoint for events. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { deleteEndpoint } from '../../../services/events/endpoints.ts'
import { EndpointId } from '../event-schemas.ts'

export const eventEndpointDelete = defineEndpoint({
  operationId: 'event_endpoint_delete_api',
  audits: 'event_endpoint.deleted',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/delete',
  tag: 'Events',
  summary: 'Delete an endpoint for events',
  description: 'Events that wait for the endpoint are not sent.',
  right: 'modify_service',
  body: z.object({ endpointId: EndpointId }).meta({ id: 'event_endpoint_delete_request' }),
  response: undefined,
  async handle({ body }, context) {
    await deleteEndpoint(context, body.endpointId)
    return undefined
  },
})
