/**
 * The rates of calls of services with a quota, in this process. A service has a bucket of as many
 * calls as its quota allows in a second, which fills again at that rate.
 *
 * A bucket is kept as the time at which it is full again: one number, and none for a full one.
 */
import { createCache } from '../../system/cache.ts'

/** A bucket that is pushed out is full when its service calls again. */
const mostBuckets = 100_000
const secondMilliseconds = 1_000
/** Sums of fractions of milliseconds are not exact: times have 2^-12 of one. */
const tolerance = 0.01

export class CallRates {
  private readonly fullAgain = createCache<number, number>(mostBuckets)

  /** When the service may make a call again, in milliseconds. */
  nextAt(service: number, perSecond: number, now: number): number {
    const known = this.fullAgain.get(service) ?? now
    return known + secondMilliseconds / perSecond - secondMilliseconds - tolerance
  }

  /**
   * Takes a call out of the bucket of the service; false if it is empty. `now` is in milliseconds.
   */
  take(service: number, perSecond: number, now: number): boolean {
    const latest = now + secondMilliseconds + tolerance
    const known = this.fullAgain.get(service) ?? now
    // What lies further ahead is of a clock that was set back since.
    const from = known > latest ? now : Math.max(known, now)
    const milliseconds = secondMilliseconds / perSecond
    if (from + milliseconds > latest) return false
    this.fullAgain.set(service, from + milliseconds)
    return true
  }
}
