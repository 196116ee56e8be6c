/** Random bytes that a test repeats. */
import { createHash } from 'node:crypto'

/**
 * A source for the option `random` of `createPostern`: the same seed makes the same identifiers and
 * tokens, which anyone can guess.
 */
export function seeded(seed: string | number): (count: number) => Uint8Array {
  let block = 0
  let rest = Buffer.alloc(0)
  return (count) => {
    while (rest.length < count) {
      const next = createHash('sha256').update(`${seed} ${block}`).digest()
      rest = Buffer.concat([rest, next])
      block += 1
    }
    const taken = rest.subarray(0, count)
    rest = rest.subarray(count)
    return taken
  }
}
