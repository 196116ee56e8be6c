/** What the frontend knows of its users: an event for the streams that want it. */
import { z } from 'zod'
import { newSecurityEvent } from '../../events/security-event.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { eventSchemas, type SignalType, signalTypes } from '../../oauth/ssf/event-types.ts'
import { signalSettings } from '../../oauth/ssf/settings.ts'
import { SubjectIdentifier } from '../../oauth/ssf/subject.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('Security event', {
  off: {
    code: 'P167201',
    status: 400,
    message: 'The service sends no security events: set its issuer and its attribute ext.ssf.base.',
  },
  unsupported: {
    code: 'P167202',
    status: 400,
    message:
      'The service does not send events of this type: add it to the attribute ext.ssf.events.',
  },
})

const contentLimit = 16_384

const SecurityEventRequest = z
  .object({
    type: z
      .enum(signalTypes as [SignalType, ...SignalType[]])
      .describe('The type of the event: the last part of its URI (CAEP §3).'),
    subject: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe('The user, by your identifier. Each receiver gets its own subject of the user.'),
    sessionId: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe('The session of the user, if the event is about one.'),
    subId: SubjectIdentifier.optional().describe(
      'A subject identifier (RFC 9493) that all receivers get as it is, in place of `subject`.',
    ),
    event: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(
        'The members of the event, as its type defines them. Without `event_timestamp`, the present ' +
          'time is added.',
      ),
    txn: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Names the transaction that the event is part of; made up if absent.'),
  })
  .superRefine(({ type, subject, sessionId, subId, event }, context) => {
    const fail = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    if ((subject === undefined) === (subId === undefined)) {
      fail(['subject'], 'Expected either `subject` or `subId`')
    }
    if (sessionId !== undefined && subject === undefined) {
      fail(['sessionId'], 'Expected the `subject` of the session')
    }
    if (JSON.stringify(event).length > contentLimit) fail(['event'], 'Expected a shorter event')
    const outcome = eventSchemas[type].safeParse(event)
    for (const { path, message } of outcome.error?.issues ?? []) {
      fail(['event', ...path.map(String)], message)
    }
  })
  .meta({ id: 'ssf_event_request' })

const SecurityEventResponse = z
  .object({
    eventId: z
      .string()
      .describe('Identifier of the event: the `jti` of each token begins with it.'),
    txn: z.string().describe('The transaction of the event.'),
  })
  .meta({ id: 'ssf_event_response' })

export const ssfEvent = defineEndpoint({
  operationId: 'ssf_event_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/event',
  tag: 'Shared Signals',
  summary: 'Send a security event',
  description:
    'Tells the receivers of the service of something that only the frontend knows, such as a changed ' +
    'password. The event is stored for each stream that wants its type, and delivered from then on. ' +
    'Ends of sessions that Postern keeps are told without a call.',
  right: 'use_service',
  body: SecurityEventRequest,
  response: SecurityEventResponse,
  results: { OK: { code: 'P167910', message: 'The event is on its way.' } },
  async handle({ body }, { service, store, system, now }) {
    const { type, subject, sessionId, subId, event: given } = body
    const settings = signalSettings(service) ?? refuseCaller(rules.off)
    if (!settings.types.includes(type)) refuseCaller(rules.unsupported)
    const txn = body.txn ?? system.random.token(128)
    const event = { event_timestamp: Math.floor(now / 1_000), ...given }
    const content = { event, txn, ...(subId === undefined ? {} : { subId }) }
    const about = { serviceId: service.apiKey, type, now }
    const created = newSecurityEvent(system.random, about, content)
    await store.commit(store.securityEvents.insertOfSubject(created, { subject, sessionId }))
    return { eventId: created.eventId, txn }
  },
})
