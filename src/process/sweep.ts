/** Expired rows are removed for as long as the process runs. */
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'

const sweepMilliseconds = 60_000

/** Removes what has expired, little by little, for as long as the process runs. */
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
