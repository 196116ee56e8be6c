/** Adds keys to a set of a service with their records: what generating and importing share. */
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { type NewKey, withNewKey } from '../../oauth/keys/add.ts'
import { timingOf } from '../../oauth/keys/timing.ts'
import { refuseCaller } from '../../refusal.ts'
import { changeRing, keyRecord } from './change.ts'
import { type DescribedKey, describeKey } from './describe.ts'
import { activateHeld } from './held.ts'

/** Adds all keys or none, and describes them. `isDry` checks, and changes nothing. */
export async function addKeys(
  context: ServiceContext,
  keys: readonly NewKey[],
  isDry = false,
): Promise<DescribedKey[]> {
  const { now, service } = context
  const changed = await changeRing(
    context,
    service.apiKey,
    (ring, current) => ({
      ring: keys.reduce((grown, key) => withNewKey(grown, key, timingOf(current, key), now), ring),
      writes: [
        ...activateHeld(context, service.apiKey, keys),
        ...keys.flatMap(({ kid }) => keyRecord(context, kid)),
      ],
    }),
    isDry,
  )
  if (!changed) return refuseCaller(serviceUnknown)
  const kids = new Set(keys.map(({ kid }) => kid))
  const { after } = changed
  return after.managed
    .filter(({ kid }) => kids.has(kid))
    .map((record) => describeKey(after, changed.service, record, now))
}
