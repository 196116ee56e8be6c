/** A clock that can be moved forward. */
import type { Clock } from '../system/clock.ts'
import type { PosternClock } from './types.ts'

export function movableClock(base: Clock): PosternClock {
  let ahead = 0
  return Object.assign(() => base() + ahead, {
    advance(milliseconds: number) {
      // Expired rows may have been removed already, so that time cannot be turned back.
      if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) {
        throw new RangeError(`The clock moves forward by milliseconds, not by ${milliseconds}.`)
      }
      ahead += milliseconds
    },
  })
}
