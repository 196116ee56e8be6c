/** Regular removal of expired rows. */
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'

const sweepMilliseconds = 60_000

/** Removes expired rows in small steps, until the timer is cleared. */
export function sweep(store: Store, system: System): NodeJS.Timeout {
  let isSweeping = false
  const timer = setInterval(async () => {
    if (isSweeping) return
    isSweeping = true
    try {
      await store.purge(system.clock())
    } catch (error) {
      system.log.error({ error }, 'sweeping expired rows failed')
    } finally {
      isSweeping = false
    }
  }, sweepMilliseconds)
  return timer.unref()
}
