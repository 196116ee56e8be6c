/** The end of one client's part in sessions that go on. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { Write } from '../store/engine.ts'
import type { ParticipantRow } from '../store/tables/sessions/session-clients.ts'
import { type EndRequest, holdSubject, newDeliveries, newLogoutId, offlineOf } from './end.ts'

/** A user has at most so many live sessions. */
const mostSessions = 100

export interface Leaving {
  logoutId: string
  /** The parts that end. */
  participants: ParticipantRow[]
  tokenCount: number
  writes: Write[]
}

/**
 * The writes by which a client leaves one session, or those of a subject: its tokens of the session
 * are deleted, it is told, and it takes part no more. The session is held first, so that either
 * this or an end of the session tells the client. Undefined if there is no such session.
 */
export async function leavingOf(
  context: ServiceContext,
  client: Client,
  named: { sessionId: string } | { subject: string; exceptSessionId?: string | undefined },
  request: Omit<EndRequest, 'reason'>,
): Promise<Leaving | undefined> {
  const { service, store, now } = context
  const serviceId = service.apiKey
  const { clientId } = client
  const sessionIds = await sessionsOf(context, clientId, named)
  if (!sessionIds) return undefined
  const logoutId = newLogoutId(context)
  const offline = offlineOf(context, request)
  const isTold = service.backchannelLogoutSupported
  const delivery = newDeliveries(context, logoutId, request.note)
  const parts = await store.sessionClients.ofSessions(serviceId, sessionIds)
  const counts = await Promise.all(
    sessionIds.map((sessionId) =>
      store.sessionTokens.countOfClient({ serviceId, sessionId, clientId }, offline),
    ),
  )
  return {
    logoutId,
    participants: parts.filter((part) => part.clientId === clientId),
    tokenCount: counts.reduce((sum, count) => sum + count, 0),
    writes: [
      ...('subject' in named ? [holdSubject(context, named.subject, now)] : []),
      ...sessionIds.flatMap((sessionId) => [
        store.sessions.lock(serviceId, sessionId),
        ...(isTold ? [store.deliveries.insertOfClient({ ...delivery, sessionId, clientId })] : []),
        ...store.sessionTokens.endOfClient({ serviceId, sessionId, clientId }, offline),
        store.sessionClients.leave(serviceId, sessionId, clientId),
      ]),
    ],
  }
}

/** In the order of their identifiers, in which every commit holds several sessions. */
async function sessionsOf(
  { service, store, now }: ServiceContext,
  clientId: number,
  named: { sessionId: string } | { subject: string; exceptSessionId?: string | undefined },
): Promise<string[] | undefined> {
  const serviceId = service.apiKey
  if ('sessionId' in named) {
    const row = await store.sessions.find(serviceId, named.sessionId)
    return row && (row.endedAt === null ? [row.sessionId] : [])
  }
  const { subject, exceptSessionId } = named
  const filter = { subject, clientId, status: 'LIVE', now, start: 0, end: mostSessions } as const
  const { rows } = await store.sessions.list(serviceId, filter)
  const ids = rows.map(({ sessionId }) => sessionId)
  return ids.filter((id) => id !== exceptSessionId).sort()
}
