/**
 * Which calls are taken: an overloaded process serves some calls well, and refuses the others, and
 * no service takes the place of all others.
 *
 * A call holds a slot while this process works for it. While it waits for the rest of its own body,
 * or for another server, it is counted in a pool apart, which is larger.
 */
import { CallSlot } from './call-slot.ts'
import { FairPool } from './fair-pool.ts'
import { Presence } from './presence.ts'

export interface Limits {
  /** Calls under way beyond which further ones are refused at once. */
  maxInFlight: number
  /** How long a call may have waited for those before it; then it is refused. */
  maxWaitMilliseconds: number
  /** How long the body of a call may take to arrive; then the call is refused. */
  maxBodyMilliseconds: number
  /** Ends calls that wait for the turn to end. A flood makes a turn last for seconds. */
  relieve: () => void
}

export interface Admission {
  readonly maxBodyMilliseconds: number
  /** Whether a call to this path is refused before anything is made of it. */
  isFull(path?: string): boolean
  /** Counts a call to this path, until its slot is ended. */
  begin(path?: string): CallSlot
  /**
   * Waits for another server in a call of this service, which holds no slot meanwhile. Undefined:
   * too many calls wait so already.
   */
  awaitServer<T>(service: number, wait: () => Promise<T>): Promise<T> | undefined
}

/**
 * So many calls are taken in one turn however long they waited: a machine that stood still for a
 * moment is not overloaded, and a few late answers are better than refusals.
 */
const alwaysTaken = 64
/** Of a service of which this turn has had few calls, some are taken however late the turn is. */
const fewOfTurn = 16
/** A turn of fewer calls is not counted by service. */
const uncounted = 8
const reliefMilliseconds = 50
/** A service that called within this time is there: the share of others is kept for it. */
const presenceMilliseconds = 10_000
/** How many calls may wait for their bodies, and for other servers, to one that runs. */
const receivingFactor = 8
const awaitingFactor = 4

/** What is not given is not limited. */
export function createAdmission(limits: Partial<Limits> = {}): Admission {
  const { maxInFlight = Number.POSITIVE_INFINITY } = limits
  const { maxWaitMilliseconds = Number.POSITIVE_INFINITY, relieve = () => {} } = limits
  const { maxBodyMilliseconds = Number.POSITIVE_INFINITY } = limits
  const presence = new Presence(presenceMilliseconds)
  const running = new FairPool(maxInFlight, presence)
  const receiving = new FairPool(receivingFactor * maxInFlight, presence)
  const awaiting = new FairPool(awaitingFactor * maxInFlight, presence)
  const places = { running, receiving, presence }
  const ofTurnByService = new Map<number, number>()
  let ofTurn = 0
  let lateOfTurn = 0
  let isLate = false
  let isInTurn = false
  let began = 0
  let relieved = 0

  /**
   * Calls that arrived together are reached one after the other, in one turn of the event loop:
   * what the turn has lasted until then is what this one has waited, unseen by any counter.
   */
  function waited(): number {
    const now = performance.now()
    presence.now = now
    // A turn that is longer goes on because others arrive: they have not waited since it began.
    if (!isInTurn || now - began > 2 * maxWaitMilliseconds) {
      began = now
      ofTurn = 0
      lateOfTurn = 0
      ofTurnByService.clear()
    }
    if (!isInTurn) {
      isInTurn = true
      relieved = now
      setImmediate(() => {
        isInTurn = false
      })
    }
    if (now - relieved > reliefMilliseconds) {
      relieved = now
      relieve()
    }
    return now - began
  }

  /** A flood of one service makes the turn late for all; it is no reason to refuse the others. */
  const isTakenLate = (path: string) =>
    ofTurn < alwaysTaken || (lateOfTurn < alwaysTaken && ofTurnOf(serviceOf(path)) < fewOfTurn)
  const ofTurnOf = (service: number) => ofTurnByService.get(service) ?? 0

  function refuses(path: string): boolean {
    isLate = waited() > maxWaitMilliseconds
    if (running.isFull() || (isLate && !isTakenLate(path))) return true
    return running.isScarce() && running.isClosedTo(serviceOf(path))
  }

  return {
    maxBodyMilliseconds,
    isFull(path = '') {
      const isRefused = refuses(path)
      if (isRefused) presence.see(serviceOf(path))
      return isRefused
    },
    begin(path = '') {
      ofTurn += 1
      if (isLate) lateOfTurn += 1
      if (ofTurn > uncounted) {
        const service = serviceOf(path)
        ofTurnByService.set(service, ofTurnOf(service) + 1)
      }
      running.take()
      return new CallSlot(places)
    },
    awaitServer(service, wait) {
      if (awaiting.isFull() || awaiting.isClosedTo(service)) return undefined
      return waitApart(service, wait)
    },
  }

  async function waitApart<T>(service: number, wait: () => Promise<T>): Promise<T> {
    move(service, running, awaiting)
    try {
      return await wait()
    } finally {
      // What has been done for the call is not thrown away, whether or not there is room.
      move(service, awaiting, running)
    }
  }
}

function move(service: number, from: FairPool, to: FairPool): void {
  from.give()
  from.release(service)
  to.take()
  to.assign(service)
}

const serviceOf = (path: string): number => Number(/^\/api\/(\d{1,16})/.exec(path)?.[1] ?? 0)
