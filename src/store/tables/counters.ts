/** Numbers that count up, one after the other without a gap or a twin. */
import { type SQL, sql } from 'drizzle-orm'
import type { Engine } from '../engine.ts'
import { selectRow, serviceExists } from '../parent.ts'

export const counters = (engine: Engine) => {
  const { run, build } = engine
  const t = engine.tables.counters
  const count = async (serviceId: number, name: string, condition: SQL) => {
    const first: Record<string, unknown> = { serviceId, name, value: 1 }
    const [row] = await run(
      build
        .insert(t)
        .select(selectRow(t, (column) => first[column], condition))
        .onConflictDoUpdate({
          target: [t.serviceId, t.name],
          set: { value: sql`${t.value} + 1` },
        })
        .returning({ value: t.value })
        .toSQL(),
    )
    return row && Number(row[0])
  }
  return {
    /** The next number of a name within a service, from 1; service 0 is the whole database. */
    next: async (serviceId: number, name: string): Promise<number> =>
      (await count(serviceId, name, sql`true`)) ?? 1,
    /** Undefined, and nothing is kept, where there is no such service. */
    nextIfServiceExists: (serviceId: number, name: string): Promise<number | undefined> =>
      count(serviceId, name, serviceExists(engine, serviceId)),
  }
}
