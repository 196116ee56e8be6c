/** An operator deletes a stream of security events. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { deleteStream } from '../../../streams/change.ts'
import { byOperator, clientId } from './schemas.ts'

export const ssfStreamDelete = defineEndpoint({
  operationId: 'ssf_stream_delete_api',
  audits: 'event_stream.deleted',
  method: 'post',
  path: '/api/{serviceId}/ssf/stream/delete',
  tag: 'Shared Signals',
  summary: 'Delete a stream of security events',
  description:
    'Events that wait for its receiver are dropped. The receiver may create another one.',
  right: 'modify_service',
  body: z.object({ clientId }).meta({ id: 'ssf_stream_delete_request' }),
  response: undefined,
  async handle({ body }, context) {
    await deleteStream(context, byOperator(context, body.clientId))
    return undefined
  },
})
