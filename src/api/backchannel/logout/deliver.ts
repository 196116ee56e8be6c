/** Notifies clients of a logout, for callers that keep sessions themselves. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { DeliveryStatus } from '../../../model/delivery.ts'
import { hasRegistry } from '../../../oauth/logout/session-settings.ts'
import { defineCallerRules, defineRules, refuse, refuseCaller } from '../../../refusal.ts'
import {
  namedClients,
  notificationsOf,
  notificationsOfSessions,
  notify,
} from '../../../sessions/notify.ts'

const callerRules = defineCallerRules('Logout deliver', {
  nothingNamed: {
    code: 'P097001',
    status: 400,
    message: 'The call must contain a sessionId or a subject.',
  },
  clientsMissing: {
    code: 'P097002',
    status: 400,
    message:
      'The call must contain clientIdentifiers: the service has no registry of sessions, which would know them.',
  },
})

const rules = defineRules('Logout deliver', {
  clientUnknown: {
    code: 'P097003',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §2.5',
    message: 'One of the clientIdentifiers names no client of the service: nothing was sent.',
    fix: 'Pass the ids or aliases of clients of this service in `clientIdentifiers`.',
  },
})

const LogoutDeliverRequest = z
  .object({
    sessionId: z
      .string()
      .max(1_024)
      .optional()
      .describe('Identifier of the session that ended at the caller.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe(
        'Unique identifier of the user. Without a `sessionId`, the user was logged out everywhere.',
      ),
    clientIdentifiers: z
      .array(ClientIdText.pipe(z.string().min(1).max(2_048)))
      .min(1)
      .max(200)
      .optional()
      .describe(
        'Numbers or aliases of the clients to notify. Required while `ext.session.registry` is `off`; with `on`, all participants are notified without it, and otherwise those that are named.',
      ),
    waitMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('Milliseconds to wait for the first attempts to notify the clients.'),
  })
  .meta({ id: 'backchannel_logout_deliver_request' })

const LogoutDeliverResponse = z
  .object({
    action: z
      .enum(['OK', 'NOT_FOUND', 'SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    logoutId: z.string().optional().describe('Names the deliveries of this call in their list.'),
    deliveries: z
      .array(
        z
          .object({
            deliveryId: z
              .string()
              .optional()
              .describe('Identifier of the delivery; absent if it is skipped.'),
            clientId: z.int().describe('Number of the client.'),
            sessionId: z.string().optional().describe('The session that the client is told of.'),
            status: z
              .enum([...DeliveryStatus.options, 'SKIPPED'])
              .describe(
                'What became of it so far. `SKIPPED`: the client has no `backchannelLogoutUri`, requires a `sid` where none is known, or takes no part in the session.',
              ),
          })
          .meta({ id: 'backchannel_logout_delivery' }),
      )
      .optional()
      .describe('The notification of each client.'),
  })
  .meta({ id: 'backchannel_logout_deliver_response' })

export const backchannelLogoutDeliver = defineEndpoint({
  operationId: 'backchannel_logout_deliver_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/logout/deliver',
  tag: 'Logout',
  summary: 'Notify clients of a logout',
  description:
    'Sends a Logout Token to each client (OIDC Back-Channel Logout §2.5), and sends it again until ' +
    'the client accepts it or it is given up. Ends no session and revokes no token: for callers ' +
    'that keep sessions themselves. With the registry of sessions, a session that is unknown or ' +
    'has ended is `NOT_FOUND`.',
  right: 'use_service',
  body: LogoutDeliverRequest,
  response: LogoutDeliverResponse,
  results: {
    OK: { code: 'P097901', message: 'The notifications are stored, and are sent.' },
    NOT_FOUND: { code: 'P097902', message: 'No such session lives.' },
  },
  async handle({ body }, context) {
    const { clientIdentifiers, waitMs } = body
    const user = { sessionId: body.sessionId || undefined, subject: body.subject || undefined }
    if (!user.sessionId && !user.subject) refuseCaller(callerRules.nothingNamed)
    const isKept = hasRegistry(context.service)
    if (!isKept && !clientIdentifiers) refuseCaller(callerRules.clientsMissing)
    const named = clientIdentifiers && (await namedClients(context, clientIdentifiers))
    if (clientIdentifiers && !named) refuse(rules.clientUnknown)
    const notifications = isKept
      ? await notificationsOfSessions(context, user, named)
      : notificationsOf(context, user, named ?? [])
    if (!notifications) return { action: 'NOT_FOUND' }
    const deliveries = await notify(context, notifications, waitMs)
    return { action: 'OK', logoutId: notifications.logoutId, deliveries }
  },
  refuse: ({ rule }) => ({
    action: rule.error === 'server_error' ? 'SERVER_ERROR' : 'NOT_FOUND',
  }),
})
