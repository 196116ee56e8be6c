/** What a fault program found: one line of the table at the end. */
export interface Finding {
  what: string
  target: string
  figure: string
  pass: boolean
}

/** How much is done: within `npm test`, by `npm run faults`, and with `--long`. */
export type Depth = 'short' | 'usual' | 'long'

/** What a program finds, row by row, so that one that is cut short leaves something. */
export type Program = (depth: Depth, seed: number) => AsyncGenerator<Finding>

let latest = 0
/** Says how far a program is, at most once a second, so that nobody thinks that it hangs. */
export function progress(text: string): void {
  if (process.env['VITEST'] || performance.now() - latest < 1_000) return
  latest = performance.now()
  process.stderr.write(`  ${text}\n`)
}

export const row = ({ what, target, figure, pass }: Finding): string =>
  `| ${what} | ${target} | ${figure} | ${pass ? 'pass' : 'FAIL'} |`

/** Chance that can be repeated: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
