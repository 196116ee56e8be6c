/** An operator stops a stream of security events, or lets it go on. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { setStatusAndTell } from '../../../streams/status.ts'
import { byOperator, clientId, describeRow, EventStream, reason, status } from './schemas.ts'

export const ssfStreamStatusUpdate = defineEndpoint({
  operationId: 'ssf_stream_status_update_api',
  audits: 'event_stream.updated',
  method: 'post',
  path: '/api/{serviceId}/ssf/stream/status/update',
  tag: 'Shared Signals',
  summary: 'Change the status of a stream of security events',
  description:
    'The receiver learns of it by a `stream-updated` event (SSF §8.1.5), which is delivered whatever ' +
    'the new status is. The receiver may change the status, too: to keep it out, lock its client.',
  right: 'modify_service',
  body: z
    .object({ clientId, status, reason: reason.optional() })
    .meta({ id: 'ssf_stream_status_update_request' }),
  response: EventStream,
  async handle({ body }, context) {
    const { clientId, status, reason = null } = body
    return describeRow(
      await setStatusAndTell(context, byOperator(context, clientId), { status, reason }),
    )
  },
})
