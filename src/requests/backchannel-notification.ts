/** Notifications of ping and push mode that Postern sends itself: CIBA §10.2, §10.3. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { notificationMilliseconds } from '../model/notification.ts'
import { defineAttribute, flag } from '../oauth/attribute.ts'
import type { Write } from '../store/engine.ts'

/** A stored backchannel request with its secrets. */
export type FoundRequest = NonNullable<
  Awaited<ReturnType<ServiceContext['store']['backchannelRequests']['findByTicket']>>
>

const delivery = defineAttribute({
  name: 'ext.ciba.deliver',
  of: 'service',
  form: flag,
  fallback: false,
  effect: 'Postern sends the notifications of ping and push mode itself, with retries.',
  spec: 'CIBA §10.2, §10.3',
})

/** Whether Postern sends the notifications of a service itself. */
export const deliversNotifications = ({ service }: ServiceContext): boolean =>
  delivery.read(service)

/** CIBA §10.2, §10.3: the write of a notification; none if Postern does not send it. */
export function notificationOf(
  context: ServiceContext,
  { authReqHash, secrets, data: { request } }: FoundRequest,
  client: Client,
  body: string,
): Write[] {
  const { service, store, now } = context
  const { bcNotificationEndpoint: url } = client
  const { clientNotificationToken: token } = secrets
  const isSent = request.deliveryMode !== 'POLL' && deliversNotifications(context)
  if (!isSent || !url || !token) return []
  const row = {
    serviceId: service.apiKey,
    notificationId: authReqHash,
    clientId: client.clientId,
    dueAt: now,
    expiresAt: now + notificationMilliseconds,
    message: { kind: 'ciba' as const, url, token, body },
  }
  return [store.notifications.insert(row)]
}
