/** Sends notifications again that were given up. */
import { z } from 'zod'
import { identifyClient } from '../../../clients/authenticate.ts'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { logoutSettings } from '../../../oauth/logout/logout-settings.ts'
import { sessionSettings } from '../../../oauth/logout/session-settings.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'

const rules = defineCallerRules('Logout delivery retry', {
  unnamed: {
    code: 'P098101',
    status: 400,
    message: 'The call must contain either deliveryIds, or clientIdentifier with status DEAD.',
  },
})

const LogoutDeliveryRetryRequest = z
  .object({
    deliveryIds: z
      .array(z.string().min(1).max(2_048))
      .min(1)
      .max(200)
      .optional()
      .describe('Identifiers of deliveries. Those that were not given up stay as they are.'),
    clientIdentifier: ClientIdText.pipe(z.string().max(2_048))
      .optional()
      .describe('Instead: number or alias of a client, with `status`.'),
    status: z
      .enum(['DEAD'])
      .optional()
      .describe('With `clientIdentifier`: all deliveries of the client that were given up.'),
  })
  .meta({ id: 'logout_delivery_retry_request' })
type Body = z.output<typeof LogoutDeliveryRetryRequest>

const LogoutDeliveryRetryResponse = z
  .object({
    action: z
      .enum(['OK', 'NOT_FOUND', 'SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    count: z.int().optional().describe('Number of deliveries that are sent again.'),
  })
  .meta({ id: 'logout_delivery_retry_response' })

export const logoutDeliveryRetry = defineEndpoint({
  operationId: 'logout_delivery_retry_api',
  method: 'post',
  path: '/api/{serviceId}/logout/delivery/retry',
  tag: 'Logout',
  summary: 'Send notifications again that were given up',
  description:
    'Each begins like a new one: it is `PENDING` and due at once, its attempts are counted from 0, ' +
    'and it is given up after the time that the service has now. `NOT_FOUND` if no such delivery ' +
    'or client exists.',
  right: 'use_service',
  body: LogoutDeliveryRetryRequest,
  response: LogoutDeliveryRetryResponse,
  results: {
    OK: { code: 'P098902', message: 'The deliveries are sent again.' },
    NOT_FOUND: { code: 'P098903', message: 'No such delivery or client exists.' },
  },
  async handle({ body }, context) {
    const count = await retry(context, body)
    if (count === undefined) return { action: 'NOT_FOUND' }
    // Wakes the outbox of this process: what is due is looked up.
    await context.outbox.send([], 0)
    return { action: 'OK', count }
  },
})

async function retry(context: ServiceContext, body: Body): Promise<number | undefined> {
  const { service, store, now } = context
  const { deliveryIds, clientIdentifier, status } = body
  const giveUpAt = now + logoutSettings(service).retrySeconds * 1_000
  const keptUntil = giveUpAt + sessionSettings(service).historySeconds * 1_000
  const again = { now, giveUpAt, keptUntil }
  const serviceId = service.apiKey
  if (deliveryIds && !clientIdentifier) {
    const existing = await store.deliveries.existing(serviceId, deliveryIds)
    if (existing.length === 0) return undefined
    return store.deliveries.retry(serviceId, existing, again)
  }
  if (deliveryIds || !clientIdentifier || !status) refuseCaller(rules.unnamed)
  const found = await identifyClient(context, clientIdentifier)
  return found && store.deliveries.retryOfClient(serviceId, found.client.clientId, again)
}
