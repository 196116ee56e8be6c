/** Regular removal of expired rows, the end of expired sessions, and the uses of clients. */
import { flushRepeated } from '../audit/repeated.ts'
import { type Expiring, expireSessions } from '../sessions/expire.ts'
import type { KeptDays } from '../store/purge.ts'
import { destroyLeftoverKeys } from './keys/leftover.ts'
import { doScheduledTasks } from './keys/scheduled.ts'

const sweepMilliseconds = 60_000

/** Removes expired rows in small steps, until it is stopped. */
export function sweep(expiring: Expiring, kept: KeptDays): { stop(): Promise<void> } {
  const { store, system } = expiring
  const stopping = new AbortController()
  let isSweeping = false
  let ending: Promise<unknown> = Promise.resolve()
  const timer = setInterval(async () => {
    if (isSweeping) return
    isSweeping = true
    try {
      ending = expireSessions(expiring, stopping.signal)
      await ending
      ending = doScheduledTasks(expiring, stopping.signal)
      await ending
      ending = destroyLeftoverKeys(expiring, stopping.signal)
      await ending
      await flushRepeated(store, system)
      await store.purge(system.clock(), undefined, kept)
      await store.clientUses.flush(system.clock())
      await store.apiTokenUses.flush(system.clock())
    } catch (error) {
      system.log.error({ error }, 'sweeping expired rows failed')
    } finally {
      isSweeping = false
    }
  }, sweepMilliseconds)
  timer.unref()
  return {
    /**
     * Resolves once no session is being ended, and counted audit records are stored. The store
     * stops its purge when it is closed.
     */
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await ending.catch(() => undefined)
      await flushRepeated(store, system, true).catch((error: unknown) => {
        system.log.warn({ error }, 'audit records could not be stored')
      })
    },
  }
}
