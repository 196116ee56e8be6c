/** Logs the user out of all apps: ends the session with its tokens. OIDC Native SSO §4.3 */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { hasRegistry } from '../../oauth/logout/session-settings.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { endingOf } from '../../sessions/end.ts'
import { finishLogout } from '../../sessions/outcome.ts'
import { action } from '../fields.ts'

const rules = defineRules('Native SSO logout', {
  sessionMissing: {
    code: 'P083101',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.3',
    message: 'The sessionId is required: specify the session to end.',
    fix: 'Pass the `sessionId` of the session to end.',
  },
})

const NativeSsoLogoutRequest = z
  .object({
    sessionId: z
      .string()
      .max(8_192)
      .optional()
      .describe('Identifier of the user session at the frontend.'),
  })
  .meta({ id: 'native_sso_logout_request' })

const NativeSsoLogoutResponse = z
  .object({
    action: action('OK', 'SERVER_ERROR', 'CALLER_ERROR'),
    count: z.int().optional().describe('Number of access and refresh tokens that were deleted.'),
  })
  .meta({ id: 'native_sso_logout_response' })

export const nativeSsoLogout = defineEndpoint({
  operationId: 'native_sso_logout_api',
  method: 'post',
  path: '/api/{serviceId}/nativesso/logout',
  tag: 'Native SSO',
  summary: 'Delete all tokens of a session',
  description:
    'Deletes the access and refresh tokens of the session, for all clients. `count` is 0 if the ' +
    'session has no tokens. A session that Postern keeps ends, and its clients are notified.',
  right: 'use_service',
  body: NativeSsoLogoutRequest,
  response: NativeSsoLogoutResponse,
  results: { OK: { code: 'P083902', message: 'The tokens of the session are deleted.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const serviceId = service.apiKey
    const tokens = { serviceId, sessionId: body.sessionId || refuse(rules.sessionMissing) }
    const count = await store.sessionTokens.count(tokens, 'deleted')
    if (!hasRegistry(service)) {
      await store.commit(...store.sessionTokens.end(tokens, 'deleted'))
      return { action: 'OK', count }
    }
    const ending = endingOf(context, tokens, { reason: 'LOGOUT', revokeOffline: true })
    await store.commit(...ending.writes)
    await finishLogout(context, ending.logoutId, 0)
    return { action: 'OK', count }
  },
  refuse: ({ rule }) => ({
    action: rule.error === 'server_error' ? 'SERVER_ERROR' : 'CALLER_ERROR',
  }),
})
