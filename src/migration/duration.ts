/** Durations as Go writes them, such as `1h30m`, in seconds. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
}

/** Whole seconds, rounded up; undefined if the text is no duration. */
export function durationSeconds(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) {
    return undefined
  }
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)]
  const seconds = parts.reduce(
    (sum, [, size, unit]) => sum + Number(size) * (units[unit ?? ''] ?? 0),
    0,
  )
  return Math.ceil(seconds)
}
