/** What receivers of security events are told of the end of sessions, CAEP §3.1. */
import type { ServiceContext } from '../context.ts'
import { newSecurityEvent } from '../events/security-event.ts'
import type { SessionEndReason } from '../model/session.ts'
import { sessionRevoked } from '../oauth/ssf/set.ts'
import { signalSettings } from '../oauth/ssf/settings.ts'
import type { Write } from '../store/engine.ts'

/** One event for each session that the logout ends; none if the service sends none. */
export function endSignal(
  { service, store, system, now }: Pick<ServiceContext, 'service' | 'store' | 'system' | 'now'>,
  logoutId: string,
  reason: SessionEndReason,
): Write[] {
  const type = 'session-revoked'
  if (!signalSettings(service)?.types.includes(type)) return []
  const content = { event: sessionRevoked(reason, now), txn: logoutId }
  const event = newSecurityEvent(system.random, { serviceId: service.apiKey, type, now }, content)
  return [store.securityEvents.insertOfLogout(event, logoutId)]
}
