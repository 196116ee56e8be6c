/** The endpoint that adds subjects to streams, SSF §8.1.3.2. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { nothing, receiverRelay } from '../../../http/relay.ts'
import { parseBody } from '../../../oauth/ssf/stream.ts'
import { SubjectIdentifier } from '../../../oauth/ssf/subject.ts'
import { refuseReceiver } from '../../../streams/answer.ts'
import { requireStream } from '../../../streams/change.ts'
import { requireReceiver } from '../../../streams/receiver.ts'
import { setSubject } from '../../../streams/subjects.ts'
import { nonceFor } from '../../../tokens/sender-constraint.ts'
import { action, field } from '../../fields.ts'
import { receiverTexts, refusedActions, SubjectCall } from '../receiver-schemas.ts'

const SubjectAddedResponse = z
  .object({
    action: action('OK', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_subject_added_response' })

const AddedSubject = z.object({
  stream_id: z.string().max(1_024),
  subject: SubjectIdentifier,
  verified: z.boolean().optional(),
})

export const ssfSubjectAdd = defineEndpoint({
  operationId: 'ssf_subjects_add_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/subjects/add',
  tag: 'Shared Signals',
  summary: 'Process a request to add a subject to a stream',
  description:
    'From now on the stream of the receiver has the events of the subject. Whether a subject exists ' +
    'is not told.',
  right: 'use_service',
  body: SubjectCall,
  clientText: receiverTexts,
  response: SubjectAddedResponse,
  relay: { OK: nothing(200), ...receiverRelay },
  results: { OK: { code: 'P167907', message: 'The stream has the subject.' } },
  async handle({ body }, context) {
    const endpoint = { htm: 'POST', path: '/subjects/add' }
    const { client, settings } = await requireReceiver(context, body, endpoint, 'manage')
    const { stream_id, subject } = parseBody(AddedSubject, body.requestContent)
    const stream = await requireStream(context, client, stream_id)
    await setSubject(context, settings, stream, subject, 'ADDED')
    return { action: 'OK', ...nonceFor(context, body) }
  },
  refuse: refuseReceiver(),
})
