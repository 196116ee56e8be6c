/** Records the login of a user: a session, whose clients can be told of its end. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireRegistry } from '../../oauth/logout/session.ts'
import { sessionSettings } from '../../oauth/logout/session-settings.ts'
import { newBrowserState } from '../../sessions/browser-state.ts'
import { deviceColumns, limitsOf } from '../../sessions/create.ts'
import { describeSession } from '../../sessions/describe.ts'
import { endingOf, holdSubject, subjectHold } from '../../sessions/end.ts'
import { finishLogout } from '../../sessions/outcome.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { action } from '../fields.ts'
import { browserState, givenSession, Session, SessionId } from './session-schemas.ts'

const SessionCreateRequest = z
  .object({
    subject: z.string().min(1).max(255).describe('Unique identifier of the user at the service.'),
    sessionId: SessionId.optional().describe(
      'Identifier of the session; without it, a random one. Identifiers are never used again.',
    ),
    ...givenSession,
    replaces: SessionId.optional().describe(
      'A session that the browser had until now. It ends in the same transaction.',
    ),
  })
  .meta({ id: 'session_create_request' })
type Body = z.output<typeof SessionCreateRequest>

const SessionCreateResponse = z
  .object({
    action: action('CREATED', 'EXISTS', 'LIMIT_REACHED', 'SERVER_ERROR'),
    session: Session.optional().describe('The session.'),
    browserState,
  })
  .meta({ id: 'session_create_response' })

class ExistsError extends Error {}
class LimitError extends Error {}

export const sessionCreate = defineEndpoint({
  operationId: 'session_create_api',
  method: 'post',
  path: '/api/{serviceId}/session/create',
  tag: 'Sessions',
  summary: 'Create a session',
  description:
    'Creates the session of a user who has logged in, if the service has the attribute ' +
    '`ext.session.registry` = `on`. `EXISTS`: the identifier is or was that of another session. ' +
    '`LIMIT_REACHED`: the user has as many sessions as the service allows. The frontend passes ' +
    '`sessionId` when it issues a response, and sets a readable cookie to `browserState`.',
  right: 'use_service',
  body: SessionCreateRequest,
  response: SessionCreateResponse,
  results: {
    CREATED: { code: 'P090901', message: 'The session is created.' },
    EXISTS: { code: 'P090902', message: 'The identifier is taken by another session.' },
    LIMIT_REACHED: {
      code: 'P090903',
      message: 'The subject has the maximum number of live sessions.',
    },
  },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    requireRegistry(service)
    const sessionId = body.sessionId ?? system.random.token(128)
    const replaced =
      body.replaces === undefined
        ? undefined
        : endingOf(context, { sessionId: body.replaces }, { reason: 'REPLACED' })
    try {
      await store.commit(...insertOf(context, sessionId, body, replaced?.writes ?? []))
    } catch (error) {
      if (error instanceof ExistsError) return { action: 'EXISTS' }
      if (error instanceof LimitError) return { action: 'LIMIT_REACHED' }
      throw error
    }
    if (replaced) await finishLogout(context, replaced.logoutId, 0)
    await endOverflow(context, sessionId, body.subject)
    const row = await store.sessions.find(service.apiKey, sessionId)
    return {
      action: 'CREATED',
      session: row && describeSession(row, now),
      browserState: newBrowserState(context),
    }
  },
})

/**
 * The writes of a new session, with the end of the one that it replaces; where the limit refuses,
 * concurrent calls wait for each other, before they lock a session.
 */
function insertOf(
  context: ServiceContext,
  sessionId: string,
  body: Body,
  replaced: readonly Write[],
): Write[] {
  const { service, store, now } = context
  const serviceId = service.apiKey
  const { subject } = body
  const { overflow, maxPerSubject: limit } = sessionSettings(service)
  const insert = store.sessions.insert({
    serviceId,
    sessionId,
    subject,
    createdAt: now,
    ...limitsOf(context, body),
    authTime: body.authTime,
    acr: body.acr,
    amr: body.amr ?? [],
    ...deviceColumns(body.device),
    properties: body.properties ?? [],
  })
  const inserted = orRefuse(insert, new ExistsError())
  if (overflow !== 'refuse') return [...replaced, inserted]
  const room = { serviceId, subject, name: subjectHold(subject), now, limit }
  return [
    holdSubject(context, subject, now),
    ...replaced,
    store.sessions.requireRoom(room, new LimitError()),
    inserted,
  ]
}

/** Ends the sessions that the subject has beyond the limit: those that were used least recently. */
async function endOverflow(context: ServiceContext, kept: string, subject: string): Promise<void> {
  const { service, store, now } = context
  const { overflow, maxPerSubject } = sessionSettings(service)
  if (overflow !== 'end_oldest') return
  const live = await store.sessions.countLive(service.apiKey, subject, now)
  if (live <= maxPerSubject) return
  const ended = { subject, kept, others: maxPerSubject - 1 }
  const ending = endingOf(context, ended, { reason: 'LIMIT' })
  await store.commit(...ending.writes)
  await finishLogout(context, ending.logoutId, 0)
}
