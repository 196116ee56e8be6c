/** Ids of services and clients: random numbers, so that they cannot be guessed from others. */
import type { Random } from './random.ts'

/** Ids are from 10^12 to 2^53 - 1: safe integers in every language that reads JSON. */
const smallest = 1_000_000_000_000

/** A random id that is not in use. The unique keys of the store detect concurrent conflicts. */
export async function newIdentifier(
  random: Random,
  versionOf: (identifier: number) => Promise<number | undefined>,
): Promise<number> {
  for (;;) {
    const identifier = smallest + random.integer(Number.MAX_SAFE_INTEGER - smallest)
    if ((await versionOf(identifier)) === undefined) return identifier
  }
}
