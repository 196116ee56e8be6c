/** Durations in the unit in which people think of them. */

export const unitSeconds = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const
export type Unit = keyof typeof unitSeconds

/** The largest unit in which the duration is a whole number. */
export function unitFor(seconds: number): Unit {
  const units = Object.entries(unitSeconds) as [Unit, number][]
  const fitting = units.filter(([, size]) => seconds > 0 && seconds % size === 0)
  return fitting.at(-1)?.[0] ?? 'seconds'
}
