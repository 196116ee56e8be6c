/** What follows from unlocking a client, as writes for the commit of the change. */
import type { ServiceContext } from '../context.ts'
import type { Write } from '../store/engine.ts'

type Data = Record<string, unknown>

/** Pushes that were put off while the client was locked are due at once. */
export function hastenUnlocked(
  { service, store, now }: ServiceContext,
  clientId: number,
  { before, after }: { before: Data; after: Data },
): Write[] {
  const isUnlocked = before['locked'] === true && after['locked'] !== true
  return isUnlocked ? [store.securityEvents.hasten(service.apiKey, clientId, now)] : []
}
