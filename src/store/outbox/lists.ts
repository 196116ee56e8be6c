/** Deliveries as callers see them: selected, counted, and sent again. */
import { and, type Column, eq, type SQL, sql } from 'drizzle-orm'
import type { Engine } from '../engine.ts'
import type { DeliveryTable } from './backlog.ts'

interface Again {
  now: number
  giveUpAt: number
  /** Absent: they are kept as long as before. */
  keptUntil?: number
}

type Filter<T extends DeliveryTable> = {
  [Name in keyof T['$inferSelect']]?: T['$inferSelect'][Name] | undefined
}

export interface Page<Status> {
  status?: Status | undefined
  start: number
  end: number
}

/** `final` is the status of what was given up. */
export function selections<T extends DeliveryTable>(
  engine: Engine,
  table: T,
  final: T['$inferSelect']['status'],
) {
  const isOfStatus = (status: T['$inferSelect']['status']): SQL =>
    // Each as its index has it.
    status === 'PENDING'
      ? sql`${table.dueAt} is not null`
      : sql`${table.status} = ${sql.raw(`'${status}'`)}`
  /** Those of a service, with these values, and of a status. */
  function isSelected(
    serviceId: number,
    filter: Filter<T>,
    status?: T['$inferSelect']['status'],
  ): SQL | undefined {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined)
    const columns = table as unknown as Record<string, Column>
    const equal = given.map(([name, value]) => eq(columns[name] as Column, value))
    return and(eq(table.serviceId, serviceId), ...equal, status && isOfStatus(status))
  }
  async function count(
    serviceId: number,
    filter: Filter<T>,
    status: T['$inferSelect']['status'],
  ): Promise<number> {
    const [row] = await engine.read
      .select({ total: sql<number>`count(*)`.mapWith(Number) })
      .from(table as DeliveryTable)
      .where(isSelected(serviceId, filter, status))
    return row?.total ?? 0
  }
  return {
    isSelected,
    /** Of all pages, and of every status. */
    async counts(serviceId: number, filter: Filter<T>) {
      const pendingCount = await count(serviceId, filter, 'PENDING')
      return { pendingCount, givenUpCount: await count(serviceId, filter, final) }
    },
    /** Each begins like a new one. Returns how many. */
    async begin(where: SQL | undefined, { now, ...times }: Again): Promise<number> {
      const again = { status: 'PENDING', attempts: 0, dueAt: now, finishedAt: null, ...times }
      const rows = await engine.run(
        engine.build
          .update(table as DeliveryTable)
          .set(again as object)
          .where(where)
          .returning({ serviceId: table.serviceId })
          .toSQL(),
      )
      return rows.length
    },
  }
}
