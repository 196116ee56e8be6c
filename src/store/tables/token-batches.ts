/** What became of batches of tokens, for as long as callers may ask. */
import { sql } from 'drizzle-orm'
import type { TokenBatch } from '../../model/token/batch.ts'
import type { Engine, Write } from '../engine.ts'
import { rowsByKey } from '../rows.ts'

export interface NewTokenBatch {
  serviceId: number
  requestId: string
  createdAt: number
  modifiedAt: number
  expiresAt: number
  data: TokenBatch
}

export const tokenBatches = (engine: Engine) => {
  const t = engine.tables.tokenBatches
  const { find, insert } = rowsByKey(engine, t, 'requestId')
  return {
    find,
    insert: (row: NewTokenBatch): Write => insert(row),
    /** Matches no row: with a refusal it rolls the commit back that it is the end of (dry run). */
    rehearse: (): Write =>
      engine.build.delete(t).where(sql`1 = 0`).returning({ requestId: t.requestId }).toSQL(),
  }
}
