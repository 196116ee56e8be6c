/** Notifications of clients about a logout that ends nothing here. */
import { identifyClient } from '../clients/authenticate.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { DeliveryStatus } from '../model/delivery.ts'
import type { NamedBy } from '../model/named-by.ts'
import { logoutSettings } from '../oauth/logout/logout-settings.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { sidFor } from '../oauth/logout/sid.ts'
import { subjectForClient } from '../oauth/tokens/subject.ts'
import type { Write } from '../store/engine.ts'
import { deliveryIdOf } from '../store/tables/sessions/deliveries.ts'
import type { ParticipantRow } from '../store/tables/sessions/session-clients.ts'

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
  user: LoggedOutUser,
  clients: readonly NamedClient[],
): Notifications {
  const { service, store } = context
  const { sessionId, subject } = user
  const common = commonOf(context, sessionId !== undefined)
  const skipped = clients.filter(
    ({ client }) =>
      !client.backchannelLogoutUri ||
      (client.backchannelLogoutSessionRequired && sessionId === undefined),
  )
  const writes = clients
    .filter((each) => !skipped.includes(each))
    .map(({ client, namedBy }) =>
      store.deliveries.insert({
        ...rowOf(common, client.clientId, sessionId),
        subject: subject ?? null,
        sid: sessionId === undefined ? null : sidFor(service, client, sessionId),
        sub: subject === undefined ? null : subjectForClient(service, client, {}, subject),
        data: { namedBy },
      }),
    )
  const { logoutId } = common
  return { logoutId, writes, skipped: skipped.map(({ client }) => skippedOf(client.clientId)) }
}

/**
 * The participants of the live sessions, or those of them that are named. Undefined if no session
 * lives. The session names user and client as their ID Tokens do.
 */
export async function notificationsOfSessions(
  context: ServiceContext,
  user: LoggedOutUser,
  named: readonly NamedClient[] | undefined,
): Promise<Notifications | undefined> {
  const { service, store, documents } = context
  const serviceId = service.apiKey
  const sessionIds = await liveSessions(context, user)
  if (sessionIds.length === 0) return undefined
  const common = commonOf(context, true)
  const numbers = named && new Set(named.map(({ client }) => client.clientId))
  const all = await store.sessionClients.ofSessions(serviceId, sessionIds)
  const participants = all.filter(({ clientId }) => numbers?.has(clientId) ?? true)
  const isNotified = new Map<number, boolean>()
  for (const { clientId } of participants) {
    if (isNotified.has(clientId)) continue
    const client = await documents.client(serviceId, clientId)
    isNotified.set(clientId, Boolean(client?.backchannelLogoutUri))
  }
  const told = participants.filter(({ clientId }) => isNotified.get(clientId))
  const others = [...(numbers ?? [])].filter((clientId) => !isNotified.has(clientId))
  return {
    logoutId: common.logoutId,
    writes: told.map(({ sessionId, clientId }) =>
      store.deliveries.insertOfClient({ ...common, sessionId, clientId }),
    ),
    skipped: [
      ...participants.filter(({ clientId }) => !isNotified.get(clientId)).map(skippedPart),
      ...others.map(skippedOf),
    ],
  }
}

/** Stores the deliveries, sends them, and tells what became of them after the wait. */
export async function notify(
  { service, store, outbox }: ServiceContext,
  { logoutId, writes, skipped }: Notifications,
  waitMilliseconds: number,
): Promise<Notification[]> {
  const serviceId = service.apiKey
  for (let start = 0; start < writes.length; start += writesOfCommit) {
    await store.commit(...writes.slice(start, start + writesOfCommit))
  }
  if (writes.length === 0) return skipped
  const stored = await store.deliveries.ofLogout(serviceId, logoutId)
  await outbox.send(stored, waitMilliseconds)
  const isOver = waitMilliseconds > 0
  const rows = isOver ? await store.deliveries.ofLogout(serviceId, logoutId) : stored
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
    const isLive = row && row.endedAt === null && row.expiresAt > now
    return isLive && (subject === undefined || row.subject === subject) ? [sessionId] : []
  }
  const filter = { subject, status: 'LIVE', now, start: 0, end: sessionsOfSubject } as const
  const { rows } = await store.sessions.list(serviceId, filter)
  return rows.map((row) => row.sessionId)
}

const skippedOf = (clientId: number): Notification => ({ clientId, status: 'SKIPPED' })
const skippedPart = ({ clientId, sessionId }: ParticipantRow): Notification => ({
  clientId,
  sessionId,
  status: 'SKIPPED',
})

const firstAttemptMilliseconds = 5_000

/** What all deliveries of a call have in common. */
function commonOf({ service, system, now }: ServiceContext, hasSession: boolean) {
  const retried = logoutSettings(service).retrySeconds * 1_000
  const giveUpAt = now + (hasSession ? retried : Math.min(retried, withoutSessionMilliseconds))
  return {
    serviceId: service.apiKey,
    logoutId: system.random.token(128),
    kind: 'backchannel-logout' as const,
    now,
    dueAt: now + firstAttemptMilliseconds,
    giveUpAt,
    keptUntil: giveUpAt + sessionSettings(service).historySeconds * 1_000,
  }
}

/** A delivery without a participant. */
function rowOf(
  { now, ...common }: ReturnType<typeof commonOf>,
  clientId: number,
  sessionId: string | undefined,
) {
  const { kind, logoutId } = common
  return {
    ...common,
    deliveryId: deliveryIdOf(kind, logoutId, clientId, sessionId ?? ''),
    clientId,
    sessionId: sessionId ?? null,
    status: 'PENDING' as const,
    attempts: 1,
    createdAt: now,
  }
}
