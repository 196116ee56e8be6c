/** How often something was attempted within a window of time: what may be guessed is limited so. */
import { and, eq, gt, lte, sql } from 'drizzle-orm'
import type { Engine, Writes } from './store.ts'

interface Window {
  now: number
  /** When the window that this attempt may begin ends. */
  until: number
}

export const attempts = ({ run, tables: { attempts: t } }: Engine) => {
  /** Begins to count anew where the last window has ended. */
  const add = (serviceId: number, name: string, { now, until }: Window) => {
    const isOver = lte(t.expiresAt, now)
    return {
      apply: (tx: Writes) =>
        tx
          .insert(t)
          .values({ serviceId, name, attempted: 1, expiresAt: until })
          .onConflictDoUpdate({
            target: [t.serviceId, t.name],
            set: {
              attempted: sql`case when ${isOver} then 1 else ${t.attempted} + 1 end`,
              expiresAt: sql`case when ${isOver} then ${until} else ${t.expiresAt} end`,
            },
          })
          .returning({ attempted: t.attempted }),
    }
  }
  return {
    add,
    /** Counts one more, and says how many there were within the window, this one included. */
    async take(serviceId: number, name: string, window: Window): Promise<number> {
      const [row] = await run(add(serviceId, name, window))
      return row?.attempted ?? 1
    },
    /** The attempt turned out to be a good one, which is not counted. */
    async giveBack(serviceId: number, name: string): Promise<void> {
      const counted = and(eq(t.serviceId, serviceId), eq(t.name, name), gt(t.attempted, 0))
      await run({
        apply: (tx) =>
          tx
            .update(t)
            .set({ attempted: sql`${t.attempted} - 1` })
            .where(counted)
            .returning({ name: t.name }),
      })
    },
  }
}
