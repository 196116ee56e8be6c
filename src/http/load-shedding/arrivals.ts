/**
 * Arrival of request bodies. Most bodies arrive in the same turn of the event loop as the headers.
 * Only a call whose body has not arrived at the end of the turn is paused and gets a deadline.
 */
import { startDeadline } from '../../system/deadline.ts'
import type { CallSlot } from './call-slot.ts'

/** Why a call ends before its body has arrived. */
export type Missed = 'late' | 'crowded'

export interface Arrival {
  /** The body has arrived. Returns whether the call has a slot to continue. */
  arrived(): boolean
  /** The body will not arrive. */
  failed(): void
}

export interface Arrivals {
  expect(slot: CallSlot, miss: (why: Missed) => void): Arrival
}

/** `milliseconds` is the deadline for a body that has not arrived in its turn. */
export function createArrivals(milliseconds: number): Arrivals {
  let ofTurn: ExpectedBody[] = []

  function endTurn(): void {
    const expected = ofTurn
    ofTurn = []
    for (const each of expected) each.waitLonger(milliseconds)
  }

  return {
    expect(slot, miss) {
      if (ofTurn.length === 0) setImmediate(endTurn)
      const expected = new ExpectedBody(slot, miss)
      ofTurn.push(expected)
      return expected
    },
  }
}

class ExpectedBody implements Arrival {
  private readonly slot: CallSlot
  private readonly miss: (why: Missed) => void
  private isOver = false
  private endDeadline: (() => void) | undefined

  constructor(slot: CallSlot, miss: (why: Missed) => void) {
    this.slot = slot
    this.miss = miss
  }

  waitLonger(milliseconds: number): void {
    if (this.isOver) return
    if (this.slot.pause()) {
      this.endDeadline = startDeadline(milliseconds, () => this.miss('late'))
    } else {
      this.miss('crowded')
    }
  }

  arrived(): boolean {
    this.failed()
    return this.endDeadline === undefined || this.slot.resume()
  }

  failed(): void {
    this.isOver = true
    this.endDeadline?.()
  }
}
