/** How often something was attempted within a window of time: what may be guessed is limited so. */
import { gt, lte, sql } from 'drizzle-orm'
import type { Engine } from '../engine.ts'
import { preparedRowWrite } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'

interface Window {
  now: number
  /** When the window that this attempt may begin ends. */
  until: number
}

interface Named {
  serviceId: number
  name: string
}

export const attempts = (engine: Engine) => {
  const { run } = engine
  const t = engine.tables.attempts
  const addTo = preparedRowWrite<Named & Window>(engine, (build, given) => {
    const isOver = lte(t.expiresAt, given.now)
    return build
      .insert(t)
      .values({
        serviceId: given.serviceId,
        name: given.name,
        attempted: 1,
        expiresAt: given.until,
      })
      .onConflictDoUpdate({
        target: [t.serviceId, t.name],
        set: {
          attempted: sql`case when ${isOver} then 1 else ${t.attempted} + 1 end`,
          expiresAt: sql`case when ${isOver} then ${given.until} else ${t.expiresAt} end`,
        },
      })
      .returning({ attempted: t.attempted })
  })
  const takeBack = rowsByKey(engine, t, 'name').change(
    () => ({ attempted: sql`${t.attempted} - 1` }),
    () => gt(t.attempted, 0),
  )
  /** Starts to count again once the last window has ended. */
  const add = (serviceId: number, name: string, { now, until }: Window) =>
    addTo({ serviceId, name, now, until })
  return {
    add,
    /** Counts one more, and says how many there were within the window, this one included. */
    async take(serviceId: number, name: string, window: Window): Promise<number> {
      const [row] = await run(add(serviceId, name, window))
      return Number(row?.[0] ?? 1)
    },
    /** The attempt turned out to be a good one, which is not counted. */
    async giveBack(serviceId: number, name: string): Promise<void> {
      await run(takeBack({ serviceId, name }))
    },
  }
}
