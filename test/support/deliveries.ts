/** Rows of deliveries, as the commit that ends a session stores them. */
import { type DeliveryRow, deliveryIdOf } from '../../src/store/tables/sessions/deliveries.ts'
import type { TestService } from './flows.ts'
import type { Json } from './server.ts'

export const firstDelay = 5_000
const day = 86_400_000
let logouts = 0

/** One delivery to a client, which is committed, and not sent yet. */
export async function storeDelivery(
  service: Pick<TestService, 'store' | 'system' | 'serviceId'>,
  client: Json,
  more: Partial<DeliveryRow> = {},
): Promise<DeliveryRow> {
  const { store, system, serviceId } = service
  const now = system.clock()
  logouts += 1
  const logoutId = more.logoutId ?? `logout-${logouts}`
  const clientId = Number(client.clientId)
  const sessionId = more.sessionId === undefined ? `session-${logouts}` : more.sessionId
  const kind = 'backchannel-logout' as const
  const row: DeliveryRow = {
    ...{ serviceId, kind, logoutId, clientId, sessionId },
    deliveryId: deliveryIdOf(kind, logoutId, clientId, sessionId ?? ''),
    ...{ subject: 'alice', sid: sessionId, sub: 'alice' },
    ...{ status: 'PENDING', attempts: 1, dueAt: now + firstDelay, createdAt: now },
    ...{ giveUpAt: now + day, keptUntil: now + 31 * day },
    ...{ finishedAt: null, lastStatus: null, lastError: null, reason: null },
    data: { namedBy: 'id' },
    ...more,
  }
  await store.commit(store.deliveries.insert(row))
  return row
}

/** The delivery as it is now; undefined if its row is gone. */
export async function deliveryNow(
  { store, serviceId }: Pick<TestService, 'store' | 'serviceId'>,
  { logoutId, deliveryId }: DeliveryRow,
): Promise<DeliveryRow | undefined> {
  const rows = await store.deliveries.ofLogout(serviceId, logoutId)
  return rows.find((row) => row.deliveryId === deliveryId)
}
