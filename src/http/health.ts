/** Liveness and readiness probes. */
import type { Store } from '../store/store.ts'
import { withinDeadline } from '../system/deadline.ts'
import type { KeyProvider } from '../system/key-provider.ts'
import { jsonResponse, jsonType } from './response.ts'
import type { Pages } from './transport.ts'

/** The version of Postern. */
export const version = '0.1.0'

export interface Health {
  /** The process is stopping: requests are still served, but the load balancer should stop. */
  isDraining: boolean
  /** Key providers without which no requests should be sent. */
  required?: readonly Pick<KeyProvider, 'check'>[]
}

const timeoutMilliseconds = 1_000

/**
 * `/health/live`, and `/health/ready`, which is 503 while draining, and without the database or a
 * key provider that is required.
 */
export function healthPages(store: Store, health: Health = { isDraining: false }): Pages {
  const isStoreAnswering = probe(() => store.ping())
  const { required = [] } = health
  const providers = required.map((provider) => probe(() => provider.check()))
  async function reasonAgainst(): Promise<string | undefined> {
    if (health.isDraining) return 'draining'
    const [isStored, ...provided] = await Promise.all([
      isStoreAnswering(),
      ...providers.map((isAnswering) => isAnswering()),
    ])
    if (!isStored) return 'the database does not answer'
    return provided.every(Boolean) ? undefined : 'a key provider does not answer'
  }
  return {
    '/health/live': () => jsonResponse({ status: 'live' }, 200, headers),
    '/health/ready': async () => {
      const reason = await reasonAgainst()
      return jsonResponse({ status: reason ?? 'ready' }, reason ? 503 : 200, headers)
    },
  }
}

const headers = { ...jsonType, 'Cache-Control': 'no-store' }

/** One question at a time: what hangs is not asked again before the first one has ended. */
function probe(ask: () => Promise<unknown>): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  return () => {
    asked ??= ask()
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
