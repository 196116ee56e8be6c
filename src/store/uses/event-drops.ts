/**
 * Events that were not stored because too many wait for their endpoint. They are counted in memory,
 * and added to the rows of endpoints every few seconds: a process that is killed loses what waits.
 */
import { and, eq, sql } from 'drizzle-orm'
import { signals } from '../../signal.ts'
import type { Engine } from '../engine.ts'
import { preparedRowWrite } from '../prepared.ts'

export interface Dropped {
  serviceId: number
  endpointId: number
  count: number
  /** When the first of them was dropped, in milliseconds since the epoch. */
  since: number
}

/** Endpoints of which drops can wait; those of further ones are not counted. */
const mostEndpoints = 10_000

export const eventDrops = (engine: Engine) => {
  const t = engine.tables.eventEndpoints
  const add = preparedRowWrite<Dropped>(engine, (build, given) =>
    build
      .update(t)
      .set({
        dropped: sql`${t.dropped} + ${given.count}`,
        droppedSince: sql`coalesce(${t.droppedSince}, ${given.since})`,
      })
      .where(and(eq(t.serviceId, given.serviceId), eq(t.endpointId, given.endpointId)))
      .returning({ serviceId: t.serviceId }),
  )
  const waiting = new Map<string, Dropped>()

  function wait(dropped: Dropped): void {
    const name = `${dropped.serviceId} ${dropped.endpointId}`
    const known = waiting.get(name)
    if (known) {
      known.count += dropped.count
      known.since = Math.min(known.since, dropped.since)
    } else if (waiting.size < mostEndpoints) waiting.set(name, { ...dropped })
  }

  return {
    note: (serviceId: number, endpointId: number, now: number): void =>
      wait({ serviceId, endpointId, count: 1, since: now }),
    /** Stores what waits and returns it. What fails waits for the next time. */
    async flush(): Promise<Dropped[]> {
      const all = [...waiting.values()]
      waiting.clear()
      if (all.length === 0) return []
      try {
        await engine.commit(...all.map(add))
      } catch (error) {
        for (const each of all) wait(each)
        throw error
      }
      for (const { count } of all) signals.eventsDropped.emit(count)
      return all
    },
  }
}
