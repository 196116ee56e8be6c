/** Signals of what happens inside, for metrics. They cost nothing while nothing listens. */

export interface Signal<A extends unknown[]> {
  /** Whether the arguments are worth making. */
  isHeard(): boolean
  emit(...happening: A): void
  hear(listener: (...happening: A) => void): void
}

function signal<A extends unknown[]>(): Signal<A> {
  const listeners: ((...happening: A) => void)[] = []
  return {
    isHeard: () => listeners.length > 0,
    emit(...happening) {
      for (const listener of listeners) listener(...happening)
    },
    hear: (listener) => {
      listeners.push(listener)
    },
  }
}

export const signals = {
  /** A look-up of a parsed document. */
  document: signal<[kind: 'service' | 'client', outcome: 'hit' | 'miss' | 'none']>(),
  /** How many commits became durable together. */
  committedTogether: signal<[commits: number]>(),
  /** A signature of a key of a service. */
  signed: signal<[alg: string, seconds: number]>(),
  idTokenIssued: signal<[grantType: string]>(),
  /** A replaced refresh token came again, soon enough for a retry. */
  refreshRetried: signal<[]>(),
  /** `method` is empty if the client or its method is not known. */
  clientAuthenticated: signal<[method: string, outcome: 'success' | 'refused' | 'error']>(),
  /** An attempt to deliver a notification. */
  delivered: signal<[kind: string, outcome: 'delivered' | 'retried' | 'dead' | 'none']>(),
  /** Events were not stored because too many wait for their endpoint. */
  eventsDropped: signal<[events: number]>(),
  /** Expired rows were removed. */
  swept: signal<[table: string, rows: number]>(),
  /** A scheduled task for keys of a service has ended. */
  keyTask: signal<[outcome: 'done' | 'failed']>(),
  /** Audit records that no commit of a change contains could not be stored. */
  auditLost: signal<[records: number]>(),
}
