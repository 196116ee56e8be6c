/** Looks up the session of a browser that came back. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireRegistry } from '../../oauth/logout/session.ts'
import { newBrowserState } from '../../sessions/browser-state.ts'
import { describeSession, describeWithClients, isLive } from '../../sessions/describe.ts'
import { action } from '../fields.ts'
import { browserState, Session, SessionId } from './session-schemas.ts'

/** A session whose last use is younger is not written again. */
const touchedMilliseconds = 60_000

const SessionGetRequest = z
  .object({
    sessionId: SessionId.describe('Identifier of the session.'),
    touch: z
      .boolean()
      .default(false)
      .describe('Whether the look-up is a use of the session, which puts off its expiry.'),
    withClients: z
      .boolean()
      .default(false)
      .describe('Whether the response has the clients that take part in the session.'),
  })
  .meta({ id: 'session_get_request' })

const SessionGetResponse = z
  .object({
    action: action('OK', 'ENDED', 'NOT_FOUND', 'SERVER_ERROR'),
    session: Session.optional().describe('The session.'),
    browserState,
  })
  .meta({ id: 'session_get_response' })

export const sessionGet = defineEndpoint({
  operationId: 'session_get_api',
  method: 'post',
  path: '/api/{serviceId}/session/get',
  tag: 'Sessions',
  summary: 'Get a session',
  description:
    '`OK`: the session lives. `ENDED`: it has ended or has expired; the frontend forgets it and sets ' +
    'the cookie of the browser state to `browserState`. `NOT_FOUND`: it is unknown.',
  right: 'use_service',
  body: SessionGetRequest,
  form: true,
  response: SessionGetResponse,
  results: {
    OK: { code: 'P091901', message: 'The session lives.' },
    ENDED: { code: 'P091902', message: 'The session has ended or has expired.' },
    NOT_FOUND: { code: 'P091903', message: 'The session is unknown.' },
  },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { sessionId, touch, withClients } = body
    requireRegistry(service)
    const row = await store.sessions.find(service.apiKey, sessionId)
    if (!row) return { action: 'NOT_FOUND' }
    const isTouched = touch && isLive(row, now) && now - row.lastSeenAt >= touchedMilliseconds
    if (isTouched) await store.commit(store.sessions.touch(service.apiKey, sessionId, now))
    const current = isTouched ? await store.sessions.find(service.apiKey, sessionId) : row
    if (!current) return { action: 'NOT_FOUND' }
    const [session] = withClients
      ? await describeWithClients(context, [current])
      : [describeSession(current, now)]
    return isLive(current, now)
      ? { action: 'OK', session }
      : { action: 'ENDED', session, browserState: newBrowserState(context) }
  },
})
