/** Creates an endpoint that gets the events of a service. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { createEndpoint } from '../../../services/events/endpoints.ts'
import { EventEndpoint, Settings, secret } from '../event-schemas.ts'

export const eventEndpointCreate = defineEndpoint({
  operationId: 'event_endpoint_create_api',
  audits: 'event_endpoint.created',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/create',
  tag: 'Events',
  summary: 'Create an endpoint for events',
  description:
    'From now on, what happens in the service is sent to the URL, signed by the secret of the ' +
    'response (Standard Webhooks). Each event is written in the commit of the change that it tells ' +
    'of, and is sent at least once. A service has at most 20 endpoints.',
  right: 'modify_service',
  isRepeatable: true,
  body: z.object(Settings).meta({ id: 'event_endpoint_create_request' }),
  response: EventEndpoint.extend({ secret }).meta({ id: 'event_endpoint_create_response' }),
  handle: ({ body }, context) => createEndpoint(context, body),
})
