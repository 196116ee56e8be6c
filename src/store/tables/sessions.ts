/** Sessions of users, by what was issued within them. */
import type { Engine, Write } from '../engine.ts'
import { filteredTokens } from '../token-filter.ts'
import { unredeemedGrants } from './unredeemed-grants.ts'

export const sessions = (engine: Engine) => {
  const refreshTokens = filteredTokens(engine, engine.tables.refreshTokens)
  const accessTokens = filteredTokens(engine, engine.tables.accessTokens)
  const grants = unredeemedGrants(engine)
  return {
    /**
     * Ends everything of a session. A commit that issues tokens guards a code or a token of the
     * session, and a statement of PostgreSQL does not see what was inserted after it began, also
     * when it waits for that guard (READ COMMITTED). So all guards are waited for and held before
     * the tokens are deleted: those that such a commit inserted are seen then, and a commit that
     * comes later finds its guard gone.
     */
    end(serviceId: number, sessionId: string): Write[] {
      return [
        grants.deleteOfSession(serviceId, sessionId),
        refreshTokens.lockOf(serviceId, { sessionId }),
        accessTokens.lockOf(serviceId, { sessionId }),
        refreshTokens.deleteOf(serviceId, { sessionId }),
        accessTokens.deleteOf(serviceId, { sessionId }),
      ]
    },
  }
}
