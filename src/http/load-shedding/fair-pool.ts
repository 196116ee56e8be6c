/**
 * A pool of slots that services share. While other services are present, a service that holds a
 * quarter of the slots gets no more unless over a quarter is free, so that the others find slots.
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

  taken(): number {
    return this.total
  }

  /** Whether at least half of the slots are taken. */
  isHalfFull(): boolean {
    return this.total * 2 >= this.size
  }

  /** Whether the free slots are reserved for services that hold less than their share. */
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

  /** Takes a slot. The service of the call is counted by `assign`, once it is known. */
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

  /** Keeps entries with count 0 for the next call of the service, unless there are too many. */
  release(service: number): void {
    const known = this.held.get(service)
    if (!known) return
    known.count -= 1
    if (known.count === 0 && this.held.size > keptEntries) this.held.delete(service)
  }
}
