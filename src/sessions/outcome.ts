/** What an end of sessions did: what is told to whom, and where the browser has to go. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { frontchannelUris } from '../oauth/logout/frontchannel-page.ts'
import type { DeliveryRow } from '../store/tables/sessions/deliveries.ts'
import type { ParticipantRow } from '../store/tables/sessions/session-clients.ts'

/** The result of an end, for the caller. */
export interface EndOutcome {
  /** Sessions that this call ended. */
  count: number
  logoutId: string
  deliveries: { deliveryId: string; clientId: number; status: DeliveryRow['status'] }[]
  /** What the browser is to load, for clients that are told by it. */
  frontchannel: { uris: string[]; omitted: number }
}

/**
 * Begins to tell the clients of a logout that was committed, and waits so long for the first
 * attempts. The deliveries go on whatever the wait gave. `left` are parts of sessions that go on.
 */
export async function finishLogout(
  context: ServiceContext,
  logoutId: string,
  waitMilliseconds: number,
  left: readonly ParticipantRow[] = [],
): Promise<EndOutcome> {
  const { service, store } = context
  const serviceId = service.apiKey
  const ended = await store.sessions.ofLogout(serviceId, logoutId)
  const ids = ended.map(({ sessionId }) => sessionId)
  const participants = [...left, ...(await store.sessionClients.ofSessions(serviceId, ids))]
  const clients = await clientsOf(context, participants)
  const sent = await sendDeliveries(context, logoutId, clients, waitMilliseconds)
  return {
    count: ended.length,
    logoutId,
    deliveries: sent.map(({ deliveryId, clientId, status }) => ({ deliveryId, clientId, status })),
    frontchannel: frontchannelOf(context, participants, clients),
  }
}

function frontchannelOf(
  { service }: ServiceContext,
  participants: readonly ParticipantRow[],
  clients: ReadonlyMap<number, Client>,
) {
  if (!service.frontchannelLogoutSupported) return { uris: [], omitted: 0 }
  const told = participants.flatMap(({ clientId, sid }) => {
    const { frontchannelLogoutUri } = clients.get(clientId) ?? {}
    return frontchannelLogoutUri ? [{ frontchannelLogoutUri, sid }] : []
  })
  return frontchannelUris(told, service.issuer)
}

/** The deliveries of a logout after the wait. Clients that cannot be told have none. */
export async function sendDeliveries(
  { service, store, outbox }: Pick<ServiceContext, 'service' | 'store' | 'outbox'>,
  logoutId: string,
  clients: ReadonlyMap<number, Client>,
  waitMilliseconds: number,
): Promise<DeliveryRow[]> {
  const serviceId = service.apiKey
  const rows = await store.deliveries.ofLogout(serviceId, logoutId)
  // A row whose client is not among them is sent: the participants may have been purged by now.
  const isTold = ({ clientId }: DeliveryRow) => {
    const client = clients.get(clientId)
    return client === undefined || Boolean(client.backchannelLogoutUri)
  }
  const untold = rows.filter((row) => !isTold(row)).map(({ clientId }) => clientId)
  if (untold.length > 0) {
    await store.commit(store.deliveries.deleteOfClients(serviceId, logoutId, untold))
  }
  const told = rows.filter(isTold)
  if (told.length === 0) return []
  await outbox.send(told, waitMilliseconds)
  return waitMilliseconds > 0 ? store.deliveries.ofLogout(serviceId, logoutId) : told
}

export async function clientsOf(
  { service, documents }: Pick<ServiceContext, 'service' | 'documents'>,
  of: readonly { clientId: number }[],
): Promise<Map<number, Client>> {
  const clientIds = [...new Set(of.map(({ clientId }) => clientId))]
  const found = await Promise.all(clientIds.map((id) => documents.client(service.apiKey, id)))
  return new Map(found.flatMap((client) => (client ? [[client.clientId, client] as const] : [])))
}

/** The members of a response about an end. */
export const membersOf = ({ count, logoutId, deliveries, frontchannel }: EndOutcome) => ({
  count,
  logoutId,
  deliveries,
  frontchannelLogoutUris: frontchannel.uris,
  frontchannelOmitted: frontchannel.omitted,
})
