/** The endpoint that removes subjects from streams, SSF §8.1.3.3. */
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

const SubjectRemovedResponse = z
  .object({
    action: action('NO_CONTENT', ...refusedActions),
    responseContent: field.responseContent,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'ssf_subject_removed_response' })

const RemovedSubject = z.object({
  stream_id: z.string().max(1_024),
  subject: SubjectIdentifier,
})

export const ssfSubjectRemove = defineEndpoint({
  operationId: 'ssf_subjects_remove_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/subjects/remove',
  tag: 'Shared Signals',
  summary: 'Process a request to remove a subject from a stream',
  description:
    'From now on the stream of the receiver has no events of the subject. Whether a subject exists ' +
    'is not told.',
  right: 'use_service',
  body: SubjectCall,
  clientText: receiverTexts,
  response: SubjectRemovedResponse,
  relay: { NO_CONTENT: nothing(204), ...receiverRelay },
  results: { NO_CONTENT: { code: 'P167908', message: 'The stream does not have the subject.' } },
  async handle({ body }, context) {
    const endpoint = { htm: 'POST', path: '/subjects/remove' }
    const { client, settings } = await requireReceiver(context, body, endpoint, 'manage')
    const { stream_id, subject } = parseBody(RemovedSubject, body.requestContent)
    const stream = await requireStream(context, client, stream_id)
    await setSubject(context, settings, stream, subject, 'REMOVED')
    return { action: 'NO_CONTENT', ...nonceFor(context, body) }
  },
  refuse: refuseReceiver(),
})
