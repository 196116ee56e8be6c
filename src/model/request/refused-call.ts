/** A call that was refused, as callers of its service see it. */

export interface RefusedCall {
  /** The place in the order of all; it grows with time, also over restarts. */
  readonly seq: number
  /** When it was refused, in milliseconds since the epoch. */
  readonly at: number
  readonly requestId: string
  readonly operationId: string
  /** The path of the operation after that of the service. */
  readonly operation: string
  readonly code: string
  /** The area and the name of the rule. */
  readonly rule: string
  readonly error?: string | undefined
  readonly spec?: string | undefined
  readonly says: string
  /** The number of the client, if it was found. */
  readonly clientId?: number | undefined
  readonly clientName?: string | undefined
  readonly evidence?: Readonly<Record<string, unknown>> | undefined
  /** Parameters of the request; of those that may be secret, only that they are there. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
}

export interface RefusedCalls {
  /** The calls in the order of `seq`. */
  readonly refusals: readonly RefusedCall[]
  /** Where to continue. */
  readonly next: number
  readonly hasMore: boolean
}

/** Which refused calls are listed. */
export interface RefusalQuery {
  /** Only those after it; undefined: the newest. */
  readonly after?: number | undefined
  readonly limit: number
  readonly code?: string | undefined
  readonly clientId?: number | undefined
}

/** The refused calls that this process remembers. */
export interface Refusals {
  note(serviceId: number, call: Omit<RefusedCall, 'seq' | 'at'>): void
  list(serviceId: number, query: RefusalQuery): RefusedCalls
  /** Tells of each refused call from now on. Returns the end of it. */
  follow(serviceId: number, tell: (call: RefusedCall) => void): () => void
  /** A stream takes one of few places; undefined if there is none. */
  takePlace(serviceId: number): (() => void) | undefined
  /** Resolves when the process stops serving. */
  readonly closing: AbortSignal
  /** How often a stream shows that it is alive. */
  readonly beatMilliseconds: number
}
