/** Lists notifications of logouts, and what became of them. */
import { z } from 'zod'
import { identifyClient } from '../../../clients/authenticate.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { clamp, Page } from '../../../http/page.ts'
import { DeliveryStatus } from '../../../model/delivery.ts'
import type { DeliveryRow } from '../../../store/tables/sessions/deliveries.ts'
import { describeState } from '../../events/delivery-fields.ts'
import { Delivery } from './delivery-schemas.ts'

const LogoutDeliveryListRequest = z
  .object({
    logoutId: z.string().max(255).optional().describe('Only those of a logout.'),
    sessionId: z.string().max(1_024).optional().describe('Only those of a session.'),
    subject: z.string().max(255).optional().describe('Only those of a user.'),
    clientIdentifier: ClientIdText.pipe(z.string().max(2_048))
      .optional()
      .describe('Only those of a client: its number or its alias.'),
    status: DeliveryStatus.optional().describe('Only those with the status.'),
  })
  .extend(Page.shape)
  .meta({ id: 'logout_delivery_list_request' })

const LogoutDeliveryListResponse = z
  .object({
    action: z
      .enum(['OK', 'SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    start: z.int().optional().describe('Index of the first item.'),
    end: z.int().optional().describe('Index after the last requested item.'),
    deliveries: z.array(Delivery).optional().describe('The deliveries; the newest come first.'),
    pendingCount: z
      .int()
      .optional()
      .describe('Number of deliveries that wait, of those that the call selects by the rest.'),
    deadCount: z
      .int()
      .optional()
      .describe('Number of deliveries that were given up, of the same ones.'),
  })
  .meta({ id: 'logout_delivery_list_response' })

const none = { deliveries: [], pendingCount: 0, deadCount: 0 }

export const logoutDeliveryList = defineEndpoint({
  operationId: 'logout_delivery_list_api',
  method: 'post',
  path: '/api/{serviceId}/logout/delivery/list',
  tag: 'Logout',
  summary: 'List notifications of logouts',
  description:
    'Those that wait, were delivered or were given up, for as long as they are kept ' +
    '(`ext.session.history_seconds`). The list is empty for a client that does not exist.',
  right: 'use_service',
  body: LogoutDeliveryListRequest,
  form: true,
  response: LogoutDeliveryListResponse,
  results: { OK: { code: 'P098901', message: 'The deliveries are listed.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const { start, end } = clamp(body)
    const { clientIdentifier, status } = body
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return { action: 'OK', start, end, ...none }
    const filter = {
      logoutId: body.logoutId || undefined,
      sessionId: body.sessionId || undefined,
      subject: body.subject || undefined,
      clientId: found?.client.clientId,
    }
    const page = { status, start, end }
    const { rows, ...counts } = await store.deliveries.list(service.apiKey, filter, page)
    return { action: 'OK', start, end, deliveries: rows.map(describeDelivery), ...counts }
  },
})

const describeDelivery = (row: DeliveryRow): z.output<typeof Delivery> => ({
  deliveryId: row.deliveryId,
  kind: row.kind,
  logoutId: row.logoutId,
  clientId: row.clientId,
  sessionId: row.sessionId ?? undefined,
  subject: row.subject ?? undefined,
  reason: row.reason ?? undefined,
  ...describeState(row),
})
