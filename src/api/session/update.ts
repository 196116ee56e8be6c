/** Changes a session after a step-up, a new login of its subject, or for another device name. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireRegistry } from '../../oauth/logout/session.ts'
import { newBrowserState } from '../../sessions/browser-state.ts'
import { changesOf } from '../../sessions/create.ts'
import { describeSession, isLive } from '../../sessions/describe.ts'
import { action } from '../fields.ts'
import { browserState, givenSession, Session, SessionId } from './session-schemas.ts'

const SessionUpdateRequest = z
  .object({
    sessionId: SessionId.describe('Identifier of the session.'),
    ...givenSession,
    freshBrowserState: z
      .boolean()
      .default(false)
      .describe('Whether the response has a new browser state, so that clients look again.'),
  })
  .meta({ id: 'session_update_request' })

const SessionUpdateResponse = z
  .object({
    action: action('OK', 'ENDED', 'NOT_FOUND', 'SERVER_ERROR'),
    session: Session.optional().describe('The session.'),
    browserState,
  })
  .meta({ id: 'session_update_response' })

export const sessionUpdate = defineEndpoint({
  operationId: 'session_update_api',
  method: 'post',
  path: '/api/{serviceId}/session/update',
  tag: 'Sessions',
  summary: 'Update a session',
  description:
    'Changes the members that the call has, and counts as a use of the session. The subject of a ' +
    'session never changes: another user is another session. `ENDED`: nothing was changed.',
  right: 'use_service',
  body: SessionUpdateRequest,
  response: SessionUpdateResponse,
  results: {
    OK: { code: 'P091101', message: 'The session is updated.' },
    ENDED: { code: 'P091102', message: 'The session has ended or has expired.' },
    NOT_FOUND: { code: 'P091103', message: 'The session is unknown.' },
  },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { sessionId, freshBrowserState, ...given } = body
    requireRegistry(service)
    const find = () => store.sessions.find(service.apiKey, sessionId)
    const row = await find()
    if (!row) return { action: 'NOT_FOUND' }
    const changes = changesOf(context, given)
    await store.commit(store.sessions.update(row, changes, now))
    const updated = await find()
    if (!updated) return { action: 'NOT_FOUND' }
    const session = describeSession(updated, now)
    if (!isLive(updated, now)) return { action: 'ENDED', session }
    return {
      action: 'OK',
      session,
      ...(freshBrowserState ? { browserState: newBrowserState(context) } : {}),
    }
  },
})
