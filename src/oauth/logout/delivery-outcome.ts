/** What follows a failed attempt to deliver a Logout Token, OIDC Back-Channel Logout §2.8. */

/** Why an attempt failed: the answer of the client, or why there was none. */
export interface DeliveryFailure {
  /** A name from a closed set, such as `timeout`; never what the client wrote. */
  reason: string
  /** The HTTP status of the answer. */
  status?: number | undefined
  /** The seconds that the client asked to wait. */
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
const longestDelayMilliseconds = 3_600_000
/** A delay is up to this much shorter or longer. */
const spread = 0.2
/** A client with an old copy of the key set answers 400, and accepts a later attempt. */
const attemptsIfRefused = 8

const finalReasons = ['redirect', 'invalid-url', 'forbidden-address']
/** Errors of the request that are temporary: RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4. */
const temporary = [408, 425, 429]

const isRefused = ({ status }: DeliveryFailure): boolean =>
  status !== undefined && status >= 400 && status < 500 && !temporary.includes(status)

/** When to attempt again; undefined if the delivery is given up. */
export function nextAttemptAt(
  failure: DeliveryFailure,
  { attempts, now, giveUpAt, chance }: Attempted,
): number | undefined {
  if (failure.status === 410 || finalReasons.includes(failure.reason)) return undefined
  if (isRefused(failure) && attempts >= attemptsIfRefused) return undefined
  const doubled = firstDelayMilliseconds * 2 ** Math.min(attempts - 1, 30)
  const asked = 1_000 * (failure.retryAfter ?? 0)
  const spreadDelay = doubled * (1 - spread + 2 * spread * chance)
  const delay = Math.min(Math.max(spreadDelay, asked), longestDelayMilliseconds)
  const nextAt = now + Math.round(delay)
  return nextAt > giveUpAt ? undefined : nextAt
}

/** Whether the client answered at all, so that its server works. */
export const wasAnswered = ({ status }: DeliveryFailure): boolean =>
  status !== undefined && status < 500
