/** When API tokens were last used: noted at most once an hour for each token of a process. */
import { and, inArray, isNull, lt, or } from 'drizzle-orm'
import type { Engine, Write } from '../engine.ts'
import { hourMilliseconds, mostUses, waitingUses } from './waiting.ts'

export const apiTokenUses = (engine: Engine) => {
  const waiting = waitingUses<string>((hashes, now) => engine.commit(markUsed(engine, hashes, now)))
  let hour = 0
  const noted = new Set<string>()
  return {
    /** A caller presents the token now. */
    note(tokenHash: string, now: number): void {
      const current = Math.floor(now / hourMilliseconds)
      if (current !== hour) {
        noted.clear()
        hour = current
      }
      if (noted.has(tokenHash) || noted.size >= mostUses) return
      noted.add(tokenHash)
      waiting.add(tokenHash)
    },
    flush: waiting.flush,
  }
}

function markUsed({ build, tables: { apiTokens: t } }: Engine, hashes: string[], now: number) {
  const isEarlier = or(isNull(t.lastUsedAt), lt(t.lastUsedAt, now))
  return build
    .update(t)
    .set({ lastUsedAt: now })
    .where(and(inArray(t.tokenHash, hashes), isEarlier))
    .returning({ tokenHash: t.tokenHash })
    .toSQL() satisfies Write
}
