/** The configuration endpoint of streams, SSF §8.1.1. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json, nothing, receiverRelay } from '../../http/relay.ts'
import {
  describeStream,
  parseBody,
  requireSupplied,
  rules,
  StreamChange,
  StreamRequest,
  settingsOf,
} from '../../oauth/ssf/stream.ts'
import { refuseReceiver } from '../../streams/answer.ts'
import {
  byReceiver,
  changeStream,
  createStream,
  deleteStream,
  requireStream,
} from '../../streams/change.ts'
import { requireReceiver } from '../../streams/receiver.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'
import {
  presentedFields,
  receiverTexts,
  refusedActions,
  requestContent,
  streamId,
} from './receiver-schemas.ts'

const StreamCall = z
  .object({
    method: z
      .enum(['POST', 'GET', 'PATCH', 'PUT', 'DELETE'])
      .describe('The HTTP method of the request: create, read, update, replace or delete.'),
    ...presentedFields,
    streamId,
    requestContent,
  })
  .meta({ id: 'ssf_stream_request' })

const StreamResponse = z
  .object({
    action: action('OK', 'CREATED', 'NO_CONTENT', 'CONFLICT', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_stream_response' })

export const ssfStream = defineEndpoint({
  operationId: 'ssf_stream_api',
  audits: 'event_stream.updated',
  method: 'post',
  path: '/api/{serviceId}/ssf/stream',
  tag: 'Shared Signals',
  summary: 'Process a request to the configuration endpoint of streams',
  description:
    'A receiver creates, reads, updates, replaces or deletes its stream of security events. Its ' +
    'access token has the scope `ssf.manage`, or `ssf.read` to read. Each client has one stream.',
  right: 'use_service',
  body: StreamCall,
  clientText: receiverTexts,
  response: StreamResponse,
  relay: {
    OK: json(200),
    CREATED: json(201),
    NO_CONTENT: nothing(204),
    CONFLICT: json(409),
    ...receiverRelay,
  },
  results: {
    OK: { code: 'P167902', message: 'The stream is described.' },
    CREATED: { code: 'P167903', message: 'The stream is created.' },
    NO_CONTENT: { code: 'P167904', message: 'The stream is deleted.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const { method } = body
    const needed = method === 'GET' ? 'read' : 'manage'
    const endpoint = { htm: method, path: '/stream' }
    const { client, settings } = await requireReceiver(context, body, endpoint, needed)
    const nonce = nonceFor(context, body)
    const told = (row: Parameters<typeof describeStream>[2]) =>
      JSON.stringify(describeStream(settings, client, row))
    if (method === 'GET') {
      if (body.streamId !== undefined) {
        const row = await requireStream(context, client, body.streamId)
        return { action: 'OK', responseContent: told(row), ...nonce }
      }
      const row = await store.eventStreams.find(service.apiKey, client.clientId)
      return { action: 'OK', responseContent: `[${row ? told(row) : ''}]`, ...nonce }
    }
    if (method === 'DELETE') {
      await deleteStream(context, byReceiver(context, client, body.streamId ?? ''))
      return { action: 'NO_CONTENT', ...nonce }
    }
    if (method === 'POST') {
      const sent = parseBody(StreamRequest, body.requestContent)
      const row = await createStream(context, client, settingsOf(sent, settings))
      return { action: 'CREATED', responseContent: told(row), ...nonce }
    }
    const sent = parseBody(StreamChange, body.requestContent)
    const stream = byReceiver(context, client, sent.stream_id)
    const row = await changeStream(context, stream, (before) => {
      requireSupplied(sent, describeStream(settings, client, before))
      return settingsOf(sent, settings, method === 'PATCH' ? before : undefined)
    })
    return { action: 'OK', responseContent: told(row), ...nonce }
  },
  refuse: refuseReceiver((rule) =>
    rule === rules.exists || rule === rules.tooMany ? 'CONFLICT' : undefined,
  ),
})
