/** Random choices with a seed, so that an export is the same in each run. */
export function chooser(seed: number) {
  let state = seed
  const next = () => {
    // The minimal standard generator of Park and Miller.
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  return {
    of: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
    some: <T>(values: readonly T[]): T[] => values.filter(() => next() < 0.5),
    chance: (share: number) => next() < share,
    text: (length: number) =>
      Array.from(
        { length },
        () => 'abcdefghijkmnpqrstuvwxyz23456789'[Math.floor(next() * 32)],
      ).join(''),
  }
}
