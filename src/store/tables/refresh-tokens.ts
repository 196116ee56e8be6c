/** Refresh tokens: one current token per family, and the hashes of those it replaced. */
import { and, eq, gt, sql } from 'drizzle-orm'
import type { RefreshToken } from '../../model/token/token.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRead, preparedRowWrite, preparedWrite, setTo } from '../prepared.ts'
import { type Owned, type Owner, ownedRows, perOwner } from './token-filter.ts'

export interface NewRefreshToken {
  serviceId: number
  familyId: string
  tokenHash: string
  clientId: number
  subject: string | undefined
  sessionId: string | undefined
  /** The grant that the client manages the token by. */
  grantId?: string | undefined
  createdAt: number
  expiresAt: number
  data: RefreshToken
}
export interface Predecessor {
  serviceId: number
  tokenHash: string
  familyId: string
  clientId: number
  rotatedAt: number
  expiresAt: number
  /** What a retry is answered, as JSON text; sealed at rest, for it holds tokens. */
  successor: string | undefined
}

export const refreshTokens = (engine: Engine, sealer: Sealer) => {
  const { build, tables } = engine
  const t = tables.refreshTokens
  const p = tables.refreshPredecessors
  const family = { familyId: t.familyId }
  const place = (serviceId: number, tokenHash: string) => ({
    table: 'refresh_predecessors',
    serviceId,
    row: tokenHash,
    column: 'sealed_successor',
  })
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
  interface Family {
    serviceId: number
    familyId: string
  }
  const ofFamily = preparedRead<Family, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.familyId, given.familyId))),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).onConflictDoNothing().returning(family),
  )
  const everyOld = allColumns(p)
  const insertOld = preparedRowWrite(engine, (build) =>
    build.insert(p).values(everyOld.columns).returning({ tokenHash: p.tokenHash }),
  )
  interface Rotation extends Named {
    newHash: string
    now: number
    expiresAt: number
  }
  const replaceBy = preparedRowWrite<Rotation>(engine, (build, given) =>
    build
      .update(t)
      .set({
        tokenHash: sql`${given.newHash}`,
        lastUsedAt: sql`${given.now}`,
        expiresAt: sql`${given.expiresAt}`,
      })
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.tokenHash, given.tokenHash),
          gt(t.expiresAt, given.now),
        ),
      )
      .returning(family),
  )
  const namedOld = preparedRead<Named, typeof p.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(p)
      .where(and(eq(p.serviceId, given.serviceId), eq(p.tokenHash, given.tokenHash))),
  )
  const requireRow = preparedRowWrite<Family>(engine, (build, given) =>
    build
      .update(t)
      .set({ familyId: setTo(t.familyId, given.familyId) })
      .where(and(eq(t.serviceId, given.serviceId), eq(t.familyId, given.familyId)))
      .returning(family),
  )
  const touchRow = preparedRowWrite<Omit<Rotation, 'newHash'>>(engine, (build, given) =>
    build
      .update(t)
      .set({
        lastUsedAt: setTo(t.lastUsedAt, given.now),
        expiresAt: setTo(t.expiresAt, given.expiresAt),
      })
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.tokenHash, given.tokenHash),
          gt(t.expiresAt, given.now),
        ),
      )
      .returning(family),
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
        .returning(family),
    ),
  )
  return {
    async find(serviceId: number, tokenHash: string) {
      const [row] = await named({ serviceId, tokenHash })
      return row
    },
    async findFamily(serviceId: number, familyId: string) {
      const [row] = await ofFamily({ serviceId, familyId })
      return row
    },
    findOf: async (serviceId: number, owner: Owner) => findOwned(serviceId, owner),
    async findPredecessor(serviceId: number, tokenHash: string): Promise<Predecessor | undefined> {
      const [row] = await namedOld({ serviceId, tokenHash })
      if (!row) return undefined
      const { sealedSuccessor, ...rest } = row
      const successor = sealedSuccessor
        ? sealer.unseal(sealedSuccessor, place(serviceId, tokenHash))
        : undefined
      return { ...rest, successor }
    },
    insert: (row: NewRefreshToken): Write => insertRow(every.row(row)),
    /** Changes nothing, and touches the row only while it exists: a guard for what is of it. */
    requireExists: (serviceId: number, familyId: string): Write =>
      requireRow({ serviceId, familyId }),
    /** A use that keeps the token: only while it is live. */
    touch: (
      serviceId: number,
      tokenHash: string,
      { now, expiresAt }: { now: number; expiresAt: number },
    ): Write => touchRow({ serviceId, tokenHash, now, expiresAt }),
    /** A use that replaces the token: of several at once, one finds it still in place. */
    rotate: (
      serviceId: number,
      oldHash: string,
      { newHash, now, expiresAt }: { newHash: string; now: number; expiresAt: number },
    ): Write => replaceBy({ serviceId, tokenHash: oldHash, newHash, now, expiresAt }),
    insertPredecessor: ({ successor, ...row }: Predecessor): Write =>
      insertOld(
        everyOld.row({
          ...row,
          sealedSuccessor:
            successor === undefined
              ? null
              : sealer.seal(successor, place(row.serviceId, row.tokenHash)),
        }),
      ),
    update: (
      serviceId: number,
      familyId: string,
      changes: Partial<Pick<NewRefreshToken, 'expiresAt' | 'data'>>,
    ): Write =>
      build
        .update(t)
        .set(changes)
        .where(and(eq(t.serviceId, serviceId), eq(t.familyId, familyId)))
        .returning(family)
        .toSQL(),
    deleteFamily: (serviceId: number, familyId: string): Write =>
      deleteOwned(serviceId, { familyId }),
    deleteOf: (serviceId: number, owner: Owner): Write => deleteOwned(serviceId, owner),
  }
}
