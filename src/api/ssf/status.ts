/** The status endpoint of streams, SSF §8.1.2. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json, receiverRelay } from '../../http/relay.ts'
import { StreamStatus } from '../../model/events/stream.ts'
import { parseBody } from '../../oauth/ssf/stream.ts'
import type { EventStreamRow } from '../../store/tables/streams/event-streams.ts'
import { refuseReceiver } from '../../streams/answer.ts'
import { byReceiver, requireStream } from '../../streams/change.ts'
import { requireReceiver } from '../../streams/receiver.ts'
import { setStatus } from '../../streams/status.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'
import {
  presentedFields,
  receiverTexts,
  refusedActions,
  requestContent,
  streamId,
} from './receiver-schemas.ts'

const StatusCall = z
  .object({
    method: z.enum(['GET', 'POST']).describe('The HTTP method of the request: read or update.'),
    ...presentedFields,
    streamId,
    requestContent,
  })
  .meta({ id: 'ssf_status_request' })

const StatusResponse = z
  .object({
    action: action('OK', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_status_response' })

const StatusChange = z.object({
  stream_id: z.string().max(1_024),
  status: StreamStatus,
  reason: z.string().max(1_024).optional(),
})

export const ssfStatus = defineEndpoint({
  operationId: 'ssf_status_api',
  audits: 'event_stream.updated',
  method: 'post',
  path: '/api/{serviceId}/ssf/status',
  tag: 'Shared Signals',
  summary: 'Process a request to the status endpoint of streams',
  description:
    'A receiver reads or changes the status of its stream. A paused stream keeps its events until ' +
    'it is enabled, and a disabled one drops them.',
  right: 'use_service',
  body: StatusCall,
  clientText: receiverTexts,
  response: StatusResponse,
  relay: { OK: json(200), ...receiverRelay },
  results: { OK: { code: 'P167906', message: 'The status of the stream is told.' } },
  async handle({ body }, context) {
    const { method } = body
    const endpoint = { htm: method, path: '/status' }
    const needed = method === 'GET' ? 'read' : 'manage'
    const { client } = await requireReceiver(context, body, endpoint, needed)
    const nonce = nonceFor(context, body)
    if (method === 'GET') {
      const row = await requireStream(context, client, body.streamId ?? '')
      return { action: 'OK', responseContent: statusOf(row), ...nonce }
    }
    const { stream_id, status, reason = null } = parseBody(StatusChange, body.requestContent)
    const stream = byReceiver(context, client, stream_id)
    const row = await setStatus(context, stream, { status, reason })
    return { action: 'OK', responseContent: statusOf(row), ...nonce }
  },
  refuse: refuseReceiver(),
})

const statusOf = ({ streamId: stream_id, status, reason }: EventStreamRow): string =>
  JSON.stringify({ stream_id, status, ...(reason === null ? {} : { reason }) })
