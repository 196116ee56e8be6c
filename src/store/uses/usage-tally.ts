/** Counts that wait in memory to be added to those of the database. */
import {
  dayMilliseconds,
  dayOf,
  type UsageKind,
  usageKinds,
} from '../../model/installation/usage.ts'

type Tally = Record<UsageKind, Map<string, number>>

/** What waits of one service and one day. */
export interface Waiting {
  readonly serviceId: number
  readonly day: number
  readonly tally: Tally
}

export interface Counted {
  serviceId: number
  day: number
  kind: UsageKind
  /** Empty for the sum of all names. */
  name: string
  count: number
}

/** Services of one day whose counts can wait; those of further ones are lost. */
const mostServices = 100_000

export function usageTally() {
  const days = new Map<number, Map<number, Tally>>()
  let today = Number.NaN
  let services = new Map<number, Tally>()

  function turnTo(day: number): void {
    today = day
    services = days.get(day) ?? new Map()
    days.set(day, services)
  }

  function tallyOf(serviceId: number): Tally | undefined {
    const known = services.get(serviceId)
    if (known || services.size >= mostServices) return known
    const tally: Tally = { call: new Map(), token: new Map(), refusal: new Map() }
    services.set(serviceId, tally)
    return tally
  }

  function addTo(tally: Tally | undefined, kind: UsageKind, name: string, count: number): void {
    const names = tally?.[kind]
    names?.set(name, (names.get(name) ?? 0) + count)
  }

  return {
    /** Without a time, on the day of the last one. */
    add(serviceId: number, kind: UsageKind, name: string, now?: number): void {
      if (now !== undefined && !(now >= today && now < today + dayMilliseconds)) turnTo(dayOf(now))
      if (!Number.isNaN(today)) addTo(tallyOf(serviceId), kind, name, 1)
    },
    /** The day of the last time; undefined before the first. */
    today: (): number | undefined => (Number.isNaN(today) ? undefined : today),
    waiting: (serviceId: number, kind: UsageKind, day: number): number =>
      sumOf(days.get(day)?.get(serviceId)?.[kind]),
    /**
     * All that waits. Services come in the same order in every process, so that those which store
     * at once never wait for each other in a circle.
     */
    take(): Waiting[] {
      const taken = [...days].flatMap(([day, ofDay]) =>
        [...ofDay].map(([serviceId, tally]) => ({ serviceId, day, tally })),
      )
      days.clear()
      if (!Number.isNaN(today)) turnTo(today)
      return taken.sort((a, b) => a.serviceId - b.serviceId || a.day - b.day)
    },
    /** What could not be stored. */
    giveBack(waiting: readonly Waiting[]): void {
      const current = today
      for (const { serviceId, day, tally } of waiting) {
        if (day !== today) turnTo(day)
        const to = tallyOf(serviceId)
        for (const kind of usageKinds) {
          for (const [name, count] of tally[kind]) addTo(to, kind, name, count)
        }
      }
      turnTo(current)
    },
  }
}

const sumOf = (counts: ReadonlyMap<string, number> = new Map()): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)

/** The counts to be stored, with their sums, in the order of their names. */
export const countedOf = ({ serviceId, day, tally }: Waiting): Counted[] =>
  usageKinds
    .filter((kind) => tally[kind].size > 0)
    .flatMap((kind) => {
      const names = [...tally[kind]].sort(([a], [b]) => (a < b ? -1 : 1))
      const counts: [string, number][] = [['', sumOf(tally[kind])], ...names]
      return counts.map(([name, count]) => ({ serviceId, day, kind, name, count }))
    })
