/** What was issued in a session: deleted at its end, but for what outlives it. */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { type Placeholders, preparedRead, preparedWrite } from '../../prepared.ts'
import type { Tables } from '../../schema/tables.ts'

interface OfService {
  serviceId: number
}
interface OfSession extends OfService {
  sessionId: string
}
interface OfClient extends OfSession {
  clientId: number
}
interface OfLogout extends OfService {
  logoutId: string
}
type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']
type Table =
  | TokenTable
  | Tables['authorizationCodes']
  | Tables['deviceCodes']
  | Tables['backchannelRequests']
type Which<V> = (table: Table, given: Placeholders<V>) => SQL | undefined

/** Whether tokens that outlive a session (`offline_access`) are deleted with it. */
export type Offline = 'kept' | 'deleted'

export const sessionTokens = (engine: Engine) => {
  const { sessions } = engine.tables
  const ofSession: Which<OfSession> = (t, given) => eq(t.sessionId, given.sessionId)
  const one = ends<OfSession>(engine, ofSession)
  const client = ends<OfClient>(engine, (t, given) =>
    and(ofSession(t, given), eq(t.clientId, given.clientId)),
  )
  const logout = ends<OfLogout>(engine, (t, given) => {
    const ended = engine.read
      .select({ sessionId: sessions.sessionId })
      .from(sessions)
      .where(and(eq(sessions.serviceId, given.serviceId), eq(sessions.logoutId, given.logoutId)))
    return inArray(t.sessionId, ended)
  })
  return {
    /** Of one session, whether or not it is known. */
    end: (of: OfSession, offline: Offline): Write[] => one.end(of, offline),
    /** Of one client in a session. */
    endOfClient: (of: OfClient, offline: Offline): Write[] => client.end(of, offline),
    /** Of all sessions that a logout ended, in a commit after they were marked. */
    endOfLogout: (of: OfLogout, offline: Offline): Write[] => logout.end(of, offline),
    count: (of: OfSession, offline: Offline) => one.count(of, offline),
    countOfClient: (of: OfClient, offline: Offline) => client.count(of, offline),
  }
}

/**
 * A commit that issues tokens guards a code or a token of the session, and a statement of
 * PostgreSQL does not see what was inserted after it began, also when it waits for that guard (READ
 * COMMITTED). So all guards are waited for and held before the tokens are deleted: those that such
 * a commit inserted are seen then, and a commit that comes later finds its guard gone.
 */
function ends<V extends OfService>(engine: Engine, which: Which<V>) {
  const { accessTokens, refreshTokens } = engine.tables
  const tokens = [refreshTokens, accessTokens].map((t) => ofTokens(engine, t, which))
  const requests = ofRequests(engine, which)
  return {
    end(of: V, offline: Offline): Write[] {
      return [
        ...requests.map((remove) => remove(of)),
        ...tokens.map(({ lock }) => lock(of)),
        ...tokens.map(({ remove, removeAll }) =>
          offline === 'deleted' ? removeAll(of) : remove(of),
        ),
        ...(offline === 'kept' ? tokens.map(({ detach }) => detach(of)) : []),
      ]
    },
    async count(of: V, offline: Offline): Promise<number> {
      const totals = await Promise.all(
        tokens.map(({ count, countAll }) => (offline === 'deleted' ? countAll(of) : count(of))),
      )
      return totals.flat().reduce((sum, { total }) => sum + total, 0)
    },
  }
}

/** What users granted and clients have not come for yet. */
function ofRequests<V extends OfService>(engine: Engine, which: Which<V>) {
  const { authorizationCodes, deviceCodes, backchannelRequests } = engine.tables
  const removal = (t: Table, isOpen: SQL | undefined) =>
    preparedWrite<V>(engine, (build, given) =>
      build
        .delete(t as typeof authorizationCodes)
        .where(and(eq(t.serviceId, given.serviceId), which(t, given), isOpen))
        .returning({ serviceId: t.serviceId }),
    )
  return [
    removal(authorizationCodes, isNull(authorizationCodes.consumedAt)),
    removal(deviceCodes, isNull(deviceCodes.consumedAt)),
    removal(backchannelRequests, eq(backchannelRequests.status, 'AUTHORIZED')),
  ]
}

function ofTokens<V extends OfService>(engine: Engine, table: TokenTable, which: Which<V>) {
  const t = table as Tables['accessTokens']
  const returned = { serviceId: t.serviceId }
  const isBound = eq(t.offline, 0)
  const where = (given: Placeholders<V>, more?: SQL) =>
    and(eq(t.serviceId, given.serviceId), which(t, given), more)
  const change = (set: object, more?: SQL) =>
    preparedWrite<V>(engine, (build, given) =>
      build.update(t).set(set).where(where(given, more)).returning(returned),
    )
  const removal = (more?: SQL) =>
    preparedWrite<V>(engine, (build, given) =>
      build.delete(t).where(where(given, more)).returning(returned),
    )
  const counting = (more?: SQL) =>
    preparedRead<V, { total: number }>(engine, (read, given) =>
      read
        .select({ total: sql<number>`count(*)`.mapWith(Number) })
        .from(t)
        .where(where(given, more)),
    )
  return {
    lock: change({ familyId: sql`${t.familyId}` }),
    remove: removal(isBound),
    removeAll: removal(),
    detach: change({ sessionId: null }, eq(t.offline, 1)),
    count: counting(isBound),
    countAll: counting(),
  }
}
