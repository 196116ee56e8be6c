/** Replaces the secret of an endpoint for events; the former one signs, too, for a time. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { rotateSecret } from '../../../services/events/endpoints.ts'
import { EndpointId, EventEndpoint, secret } from '../event-schemas.ts'

const longestGraceSeconds = 30 * 86_400

export const eventEndpointRotate = defineEndpoint({
  operationId: 'event_endpoint_rotate_api',
  audits: 'event_endpoint.secret_rotated',
  method: 'post',
  path: '/api/{serviceId}/events/endpoint/rotate',
  tag: 'Events',
  summary: 'Replace the secret of an endpoint for events',
  description:
    'Until the former secret ends, each message has two signatures. A secret from before the former ' +
    'one ends at once.',
  right: 'modify_service',
  body: z
    .object({
      endpointId: EndpointId,
      graceSeconds: z
        .int()
        .min(0)
        .max(longestGraceSeconds)
        .default(86_400)
        .describe(
          'How long the former secret signs, too, in seconds: at most 30 days. 0: no longer. Default: a day.',
        ),
    })
    .meta({ id: 'event_endpoint_rotate_request' }),
  response: EventEndpoint.extend({
    secret,
    formerSecretUntil: z
      .int()
      .optional()
      .describe('Until when the former secret signs, in milliseconds since the epoch.'),
  }).meta({ id: 'event_endpoint_rotate_response' }),
  handle: ({ body }, context) => rotateSecret(context, body.endpointId, body.graceSeconds),
})
