/** Notifications of clients about a logout that ends nothing here. */
import { identifyClient } from '../clients/authenticate.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { DeliveryStatus } from '../model/delivery.ts'
import type { NamedBy } from '../model/named-by.ts'
import { sidFor } from '../oauth/logout/sid.ts'
import { subjectForClient } from '../oauth/tokens/subject.ts'
import type { Write } from '../store/engine.ts'
import { deliveryIdOf } from '../store/tables/sessions/deliveries.ts'
import type { ParticipantRow } from '../store/tables/sessions/session-clients.ts'
import { isLive } from './describe.ts'
import { newDeliveries, newLogoutId } from './end.ts'
import { clientsOf, sendDeliveries } from './outcome.ts'

/** Whose logout clients are notified of: at least one of both. */
export interface LoggedOutUser {
  sessionId?: string | undefined
  subject?: string | undefined
}

/** What became of a notification so far; skipped for a client that cannot be notified. */
export interface Notification {
  deliveryId?: string
  clientId: number
  sessionId?: string | undefined
  status: DeliveryStatus | 'SKIPPED'
}

/** The deliveries of a call before they are stored, and the clients that get none. */
export interface Notifications {
  logoutId: string
  writes: Write[]
  clients: ReadonlyMap<number, Client>
  skipped: Notification[]
}

interface NamedClient {
  client: Client
  namedBy: NamedBy
}

/**
 * A token with `sub` alone ends all sessions at the client, also one that began after it was
 * delayed: OIDC Back-Channel Logout §2.4. So it is not delayed long.
 */
const withoutSessionMilliseconds = 600_000
const sessionsOfSubject = 1_000
const writesOfCommit = 500

/** The clients by number or alias; undefined if one of them is unknown. */
export async function namedClients(
  context: ServiceContext,
  identifiers: readonly string[],
): Promise<NamedClient[] | undefined> {
  const clients = new Map<number, NamedClient>()
  for (const identifier of identifiers) {
    const found = await identifyClient(context, identifier)
    if (!found) return undefined
    clients.set(found.client.clientId, found)
  }
  return [...clients.values()]
}

/** Where Postern keeps no sessions: the named clients, by what the call says about the user. */
export function notificationsOf(
  context: ServiceContext,
  { sessionId, subject }: LoggedOutUser,
  named: readonly NamedClient[],
): Notifications {
  const { service, store, now } = context
  const { now: createdAt, ...common } = newDeliveries(context, newLogoutId(context))
  const { kind, logoutId } = common
  const isKnown = sessionId !== undefined
  const giveUpAt = isKnown
    ? common.giveUpAt
    : Math.min(common.giveUpAt, now + withoutSessionMilliseconds)
  const isNotified = ({ client }: NamedClient) =>
    client.backchannelLogoutUri && (isKnown || !client.backchannelLogoutSessionRequired)
  const writes = named.filter(isNotified).map(({ client, namedBy }) =>
    store.deliveries.insert({
      ...common,
      deliveryId: deliveryIdOf(kind, logoutId, client.clientId, sessionId ?? ''),
      clientId: client.clientId,
      sessionId: sessionId ?? null,
      subject: subject ?? null,
      sid: isKnown ? sidFor(service, client, sessionId) : null,
      sub: subject === undefined ? null : subjectForClient(service, client, {}, subject),
      status: 'PENDING',
      attempts: 1,
      createdAt,
      giveUpAt,
      data: { namedBy },
    }),
  )
  const skipped = named.filter((each) => !isNotified(each))
  return {
    logoutId,
    writes,
    clients: new Map(named.map(({ client }) => [client.clientId, client])),
    skipped: skipped.map(({ client }) => skippedOf(client.clientId)),
  }
}

/**
 * The participants of the live sessions, or those of them that are named. Undefined if no session
 * lives. The client is told `sub` and `sid` of its ID Tokens.
 */
export async function notificationsOfSessions(
  context: ServiceContext,
  user: LoggedOutUser,
  named: readonly NamedClient[] | undefined,
): Promise<Notifications | undefined> {
  const { service, store } = context
  const sessionIds = await liveSessions(context, user)
  if (sessionIds.length === 0) return undefined
  const { logoutId, ...common } = newDeliveries(context, newLogoutId(context))
  const numbers = named && new Set(named.map(({ client }) => client.clientId))
  const all = await store.sessionClients.ofSessions(service.apiKey, sessionIds)
  const participants = all.filter(({ clientId }) => numbers?.has(clientId) ?? true)
  const clients = await clientsOf(context, participants)
  const isNotified = ({ clientId }: ParticipantRow) => clients.get(clientId)?.backchannelLogoutUri
  const others = [...(numbers ?? [])].filter((clientId) => !clients.has(clientId))
  return {
    logoutId,
    writes: participants
      .filter(isNotified)
      .map(({ sessionId, clientId }) =>
        store.deliveries.insertOfClient({ ...common, logoutId, sessionId, clientId }),
      ),
    clients,
    skipped: [
      ...participants
        .filter((each) => !isNotified(each))
        .map(({ clientId, sessionId }) => skippedOf(clientId, sessionId)),
      ...others.map((clientId) => skippedOf(clientId)),
    ],
  }
}

/** Stores the deliveries, sends them, and tells what became of them after the wait. */
export async function notify(
  context: ServiceContext,
  { logoutId, writes, clients, skipped }: Notifications,
  waitMilliseconds: number,
): Promise<Notification[]> {
  for (let start = 0; start < writes.length; start += writesOfCommit) {
    await context.store.commit(...writes.slice(start, start + writesOfCommit))
  }
  const rows = await sendDeliveries(context, logoutId, clients, waitMilliseconds)
  const sent = rows.map(({ deliveryId, clientId, sessionId, status }) => ({
    deliveryId,
    clientId,
    sessionId: sessionId ?? undefined,
    status,
  }))
  return [...sent, ...skipped]
}

async function liveSessions(
  { service, store, now }: ServiceContext,
  { sessionId, subject }: LoggedOutUser,
): Promise<string[]> {
  const serviceId = service.apiKey
  if (sessionId !== undefined) {
    const row = await store.sessions.find(serviceId, sessionId)
    const isOfSubject = subject === undefined || row?.subject === subject
    return row && isLive(row, now) && isOfSubject ? [sessionId] : []
  }
  const filter = { subject, status: 'LIVE', now, start: 0, end: sessionsOfSubject } as const
  const { rows } = await store.sessions.list(serviceId, filter)
  return rows.map((row) => row.sessionId)
}

const skippedOf = (clientId: number, sessionId?: string): Notification => ({
  clientId,
  sessionId,
  status: 'SKIPPED',
})
