/** Access tokens, by the hash of their value; a family is all that came of one authorization. */
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { AccessToken } from '../../model/token/token.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { clientExists } from '../parent.ts'
import { preparedRead, preparedWrite, setTo } from '../prepared.ts'
import { insertion, rowsByKey } from '../rows.ts'
import type { Tables } from '../schema/tables.ts'
import { isOfFamily, isValue, withFamily } from '../schema/tokens/conditions.ts'
import { sealedUserData } from '../sealed-user.ts'
import { sessionGuard } from '../session-guard.ts'
import { filteredTokens } from '../tokens/token-filter.ts'
import { tokenInventory } from '../tokens/token-inventory.ts'
import { tokenLists } from './token-lists.ts'

interface NewAccessToken {
  serviceId: number
  tokenHash: string
  /** Of a token that is alone in its family, its hash. */
  familyId: string
  clientId: number
  subject: string | undefined
  sessionId: string | undefined
  /** Whether the token outlives its session. */
  offline?: boolean | undefined
  /** The grant that the client manages the token by. */
  grantId?: string | undefined
  createdAt: number
  expiresAt: number
  data: AccessToken
  /** Sealed at rest, and bound to the family: the value of the token may change. */
  user?: UserData | undefined
  clientIp?: string | null | undefined
  userAgent?: string | null | undefined
}
type Changes = Partial<Pick<NewAccessToken, 'tokenHash' | 'expiresAt' | 'data'>>

export const accessTokens = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.accessTokens
  const rows = rowsByKey(engine, t, 'tokenHash')
  const { requireIn } = sessionGuard(engine, t, 'tokenHash')
  return {
    find: finder(engine),
    /** As of when the call arrived, or later. */
    findKept: rows.finderOfKept('access_tokens', withFamily),
    requireIn,
    ...insertions(engine, sealer),
    userOf: ({ serviceId, familyId, sealedUser }: SealedRow) =>
      sealedUserData(sealer, 'access_tokens').open(serviceId, familyId, sealedUser),
    update: (serviceId: number, tokenHash: string, changes: Changes): Write =>
      rows.update({ serviceId, tokenHash }, { ...changes, ...renamed(t, changes.tokenHash) }),
    delete: rows.delete,
    ...families(engine),
    ...filteredTokens(engine, t),
    ...tokenLists(engine),
    inventory: tokenInventory(engine, t, 'tokenHash'),
  }
}

type Table = Tables['accessTokens']

function finder(engine: Engine) {
  const { find } = rowsByKey(engine, engine.tables.accessTokens, 'tokenHash')
  return async (serviceId: number, tokenHash: string) => {
    const row = await find(serviceId, tokenHash)
    return row && withFamily(row)
  }
}

/** The family keeps its id if the token's value changes. */
const renamed = (t: Table, hash: string | undefined): Partial<Table['$inferInsert']> =>
  hash === undefined
    ? {}
    : { tail: hash, familyId: sql`coalesce(${t.familyId}, ${t.tokenHash})` as unknown as string }

interface SealedRow {
  serviceId: number
  familyId: string
  sealedUser: string | null
}

function insertions(engine: Engine, sealer: Sealer) {
  const t = engine.tables.accessTokens
  const find = finder(engine)
  const { seal } = sealedUserData(sealer, 'access_tokens')
  const stored = ({ offline, user, ...row }: NewAccessToken) => {
    const sealedUser = seal(row.serviceId, row.familyId, user)
    // What is sealed is bound to the column.
    const isAlone = row.familyId === row.tokenHash && sealedUser === null
    return {
      ...row,
      tail: row.tokenHash,
      familyId: isAlone ? null : row.familyId,
      offline: offline ? 1 : 0,
      sealedUser,
    }
  }
  const insert = insertion(engine, t, { ifAbsent: true })
  const insertOfClient = insertion(engine, t, {
    ifAbsent: true,
    ifExists: (given) => clientExists(engine, given),
  })
  const { refreshTokens: r } = engine.tables
  const insertRefreshed = insertion(engine, t, {
    ifAbsent: true,
    found: ({ serviceId, familyId }) => ({
      sessionId: sql`(select ${r.sessionId} from ${r}
        where ${and(eq(r.serviceId, serviceId), isValue(r.familyId, familyId))})`,
    }),
  })
  /** An insert whose outcome is not known can be looked up by its key. */
  const findable = (write: Write, { serviceId, tokenHash, familyId }: NewAccessToken): Write => ({
    ...write,
    isThere: async () => (await find(serviceId, tokenHash))?.familyId === familyId,
  })
  return {
    /** Only in a commit that guards a row of the client, which is deleted with the client. */
    insert: (row: NewAccessToken): Write => findable(insert(stored(row)), row),
    insertIfClientExists: (row: NewAccessToken): Write =>
      findable(insertOfClient(stored(row)), row),
    /**
     * In the session of the refresh token, as the commit finds it: a token that outlives its
     * session may have left it since it was read.
     */
    insertRefreshed: (row: NewAccessToken): Write => findable(insertRefreshed(stored(row)), row),
  }
}

function families(engine: Engine) {
  const t = engine.tables.accessTokens
  interface Family {
    serviceId: number
    familyId: string
  }
  const latest = preparedRead<Family & { now: number }, typeof t.$inferSelect>(
    engine,
    (db, { serviceId, familyId, now }) =>
      db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, serviceId), isOfFamily(t, familyId), gt(t.expiresAt, now)))
        .orderBy(desc(t.createdAt))
        .limit(1),
  )
  const expire = preparedWrite<Family & { expiresAt: number }>(
    engine,
    (build, { serviceId, familyId, expiresAt }) =>
      build
        .update(t)
        .set({ expiresAt: setTo(t.expiresAt, expiresAt) })
        .where(and(eq(t.serviceId, serviceId), isOfFamily(t, familyId), gt(t.expiresAt, expiresAt)))
        .returning({ tokenHash: t.tokenHash }),
  )
  return {
    /** The youngest of a family that has not expired. */
    async findLatest(serviceId: number, familyId: string, now: number) {
      const [row] = await latest({ serviceId, familyId, now })
      return row && withFamily(row)
    },
    /** Tokens of the family live no longer than until then. */
    expireFamily: (serviceId: number, familyId: string, expiresAt: number): Write => ({
      ...expire({ serviceId, familyId, expiresAt }),
      touchesFew: true,
    }),
  }
}
