/** Lists of tokens, and of the clients that hold them, page by page. */
import { and, asc, count, eq, gt, inArray, lte, type SQL } from 'drizzle-orm'
import type { Engine } from '../engine.ts'
import type { Tables } from '../schema/tables.ts'
import { withFamily } from '../schema/tokens/conditions.ts'

type AccessTokenRow = Tables['accessTokens']['$inferSelect'] & { familyId: string }

interface Page {
  start: number
  end: number
}
interface Listed extends Page {
  clientId?: number | undefined
  subject?: string | undefined
  sessionId?: string | undefined
  now: number
  live?: boolean | undefined
}

export const tokenLists = (engine: Engine) => ({
  /** Access tokens in the order of their creation. */
  async list(serviceId: number, { clientId, subject, sessionId, start, end, now, live }: Listed) {
    const { read, tables } = engine
    const t = tables.accessTokens
    const where = and(
      eq(t.serviceId, serviceId),
      clientId === undefined ? undefined : eq(t.clientId, clientId),
      subject === undefined ? undefined : eq(t.subject, subject),
      sessionId === undefined ? undefined : eq(t.sessionId, sessionId),
      live === undefined ? undefined : live ? gt(t.expiresAt, now) : lte(t.expiresAt, now),
    )
    const page = read.select().from(t).where(where).orderBy(asc(t.createdAt), asc(t.tokenHash))
    const rows = await page.limit(end - start).offset(start)
    const [counted] = await read.select({ total: count() }).from(t).where(where)
    return { rows: rows.map(withFamily), total: counted?.total ?? 0 }
  },
  /** Access tokens, each with what is known of its family's refresh token. */
  async withRefreshTokens(serviceId: number, rows: AccessTokenRow[]) {
    const refreshing = await refreshTokensOf(engine, serviceId, rows)
    return rows.map((row) => ({ ...row, refresh: refreshing.get(row.familyId) }))
  },
  /** Clients that hold a live token of the subject, in the order of their ids. */
  async authorizedClients(
    serviceId: number,
    subject: string,
    now: number,
    { start, end, developer }: Page & { developer?: string | undefined },
  ) {
    const { read, tables } = engine
    const c = tables.clients
    const ids = await holders(engine, serviceId, subject, now)
    if (ids.length === 0) return { clientIds: [], total: 0 }
    const ofDeveloper: SQL | undefined =
      developer === undefined ? undefined : eq(c.developer, developer)
    const known = await read
      .select({ clientId: c.clientId })
      .from(c)
      .where(and(eq(c.serviceId, serviceId), inArray(c.clientId, ids), ofDeveloper))
      .orderBy(asc(c.number))
    const clientIds = known.map(({ clientId }) => clientId)
    return { clientIds: clientIds.slice(start, end), total: clientIds.length }
  },
})

/** The refresh tokens of these access tokens, by their families. */
async function refreshTokensOf(
  { read, tables: { refreshTokens: t } }: Engine,
  serviceId: number,
  rows: { familyId: string }[],
) {
  const families = [...new Set(rows.map(({ familyId }) => familyId))]
  if (families.length === 0) return new Map<string, typeof t.$inferSelect>()
  const found = await read
    .select()
    .from(t)
    .where(and(eq(t.serviceId, serviceId), inArray(t.familyId, families)))
  return new Map(found.map((row) => [row.familyId, row]))
}

async function holders(
  { read, tables }: Engine,
  serviceId: number,
  subject: string,
  now: number,
): Promise<number[]> {
  const found = await Promise.all(
    [tables.accessTokens, tables.refreshTokens].map((t) =>
      read
        .selectDistinct({ clientId: t.clientId })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.subject, subject), gt(t.expiresAt, now))),
    ),
  )
  return [...new Set(found.flat().map(({ clientId }) => clientId))].sort((a, b) => a - b)
}
