/** The page of the OP iframe, OIDC Session Management §3.2. */
import { z } from 'zod'
import { identifyClient } from '../../clients/authenticate.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json, page } from '../../http/relay.ts'
import { sessionIframe } from '../../oauth/logout/session-iframe.ts'
import { hasRegistry } from '../../oauth/logout/session-settings.ts'
import { newBrowserState } from '../../sessions/browser-state.ts'
import { isLive } from '../../sessions/describe.ts'
import { browserState, SessionId } from './session-schemas.ts'

const SessionIframeRequest = z
  .object({
    clientIdentifier: z
      .string()
      .max(2_048)
      .optional()
      .describe('Number or alias of the only client whose pages may embed the iframe.'),
    sessionId: SessionId.optional().describe('The session of the browser, if it has one.'),
    cookieName: z
      .string()
      .max(256)
      .default('op_browser_state')
      .describe('Name of the readable cookie with the browser state.'),
    refreshSeconds: z
      .int()
      .refine((seconds) => seconds === 0 || (seconds >= 30 && seconds <= 3_600), {
        message: 'Expected 0, or 30 to 3600',
      })
      .default(0)
      .describe('How often the iframe asks the frontend whether the session lives; 0 for never.'),
    refreshPath: z
      .string()
      .max(1_024)
      .optional()
      .describe('The path of the frontend that the iframe asks.'),
  })
  .meta({ id: 'session_iframe_request' })

const SessionIframeResponse = z
  .object({
    action: z
      .enum(['OK', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    responseContent: z.string().optional().describe('The page, or the error as JSON.'),
    contentSecurityPolicy: z
      .string()
      .optional()
      .describe('`Content-Security-Policy` of the page: which sites may embed it.'),
    live: z.boolean().optional().describe('Whether the session lives, if the call names one.'),
    browserState,
  })
  .meta({ id: 'session_iframe_response' })

export const sessionIframePage = defineEndpoint({
  operationId: 'session_iframe_api',
  method: 'post',
  path: '/api/{serviceId}/session/iframe',
  tag: 'Sessions',
  summary: 'Get the page of the OP iframe',
  description:
    'The page at `checkSessionIframe`, which tells clients whether the session of the browser has ' +
    'changed. If the session has ended, the frontend sets the cookie to `browserState`.',
  right: 'use_service',
  body: SessionIframeRequest,
  form: true,
  response: SessionIframeResponse,
  relay: { OK: page, BAD_REQUEST: json(400), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P093901', message: 'The page of the OP iframe.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { clientIdentifier, sessionId, cookieName, refreshSeconds, refreshPath } = body
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    const redirectUris = clientIdentifier ? (found?.client.redirectUris ?? []) : undefined
    const content = sessionIframe({ cookieName, refreshSeconds, refreshPath, redirectUris })
    if (sessionId === undefined || !hasRegistry(service)) return { action: 'OK', ...content }
    const row = await store.sessions.find(service.apiKey, sessionId)
    const live = row !== undefined && isLive(row, now)
    return {
      action: 'OK',
      ...content,
      live,
      ...(live ? {} : { browserState: newBrowserState(context) }),
    }
  },
  refuse: refuseAs({ server_error: 'INTERNAL_SERVER_ERROR', otherwise: 'BAD_REQUEST' }),
})
