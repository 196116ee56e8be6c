/** Security events as writes, for the commit of what they tell of. */
import type { SecurityEventContent } from '../model/events/stream.ts'
import type { NewSecurityEvent } from '../store/tables/streams/security-events.ts'
import type { Random } from '../system/random.ts'

/** How long an event waits for a receiver that does not take it. */
const waitingMilliseconds = 7 * 86_400_000

/** `now` is in milliseconds since the epoch, by the clock of the service. */
export const newSecurityEvent = (
  random: Random,
  { serviceId, type, now }: Pick<NewSecurityEvent, 'serviceId' | 'type' | 'now'>,
  content: SecurityEventContent,
): NewSecurityEvent => ({
  serviceId,
  type,
  now,
  eventId: random.token(128),
  expiresAt: now + waitingMilliseconds,
  content,
})
