/**
 * Places that services share. While others are there too, a service that holds a quarter of them
 * gets no more unless over a quarter is free, so that the others always find one.
 */
import type { Presence } from './presence.ts'

const keptEntries = 10_000

export class FairPool {
  private readonly size: number
  private readonly presence: Presence
  private readonly held = new Map<number, { count: number }>()
  private total = 0

  constructor(size: number, presence: Presence) {
    this.size = size
    this.presence = presence
  }

  isFull(): boolean {
    return this.total >= this.size
  }

  /** Whether what is free is kept for services that hold less than their share. */
  isScarce(): boolean {
    return this.size - this.total <= this.size / 4
  }

  isClosedTo(service: number): boolean {
    const hasItsShare = () => this.heldBy(service) >= this.size / 4
    return this.isScarce() && hasItsShare() && this.presence.hasOthers(service)
  }

  heldBy(service: number): number {
    return this.held.get(service)?.count ?? 0
  }

  /** A place for a call whose service is told by `assign`, or is not known yet. */
  take(): void {
    this.total += 1
  }

  give(): void {
    this.total -= 1
  }

  assign(service: number): void {
    const known = this.held.get(service)
    if (known) known.count += 1
    else this.held.set(service, { count: 1 })
  }

  /** An entry of none is kept for the next call of the service, unless there are many. */
  release(service: number): void {
    const known = this.held.get(service)
    if (!known) return
    known.count -= 1
    if (known.count === 0 && this.held.size > keptEntries) this.held.delete(service)
  }
}
