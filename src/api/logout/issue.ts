/** Ends sessions after the user has confirmed the logout. OIDC RP-Initiated Logout §2 */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../../http/error-page.ts'
import { endLogout } from '../../sessions/logout.ts'
import { takeLogout } from '../../sessions/logout-ticket.ts'
import { done, LogoutTicketText, logoutRelay, waitMs } from './logout-schemas.ts'

const LogoutIssueRequest = z
  .object({
    ticket: LogoutTicketText,
    scope: z
      .enum(['SESSION', 'CLIENT', 'SUBJECT'])
      .default('SESSION')
      .describe(
        'What ends: the session; only the part of the client that requested the logout; or every ' +
          'session of the user.',
      ),
    revokeOffline: z
      .boolean()
      .optional()
      .describe('Whether tokens with the scope `offline_access` are revoked, too.'),
    waitMs,
  })
  .meta({ id: 'logout_issue_request' })

const LogoutIssueResponse = z
  .object({
    action: z
      .enum(['LOCATION', 'PAGE', 'OK', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    ...done,
    errorPage,
    current: z
      .boolean()
      .optional()
      .describe('Whether the session of the browser ended, so that its cookie is removed.'),
  })
  .meta({ id: 'logout_issue_response' })

export const logoutIssue = defineEndpoint({
  operationId: 'logout_issue_api',
  method: 'post',
  path: '/api/{serviceId}/logout/issue',
  tag: 'Logout',
  summary: 'Complete a logout that the user confirmed',
  description:
    'Consumes the ticket and ends the sessions. A ticket that was used or has expired results in ' +
    '`BAD_REQUEST`.',
  right: 'use_service',
  body: LogoutIssueRequest,
  form: true,
  response: LogoutIssueResponse,
  relay: logoutRelay,
  results: {
    LOCATION: { code: 'P095901', message: 'The user is logged out and goes to the client.' },
    PAGE: { code: 'P095902', message: 'The user is logged out, and the page tells the clients.' },
    OK: { code: 'P095903', message: 'The user is logged out.' },
  },
  async handle({ body }, context) {
    const { service, documents } = context
    const { scope, revokeOffline } = body
    const { data, consumption } = await takeLogout(context, body.ticket)
    const client =
      data.clientId === 0 ? undefined : await documents.client(service.apiKey, data.clientId)
    const { sessions, target, uiLocales, isCurrent } = data
    const reason = data.clientId === 0 ? 'LOGOUT' : 'LOGOUT_RP'
    const logout = {
      sessions,
      client,
      scope,
      target,
      uiLocales,
      waitMs: body.waitMs,
      request: { reason, revokeOffline } as const,
    }
    const ended = await endLogout(context, logout, consumption)
    return { ...ended, current: isCurrent && scope !== 'CLIENT' }
  },
  refuse: refuseWithPage,
})
