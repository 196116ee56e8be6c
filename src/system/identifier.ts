/** Ids of services and clients: random, so that none says anything of another. */
import type { Random } from './random.ts'

/** 10^12 to 2^53 - 1: safe integers in every language that reads JSON. */
const smallest = 1_000_000_000_000

/** The store's unique keys are what makes it certain; this only makes a conflict unlikely twice. */
export async function newIdentifier(
  random: Random,
  versionOf: (identifier: number) => Promise<number | undefined>,
): Promise<number> {
  for (;;) {
    const identifier = smallest + random.integer(Number.MAX_SAFE_INTEGER - smallest)
    if ((await versionOf(identifier)) === undefined) return identifier
  }
}
