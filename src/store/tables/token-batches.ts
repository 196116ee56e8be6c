/** What became of batches of tokens, for as long as callers may ask. */
import { and, eq, sql } from 'drizzle-orm'
import type { TokenBatch } from '../../model/token/batch.ts'
import type { Engine, Write } from '../engine.ts'

export interface NewTokenBatch {
  serviceId: number
  requestId: string
  createdAt: number
  modifiedAt: number
  expiresAt: number
  data: TokenBatch
}

export const tokenBatches = ({ read, build, tables: { tokenBatches: t } }: Engine) => ({
  async find(serviceId: number, requestId: string) {
    const named = and(eq(t.serviceId, serviceId), eq(t.requestId, requestId))
    const [row] = await read.select().from(t).where(named)
    return row
  },
  insert: (row: NewTokenBatch): Write =>
    build.insert(t).values(row).returning({ requestId: t.requestId }).toSQL(),
  /** Touches no row: with a refusal, it undoes the commit that it is the end of. */
  rehearse: (): Write =>
    build.delete(t).where(sql`1 = 0`).returning({ requestId: t.requestId }).toSQL(),
})
