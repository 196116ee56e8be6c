/** Which calls are taken: an overloaded process serves some calls well, and refuses the others. */

export interface Limits {
  /** Calls under way beyond which further ones are refused at once. */
  maxInFlight: number
  /** How long a call may have waited for those before it; then it is refused. */
  maxWaitMilliseconds: number
  /** Ends calls that wait for the turn to end. A flood makes a turn last for seconds. */
  relieve: () => void
}

export interface Admission {
  isFull(): boolean
  /** Counts a call, from now until `end` says that it has been answered. */
  begin(): void
  end(): void
}

/**
 * So many calls are taken in one turn however long they waited: a machine that stood still for a
 * moment is not overloaded, and a few late answers are better than refusals.
 */
const alwaysTaken = 64
const reliefMilliseconds = 50

/** What is not given is not limited. */
export function createAdmission(limits: Partial<Limits> = {}): Admission {
  const { maxInFlight = Number.POSITIVE_INFINITY } = limits
  const { maxWaitMilliseconds = Number.POSITIVE_INFINITY, relieve = () => {} } = limits
  let inFlight = 0
  let ofTurn = 0
  let isInTurn = false
  let began = 0
  let relieved = 0

  /**
   * Calls that arrived together are reached one after the other, in one turn of the event loop:
   * what the turn has lasted until then is what this one has waited, unseen by any counter.
   */
  function waited(): number {
    const now = performance.now()
    // A turn that is longer goes on because others arrive: they have not waited since it began.
    if (!isInTurn || now - began > 2 * maxWaitMilliseconds) {
      began = now
      ofTurn = 0
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

  return {
    isFull() {
      const isLate = waited() > maxWaitMilliseconds
      return inFlight >= maxInFlight || (isLate && ofTurn >= alwaysTaken)
    },
    begin() {
      ofTurn += 1
      inFlight += 1
    },
    end() {
      inFlight -= 1
    },
  }
}
