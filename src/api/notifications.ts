/** Lists what clients and callers are still to be told: notifications of CIBA and of batches. */
import { z } from 'zod'
import { defineEndpoint } from '../http/endpoint.ts'
import { NotificationKind, notificationMilliseconds } from '../model/notification.ts'

const WaitingNotification = z
  .object({
    notificationId: z.string().describe('Identifier of the notification.'),
    kind: NotificationKind.describe(
      'What it tells of: a decided request of CIBA, to a client, or a batch of tokens, to the caller.',
    ),
    clientId: z
      .int()
      .optional()
      .describe('Number of the client; absent where the caller of this API is told.'),
    attempts: z.int().describe('Number of attempts that were begun.'),
    createdAt: z.int().describe('When it was stored, in milliseconds since the epoch.'),
    nextAttemptAt: z.int().describe('When it is sent next, in milliseconds since the epoch.'),
    givenUpAt: z
      .int()
      .describe('When the last attempt is made at the latest, in milliseconds since the epoch.'),
  })
  .meta({ id: 'waiting_notification' })

export const notificationList = defineEndpoint({
  operationId: 'notification_list_api',
  method: 'get',
  path: '/api/{serviceId}/notifications',
  tag: 'Utility',
  summary: 'List notifications that wait',
  description:
    'Notifications of CIBA (ping and push) and of batches of tokens that no attempt has delivered ' +
    'yet, client by client, the next due first. What was delivered or given up is not kept. ' +
    'Notifications of logouts are listed by `/logout/delivery/list`.',
  right: 'use_service',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(200).default(100).describe('At most so many.'),
  }),
  response: z
    .object({
      notifications: z.array(WaitingNotification).describe('The notifications, without content.'),
      hasMore: z.boolean().describe('Whether more wait than the response has.'),
    })
    .meta({ id: 'notification_list_response' }),
  results: { OK: { code: 'P158902', message: 'The waiting notifications are listed.' } },
  async handle({ query: { limit } }, { service, store, now }) {
    const rows = await store.notifications.ofService(service.apiKey, { now, limit: limit + 1 })
    const notifications = rows.slice(0, limit).map((row) => ({
      notificationId: row.notificationId,
      kind: row.clientId === 0 ? ('token-batch' as const) : ('ciba' as const),
      clientId: row.clientId || undefined,
      attempts: row.attempts,
      createdAt: row.expiresAt - notificationMilliseconds,
      nextAttemptAt: row.dueAt,
      givenUpAt: row.expiresAt,
    }))
    return { notifications, hasMore: rows.length > limit }
  },
})
