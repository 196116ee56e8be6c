/** Removing what has expired, in batches small enough that nobody waits for them. */
import { inArray, lte, sql } from 'drizzle-orm'
import type { Engine } from './store.ts'

/** A code is remembered for an hour after it expired: a replay of it has to be recognised. */
const codeMemoryMilliseconds = 3_600_000

export async function purge(engine: Engine, now: number, limit = 500): Promise<number> {
  const { read, run, tables, dialect } = engine
  const row = sql.raw(dialect === 'sqlite' ? 'rowid' : 'ctid')
  const expiring = [
    [tables.tickets, now],
    [tables.authorizationCodes, now - codeMemoryMilliseconds],
    [tables.accessTokens, now],
    [tables.refreshTokens, now],
    [tables.refreshPredecessors, now],
    [tables.replays, now],
    [tables.apiTokens, now],
  ] as const
  let removed = 0
  for (const [table, before] of expiring) {
    const isExpired = lte(table.expiresAt, before)
    const batch = read
      .select({ row: sql<string>`${row}` })
      .from(table)
      .where(isExpired)
      .limit(limit)
    const rows = await run({
      apply: (tx) =>
        tx.delete(table).where(inArray(row, batch)).returning({ serviceId: table.serviceId }),
    })
    removed += rows.length
  }
  return removed
}
