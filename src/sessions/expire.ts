/** The end of sessions that have expired, without a request. */
import { setImmediate as others } from 'node:timers/promises'
import type { Dependencies } from '../context.ts'
import { timeOf } from '../model/service/clock.ts'
import type { Service } from '../model/service/service.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { endEvent, newLogoutId, offlineOf, sessionEnded, sessionEndOf } from './end.ts'
import { clientsOf, sendDeliveries } from './outcome.ts'
import { endSignal } from './signal.ts'

export type Expiring = Pick<Dependencies, 'store' | 'documents' | 'system' | 'outbox'>

const sessionsOfBatch = 100

interface Expired {
  serviceId: number
  sessionId: string
}

/** The session was used in the meantime, or another process has ended it. */
class LivesError extends Error {}

/**
 * Ends every session that has expired; returns how many. With `ext.session.expiry` = `logout`, what
 * was issued in it is revoked and its clients are notified, as by a logout.
 */
export async function expireSessions(expiring: Expiring, signal: AbortSignal): Promise<number> {
  const { store, system } = expiring
  let count = await expireUntil(expiring, { now: system.clock() }, signal)
  // By their own clocks, more sessions of these services have expired.
  for (const { serviceId, ahead } of await store.services.moved()) {
    count += await expireUntil(expiring, { now: system.clock() + ahead, serviceId }, signal)
  }
  return count
}

/** The same at once for a service whose clock was just moved; what is left is the sweep's. */
export async function expireOf(expiring: Expiring, serviceId: number, now: number): Promise<void> {
  for (const session of await expiring.store.sessions.expired(now, sessionsOfBatch, serviceId)) {
    await expireOrLog(expiring, session)
  }
}

interface Until {
  now: number
  /** Absent: all services. */
  serviceId?: number
}

async function expireUntil(
  expiring: Expiring,
  { now, serviceId }: Until,
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  for (let isMore = true; isMore && !signal.aborted; ) {
    const before = count
    const expired = await expiring.store.sessions.expired(now, sessionsOfBatch, serviceId)
    for (const session of expired) {
      if (signal.aborted) return count
      if (await expireOrLog(expiring, session)) count += 1
      await others()
    }
    // A batch of which none can be ended would be found again.
    isMore = expired.length === sessionsOfBatch && count > before
  }
  return count
}

/** A session that cannot be ended, because its service is broken, does not keep others waiting. */
async function expireOrLog(expiring: Expiring, session: Expired): Promise<boolean> {
  try {
    return await expire(expiring, session)
  } catch (error) {
    const { serviceId } = session
    expiring.system.log.error({ error, serviceId }, 'ending an expired session failed')
    return false
  }
}

async function expire(expiring: Expiring, session: Expired): Promise<boolean> {
  const { store, documents, system } = expiring
  const service = await documents.service(session.serviceId)
  // Sessions are deleted with their service.
  if (!service) return false
  const logoutId = newLogoutId({ system })
  const context = { ...expiring, service, now: timeOf(service, system.clock) }
  const end = sessionEndOf(context, logoutId, 'EXPIRED')
  const ended = orRefuse(store.sessions.endExpired(session, end), new LivesError())
  try {
    await store.commit(ended, ...consequences(context, session, logoutId))
  } catch (error) {
    if (error instanceof LivesError) return false
    throw error
  }
  const clients = await clientsOf(
    context,
    await store.deliveries.ofLogout(service.apiKey, logoutId),
  )
  await sendDeliveries(context, logoutId, clients, 0)
  return true
}

function consequences(
  context: Expiring & { service: Service; now: number },
  session: Expired,
  logoutId: string,
): Write[] {
  const { service, store } = context
  const told = [
    ...endEvent(context, logoutId, session.sessionId),
    ...endSignal(context, logoutId, 'EXPIRED'),
  ]
  if (sessionSettings(service).expiry === 'silent') return told
  return [
    ...sessionEnded(context, logoutId),
    ...store.sessionTokens.end(session, offlineOf(context, {})),
    ...told,
  ]
}
