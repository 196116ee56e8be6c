/**
 * The session that something is issued in: held by the commit, which fails once the session has
 * ended, and joined by the client. OIDC Back-Channel Logout §2.1
 */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import { sessionRules } from '../oauth/logout/session.ts'
import { hasRegistry, sessionRefresh } from '../oauth/logout/session-settings.ts'
import { sidFor } from '../oauth/logout/sid.ts'
import { subjectForClient } from '../oauth/tokens/subject.ts'
import { Refusal, type Rule } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

type InSession = Pick<Grant, 'sessionId' | 'sub' | 'namedBy' | 'idTokenAudType'>

/**
 * The writes that hold the session of a grant, and make the client a participant. They come after
 * the write that consumes the request. None if the service keeps no sessions.
 */
export function joinSession(
  { service, store, now }: ServiceContext,
  client: Client,
  grant: InSession,
  subject: string | undefined,
  rule: Rule = sessionRules.ended,
): Write[] {
  const { sessionId, namedBy, idTokenAudType: audienceType } = grant
  if (sessionId === undefined || subject === undefined || !hasRegistry(service)) return []
  const serviceId = service.apiKey
  const hold = store.sessions.hold(serviceId, sessionId, subject, now)
  const join = store.sessionClients.join({
    serviceId,
    sessionId,
    clientId: client.clientId,
    sid: sidFor(service, client, sessionId),
    sub: subjectForClient(service, client, grant, subject),
    now,
    data: { namedBy, ...(audienceType === undefined ? {} : { audienceType }) },
  })
  return [orRefuse(hold, new Refusal(rule)), join]
}

/** Where refresh tokens are bound to their session, their use holds it, and is a use of it. */
export function holdForRefresh(
  { service, store, now }: ServiceContext,
  client: Client,
  { sessionId, subject }: { sessionId: string | null; subject: string | null },
): Write[] {
  const isBound = hasRegistry(service) && sessionRefresh(service, client) === 'bound'
  if (!isBound || sessionId === null || subject === null) return []
  const hold = store.sessions.hold(service.apiKey, sessionId, subject, now)
  return [orRefuse(hold, new Refusal(sessionRules.endedAtToken))]
}

/**
 * Commits what is issued in a session. The guard of the session cannot tell why it failed; a look
 * at the session does, and the refusal that is thrown is the specific one.
 */
export async function commitInSession(
  context: ServiceContext,
  { sessionId, subject }: { sessionId?: string | undefined; subject?: string | undefined },
  ...writes: Write[]
): Promise<void> {
  const { store, service, now } = context
  try {
    await store.commit(...writes)
  } catch (error) {
    if (!isSessionRefusal(error) || sessionId === undefined) throw error
    const row = await store.sessions.find(service.apiKey, sessionId)
    if (!row) throw new Refusal(sessionRules.unknown)
    const isLive = row.endedAt === null && row.expiresAt > now
    throw isLive && row.subject !== subject ? new Refusal(sessionRules.otherSubject) : error
  }
}

/**
 * The grant of a stored token. A token that outlived its session has left it: the column tells so,
 * and the grant that was stored before does not.
 */
export function storedGrant(row: { sessionId: string | null; data: { grant: Grant } }): Grant {
  const { grant } = row.data
  const sessionId = row.sessionId ?? undefined
  return grant.sessionId === sessionId ? grant : { ...grant, sessionId }
}

/** The session that a `sid` names: the identifier itself, or its name towards a pairwise client. */
export async function sessionBySid({ service, store }: ServiceContext, sid: string) {
  const participant = await store.sessionClients.findBySid(service.apiKey, sid)
  return store.sessions.find(service.apiKey, participant?.sessionId ?? sid)
}

/** Whether the session of a `sid` goes on; always true if the service keeps no sessions. */
export async function hasLiveSession(context: ServiceContext, sid: string): Promise<boolean> {
  if (!hasRegistry(context.service)) return true
  const row = await sessionBySid(context, sid)
  return row !== undefined && row.endedAt === null && row.expiresAt > context.now
}

/** Whether an error is the refusal of a session. */
export const isSessionRefusal = (error: unknown): error is Refusal =>
  error instanceof Refusal && Object.values<unknown>(sessionRules).includes(error.rule)
