/** The store and the outbound fetch of a process whose metrics are served. */
import { currentTrace } from '../../explain/trace.ts'
import { notificationMilliseconds } from '../../model/notification.ts'
import type { Write } from '../../store/engine.ts'
import type { KeptDays } from '../../store/purge.ts'
import type { Store } from '../../store/store.ts'
import type { Clock } from '../../system/clock.ts'
import { type Fetch, FetchError } from '../../system/fetch.ts'
import type { Instruments } from './instruments.ts'
import type { Sources } from './metrics.ts'

/** The store, whose commits are timed, and whose tokens and replays are counted once stored. */
export function observedStore(
  store: Store,
  instruments: Instruments,
  dialect: 'sqlite' | 'postgres',
): Store {
  const { commitSeconds } = instruments
  return {
    ...store,
    async commit(...writes) {
      const started = performance.now()
      try {
        await store.commit(...writes)
      } finally {
        commitSeconds.observe({ dialect }, (performance.now() - started) / 1_000)
      }
      for (const write of writes) count(write, instruments)
    },
  }
}

function count({ issued, record }: Write, { tokens, refreshReplays, codeReplays }: Instruments) {
  if (issued) tokens.inc({ grant_type: issued.grantType, kind: issued.kind })
  if (record?.type === 'refresh.replayed') refreshReplays.inc({ outcome: 'revoked' })
  if (record?.type === 'code.replayed') codeReplays.inc()
}

/** Fetches of dry runs do not count. */
export function observedFetch(fetch: Fetch, { fetchSeconds }: Instruments): Fetch {
  return async (url, options) => {
    if (currentTrace()?.isRehearsal) return fetch(url, options)
    const started = performance.now()
    let outcome = 'error'
    try {
      const fetched = await fetch(url, options)
      outcome = 'success'
      return fetched
    } catch (error) {
      if (error instanceof FetchError) outcome = error.reason
      throw error
    } finally {
      const purpose = options.purpose.replaceAll(' ', '_')
      fetchSeconds.observe({ purpose, outcome }, (performance.now() - started) / 1_000)
    }
  }
}

/** What the metrics read from the database. */
export function readsOf(
  store: Store,
  clock: Clock,
  kept: KeptDays,
): Pick<Sources, 'clock' | 'waiting' | 'sweepLag' | 'sweepDue'> {
  return {
    clock,
    async waiting(kind) {
      if (kind === 'logout') return store.deliveries.waiting()
      if (kind === 'event') return store.eventDeliveries.waiting()
      if (kind === 'security-event') return store.securityEvents.waiting()
      const { count, expiresFirst } = (await store.notifications.waiting())[kind]
      const oldest = expiresFirst === null ? null : expiresFirst - notificationMilliseconds
      return { count, oldest }
    },
    sweepLag: () => store.sweepLag(clock(), kept),
    sweepDue: () => store.sweepDue(clock(), kept),
  }
}
