/** Liveness and readiness probes. */
import type { Store } from '../store/store.ts'
import { withinDeadline } from '../system/deadline.ts'
import { jsonResponse, jsonType } from './response.ts'
import type { Pages } from './transport.ts'

export interface Health {
  /** The process is stopping: requests are still served, but the load balancer should stop. */
  isDraining: boolean
}

const timeoutMilliseconds = 1_000

/** `/health/live`, and `/health/ready`, which is 503 while draining or without a database. */
export function healthPages(store: Store, health: Health = { isDraining: false }): Pages {
  const isAnswering = storeProbe(store)
  return {
    '/health/live': () => jsonResponse({ status: 'live' }, 200, headers),
    '/health/ready': async () => {
      const reason = health.isDraining
        ? 'draining'
        : (await isAnswering())
          ? undefined
          : 'the database does not answer'
      return jsonResponse({ status: reason ?? 'ready' }, reason ? 503 : 200, headers)
    },
  }
}

const headers = { ...jsonType, 'Cache-Control': 'no-store' }

/** One ping at a time: a database that hangs gets no second ping before the first has ended. */
function storeProbe(store: Store): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  return () => {
    asked ??= store
      .ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asked = undefined
      })
    return withinDeadline(timeoutMilliseconds, asked, () => false)
  }
}
