/** Destroys keys in modules that were deleted, or not finished. */
import { orRefuse, type Write } from '../../store/engine.ts'
import type { Store } from '../../store/store.ts'
import type { System } from '../../system/system.ts'

interface Parts {
  store: Pick<Store, 'hardwareKeys' | 'commit'>
  system: Pick<System, 'clock' | 'keyProviders' | 'log'>
}

const atOnce = 20
/** The pause after which a module that failed is asked again, in milliseconds. */
const againMilliseconds = 3_600_000

export async function destroyLeftoverKeys({ store, system }: Parts, signal: AbortSignal) {
  const now = system.clock()
  for (const row of await store.hardwareKeys.due(now, atOnce)) {
    if (signal.aborted) return
    const { serviceId, handle, hsmName, dueAt } = row
    const claim = { serviceId, handle, seen: dueAt ?? 0, dueAt: now + againMilliseconds }
    try {
      await store.commit(orLeave(store.hardwareKeys.claim(claim)))
      const provider = system.keyProviders.get(hsmName)
      if (!provider) continue
      const key = await provider.find(handle)
      if (key) await provider.destroy(key.reference)
      await store.commit(store.hardwareKeys.delete(serviceId, handle))
    } catch (error) {
      if (error instanceof ClaimedError) continue
      system.log.warn({ error, name: hsmName }, 'destroying a key in a module failed')
    }
  }
}

/** Another process destroys the key, or the key was finished in the meantime. */
class ClaimedError extends Error {}
const orLeave = (write: Write) => orRefuse(write, new ClaimedError())
