/** What follows a failed attempt to deliver an event. */

/** Why an attempt failed: the answer of the endpoint, or why there was none. */
export interface EventFailure {
  /** A name from a closed set, such as `timeout`; never what the endpoint wrote. */
  reason: string
  /** The HTTP status of the answer. */
  status?: number | undefined
  /** The seconds that the endpoint asked to wait. */
  retryAfter?: number | undefined
}

interface Attempted {
  /** The number of attempts, with this one. */
  attempts: number
  now: number
  giveUpAt: number
  /** From 0 to below 1: spreads the attempts of many deliveries. */
  chance: number
}

const firstDelayMilliseconds = 5_000
const longestDelayMilliseconds = 6 * 3_600_000
/** A delay is up to this much shorter or longer. */
const spread = 0.2

/** The endpoint says that it is gone for good. */
export const isGone = ({ status }: EventFailure): boolean => status === 410

/** When to attempt again; undefined if the delivery is parked. */
export function nextAttemptAt(
  failure: EventFailure,
  { attempts, now, giveUpAt, chance }: Attempted,
): number | undefined {
  if (isGone(failure)) return undefined
  const doubled = firstDelayMilliseconds * 2 ** Math.min(attempts - 1, 30)
  const asked = 1_000 * (failure.retryAfter ?? 0)
  const spreadDelay = doubled * (1 - spread + 2 * spread * chance)
  const nextAt = now + Math.round(Math.min(Math.max(spreadDelay, asked), longestDelayMilliseconds))
  return nextAt > giveUpAt ? undefined : nextAt
}

/** Whether the endpoint answered as one that works. */
export const wasAnswered = ({ status }: EventFailure): boolean =>
  status !== undefined && status < 500
