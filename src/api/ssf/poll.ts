/** The endpoint at which receivers poll for events, RFC 8936. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json, receiverRelay } from '../../http/relay.ts'
import { parseBody, rules } from '../../oauth/ssf/stream.ts'
import { refuse } from '../../refusal.ts'
import type { EventStreamRow } from '../../store/tables/streams/event-streams.ts'
import { refuseReceiver } from '../../streams/answer.ts'
import { requireStream } from '../../streams/change.ts'
import { requireReceiver } from '../../streams/receiver.ts'
import { type Receiving, signedSet } from '../../streams/signed-set.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'
import {
  presentedFields,
  receiverTexts,
  refusedActions,
  requestContent,
} from './receiver-schemas.ts'

/** Each is signed for the response. */
const mostEvents = 50
const mostAcknowledged = 1_000

const PollCall = z.object({ ...presentedFields, requestContent }).meta({ id: 'ssf_poll_request' })

const PollResponse = z
  .object({
    action: action('OK', 'INTERNAL_SERVER_ERROR', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_poll_response' })

const jti = z.string().max(255)
const Poll = z.object({
  maxEvents: z.int().min(0).optional(),
  returnImmediately: z.boolean().optional(),
  ack: z.array(jti).max(mostAcknowledged).optional(),
  setErrs: z
    .record(jti, z.looseObject({ err: z.string().max(255) }))
    .refine((errors) => Object.keys(errors).length <= mostAcknowledged, 'Expected fewer members')
    .optional(),
})

export const ssfPoll = defineEndpoint({
  operationId: 'ssf_poll_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/poll',
  tag: 'Shared Signals',
  summary: 'Process a request of a receiver that polls',
  description:
    'Returns events that the receiver has not acknowledged, and forgets those that it acknowledges ' +
    `or refuses: \`ack\` and \`setErrs\`. A response has at most ${mostEvents} events and comes at once, ` +
    'with `returnImmediately` or without it.',
  right: 'use_service',
  body: PollCall,
  clientText: receiverTexts,
  response: PollResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500), ...receiverRelay },
  results: { OK: { code: 'P167909', message: 'Events of the stream are returned.' } },
  async handle({ body }, context) {
    const { store } = context
    const endpoint = { htm: 'POST', path: '/poll' }
    const receiving = await requireReceiver(context, body, endpoint, 'read')
    const { maxEvents = mostEvents, ack = [], setErrs = {} } = parseBody(Poll, body.requestContent)
    const stream = await requireStream(context, receiving.client, undefined)
    if (stream.method !== 'poll') refuse(rules.notPolled)
    const { serviceId, clientId } = stream
    const finished = [...ack, ...Object.keys(setErrs)]
    if (finished.length > 0) {
      await store.commit(store.securityEvents.deleteNamed(serviceId, clientId, finished))
    }
    const events = await waiting(context, receiving, stream, Math.min(maxEvents, mostEvents))
    return { action: 'OK', responseContent: JSON.stringify(events), ...nonceFor(context, body) }
  },
  refuse: refuseReceiver(({ error }) =>
    error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : undefined,
  ),
})

/** The oldest events, signed. What the stream does not have any more is dropped. */
async function waiting(
  context: ServiceContext,
  receiving: Receiving,
  stream: EventStreamRow,
  most: number,
) {
  const { store, now } = context
  const { serviceId, clientId } = stream
  const sets: Record<string, string> = {}
  const rows = await store.securityEvents.first(stream, most + 1)
  const signed = await Promise.all(
    rows.slice(0, most).map(async (row) => {
      const { setId, expiresAt } = row
      const token = expiresAt > now ? await signedSet(context, receiving, row) : undefined
      return { setId, token }
    }),
  )
  for (const { setId, token } of signed) if (token !== undefined) sets[setId] = token
  const dropped = signed.flatMap(({ setId, token }) => (token === undefined ? [setId] : []))
  if (dropped.length > 0) {
    await store.commit(store.securityEvents.deleteNamed(serviceId, clientId, dropped))
  }
  return { sets, moreAvailable: rows.length > most }
}
