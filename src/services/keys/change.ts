/** Changes of the keys of a service: sets, records and what names them, in one commit. */
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { parseJson } from '../../model/json.ts'
import { eraseTask } from '../../model/keys/schedule.ts'
import { followedPins, keySetProperties, keysInText } from '../../model/keys/standing.ts'
import type { KeySetName, ServiceKeys } from '../../model/service/hsk.ts'
import type { Service } from '../../model/service/service.ts'
import { nextErasure, withNoted } from '../../oauth/keys/erase.ts'
import { type KeyRing, presentOf } from '../../oauth/keys/key-ring.ts'
import { CallerError } from '../../refusal.ts'
import { serviceOf } from '../../store/configuration.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { fromNewest } from '../../store/newest.ts'
import { usualDestroyAfterDays } from '../../system/key-provider.ts'

const setNames = ['protocol', 'federation', 'credential'] as const

export interface RingChange {
  ring: KeyRing
  /** Further writes of the commit, such as audit records. */
  writes?: readonly Write[]
}

/** What changes of keys need; the sweep has it, too. */
export type Changing = Pick<ServiceContext, 'store' | 'system' | 'now'>

type Row = NonNullable<Awaited<ReturnType<ServiceContext['store']['services']['find']>>>

export interface Rings {
  before: KeyRing
  after: KeyRing
  service: Service
}

/**
 * Commits a change of the keys, guarded by the version of the service. It is made again if another
 * process was faster. `isDry` commits nothing. Undefined if the service is gone.
 */
export async function changeRing(
  changing: Changing,
  serviceId: number,
  change: (ring: KeyRing, service: Service) => RingChange,
  isDry = false,
): Promise<Rings | undefined> {
  const { store } = changing
  if (isDry) return (await changedRings(changing, serviceId, change))?.rings
  return fromNewest(store, `service ${serviceId}`, async (lost) => {
    const changed = await changedRings(changing, serviceId, change)
    if (!changed) return undefined
    const { rings, row, writes } = changed
    const { before, after, service } = rings
    if (after === before) return rings
    const update = store.services.updateRing({
      serviceId,
      seen: row.version,
      modifiedAt: changing.now,
      ...changedRow(row, service, before, after, changing.now),
    })
    const removed = removedKeys(changing, serviceId, before, after)
    const erasing = erasureOf(store, serviceId, after)
    await store.commit(orRefuse(update, lost), ...removed, ...erasing, ...writes)
    return rings
  })
}

/** The keys before and after the change, from the newest state of the service. */
async function changedRings(
  { store, now }: Changing,
  serviceId: number,
  change: (ring: KeyRing, service: Service) => RingChange,
) {
  const row = await store.services.find(serviceId)
  if (!row) return undefined
  const service = serviceOf(row, now)
  const before = ringOf(service, row.keys)
  const { ring, writes = [] } = change(before, service)
  const after = ring === before ? before : withNoted(ring, now)
  return { row, rings: { before, after, service }, writes }
}

const day = 86_400_000

/**
 * Keys in modules that the service has no longer are to be destroyed, after a time in which a slip
 * can be undone.
 */
const removedKeys = (
  { store, system }: Changing,
  serviceId: number,
  before: KeyRing,
  after: KeyRing,
): Write[] =>
  before.hardware
    .filter((key) => !after.hardware.some(({ handle }) => handle === key.handle))
    .map(({ handle, hsmName }) => {
      const days = system.keyProviders.get(hsmName)?.destroyAfterDays ?? usualDestroyAfterDays
      const removal = store.hardwareKeys.remove({
        serviceId,
        handle,
        dueAt: system.clock() + days * day,
      })
      return orRefuse(removal, new CallerError(serviceUnknown))
    })

/** When the sweep has to erase a private half. */
function erasureOf({ keySchedules }: Changing['store'], serviceId: number, ring: KeyRing): Write[] {
  const nextAt = nextErasure(ring)
  if (nextAt === undefined) return []
  return [keySchedules.put({ serviceId, task: eraseTask, nextAt, data: {} })]
}

export function ringOf(service: Service, { managed, hardware }: ServiceKeys): KeyRing {
  return {
    sets: {
      protocol: keysInText(service.jwks),
      federation: keysInText(service.federationJwks),
      credential: keysInText(service.credentialJwks),
    },
    managed,
    hardware,
    hsmEnabled: service.hsmEnabled,
    since: service.createdAt,
  }
}

/** Only what changed is written again: texts of other sets stay as they came. */
export function changedRow(
  row: Pick<Row, 'data' | 'secrets'>,
  service: Service,
  before: KeyRing,
  after: KeyRing,
  now: number,
) {
  const changed = setNames.filter((name) => after.sets[name] !== before.sets[name])
  const texts = Object.fromEntries(
    changed.map((name) => [keySetProperties[name], textWith(service, name, after)]),
  )
  const keys: ServiceKeys = { managed: [...after.managed], hardware: [...after.hardware] }
  const pins = followedPins(service, keys, presentOf(after), now)
  const named = Object.fromEntries(
    Object.entries(service).filter(([name]) => name.endsWith('SignatureKeyId')),
  )
  return {
    keys,
    data: { ...row.data, ...named, ...pins },
    secrets: { ...row.secrets, ...texts },
  }
}

function textWith(service: Service, name: KeySetName, { sets }: KeyRing): string {
  const text = service[keySetProperties[name]]
  const members = text ? Object(parseJson(text)) : {}
  return JSON.stringify({ ...members, keys: sets[name] })
}

/** The record of a change of a key. */
export const keyRecord = (
  context: ServiceContext,
  kid: string,
  { states, reason }: { states?: readonly [unknown, unknown]; reason?: string | undefined } = {},
): Write[] =>
  recordOf(context, {
    target: { kind: 'key', id: kid },
    changes: states ? [{ property: 'state', before: states[0], after: states[1] }] : [],
    reason,
  })
