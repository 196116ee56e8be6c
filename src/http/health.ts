/** What an orchestrator asks: is the process alive, and may requests be sent to it. */
import type { Store } from '../store/store.ts'
import { withinDeadline } from '../system/deadline.ts'
import { jsonResponse, jsonType } from './response.ts'
import type { Pages } from './transport.ts'

export interface Health {
  /** The process is about to end: requests are still answered, but new ones go elsewhere. */
  isDraining: boolean
}

const patienceMilliseconds = 1_000

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

/** One question at a time: a database that hangs is not asked again before it has answered. */
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
    return withinDeadline(patienceMilliseconds, asked, () => false)
  }
}
