/** Numbers that count up, one after the other without a gap or a twin. */
import { sql } from 'drizzle-orm'
import type { Engine } from './store.ts'

export const counters = ({ run, tables: { counters: t } }: Engine) => ({
  /** The next number of a name within a service, from 1; service 0 is the whole database. */
  async next(serviceId: number, name: string): Promise<number> {
    const [row] = await run({
      apply: (tx) =>
        tx
          .insert(t)
          .values({ serviceId, name, value: 1 })
          .onConflictDoUpdate({
            target: [t.serviceId, t.name],
            set: { value: sql`${t.value} + 1` },
          })
          .returning({ value: t.value }),
    })
    return row?.value ?? 1
  },
})
