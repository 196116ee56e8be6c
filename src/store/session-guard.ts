/** A token as the guard of what is issued for its session. */
import { eq } from 'drizzle-orm'
import type { Engine, Write } from './engine.ts'
import { rowsByKey } from './rows.ts'
import type { Tables } from './schema/tables.ts'

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']

/**
 * Changes nothing, and touches the token only while it exists and is of the session: the end of a
 * session deletes its tokens, but for those that outlive it, which leave it.
 */
export function sessionGuard<T extends TokenTable>(
  engine: Engine,
  table: T,
  name: 'tokenHash' | 'familyId',
) {
  const t = table as Tables['accessTokens']
  const touch = rowsByKey(engine, t, name).change<{ sessionId: string }>(
    ({ sessionId }) => ({ sessionId }),
    ({ sessionId }) => eq(t.sessionId, sessionId),
  )
  return {
    requireIn: (serviceId: number, sessionId: string, key: string): Write =>
      touch({ serviceId, sessionId, [name]: key } as Parameters<typeof touch>[0]),
  }
}
