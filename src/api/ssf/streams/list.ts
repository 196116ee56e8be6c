/** Lists the streams of security events of a service. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { describeRow, EventStream } from './schemas.ts'

export const ssfStreamList = defineEndpoint({
  operationId: 'ssf_stream_list_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/stream/list',
  tag: 'Shared Signals',
  summary: 'List the streams of security events',
  description:
    'By their clients. What a receiver sent as its `authorization_header` is not returned.',
  right: 'modify_service',
  body: z.object({}).meta({ id: 'ssf_stream_list_request' }),
  response: z
    .object({ streams: z.array(EventStream).describe('The streams of the service.') })
    .meta({ id: 'ssf_stream_list_response' }),
  async handle(_, { service, store }) {
    return { streams: (await store.eventStreams.list(service.apiKey)).map(describeRow) }
  },
})
