/** Rotates keys by schedule, and erases the private halves of those that retired. */
import { setImmediate as others } from 'node:timers/promises'
import { Refusal } from '../../refusal.ts'
import { type DueTask, doTask } from '../../services/keys/schedule.ts'
import { signals } from '../../signal.ts'
import type { Documents } from '../../store/configuration.ts'
import { orRefuse } from '../../store/engine.ts'
import type { Store } from '../../store/store.ts'
import type { System } from '../../system/system.ts'

interface Parts {
  store: Store
  documents: Documents
  system: System
}

const atOnce = 50
/** The pause after which a task that failed is tried again, in milliseconds. */
const againMilliseconds = 3_600_000

/** Does the tasks that are due, one after the other; of several processes, one does each. */
export async function doScheduledTasks(parts: Parts, signal: AbortSignal): Promise<void> {
  const { store } = parts
  await doDue(parts, { ahead: 0 }, signal)
  // By their own clocks, more tasks of these services are due.
  for (const moved of await store.services.moved()) await doDue(parts, moved, signal)
}

interface OfClock {
  ahead: number
  /** Absent: all services. */
  serviceId?: number
}

async function doDue(parts: Parts, { ahead, serviceId: only }: OfClock, signal: AbortSignal) {
  const { store, system } = parts
  const now = () => system.clock() + ahead
  for (const row of await store.keySchedules.due(now(), atOnce, only)) {
    if (signal.aborted) return
    const { serviceId, task, nextAt } = row
    const again = now() + againMilliseconds
    const claim = { serviceId, task, seen: nextAt, nextAt: again }
    try {
      await store.commit(orRefuse(store.keySchedules.claim(claim), new ClaimedError()))
      await finish(parts, row, again)
      signals.keyTask.emit('done')
    } catch (error) {
      if (error instanceof ClaimedError) continue
      signals.keyTask.emit('failed')
      const code = error instanceof Refusal ? error.rule.code : undefined
      system.log.warn({ error, code, serviceId, task }, 'a scheduled task for keys failed')
    }
    await others()
  }
}

/** A task that was changed while it was done keeps its new time. */
async function finish({ store, documents, system }: Parts, row: DueTask, seen: number) {
  const { serviceId, task } = row
  const service = await documents.service(serviceId)
  if (!service) return
  const nextAt = await doTask({ store, system }, service, row)
  const next =
    nextAt === undefined
      ? store.keySchedules.delete(serviceId, task)
      : store.keySchedules.claim({ serviceId, task, seen, nextAt })
  await store.commit(next)
}

/** Another process does the task. */
class ClaimedError extends Error {}
