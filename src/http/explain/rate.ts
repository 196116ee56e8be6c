/** The rate of dry runs, which tell whether a credential is good. */
import type { Store } from '../../store/store.ts'

const perSecond = 5
const second = new WeakMap<Store, { at: number; counts: Map<number, number> }>()

/** Counts a dry run of the service; false if it has had its five of this second. */
export function mayBegin(store: Store, serviceId: number, now: number): boolean {
  const at = Math.floor(now / 1000)
  const known = second.get(store)
  const current = known?.at === at ? known : { at, counts: new Map<number, number>() }
  second.set(store, current)
  const count = (current.counts.get(serviceId) ?? 0) + 1
  current.counts.set(serviceId, count)
  return count <= perSecond
}
