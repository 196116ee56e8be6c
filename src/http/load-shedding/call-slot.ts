/** The slot of one call, in the pool of running calls or of calls that wait for their bodies. */
import type { FairPool } from './fair-pool.ts'
import type { Presence } from './presence.ts'

interface Pools {
  running: FairPool
  receiving: FairPool
  presence: Presence
}

const unassigned = -1

export class CallSlot {
  private readonly pools: Pools
  private pool: FairPool
  private service = unassigned

  /** The call must already be counted in the pool of running calls. */
  constructor(pools: Pools) {
    this.pools = pools
    this.pool = pools.running
  }

  /** Assigns the call to a service (0: none). Returns whether the service may have another slot. */
  assign(service: number): boolean {
    const { running, presence } = this.pools
    presence.see(service)
    // The slot of this call itself must not count.
    running.give()
    const isClosed = running.isClosedTo(service)
    running.take()
    if (isClosed) return false
    this.service = service
    running.assign(service)
    return true
  }

  /** The call waits for its body without a slot. False if too many calls are waiting. */
  pause(): boolean {
    const { receiving } = this.pools
    if (receiving.isFull() || receiving.isClosedTo(this.service)) return false
    this.moveTo(receiving)
    return true
  }

  /** The body has arrived. Returns whether a slot is available again. */
  resume(): boolean {
    const { running } = this.pools
    const hasRoom = !running.isFull() && !running.isClosedTo(this.service)
    this.moveTo(running)
    return hasRoom
  }

  /** The call has ended. */
  end(): void {
    this.pool.give()
    if (this.service !== unassigned) this.pool.release(this.service)
  }

  private moveTo(pool: FairPool): void {
    this.end()
    this.pool = pool
    pool.take()
    if (this.service !== unassigned) pool.assign(this.service)
  }
}
