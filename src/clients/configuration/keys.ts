/** Signing keys that a configuration leaves to Postern: made where missing, rotated regularly. */
import { refuseInvalid } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import type { AuditChange } from '../../model/audit/record.ts'
import type { ManagedKeys } from '../../model/configuration/parts.ts'
import { type KeySchedule, rotationTask, scheduleOf } from '../../model/keys/schedule.ts'
import { keysInText } from '../../model/keys/standing.ts'
import type { ServiceKeys } from '../../model/service/hsk.ts'
import type { Service } from '../../model/service/service.ts'
import { withNewKey } from '../../oauth/keys/add.ts'
import { kindOf } from '../../oauth/keys/new-key.ts'
import { requireLongEnough, untilNext } from '../../oauth/keys/schedule.ts'
import { timingOf } from '../../oauth/keys/timing.ts'
import { Refusal } from '../../refusal.ts'
import { changedRow, ringOf } from '../../services/keys/change.ts'
import { makeNewKey } from '../../services/keys/held.ts'
import type { Write } from '../../store/engine.ts'

type Row = { data: Record<string, unknown>; secrets: Record<string, unknown> }

export interface PlannedKeys {
  /** The row of the service with the new keys, and their records; undefined without new keys. */
  made: (Row & { keys: ServiceKeys }) | undefined
  schedules: KeySchedule[]
  changes: AuditChange[]
}

const set = 'protocol'
const usual = { algorithms: ['ES256'], rotateDays: 90 }

/** The state of the keys is read before: `keys` are the records of the stored service. */
export async function planKeys(
  context: ServiceContext,
  asked: ManagedKeys,
  { service, keys, row }: { service: Service; keys: ServiceKeys; row: Row },
): Promise<PlannedKeys> {
  try {
    return await plannedKeys({ ...context, service }, asked, keys, row)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refuseInvalid('keys', error.rule.message)
  }
}

async function plannedKeys(
  context: ServiceContext,
  { algorithms = usual.algorithms, rotateDays }: ManagedKeys,
  keys: ServiceKeys,
  row: Row,
): Promise<PlannedKeys> {
  const { service, store, now } = context
  const before = ringOf(service, keys)
  let ring = before
  const changes: AuditChange[] = []
  const schedules: KeySchedule[] = []
  const known = (await store.keySchedules.list(service.apiKey)).flatMap(
    ({ data }) => scheduleOf(data) ?? [],
  )
  for (const alg of new Set(algorithms)) {
    const kind = kindOf(service, { set, alg })
    if (!hasKey(service, keys, alg)) {
      const key = await makeNewKey(context, kind, {
        hsmName: undefined,
        kid: undefined,
        isDry: false,
      })
      ring = withNewKey(ring, key, timingOf(service, key), now)
      changes.push({ property: `keys.${alg}`, after: 'generated' })
    }
    const schedule = known.find((each) => each.set === set && each.alg === alg)
    const periodDays = rotateDays ?? schedule?.periodDays ?? usual.rotateDays
    if (schedule?.periodDays === periodDays) continue
    const next = { ...schedule, set, alg, periodDays } as const
    requireLongEnough(service, next)
    schedules.push(next)
    changes.push({
      property: `keys.${alg}.rotateDays`,
      ...(schedule ? { before: schedule.periodDays } : {}),
      after: periodDays,
    })
  }
  const made = ring === before ? undefined : changedRow(row, service, before, ring, now)
  return { made, schedules, changes }
}

const hasKey = ({ jwks }: Service, { hardware }: ServiceKeys, alg: string): boolean =>
  keysInText(jwks).some((key) => key['alg'] === alg) ||
  hardware.some((key) => key.set === set && key.alg === alg)

/** In a commit that requires the service to exist. */
export const scheduleWrites = (
  { store, system, service, now }: ServiceContext,
  schedules: readonly KeySchedule[],
): Write[] =>
  schedules.map((data) => {
    const nextAt = now + untilNext(data, (limit) => system.random.integer(limit))
    return store.keySchedules.put({
      serviceId: service.apiKey,
      task: rotationTask(data),
      nextAt,
      data,
    })
  })
