/** What an orchestrator asks: is the process alive, and may requests be sent to it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { App } from './transport.ts'

export interface Health {
  /** The process is about to end: requests are still answered, but new ones go elsewhere. */
  isDraining: boolean
}

const patienceMilliseconds = 1_000

export function mountHealth(app: App, store: Store, health: Health = { isDraining: false }): void {
  const isAnswering = storeProbe(store)
  app.get('/health/live', () => Response.json({ status: 'live' }, { headers }))
  app.get('/health/ready', async () => {
    const reason = health.isDraining
      ? 'draining'
      : (await isAnswering())
        ? undefined
        : 'the database does not answer'
    const status = reason ?? 'ready'
    return Response.json({ status }, { status: reason ? 503 : 200, headers })
  })
}

const headers = { 'Cache-Control': 'no-store' }

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
    return Promise.race([asked, wait(patienceMilliseconds, false, { ref: false })])
  }
}
