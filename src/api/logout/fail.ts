/** The user stays logged in after a logout request. OIDC RP-Initiated Logout §2 */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../../http/error-page.ts'
import { json, location } from '../../http/relay.ts'
import { takeLogout } from '../../sessions/logout-ticket.ts'
import { LogoutTicketText } from './logout-schemas.ts'

const LogoutFailRequest = z
  .object({
    ticket: LogoutTicketText,
    redirect: z
      .boolean()
      .default(false)
      .describe('Whether the browser goes back to the client, if it has a URI for that.'),
  })
  .meta({ id: 'logout_fail_request' })

const LogoutFailResponse = z
  .object({
    action: z
      .enum(['LOCATION', 'OK', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    responseContent: z
      .string()
      .optional()
      .describe('The URI or the JSON that the browser gets, by the action.'),
    errorPage,
  })
  .meta({ id: 'logout_fail_response' })

export const logoutFail = defineEndpoint({
  operationId: 'logout_fail_api',
  method: 'post',
  path: '/api/{serviceId}/logout/fail',
  tag: 'Logout',
  summary: 'Cancel a logout',
  description:
    'Consumes the ticket; no session ends. `OK`: the frontend shows that the user is still logged ' +
    'in. `LOCATION`: the browser goes back to the client.',
  right: 'use_service',
  body: LogoutFailRequest,
  form: true,
  response: LogoutFailResponse,
  relay: { LOCATION: location, BAD_REQUEST: json(400), INTERNAL_SERVER_ERROR: json(500) },
  results: {
    LOCATION: { code: 'P095911', message: 'The user stays logged in and goes to the client.' },
    OK: { code: 'P095912', message: 'The user stays logged in.' },
  },
  async handle({ body }, context) {
    const { data, consumption } = await takeLogout(context, body.ticket)
    await context.store.commit(consumption)
    const { target } = data
    return body.redirect && target !== undefined
      ? { action: 'LOCATION', responseContent: target }
      : { action: 'OK' }
  },
  refuse: refuseWithPage,
})
