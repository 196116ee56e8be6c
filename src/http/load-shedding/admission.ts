/**
 * Admission control: an overloaded process serves some calls fast and refuses the others, and no
 * service can take the slots of all others.
 *
 * A call holds a slot while this process works on it. While it waits for its body or for another
 * server, it is counted in a separate, larger pool.
 */
import { CallSlot } from './call-slot.ts'
import { FairPool } from './fair-pool.ts'
import { Presence } from './presence.ts'

export interface Limits {
  /** The limit of concurrent calls; further calls are refused immediately. */
  maxInFlight: number
  /** A call that has waited longer for the calls before it is refused. */
  maxWaitMilliseconds: number
  /** A call whose body takes longer to arrive is refused. */
  maxBodyMilliseconds: number
  /** Completes work that waits for the end of the turn, which takes seconds under a flood. */
  relieve: () => void
}

export interface Admission {
  readonly maxBodyMilliseconds: number
  /** Whether a call to this path must be refused before it is processed. */
  isFull(path?: string): boolean
  /** Whether at least half of the slots are taken, so that calls that can wait are refused. */
  isBusy(): boolean
  /** How many calls hold a slot. */
  inFlight(): number
  /** Counts a call to this path until its slot is released. */
  begin(path?: string): CallSlot
  /**
   * Waits for another server in a call of this service, which holds no slot while it waits.
   * Undefined if too many calls are already waiting.
   */
  awaitServer<T>(service: number, wait: () => Promise<T>): Promise<T> | undefined
}

/**
 * This number of calls per turn is admitted however long they waited: after a short stall the
 * process is not overloaded, and a few late responses are better than refusals.
 */
const alwaysTaken = 64
/** A service with fewer calls in this turn is still served when the turn is late. */
const fewOfTurn = 16
/** Calls are counted by service only after this many calls in a turn. */
const uncounted = 8
const reliefMilliseconds = 50
/** A service that called within this time counts as present, and slots are reserved for it. */
const presenceMilliseconds = 10_000
/** Sizes of the pools for waiting calls, relative to `maxInFlight`. */
const receivingFactor = 8
const awaitingFactor = 4

/** A missing limit means no limit. */
export function createAdmission(limits: Partial<Limits> = {}): Admission {
  const { maxInFlight = Number.POSITIVE_INFINITY } = limits
  const { maxWaitMilliseconds = Number.POSITIVE_INFINITY, relieve = () => {} } = limits
  const { maxBodyMilliseconds = Number.POSITIVE_INFINITY } = limits
  const presence = new Presence(presenceMilliseconds)
  const running = new FairPool(maxInFlight, presence)
  const receiving = new FairPool(receivingFactor * maxInFlight, presence)
  const awaiting = new FairPool(awaitingFactor * maxInFlight, presence)
  const pools = { running, receiving, presence }
  const ofTurnByService = new Map<number, number>()
  let ofTurn = 0
  let lateOfTurn = 0
  let isLate = false
  let isInTurn = false
  let began = 0
  let relieved = 0

  /**
   * How long the current call has waited, in milliseconds. Calls that arrive together are processed
   * one after the other in one turn of the event loop, so that is the duration of the turn so far.
   */
  function waited(): number {
    const now = performance.now()
    presence.now = now
    // A longer turn continues because of new calls, which have not waited since its start.
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

  /** A flood by one service delays the turn for all, but must not cause refusals of others. */
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
    isBusy: () => running.isHalfFull(),
    inFlight: () => running.taken(),
    begin(path = '') {
      ofTurn += 1
      if (isLate) lateOfTurn += 1
      if (ofTurn > uncounted) {
        const service = serviceOf(path)
        ofTurnByService.set(service, ofTurnOf(service) + 1)
      }
      running.take()
      return new CallSlot(pools)
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
      // The call continues even if the pool is full, so that its work so far is not lost.
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
