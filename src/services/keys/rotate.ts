/** Rotates keys of a service: by a call, by a command, or by schedule. */
import { serviceUnknown } from '../../caller.ts'
import type { NewKey } from '../../oauth/keys/add.ts'
import { type KeyRing, stateIn } from '../../oauth/keys/key-ring.ts'
import { kindOf } from '../../oauth/keys/new-key.ts'
import { kindLike, needsKey, type Rotation, rotated } from '../../oauth/keys/rotate.ts'
import { type TimingOverride, timingOf } from '../../oauth/keys/timing.ts'
import { refuseCaller } from '../../refusal.ts'
import { serviceOf } from '../../store/configuration.ts'
import type { Write } from '../../store/engine.ts'
import { changeRing, ringOf } from './change.ts'
import { type DescribedKey, describeKey } from './describe.ts'
import { activateHeld, type Making, makeNewKey } from './held.ts'

/** A change of the state of one key. */
export interface Transition {
  kid: string
  before: string | undefined
  after: string
}

interface Options {
  isDry?: boolean
  timing?: TimingOverride
  hsmName?: string | undefined
  /** Further writes of the commit, such as audit records. */
  writes: (transitions: readonly Transition[]) => Write[]
}

/** Commits the rotation, and describes the keys that changed their state. */
export async function rotateKeys(
  making: Making,
  rotation: Rotation,
  { isDry = false, timing: override, hsmName, writes }: Options,
): Promise<DescribedKey[]> {
  const { store, now, service } = making
  const { apiKey: serviceId } = service
  const row = await store.services.find(serviceId)
  if (!row) return refuseCaller(serviceUnknown)
  const seen = ringOf(serviceOf(row, now), row.keys)
  const isNeeded = needsKey(seen, rotation, now)
  const fresh = isNeeded ? await keyLike(making, seen, rotation, hsmName, isDry) : undefined
  const changed = await changeRing(
    making,
    serviceId,
    (ring, current) => {
      const timing = timingOf(current, rotation, override)
      const after = rotated(ring, rotation, { timing, now, fresh })
      const activated =
        fresh && hasKey(after, fresh) ? activateHeld(making, serviceId, [fresh]) : []
      return { ring: after, writes: [...activated, ...writes(transitionsOf(ring, after, now))] }
    },
    isDry,
  )
  if (!changed) return refuseCaller(serviceUnknown)
  const { before, after } = changed
  const kids = new Set(transitionsOf(before, after, now).map(({ kid }) => kid))
  return after.managed
    .filter(({ kid }) => kids.has(kid))
    .map((record) => describeKey(after, changed.service, record, now))
}

const hasKey = ({ hardware }: KeyRing, { kid }: NewKey) => hardware.some((key) => key.kid === kid)

/** A new key of the kind of the current one. */
async function keyLike(
  making: Making,
  ring: KeyRing,
  { set, use, alg }: Rotation,
  wantedModule: string | undefined,
  isDry: boolean,
): Promise<NewKey> {
  const { service, now } = making
  const { crv, bits, hsmName } = kindLike(ring, { set, use, alg }, now) ?? {}
  const kind = kindOf(service, { set, alg, crv, modulusBits: bits })
  return makeNewKey(making, kind, { hsmName: wantedModule ?? hsmName, isDry })
}

function transitionsOf(before: KeyRing, after: KeyRing, now: number): Transition[] {
  return after.managed.flatMap((record) => {
    const former = before.managed.find(({ kid }) => kid === record.kid)
    const was = former && stateIn(before, former, now)
    const is = stateIn(after, record, now)
    // The beginning of management is no change: the key was in use, and is.
    const isAdopted = former === undefined && isLocal(before, record.kid) && is === 'CURRENT'
    return was === is || isAdopted ? [] : [{ kid: record.kid, before: was, after: is }]
  })
}

const isLocal = ({ sets, hardware }: KeyRing, kid: string): boolean =>
  [...Object.values(sets).flat(), ...hardware].some((key) => key.kid === kid)
