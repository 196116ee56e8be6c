/** Creates a Logout Token, for callers that notify clients themselves. */
import { z } from 'zod'
import { identifyClient } from '../../../clients/authenticate.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { requireNotified } from '../../../oauth/logout/token.ts'
import { clientIdentifier } from '../../../oauth/tokens/id-token.ts'
import { logoutToken } from '../../../tokens/logout-token.ts'
import { action } from '../../fields.ts'

const LogoutTokenRequest = z
  .object({
    clientIdentifier: ClientIdText.optional().describe(
      'The client that is notified: its number or its alias, which becomes `aud`.',
    ),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe(
        'Unique identifier of the user who was logged out. Without a `sessionId`, of all sessions.',
      ),
    sessionId: z
      .string()
      .max(8_192)
      .optional()
      .describe('Identifier of the session that ended, from which `sid` is made.'),
  })
  .meta({ id: 'backchannel_logout_token_request' })

const LogoutTokenResponse = z
  .object({
    action: action('OK', 'SERVER_ERROR', 'CALLER_ERROR'),
    logoutToken: z
      .string()
      .optional()
      .describe('The Logout Token, which expires after two minutes and is sent once.'),
    backchannelLogoutUri: z
      .string()
      .optional()
      .describe('The URL to which the caller sends the token as form parameter `logout_token`.'),
  })
  .meta({ id: 'backchannel_logout_token_response' })

export const backchannelLogoutToken = defineEndpoint({
  operationId: 'backchannel_logout_token_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/logout/token',
  tag: 'Logout',
  summary: 'Create a Logout Token',
  description:
    'Signs a token that tells a client which user was logged out, or which session ended. The ' +
    'caller sends it to the URL in the response (OIDC Back-Channel Logout §2.5). At least one of ' +
    '`subject` and `sessionId` is required. Nothing is stored, and no session ends.',
  right: 'use_service',
  body: LogoutTokenRequest,
  response: LogoutTokenResponse,
  results: { OK: { code: 'P096901', message: 'The Logout Token is created.' } },
  async handle({ body }, context) {
    const { clientIdentifier: named, subject, sessionId } = body
    const found = named ? await identifyClient(context, named) : undefined
    const { client, namedBy, backchannelLogoutUri } = requireNotified(found)
    const aud = clientIdentifier(client, { namedBy })
    const token = await logoutToken(context, client, { subject, sessionId, aud })
    return { action: 'OK', logoutToken: token, backchannelLogoutUri }
  },
  refuse: ({ rule }) => ({
    action: rule.error === 'server_error' ? 'SERVER_ERROR' : 'CALLER_ERROR',
  }),
})
