/** Tokens of callers, by their hash. Service 0 stands for every service. */
import { count, eq } from 'drizzle-orm'
import type { ApiToken } from '../model/api-token.ts'
import type { Engine, Write } from './store.ts'

export interface NewApiToken {
  tokenHash: string
  serviceId: number
  clientId?: number | undefined
  createdAt: number
  expiresAt?: number | undefined
  data: ApiToken
}

export const apiTokens = ({ read, tables: { apiTokens: t } }: Engine) => ({
  async find(tokenHash: string) {
    const [row] = await read.select().from(t).where(eq(t.tokenHash, tokenHash))
    return row
  },
  async count(): Promise<number> {
    const [row] = await read.select({ total: count() }).from(t)
    return row?.total ?? 0
  },
  /** Registers a token; one that is known gets the rights that are given now. */
  upsert: (row: NewApiToken): Write => ({
    apply: (tx) =>
      tx
        .insert(t)
        .values({ ...row, clientId: row.clientId ?? null, expiresAt: row.expiresAt ?? null })
        .onConflictDoUpdate({ target: t.tokenHash, set: { data: row.data } })
        .returning({ tokenHash: t.tokenHash }),
  }),
  delete: (tokenHash: string): Write => ({
    apply: (tx) =>
      tx.delete(t).where(eq(t.tokenHash, tokenHash)).returning({ tokenHash: t.tokenHash }),
  }),
})
