/** Adds keys to a set of a service with their records: what generating and importing share. */
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { type NewKey, withNewKey } from '../../oauth/keys/add.ts'
import { timingOf } from '../../oauth/keys/timing.ts'
import { refuseCaller } from '../../refusal.ts'
import type { Write } from '../../store/engine.ts'
import { changeRing, keyRecord } from './change.ts'
import { type DescribedKey, describeKey } from './describe.ts'
import { activateHeld, type Making } from './held.ts'

/** Adds all keys or none, and describes them. `isDry` checks, and changes nothing. */
export const addKeys = (
  context: ServiceContext,
  keys: readonly NewKey[],
  isDry = false,
): Promise<DescribedKey[]> => addNewKeys(context, keys, (kid) => keyRecord(context, kid), isDry)

/** The same outside calls, with the audit record of each key. */
export async function addNewKeys(
  making: Making,
  keys: readonly NewKey[],
  recordsOf: (kid: string) => Write[],
  isDry = false,
): Promise<DescribedKey[]> {
  const { now, service } = making
  const changed = await changeRing(
    making,
    service.apiKey,
    (ring, current) => ({
      ring: keys.reduce((grown, key) => withNewKey(grown, key, timingOf(current, key), now), ring),
      writes: [
        ...activateHeld(making, service.apiKey, keys),
        ...keys.flatMap(({ kid }) => recordsOf(kid)),
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
