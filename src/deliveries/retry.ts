/** What follows a failed attempt to deliver something. */

/** Why an attempt failed: the answer of the receiver, or why there was none. */
export interface DeliveryFailure {
  /** A name from a closed set, such as `timeout`; never what the receiver wrote. */
  reason: string
  /** The HTTP status of the answer. */
  status?: number | undefined
  /** The seconds that the receiver asked to wait. */
  retryAfter?: number | undefined
}

/** How long deliveries of a kind are tried. */
export interface Patience {
  longestDelayMilliseconds: number
  /** Attempts in all where the receiver refuses the request; absent: as for other failures. */
  attemptsIfRefused?: number
  /** Reasons that end the delivery at once. */
  finalReasons: readonly string[]
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
/** A delay is up to this much shorter or longer. */
const spread = 0.2
/** Errors of the request that are temporary: RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4. */
const temporary = [408, 425, 429]

const isRefused = ({ status }: DeliveryFailure): boolean =>
  status !== undefined && status >= 400 && status < 500 && !temporary.includes(status)

/** The receiver says that it is gone for good, RFC 9110 §15.5.11. */
export const isGone = ({ status }: DeliveryFailure): boolean => status === 410

/** When to attempt again; undefined if the delivery is given up. */
export function nextAttemptAt(
  failure: DeliveryFailure,
  { attempts, now, giveUpAt, chance }: Attempted,
  {
    longestDelayMilliseconds,
    attemptsIfRefused = Number.POSITIVE_INFINITY,
    finalReasons,
  }: Patience,
): number | undefined {
  if (isGone(failure) || finalReasons.includes(failure.reason)) return undefined
  if (isRefused(failure) && attempts >= attemptsIfRefused) return undefined
  const doubled = firstDelayMilliseconds * 2 ** Math.min(attempts - 1, 30)
  const asked = 1_000 * (failure.retryAfter ?? 0)
  const spreadDelay = doubled * (1 - spread + 2 * spread * chance)
  const nextAt = now + Math.round(Math.min(Math.max(spreadDelay, asked), longestDelayMilliseconds))
  return nextAt > giveUpAt ? undefined : nextAt
}

/** Whether the receiver answered as one that works. */
export const wasAnswered = ({ status }: DeliveryFailure): boolean =>
  status !== undefined && status < 500
