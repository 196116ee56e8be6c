/** The place of one call: among those that run, or among those whose bodies have not arrived. */
import type { FairPool } from './fair-pool.ts'
import type { Presence } from './presence.ts'

interface Places {
  running: FairPool
  receiving: FairPool
  presence: Presence
}

const unassigned = -1

export class CallSlot {
  private readonly places: Places
  private place: FairPool
  private service = unassigned

  /** The call has been counted among those that run. */
  constructor(places: Places) {
    this.places = places
    this.place = places.running
  }

  /** The call is of this service, 0 of none. Whether the service may have one slot more. */
  assign(service: number): boolean {
    const { running, presence } = this.places
    presence.see(service)
    // Its own place is not one that others have taken.
    running.give()
    const isClosed = running.isClosedTo(service)
    running.take()
    if (isClosed) return false
    this.service = service
    running.assign(service)
    return true
  }

  /** The call waits for its body, without a slot. Whether it may: only so many can wait. */
  pause(): boolean {
    const { receiving } = this.places
    if (receiving.isFull() || receiving.isClosedTo(this.service)) return false
    this.moveTo(receiving)
    return true
  }

  /** The body is there. Whether there is a slot for the call again. */
  resume(): boolean {
    const { running } = this.places
    const hasRoom = !running.isFull() && !running.isClosedTo(this.service)
    this.moveTo(running)
    return hasRoom
  }

  /** The call has been answered. */
  end(): void {
    this.place.give()
    if (this.service !== unassigned) this.place.release(this.service)
  }

  private moveTo(place: FairPool): void {
    this.end()
    this.place = place
    place.take()
    if (this.service !== unassigned) place.assign(this.service)
  }
}
