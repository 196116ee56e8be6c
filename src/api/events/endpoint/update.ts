/** Replaces the settings of an endpoint for events. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { updateEndpoint } from '../../../services/events/endpoints.ts'
import { EndpointId, EventEndpoint, Settings } from '../event-schemas.ts'

export const eventEndpointUpdate = defineEndpoint({
  operationId: 'event_endpoint_update_api',
  audits: 'event_endpoint.updated',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/update',
  tag: 'Events',
  summary: 'Update an endpoint for events',
  description:
    'Replaces all settings: what the call leaves out gets its default. The secret stays. Events that ' +
    'wait are sent to the new URL; those of an endpoint that is disabled are parked.',
  right: 'modify_service',
  body: z
    .object({ endpointId: EndpointId, ...Settings })
    .meta({ id: 'event_endpoint_update_request' }),
  response: EventEndpoint,
  handle({ body }, context) {
    const { endpointId, ...settings } = body
    return updateEndpoint(context, endpointId, settings)
  },
})
