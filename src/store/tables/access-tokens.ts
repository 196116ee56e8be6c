/** Access tokens, by the hash of their value; a family is all that came of one authorization. */
import { and, asc, count, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import type { AccessToken } from '../../model/token/token.ts'
import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRead, preparedRowWrite, preparedWrite, setTo } from '../prepared.ts'
import { clientExists, selectRow } from './parent.ts'
import { type Owned, type Owner, ownedRows, perOwner } from './token-filter.ts'

export interface NewAccessToken {
  serviceId: number
  tokenHash: string
  familyId: string
  clientId: number
  subject: string | undefined
  sessionId: string | undefined
  /** The grant that the client manages the token by. */
  grantId?: string | undefined
  createdAt: number
  expiresAt: number
  data: AccessToken
}
type Changes = Partial<Pick<NewAccessToken, 'tokenHash' | 'expiresAt' | 'data'>>
interface Page {
  start: number
  end: number
}

export const accessTokens = (engine: Engine) => {
  const { read, build, tables } = engine
  const t = tables.accessTokens
  const r = tables.refreshTokens
  const hash = { tokenHash: t.tokenHash }
  const is = (serviceId: number, tokenHash: string) =>
    and(eq(t.serviceId, serviceId), eq(t.tokenHash, tokenHash))
  interface Named {
    serviceId: number
    tokenHash: string
  }
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.tokenHash, given.tokenHash))),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).onConflictDoNothing().returning(hash),
  )
  const insertOfClient = preparedRowWrite<NewAccessToken>(engine, (build, given) =>
    build
      .insert(t)
      .select(selectRow(t, (name) => sql.placeholder(name), clientExists(engine, given)))
      .onConflictDoNothing()
      .returning(hash),
  )
  /** An insert whose outcome is not known can be looked up by its key. */
  const findable = (write: Write, { serviceId, tokenHash, familyId }: NewAccessToken): Write => ({
    ...write,
    async isThere() {
      const [found] = await named({ serviceId, tokenHash })
      return found?.familyId === familyId
    },
  })
  interface Expiry {
    serviceId: number
    familyId: string
    expiresAt: number
  }
  const expire = preparedWrite<Expiry>(engine, (build, given) =>
    build
      .update(t)
      .set({ expiresAt: sql`${given.expiresAt}` })
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.familyId, given.familyId),
          gt(t.expiresAt, given.expiresAt),
        ),
      )
      .returning(hash),
  )
  interface Latest {
    serviceId: number
    familyId: string
    now: number
  }
  const latest = preparedRead<Latest, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.familyId, given.familyId),
          gt(t.expiresAt, given.now),
        ),
      )
      .orderBy(desc(t.createdAt))
      .limit(1),
  )
  const requireRow = preparedRowWrite<Named>(engine, (build, given) =>
    build
      .update(t)
      .set({ tokenHash: setTo(t.tokenHash, given.tokenHash) })
      .where(and(eq(t.serviceId, given.serviceId), eq(t.tokenHash, given.tokenHash)))
      .returning(hash),
  )
  const deleteRow = preparedRowWrite<Named>(engine, (build, given) =>
    build
      .delete(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.tokenHash, given.tokenHash)))
      .returning(hash),
  )
  const findOwned = perOwner((names) =>
    preparedRead<Owned, typeof t.$inferSelect>(engine, (db, given) =>
      db
        .select()
        .from(t)
        .where(ownedRows(t, given, names)),
    ),
  )
  const deleteOwned = perOwner((names) =>
    preparedWrite<Owned>(engine, (build, given) =>
      build
        .delete(t)
        .where(ownedRows(t, given, names))
        .returning(hash),
    ),
  )
  const countOwned = perOwner((names) =>
    preparedRead<Owned, { total: number }>(engine, (db, given) =>
      db
        .select({ total: count() })
        .from(t)
        .where(ownedRows(t, given, names)),
    ),
  )
  return {
    async find(serviceId: number, tokenHash: string) {
      const [row] = await named({ serviceId, tokenHash })
      return row
    },
    /** The youngest of a family that has not expired. */
    async findLatest(serviceId: number, familyId: string, now: number) {
      const [row] = await latest({ serviceId, familyId, now })
      return row
    },
    findOf: async (serviceId: number, owner: Owner) => findOwned(serviceId, owner),
    async count(serviceId: number, owner: Owner): Promise<number> {
      const [row] = await countOwned(serviceId, owner)
      return row?.total ?? 0
    },
    /** Each with what is known of its family's refresh token. */
    async list(
      serviceId: number,
      {
        clientId,
        subject,
        start,
        end,
        now,
        live,
      }: Owner & Page & { now: number; live?: boolean | undefined },
    ) {
      const where = and(
        eq(t.serviceId, serviceId),
        clientId === undefined ? undefined : eq(t.clientId, clientId),
        subject === undefined ? undefined : eq(t.subject, subject),
        live === undefined ? undefined : live ? gt(t.expiresAt, now) : lte(t.expiresAt, now),
      )
      const page = read.select().from(t).where(where).orderBy(asc(t.createdAt), asc(t.tokenHash))
      const rows = await page.limit(end - start).offset(start)
      const [counted] = await read.select({ total: count() }).from(t).where(where)
      const families = [...new Set(rows.map(({ familyId }) => familyId))]
      const refreshing =
        families.length === 0
          ? []
          : await read
              .select()
              .from(r)
              .where(and(eq(r.serviceId, serviceId), inArray(r.familyId, families)))
      const byFamily = new Map(refreshing.map((row) => [row.familyId, row]))
      return {
        rows: rows.map((row) => ({ ...row, refresh: byFamily.get(row.familyId) })),
        total: counted?.total ?? 0,
      }
    },
    /** Clients that hold a live token of the subject, in the order of their ids. */
    async authorizedClients(
      serviceId: number,
      subject: string,
      now: number,
      { start, end, developer }: Page & { developer?: string | undefined },
    ) {
      const c = tables.clients
      const holders = await Promise.all(
        [t, r].map((table) =>
          read
            .selectDistinct({ clientId: table.clientId })
            .from(table)
            .where(
              and(
                eq(table.serviceId, serviceId),
                eq(table.subject, subject),
                gt(table.expiresAt, now),
              ),
            ),
        ),
      )
      const ids = [...new Set(holders.flat().map(({ clientId }) => clientId))].sort((a, b) => a - b)
      const known = ids.length
        ? await read
            .select({ clientId: c.clientId })
            .from(c)
            .where(
              and(
                eq(c.serviceId, serviceId),
                inArray(c.clientId, ids),
                developer === undefined ? undefined : eq(c.developer, developer),
              ),
            )
            .orderBy(asc(c.number))
        : []
      const clientIds = known.map(({ clientId }) => clientId)
      return { clientIds: clientIds.slice(start, end), total: clientIds.length }
    },
    /** Only in a commit that guards a row of the client, which is deleted with the client. */
    insert: (row: NewAccessToken): Write => findable(insertRow(every.row(row)), row),
    insertIfClientExists: (row: NewAccessToken): Write =>
      findable(insertOfClient(every.row(row)), row),
    update: (serviceId: number, tokenHash: string, changes: Changes): Write =>
      build.update(t).set(changes).where(is(serviceId, tokenHash)).returning(hash).toSQL(),
    /** Changes nothing, and touches the row only while it exists: a guard for what is of it. */
    requireExists: (serviceId: number, tokenHash: string): Write =>
      requireRow({ serviceId, tokenHash }),
    /** Tokens of the family live no longer than until then. */
    expireFamily: (serviceId: number, familyId: string, expiresAt: number): Write =>
      expire({ serviceId, familyId, expiresAt }),
    delete: (serviceId: number, tokenHash: string): Write => deleteRow({ serviceId, tokenHash }),
    deleteFamily: (serviceId: number, familyId: string): Write =>
      deleteOwned(serviceId, { familyId }),
    deleteOf: (serviceId: number, owner: Owner): Write => deleteOwned(serviceId, owner),
  }
}
