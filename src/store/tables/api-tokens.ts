/** Tokens of callers, by their hash. Service 0 stands for every service. */
import { asc, count, eq, sql } from 'drizzle-orm'
import type { ApiToken } from '../../model/api-token.ts'
import type { Engine, Write } from '../engine.ts'
import { keptRow } from '../kept.ts'
import { clientExists, selectRow, serviceExists } from '../parent.ts'
import { preparedRead } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'

interface NewApiToken {
  tokenHash: string
  /** By what callers name the token. */
  tokenId?: string | undefined
  serviceId: number
  clientId?: number | undefined
  createdAt: number
  expiresAt?: number | undefined
  data: ApiToken
}

export const apiTokens = (engine: Engine) => {
  const {
    read,
    build,
    tables: { apiTokens: t },
  } = engine
  const hash = { tokenHash: t.tokenHash }
  const byId = rowsByKey(engine, t, 'tokenId')
  const named = preparedRead<{ tokenHash: string }, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(eq(t.tokenHash, given.tokenHash)),
  )
  const find = keptRow(engine, 'api_tokens', named, ({ tokenHash }) => tokenHash)
  return {
    find: (tokenHash: string) => find({ tokenHash }),
    findById: byId.find,
    /** All of a service, the oldest first. */
    list: async (serviceId: number) =>
      read
        .select()
        .from(t)
        .where(eq(t.serviceId, serviceId))
        .orderBy(asc(t.createdAt), asc(t.tokenHash)),
    async count(): Promise<number> {
      const [row] = await read.select({ total: count() }).from(t)
      return row?.total ?? 0
    },
    /** A new token, while the service or client exists that it is for. */
    insertIfOwnerExists(row: NewApiToken): Write {
      const { serviceId, clientId } = row
      const values: Record<string, unknown> = { ...row }
      const ofService = serviceId === 0 ? sql`true` : serviceExists(engine, serviceId)
      const exists =
        clientId === undefined ? ofService : clientExists(engine, { serviceId, clientId })
      return build
        .insert(t)
        .select(selectRow(t, (name) => values[name], exists))
        .returning(hash)
        .toSQL()
    },
    /** Registers a token; one that is known gets the name and rights that are given now. */
    upsert: (row: NewApiToken): Write =>
      build
        .insert(t)
        .values({
          ...row,
          tokenId: row.tokenId ?? null,
          clientId: row.clientId ?? null,
          expiresAt: row.expiresAt ?? null,
        })
        .onConflictDoUpdate({
          target: t.tokenHash,
          set: { data: row.data, tokenId: sql`coalesce(${t.tokenId}, ${row.tokenId ?? null})` },
        })
        .returning(hash)
        .toSQL(),
    /** Another value or other data under the same name. */
    update: (
      serviceId: number,
      tokenId: string,
      changes: Partial<Pick<NewApiToken, 'tokenHash' | 'data'>>,
    ): Write => byId.update({ serviceId, tokenId }, changes),
    deleteById: byId.delete,
    delete: (tokenHash: string): Write =>
      build.delete(t).where(eq(t.tokenHash, tokenHash)).returning(hash).toSQL(),
  }
}
