/** Counts rows of a service in steps, between which other calls get their turn. */
import { setImmediate as others } from 'node:timers/promises'
import { and, type Column, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { RowBudget } from '../../model/installation/row-budget.ts'
import type { Engine } from '../engine.ts'

/** Rows of one statement: SQLite counts them by the index in less than a millisecond. */
const atOnce = 5_000

interface Walked {
  table: { serviceId: Column }
  /** The columns after the service in the index by which the rows are counted. */
  keys: readonly Column[]
}

interface Bounds {
  /** More rows are not counted. */
  most: number
  signal: AbortSignal
}

/** How many rows there are of a budget, at most `most`; fewer where it is aborted. */
export async function countRows(
  engine: Engine,
  serviceId: number,
  budget: RowBudget,
  { most, signal }: Bounds,
): Promise<number> {
  const { accessTokens, refreshTokens, grantedScopes, grants } = engine.tables
  if (budget !== 'tokens' && budget !== 'grants') {
    return countWaiting(engine, serviceId, Number(budget.slice('events '.length)), most)
  }
  const walked: Record<typeof budget, Walked[]> = {
    tokens: [
      { table: accessTokens, keys: [accessTokens.tail] },
      { table: refreshTokens, keys: [refreshTokens.familyId] },
    ],
    grants: [
      { table: grantedScopes, keys: [grantedScopes.clientId, grantedScopes.subject] },
      { table: grants, keys: [grants.grantId] },
    ],
  }
  let counted = 0
  for (const each of walked[budget]) {
    let after: readonly unknown[] | undefined
    while (counted < most && !signal.aborted) {
      const step = await nextStep(engine, each, serviceId, after)
      counted += step.count
      after = step.last
      if (!after) break
      await others()
    }
  }
  return Math.min(counted, most)
}

/** The values of keys are those of the driver, and go back to it as they came. */
async function nextStep(
  { read }: Engine,
  { table, keys }: Walked,
  serviceId: number,
  after: readonly unknown[] | undefined,
): Promise<{ count: number; last?: unknown[] }> {
  const columns = sql.join([...keys], sql`, `)
  const isAfter =
    after &&
    sql`(${columns}) > (${sql.join(
      after.map((value) => sql`${sql.param(value)}`),
      sql`, `,
    )})`
  const isNext = and(eq(table.serviceId, serviceId), isAfter)
  const names = Object.fromEntries(keys.map((key, at) => [`key${at}`, sql<unknown>`${key}`]))
  const from = table as Engine['tables']['grants']
  const [last] = await read
    .select(names)
    .from(from)
    .where(isNext)
    .orderBy(sql`${columns}`)
    .limit(1)
    .offset(atOnce - 1)
  if (last) return { count: atOnce, last: Object.values(last) }
  return { count: await countSome(read, from, isNext, atOnce) }
}

/** Deliveries of one endpoint are few enough for one statement by their index. */
const countWaiting = (
  { read, tables: { eventDeliveries: t } }: Engine,
  serviceId: number,
  endpointId: number,
  most: number,
): Promise<number> => {
  const isWaiting = and(
    eq(t.serviceId, serviceId),
    eq(t.endpointId, endpointId),
    isNotNull(t.dueAt),
  )
  return countSome(read, t, isWaiting, most)
}

async function countSome(
  read: Engine['read'],
  table: Engine['tables']['grants'] | Engine['tables']['eventDeliveries'],
  where: SQL | undefined,
  limit: number,
): Promise<number> {
  const some = read
    .select({ one: sql`1`.as('one') })
    .from(table as Engine['tables']['grants'])
    .where(where)
    .limit(limit)
  const [counted] = await read
    .select({ size: sql<number>`count(*)`.mapWith(Number) })
    .from(some.as('counted'))
  return counted?.size ?? 0
}
