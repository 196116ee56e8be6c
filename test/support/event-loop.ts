/** Measures how long some work blocks the event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { paced } from './pace.ts'

/** The longest time for which a call may block the event loop. */
export const holdLimit = 100

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * The longest time in milliseconds for which the work blocked the event loop, at most the CPU time
 * of the process: waiting for a processor does not count.
 */
async function holdDuring(work: () => Promise<unknown>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  // The monitor measures delays between ticks, so it must tick before and after the work.
  await pause(3)
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  await pause(3)
  monitor.disable()
  return Math.min(monitor.max / 1e6, (user + system) / 1e3)
}

/** The shortest of several attempts, which are made only while the limit is exceeded. */
export async function holdOf(work: () => Promise<unknown>, attempts = 6): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts && shortest > holdLimit; attempt++) {
    const hold = await holdDuring(work)
    shortest = Math.min(shortest, hold > holdLimit ? paced(hold) : hold)
  }
  return Math.round(shortest)
}
