/**
 * The current speed of this machine, so that time limits hold on any machine: limits are those of
 * an idle machine, multiplied by the factor by which this machine is slower at the moment.
 */
const text = JSON.stringify(
  Array.from({ length: 2_000 }, (_, index) => ({ [`name ${index}`]: `value ${index}` })),
)
/** One round takes one millisecond on the machine that the limits are for. */
const rounds = 30

/** The factor by which this machine is slower, at least 1: in elapsed time and in CPU time. */
function slowness(): { wall: number; processor: number } {
  const started = performance.now()
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) JSON.stringify(JSON.parse(text))
  const { user, system } = process.cpuUsage(before)
  const wall = performance.now() - started
  return {
    wall: Math.max(1, wall / rounds),
    processor: Math.max(1, (user + system) / 1e3 / rounds),
  }
}

/** A limit of elapsed time, including waiting. */
export const within = (milliseconds: number): number => milliseconds * slowness().wall

/** Converts CPU milliseconds to those of the machine that the limits are for. */
export const paced = (milliseconds: number): number => milliseconds / slowness().processor

/** The CPU time of the work, converted by `paced`. */
async function computedOnce(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return paced((user + system) / 1e3)
}

/**
 * The least CPU time of several attempts, converted by `paced`. Other programs only add to it, so
 * attempts are made only while the limit is exceeded.
 */
export async function computed(work: () => unknown, limit: number, attempts = 6): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts && least >= limit; attempt++) {
    least = Math.min(least, await computedOnce(work))
  }
  return least
}
