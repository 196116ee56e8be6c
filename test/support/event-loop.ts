/** How long the event loop stands still while something is done. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { paced } from './pace.ts'

/** No call may hold the event loop longer. */
export const holdLimit = 100

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * The longest time in milliseconds for which the event loop did not turn meanwhile, and no more
 * than the process computed: what it waited for a processor is not the fault of the work.
 */
async function holdDuring(work: () => Promise<unknown>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  // A delay is known from one tick to the next: the monitor has to tick before and after the work.
  await pause(3)
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  await pause(3)
  monitor.disable()
  return Math.min(monitor.max / 1e6, (user + system) / 1e3)
}

/** The shortest of several attempts, made only while the limit is exceeded. */
export async function holdOf(work: () => Promise<unknown>, attempts = 6): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts && shortest > holdLimit; attempt++) {
    const hold = await holdDuring(work)
    shortest = Math.min(shortest, hold > holdLimit ? paced(hold) : hold)
  }
  return Math.round(shortest)
}
