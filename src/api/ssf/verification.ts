/** The verification endpoint of streams, SSF §8.1.4.2. */
import { z } from 'zod'
import { newSecurityEvent } from '../../events/security-event.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json, nothing, receiverRelay } from '../../http/relay.ts'
import { verificationType } from '../../oauth/ssf/event-types.ts'
import { parseBody, rules } from '../../oauth/ssf/stream.ts'
import { Refusal } from '../../refusal.ts'
import { orRefuse } from '../../store/engine.ts'
import { refuseReceiver } from '../../streams/answer.ts'
import { requireStream } from '../../streams/change.ts'
import { requireReceiver } from '../../streams/receiver.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'
import {
  presentedFields,
  receiverTexts,
  refusedActions,
  requestContent,
} from './receiver-schemas.ts'

const VerificationCall = z
  .object({ ...presentedFields, requestContent })
  .meta({ id: 'ssf_verification_request' })

const VerificationResponse = z
  .object({
    action: action('NO_CONTENT', 'TOO_MANY_REQUESTS', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_verification_response' })

const Verification = z.object({
  stream_id: z.string().max(1_024),
  state: z.string().max(1_024).optional(),
})

export const ssfVerification = defineEndpoint({
  operationId: 'ssf_verification_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/verification',
  tag: 'Shared Signals',
  summary: 'Process a request to the verification endpoint of streams',
  description:
    'A receiver asks for an event that shows that its stream works: it has the `state` of the request.',
  right: 'use_service',
  body: VerificationCall,
  clientText: receiverTexts,
  response: VerificationResponse,
  relay: { NO_CONTENT: nothing(204), TOO_MANY_REQUESTS: json(429), ...receiverRelay },
  results: { NO_CONTENT: { code: 'P167905', message: 'The verification event is on its way.' } },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    const endpoint = { htm: 'POST', path: '/verification' }
    const { client, settings } = await requireReceiver(context, body, endpoint, 'manage')
    const { stream_id: streamId, state } = parseBody(Verification, body.requestContent)
    const { serviceId, clientId } = await requireStream(context, client, streamId)
    const event = newSecurityEvent(
      system.random,
      { serviceId, type: verificationType, now },
      {
        event: state === undefined ? {} : { state },
        subId: { format: 'opaque', id: streamId },
      },
    )
    const before = now - settings.verificationSeconds * 1_000
    const verified = { serviceId: service.apiKey, clientId, streamId, now, before }
    await store.commit(
      orRefuse(store.eventStreams.verify(verified), new Refusal(rules.tooOften)),
      store.securityEvents.insertOfStream(event, clientId, streamId),
    )
    return { action: 'NO_CONTENT', ...nonceFor(context, body) }
  },
  refuse: refuseReceiver((rule) => (rule === rules.tooOften ? 'TOO_MANY_REQUESTS' : undefined)),
})
