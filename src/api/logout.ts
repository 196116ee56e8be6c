/** The end session endpoint, OIDC RP-Initiated Logout §2. */
import { z } from 'zod'
import type { ServiceContext } from '../context.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../http/error-page.ts'
import { ClientLimited } from '../model/client/client.ts'
import { hasRegistry } from '../oauth/logout/session-settings.ts'
import { explain } from '../refusal.ts'
import { describeParticipants } from '../sessions/describe.ts'
import { endLogout } from '../sessions/logout.ts'
import { type ResolvedLogout, resolveLogout } from '../sessions/logout-request.ts'
import { keepLogout } from '../sessions/logout-ticket.ts'
import { done, logoutRelay, waitMs } from './logout/logout-schemas.ts'
import { Participant, SessionId } from './session/session-schemas.ts'

const LogoutRequest = z
  .object({
    parameters: z
      .string()
      .max(1_048_576)
      .describe('The query or the form body of the logout request, as it came; may be empty.'),
    sessionId: SessionId.optional().describe('The session of the browser, if it has one.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('The user of the browser, if the service keeps no sessions.'),
    confirm: z.boolean().default(false).describe('Whether the user has to confirm in any case.'),
    waitMs,
  })
  .meta({ id: 'logout_request' })

const LogoutResponse = z
  .object({
    action: z
      .enum(['INTERACTION', 'LOCATION', 'PAGE', 'OK', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    ...done,
    errorPage,
    ticket: z.string().optional().describe('The ticket for the decision of the user.'),
    expiresIn: z.int().optional().describe('Seconds in which the ticket can be used.'),
    reasons: z
      .array(
        z.enum([
          'NO_HINT',
          'HINT_INVALID',
          'OTHER_SESSION',
          'OTHER_SUBJECT',
          'REDIRECT_REFUSED',
          'POLICY',
        ]),
      )
      .optional()
      .describe('Why the user must be asked.'),
    client: ClientLimited.optional().describe('The client that requests the logout.'),
    sessionId: z.string().optional().describe('The session that would end.'),
    current: z.boolean().optional().describe('Whether it is the session of the browser.'),
    subject: z
      .string()
      .optional()
      .describe('The user of the session, if it is the session of the browser.'),
    clients: z
      .array(Participant)
      .optional()
      .describe('The clients that would be logged out, if it is the session of the browser.'),
    uiLocales: z.array(z.string()).optional().describe('The preferred languages of the user.'),
    logoutHint: z.string().optional().describe('The `logout_hint` of the request.'),
    postLogoutRedirectUri: z
      .string()
      .optional()
      .describe('The `post_logout_redirect_uri` of the request, if it is accepted.'),
    redirectRefused: z
      .object({
        resultCode: z.string().describe('The result code of the reason.'),
        resultMessage: z.string().describe('The reason.'),
      })
      .optional()
      .describe('Why the `post_logout_redirect_uri` of the request is not used.'),
  })
  .meta({ id: 'logout_response' })

export const logout = defineEndpoint({
  operationId: 'logout_api',
  method: 'post',
  path: '/api/{serviceId}/logout',
  tag: 'Logout',
  summary: 'Process a logout request',
  description:
    'Takes the request of the end session endpoint as it came. `INTERACTION`: the frontend asks the ' +
    'user, and calls `/logout/issue` or `/logout/fail` with the ticket. `LOCATION`, `PAGE`, `OK`: ' +
    'the sessions have ended, or there was none; the frontend removes its session cookie unless ' +
    '`current` is false, and sets the cookie of the browser state to `browserState`. `BAD_REQUEST`: ' +
    'nothing was done.',
  right: 'use_service',
  body: LogoutRequest,
  form: true,
  clientText: { parameters: 'request' },
  response: LogoutResponse,
  relay: logoutRelay,
  results: {
    INTERACTION: { code: 'P094901', message: 'The user has to confirm the logout.' },
    LOCATION: { code: 'P094902', message: 'The user is logged out and goes to the client.' },
    PAGE: { code: 'P094903', message: 'The user is logged out, and the page tells the clients.' },
    OK: { code: 'P094904', message: 'The user is logged out.' },
  },
  async handle({ body }, context) {
    const { parameters, sessionId, subject, confirm } = body
    const resolved = await resolveLogout(context, parameters, { sessionId, subject }, confirm)
    const { confirmation, sessions, target, client, request } = resolved
    const known = await describeRequest(context, resolved)
    if (!confirmation.ask) {
      const ended = await endLogout(context, {
        sessions,
        client,
        target,
        scope: 'SESSION',
        uiLocales: request.uiLocales,
        request: { reason: client ? 'LOGOUT_RP' : 'LOGOUT' },
        waitMs: body.waitMs,
      })
      return { ...known, ...ended }
    }
    const kept = await keepLogout(context, {
      kind: 'logout',
      sessions,
      target,
      uiLocales: request.uiLocales,
      clientId: client?.clientId ?? 0,
      isCurrent: confirmation.ends.browser,
    })
    const { reasons } = confirmation
    return { action: 'INTERACTION', ...kept, reasons, ...known }
  },
  refuse: refuseWithPage,
})

/** What pages show. A stranger with a hint does not learn whose session it is about. */
async function describeRequest(context: ServiceContext, resolved: ResolvedLogout) {
  const { service, store } = context
  const { request, client, redirect, confirmation, sessions } = resolved
  const { browser: current } = confirmation.ends
  const [ended] = sessions
  const isShown = current && ended !== undefined && hasRegistry(service)
  const participants = isShown
    ? await store.sessionClients.ofSessions(service.apiKey, [ended.sessionId])
    : []
  return {
    client: client && ClientLimited.parse(client),
    sessionId: ended?.sessionId,
    current: ended ? current : undefined,
    subject: current ? ended?.subject : undefined,
    clients: isShown ? await describeParticipants(context, participants) : undefined,
    uiLocales: request.uiLocales.length > 0 ? request.uiLocales : undefined,
    logoutHint: request.logoutHint,
    postLogoutRedirectUri: redirect.uri,
    redirectRefused: redirect.refused && explain(redirect.refused),
  }
}
