/** Which calls are taken: an overloaded process serves some calls well, and refuses the others. */

export interface Limits {
  /** Calls under way beyond which further ones are refused at once. */
  maxInFlight: number
  /** How long a call may have waited for those before it; then it is refused. */
  maxWaitMilliseconds: number
}

export interface Admission {
  isFull(): boolean
  /** Counts a call until it has been answered. */
  during<T>(serve: () => Promise<T>): Promise<T>
}

/** What is not given is not limited. */
export function createAdmission(limits: Partial<Limits> = {}): Admission {
  const { maxInFlight = Number.POSITIVE_INFINITY } = limits
  const { maxWaitMilliseconds = Number.POSITIVE_INFINITY } = limits
  let inFlight = 0
  let turnBegan: number | undefined

  /**
   * Calls that arrived together are reached one after the other, in one turn of the event loop:
   * what the turn has lasted until then is what this one has waited, unseen by any counter.
   */
  function waited(): number {
    const now = performance.now()
    if (turnBegan === undefined) {
      turnBegan = now
      setImmediate(() => {
        turnBegan = undefined
      })
    }
    return now - turnBegan
  }

  return {
    isFull: () => waited() > maxWaitMilliseconds || inFlight >= maxInFlight,
    async during(serve) {
      inFlight += 1
      try {
        return await serve()
      } finally {
        inFlight -= 1
      }
    },
  }
}
