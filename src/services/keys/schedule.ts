/** Schedules in responses, and the work of those that are due. */
import { z } from 'zod'
import { recordOutsideCalls } from '../../audit/record.ts'
import { eventOfRecord } from '../../events/write.ts'
import { eraseTask, KeySchedule, type KeyTask, scheduleOf } from '../../model/keys/schedule.ts'
import { timeOf } from '../../model/service/clock.ts'
import type { Service } from '../../model/service/service.ts'
import { nextErasure, withErased } from '../../oauth/keys/erase.ts'
import { useOf } from '../../oauth/keys/new-key.ts'
import { untilNext } from '../../oauth/keys/schedule.ts'
import type { Write } from '../../store/engine.ts'
import type { Store } from '../../store/store.ts'
import type { System } from '../../system/system.ts'
import { changeRing } from './change.ts'
import type { Making } from './held.ts'
import { rotateKeys, type Transition } from './rotate.ts'

export const DescribedSchedule = KeySchedule.extend({
  nextAt: z.int().describe('When the next rotation begins, in milliseconds since 1970.'),
}).meta({ id: 'service_key_schedule' })

export async function describeSchedules(store: Pick<Store, 'keySchedules'>, serviceId: number) {
  const rows = await store.keySchedules.list(serviceId)
  return rows.flatMap(({ data, nextAt }) => {
    const schedule = scheduleOf(data)
    return schedule ? [{ ...schedule, nextAt }] : []
  })
}

export interface DueTask {
  serviceId: number
  task: string
  data: KeyTask
}

const hourMilliseconds = 3_600_000

type Parts = Pick<Making, 'store'> & { system: System }

/** Does what is due for the keys of a service; returns when the task is next due, if ever. */
export async function doTask(
  { store, system }: Parts,
  service: Service,
  { task, data }: DueTask,
): Promise<number | undefined> {
  const now = timeOf(service, system.clock)
  const making = { store, system, now, service }
  if (task === eraseTask) return erase(making, system)
  const schedule = scheduleOf(data)
  if (!schedule) return undefined
  const { set, alg, hsmName } = schedule
  const rotation = { set, alg, use: useOf(alg), operation: 'begin', immediately: false } as const
  const writes = (transitions: readonly Transition[]) =>
    transitions.flatMap(({ kid, before, after }) =>
      serverRecord(making, system, kid, 'key.rotated', { before, after }),
    )
  await rotateKeys(making, rotation, { timing: schedule, hsmName, writes })
  return now + untilNext(schedule, (limit) => system.random.integer(limit))
}

async function erase(making: Making, system: System): Promise<number | undefined> {
  const { service, now } = making
  const changed = await changeRing(making, service.apiKey, (ring) => {
    const after = withErased(ring, now)
    const ended = after.managed.filter(
      (record) => record.endedAt !== undefined && !ring.managed.includes(record),
    )
    const writes = ended.flatMap(({ kid }) =>
      serverRecord(making, system, kid, 'key.erased', { before: 'RETIRED', after: 'RETIRED' }),
    )
    return { ring: after, writes }
  })
  const next = changed && nextErasure(changed.after)
  // A key without a successor stays, whatever its time says.
  return next && Math.max(next, now + hourMilliseconds)
}

function serverRecord(
  { store, service }: Making,
  { random, clock }: System,
  kid: string,
  type: 'key.rotated' | 'key.erased',
  { before, after }: { before: string | undefined; after: string },
): Write[] {
  const record = recordOutsideCalls(random, clock(), {
    type,
    operation: 'key_schedule',
    actorKind: 'server',
    serviceId: service.apiKey,
    targetKind: 'key',
    targetId: kid,
    changes: type === 'key.rotated' ? [{ property: 'state', before, after }] : [],
  })
  const writing = { store, random, service }
  return [store.audit.insert(record), ...eventOfRecord(writing, record)]
}
