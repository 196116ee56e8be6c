/** Ends sessions where no browser is: an administrator, another device, a changed password. */
import { z } from 'zod'
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { identifyClient } from '../../clients/authenticate.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireRegistry } from '../../oauth/logout/session.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import { type EndRequest, endingOf, offlineOf } from '../../sessions/end.ts'
import { leavingOf } from '../../sessions/leave.ts'
import { finishLogout, membersOf } from '../../sessions/outcome.ts'
import type { Offline } from '../../store/tables/sessions/session-tokens.ts'
import { action } from '../fields.ts'
import { ended, SessionId } from './session-schemas.ts'

const rules = defineCallerRules('Session delete', {
  nothingNamed: {
    code: 'P092001',
    status: 400,
    message: 'The call must contain either sessionId or subject.',
  },
  clientUnknown: {
    code: 'P092002',
    status: 400,
    message: 'The client that the call specifies is unknown.',
  },
})

const SessionDeleteRequest = z
  .object({
    sessionId: SessionId.optional().describe('The session to end.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('The user whose sessions are ended, instead of one session.'),
    exceptSessionId: SessionId.optional().describe(
      'With `subject`: the session that goes on, such as the one of the browser at hand.',
    ),
    clientIdentifier: z
      .string()
      .max(2_048)
      .optional()
      .describe('Number or alias of a client: only its part of the sessions ends.'),
    revokeOffline: z
      .boolean()
      .optional()
      .describe('Whether tokens with the scope `offline_access` are revoked, too.'),
    waitMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('Milliseconds to wait for the first attempts to notify the clients.'),
    reason: z.string().max(255).optional().describe('A note for the list of deliveries.'),
    erase: z
      .boolean()
      .default(false)
      .describe('With `subject`: whether what is kept about its ended sessions is removed, too.'),
  })
  .meta({ id: 'session_delete_request' })
type Body = z.output<typeof SessionDeleteRequest>

const SessionDeleteResponse = z
  .object({
    action: action('OK', 'NOT_FOUND', 'SERVER_ERROR'),
    count: z.int().optional().describe('Number of sessions that this call ended.'),
    tokenCount: z.int().optional().describe('Number of tokens that were revoked.'),
    ...ended,
  })
  .meta({ id: 'session_delete_response' })

export const sessionDelete = defineEndpoint({
  operationId: 'session_delete_api',
  audits: 'session.ended',
  method: 'post',
  path: '/api/{serviceId}/session/delete',
  tag: 'Sessions',
  summary: 'End sessions',
  description:
    'Ends one session or those of a user: revokes what was issued in them, and notifies the ' +
    'clients that took part. A session that has ended is `OK` with `count` 0; one that is unknown ' +
    'is `NOT_FOUND`.',
  right: 'use_service',
  body: SessionDeleteRequest,
  form: true,
  response: SessionDeleteResponse,
  results: {
    OK: { code: 'P092901', message: 'The sessions have ended.' },
    NOT_FOUND: { code: 'P092902', message: 'The session is unknown.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const serviceId = service.apiKey
    requireRegistry(service)
    const named = namedBy(body)
    const request: EndRequest = {
      reason: 'ADMIN',
      revokeOffline: body.revokeOffline,
      note: body.reason,
    }
    const offline = offlineOf(context, request)
    if (body.clientIdentifier) {
      const found = await identifyClient(context, body.clientIdentifier)
      const client = found?.client ?? refuseCaller(rules.clientUnknown)
      const leaving = await leavingOf(context, client, named, request)
      if (!leaving) return { action: 'NOT_FOUND' }
      const record = recordOfEnd(context, body, { clientId: client.clientId })
      await store.commit(...leaving.writes, ...record)
      const { logoutId, participants } = leaving
      const outcome = await finishLogout(context, logoutId, body.waitMs, participants)
      return { action: 'OK', tokenCount: leaving.tokenCount, ...membersOf(outcome) }
    }
    const isKnown =
      !('sessionId' in named) || (await store.sessions.find(serviceId, named.sessionId))
    if (!isKnown) return { action: 'NOT_FOUND' }
    const tokenCount = await countTokens(context, named, offline)
    const ending = endingOf(context, named, request)
    await store.commit(...ending.writes, ...recordOfEnd(context, body, { tokenCount }))
    const outcome = await finishLogout(context, ending.logoutId, body.waitMs)
    if (body.erase && 'subject' in named) {
      await store.commit(...store.sessions.erase(serviceId, named.subject))
    }
    return { action: 'OK', tokenCount, ...membersOf(outcome) }
  },
})

/** The end of a session, or of those of a subject, by the caller. */
function recordOfEnd(context: ServiceContext, body: Body, ended: Record<string, unknown>) {
  const { sessionId, subject = '', exceptSessionId, reason, erase } = body
  return recordOf(context, {
    target:
      sessionId === undefined
        ? { kind: 'subject', id: subject }
        : { kind: 'session', id: sessionId },
    changes: changesOf({ erase: false }, { exceptSessionId, erase, ...ended }),
    reason,
  })
}

/** One session, or those of a subject. */
function namedBy({ sessionId, subject, exceptSessionId }: Body) {
  if (sessionId !== undefined && !subject) return { sessionId }
  if (sessionId === undefined && subject) return { subject, exceptSessionId }
  return refuseCaller(rules.nothingNamed)
}

/** Tokens that the end revokes: those of the sessions that live. */
async function countTokens(
  { service, store, now }: ServiceContext,
  named: ReturnType<typeof namedBy>,
  offline: Offline,
): Promise<number> {
  const serviceId = service.apiKey
  const { sessionId, subject = '', exceptSessionId } = named
  if (sessionId !== undefined) return store.sessionTokens.count({ serviceId, sessionId }, offline)
  const filter = { subject, status: 'LIVE', now, start: 0, end: 1_000 } as const
  const { rows } = await store.sessions.list(serviceId, filter)
  const counts = await Promise.all(
    rows
      .filter(({ sessionId }) => sessionId !== exceptSessionId)
      .map(({ sessionId }) => store.sessionTokens.count({ serviceId, sessionId }, offline)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
