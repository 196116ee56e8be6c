/**
 * How fast this machine is at the moment, so that limits of time hold on any: they are those of a
 * machine without other work, and grow with what the same work takes longer here and now.
 */
const text = JSON.stringify(
  Array.from({ length: 2_000 }, (_, index) => ({ [`name ${index}`]: `value ${index}` })),
)
/** As many milliseconds as rounds, on the machine that the limits are for. */
const rounds = 30

/** How many times longer than there the same work takes, at least once: of each clock. */
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

/** A limit for what passes by the clock, waiting included. */
export const within = (milliseconds: number): number => milliseconds * slowness().wall

/** Milliseconds of processor time, as they would be on the machine that limits are for. */
export const paced = (milliseconds: number): number => milliseconds / slowness().processor

/** What the work takes of the processor, paced. */
export async function computed(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return paced((user + system) / 1e3)
}
