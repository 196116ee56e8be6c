/** How long the event loop stands still while something is done. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'

/** No call may hold the event loop longer. */
export const holdLimit = 100

/** The longest time in milliseconds for which the event loop did not turn meanwhile. */
async function holdDuring(work: () => Promise<unknown>): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  await turn()
  monitor.enable()
  // The timer of the monitor has to begin before the work does.
  await new Promise((resolve) => setTimeout(resolve, 2))
  monitor.reset()
  await work()
  await new Promise((resolve) => setTimeout(resolve, 2))
  monitor.disable()
  return monitor.max / 1e6
}

/**
 * The shortest of several attempts, made only while the limit is exceeded: on a machine that is
 * shared, a process also stands still because another one runs.
 */
export async function holdOf(work: () => Promise<unknown>, attempts = 6): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts && shortest > holdLimit; attempt++) {
    shortest = Math.min(shortest, await holdDuring(work))
  }
  return Math.round(shortest)
}
