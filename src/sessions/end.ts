/**
 * Ends of sessions. The commit that ends a session deletes what was issued in it, and writes a
 * delivery for each client that took part: nothing that happens later can lose a notification.
 */
import { processTime, type ServiceContext } from '../context.ts'
import { eventWrites } from '../events/write.ts'
import type { SessionEndReason } from '../model/session.ts'
import { logoutSettings } from '../oauth/logout/logout-settings.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { Write } from '../store/engine.ts'
import type { SessionEnd } from '../store/tables/sessions/session-ends.ts'
import type { Offline } from '../store/tables/sessions/session-tokens.ts'
import { endSignal } from './signal.ts'

/**
 * Which sessions end: one or two; all of a subject, or all but one of them; or all live ones of a
 * subject but `kept` and so many others that were used last.
 */
export type EndedSessions =
  | { sessionId: string; also?: string | undefined }
  | { subject: string; exceptSessionId?: string | undefined }
  | { subject: string; kept: string; others: number }

export interface EndRequest {
  reason: SessionEndReason
  /** Whether tokens with `offline_access` are deleted too; undefined as the service has it. */
  revokeOffline?: boolean | undefined
  /** What the caller notes about it, for the list of deliveries. */
  note?: string | undefined
}

/** A delivery that the process which commits has not begun is due for every process then. */
export const firstAttemptMilliseconds = 5_000

/** The end of a session in one commit: its logout, and the writes in their order. */
export interface Ending {
  logoutId: string
  writes: Write[]
}

/** Whether tokens with `offline_access` are deleted. */
export const offlineOf = (
  { service }: Pick<ServiceContext, 'service'>,
  { revokeOffline }: Pick<EndRequest, 'revokeOffline'>,
): Offline => ((revokeOffline ?? sessionSettings(service).revokeOffline) ? 'deleted' : 'kept')

/**
 * The commit of an end. Sessions are marked first, so that a commit which issues something in one
 * of them has either happened, and is undone by the statements that follow, or fails.
 */
export function endingOf(
  context: ServiceContext,
  ended: EndedSessions,
  request: EndRequest,
): Ending {
  const { service, store, now } = context
  const serviceId = service.apiKey
  const logoutId = newLogoutId(context)
  const end = sessionEndOf(context, logoutId, request.reason)
  const offline = offlineOf(context, request)
  const deliveries = sessionEnded(context, logoutId, request.note)
  if ('sessionId' in ended) {
    const ids = ended.also === undefined ? [ended.sessionId] : [ended.sessionId, ended.also].sort()
    const sessions = ids.map((sessionId) => ({ serviceId, sessionId }))
    return {
      logoutId,
      writes: [
        ...sessions.map((of) => store.sessions.endOne(of, end)),
        ...deliveries,
        ...sessions.flatMap((of) => store.sessionTokens.end(of, offline)),
        ...endEvent(context, logoutId, ended.sessionId),
        ...endSignal(context, logoutId, request.reason),
      ],
    }
  }
  const of = { serviceId, subject: ended.subject }
  return {
    logoutId,
    writes: [
      holdSubject(context, ended.subject, now),
      'kept' in ended
        ? store.sessions.endBeyond(of, ended.kept, ended.others, end)
        : store.sessions.endOfSubject(of, end, ended.exceptSessionId),
      ...deliveries,
      ...store.sessionTokens.endOfLogout({ serviceId, logoutId }, offline),
      ...endEvent(context, logoutId),
      ...endSignal(context, logoutId, request.reason),
    ],
  }
}

/** The event of an end, unless the logout ends no session. */
export function endEvent(
  context: Pick<ServiceContext, 'service' | 'store' | 'system' | 'now'>,
  logoutId: string,
  sessionId?: string,
): Write[] {
  const { service, store, system } = context
  const writing = { store, random: system.random, service, now: processTime(context) }
  const data = { serviceId: service.apiKey, logoutId, sessionId }
  return eventWrites(writing, 'session.ended', data)
}

export const newLogoutId = ({ system }: Pick<ServiceContext, 'system'>): string =>
  system.random.token(128)

/** The mark of an ended session. */
export const sessionEndOf = (
  { service, now }: Pick<ServiceContext, 'service' | 'now'>,
  logoutId: string,
  reason: SessionEndReason,
): SessionEnd => ({
  now,
  logoutId,
  reason,
  keptUntil: now + sessionSettings(service).historySeconds * 1_000,
})

/**
 * The deliveries of the sessions that a logout ended: the only place that writes them at an end.
 * None if the service does not support back-channel logout.
 */
export function sessionEnded(
  { service, store, now }: Pick<ServiceContext, 'service' | 'store' | 'now'>,
  logoutId: string,
  note?: string,
): Write[] {
  if (!service.backchannelLogoutSupported) return []
  return [store.deliveries.insertOfLogout(newDeliveries({ service, now }, logoutId, note))]
}

/** What the deliveries of a logout have in common. */
export function newDeliveries(
  { service, now }: Pick<ServiceContext, 'service' | 'now'>,
  logoutId: string,
  note?: string,
) {
  const giveUpAt = now + logoutSettings(service).retrySeconds * 1_000
  return {
    serviceId: service.apiKey,
    logoutId,
    kind: 'backchannel-logout' as const,
    now,
    dueAt: now + firstAttemptMilliseconds,
    giveUpAt,
    keptUntil: giveUpAt + sessionSettings(service).historySeconds * 1_000,
    reason: note,
  }
}

/**
 * Calls that create or end several sessions of one subject wait for each other, so that none of
 * them locks sessions in another order.
 */
export const subjectHold = (subject: string): string => tokenHash(`sessions: ${subject}`)

export const holdSubject = (
  { service, store }: Pick<ServiceContext, 'service' | 'store'>,
  subject: string,
  now: number,
): Write =>
  store.attempts.add(service.apiKey, subjectHold(subject), {
    now,
    until: now + 60_000,
  })
