/** Shared steps of the operations on keys in modules. */
import type { ServiceContext } from '../context.ts'
import type { HardwareKey, ServiceKeys } from '../model/service/hsk.ts'
import type { Write } from '../store/engine.ts'
import { orRefuse } from '../store/engine.ts'

/** Another call changed the service in the meantime. */
class ChangedMeanwhile extends Error {}

const attempts = 4

/**
 * Commits a change of the keys that the engine keeps of a service, with the writes that belong to
 * it. The change is made again if another call was faster; `undefined` commits nothing.
 */
export async function changeServiceKeys(
  { store, service: { apiKey } }: Pick<ServiceContext, 'store' | 'service'>,
  change: (keys: ServiceKeys) => { keys: ServiceKeys; writes: Write[] } | undefined,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const row = await store.services.find(apiKey)
    const changed = row && change(row.keys)
    if (!row || !changed) return false
    const update = store.services.updateKeys(apiKey, row.version, changed.keys)
    try {
      await store.commit(orRefuse(update, new ChangedMeanwhile()), ...changed.writes)
      return true
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === attempts) throw error
    }
  }
}

export const findHardwareKey = (
  { service: { hsks = [] } }: Pick<ServiceContext, 'service'>,
  handle: string,
): HardwareKey | undefined => (hsks as HardwareKey[]).find((key) => key.handle === handle)
