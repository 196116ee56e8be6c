/**
 * The inventory of tokens: searched, in many orders, page by page after a place. No index has these
 * orders: a selection is read in steps, limited in number, and sorted here.
 */
import { setImmediate as others } from 'node:timers/promises'
import { and, asc, count, desc, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { TokenOrder, TokenPlace } from '../../model/token/inventory.ts'
import type { Engine } from '../engine.ts'
import type { Tables } from '../schema/tables.ts'
import { withFamily } from '../schema/tokens/conditions.ts'
import { grantTypeOf, scopesOf } from '../schema/tokens/data.ts'
import { type Candidate, compareTokens, isWanted, type TokenSelection } from './token-selection.ts'

/** A selection with more tokens is not sorted. */
export const inventoryLimit = 10_000
/** Tokens that one page of a walk looks at. */
const walkLimit = 5_000
/** Rows of one statement, which holds the process where the database is in it. */
const atOnce = 250
/** Clients have long documents. */
const clientsAtOnce = 10

export interface TokenPage {
  order: TokenOrder
  isDescending: boolean
  after?: TokenPlace | undefined
  start: number
  limit: number
}

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']
/** What both tables have. */
type Columns = Tables['refreshTokens']
type KeyName = 'tokenHash' | 'familyId'

export function tokenInventory<T extends TokenTable>(engine: Engine, table: T, key: KeyName) {
  const { read, syntax } = engine
  const t = table as Columns
  const values = valuesOf(engine.tables, t, key)
  const indexedKey = inIndex(t, key)

  const candidates = (order: TokenOrder) => candidatesBy(read, t, key, values[order])

  /** The tokens of a scope; undefined if there are too many. */
  async function candidatesOf(serviceId: number, selection: TokenSelection, order: TokenOrder) {
    const scope = scopeOf(t, serviceId, selection)
    const limit = inventoryLimit + 1
    const some = read
      .select({ one: sql`1`.as('one') })
      .from(t)
      .where(scope)
      .limit(limit)
    const [counted] = await read.select({ size: count() }).from(some.as('counted'))
    if (!counted || counted.size > inventoryLimit) return undefined
    const { fixedAddress } = syntax
    if (!fixedAddress) return candidates(order).where(scope)
    const address = sql<number>`${fixedAddress}`
    const places = await read.select({ address }).from(t).where(scope)
    // The sign keeps SQLite from another index than the address. A row can be another one by now,
    // of the same service: what is selected is compared once more.
    const isOwn = sql`+${t.serviceId} = ${serviceId}`
    return inSteps(
      places.map((place) => place.address),
      atOnce,
      (some) => candidates(order).where(and(inArray(address, some), isOwn)),
    )
  }

  const rowsOf = rowsByKeys(read, table, key)

  async function pageOf(serviceId: number, sorted: Candidate[], page: TokenPage) {
    const { start, limit, after } = page
    const shown = sorted.slice(start, start + limit)
    const rows = await rowsOf(
      serviceId,
      shown.map((each) => each.key),
    )
    const next = start + limit < sorted.length ? (placeOf(shown.at(-1)) ?? after) : undefined
    return { rows, next }
  }

  const found = async (serviceId: number, selection: TokenSelection, all: Candidate[]) => {
    const named = await clientsNamed(engine, serviceId, all, selection.text)
    return all.filter((each) => isWanted(each, selection, named))
  }

  return {
    /** In any order; undefined if the selection has too many tokens to be sorted. */
    async sorted(serviceId: number, selection: TokenSelection, page: TokenPage) {
      const all = await candidatesOf(serviceId, selection, page.order)
      if (!all) return undefined
      const wanted = await found(serviceId, selection, all)
      const { after, isDescending } = page
      const compare = (one: TokenPlace, other: TokenPlace) =>
        isDescending ? compareTokens(other, one) : compareTokens(one, other)
      const following = after ? wanted.filter((each) => compare(each, after) > 0) : wanted
      const sorted = [...following].sort(compare)
      return { ...(await pageOf(serviceId, sorted, page)), total: wanted.length }
    },
    /** In the order of their keys: a page looks at a limited number of tokens and may be short. */
    async walked(serviceId: number, selection: TokenSelection, page: TokenPage) {
      const [inOrder, beyond] = page.isDescending ? ([desc, lt] as const) : ([asc, gt] as const)
      if (page.limit === 0) return { rows: [], next: page.after }
      const wanted: Candidate[] = []
      let { after } = page
      for (let looked = 0; looked < walkLimit && wanted.length <= page.limit; looked += atOnce) {
        if (looked > 0) await others()
        const some = await candidates('hash')
          .where(and(eq(t.serviceId, serviceId), after && beyond(indexedKey, after.key)))
          .orderBy(inOrder(indexedKey))
          .limit(atOnce)
        wanted.push(...(await found(serviceId, selection, some)))
        after = some.length < atOnce ? undefined : placeOf(some.at(-1))
        if (!after) break
      }
      const first = { ...page, start: 0 }
      const { rows, next } = await pageOf(serviceId, wanted, first)
      return { rows, next: next ?? after }
    },
  }
}

/** The column by which an index has the key. */
const inIndex = (t: Columns, key: KeyName) => (key === 'tokenHash' ? t.tail : t.familyId)

const rowsByKeys =
  <T extends TokenTable>(read: Engine['read'], table: T, key: KeyName) =>
  async (serviceId: number, keys: string[]) => {
    const t = table as Columns
    const rows = await inSteps(keys, atOnce, (some) =>
      read
        .select()
        .from(t)
        .where(
          and(eq(t.serviceId, serviceId), inArray(inIndex(t, key), some), inArray(t[key], some)),
        ),
    )
    const known = new Map(rows.map((row) => [row[key], withFamily(row as T['$inferSelect'])]))
    return keys.flatMap((name) => known.get(name) ?? [])
  }

/** Tokens with what they are found by, and sorted by. */
const candidatesBy = (
  read: Engine['read'],
  t: Columns,
  key: KeyName,
  value: SQL<number | string>,
) =>
  read
    .select({
      value: value.as('sort_value'),
      key: t[key],
      clientId: t.clientId,
      subject: t.subject,
      sessionId: t.sessionId,
      expiresAt: t.expiresAt,
      grantType: sql`${t.data}`.mapWith(grantTypeOf).as('grant_type'),
      clientIp: t.clientIp,
      userAgent: t.userAgent,
    })
    .from(t)

const placeOf = (last: Candidate | undefined): TokenPlace | undefined =>
  last && { value: last.value, key: last.key }

/** One statement after the other, between which other calls get their turn. */
async function inSteps<N, R>(
  names: readonly N[],
  size: number,
  ask: (some: N[]) => PromiseLike<R[]>,
): Promise<R[]> {
  const rows: R[] = []
  for (let first = 0; first < names.length; first += size) {
    if (first > 0) await others()
    rows.push(...(await ask(names.slice(first, first + size))))
  }
  return rows
}

/** What tokens are sorted by: never null, and never long. */
function valuesOf(
  { refreshTokens: r }: Tables,
  t: Columns,
  key: KeyName,
): Record<TokenOrder, SQL<number | string>> {
  const number = (value: unknown) => sql`${value}`.mapWith(Number)
  const text = (value: unknown) => sql`substr(coalesce(${value}, ''), 1, 200)`.mapWith(String)
  const isRefresh = key === 'familyId'
  const seen = sql`coalesce(${r.lastUsedAt}, ${r.createdAt})`
  const ofFamily = (value: unknown, otherwise: unknown) => sql`coalesce((select ${value} from ${r}
    where ${and(eq(r.serviceId, t.serviceId), eq(r.familyId, t.familyId))}), ${otherwise})`
  return {
    created_at: number(t.createdAt),
    expires_at: number(t.expiresAt),
    last_seen_at: number(isRefresh ? seen : ofFamily(seen, t.createdAt)),
    refresh_expires_at: number(isRefresh ? t.expiresAt : ofFamily(r.expiresAt, sql`0`)),
    client_id: number(t.clientId),
    subject: text(t.subject),
    grant_type: sql`${t.data}`.mapWith(grantTypeOf),
    client_ip: text(t.clientIp),
    user_agent: text(t.userAgent),
    scope: sql`${t.data}`.mapWith((data: string) => scopesOf(data).slice(0, 200)),
    hash: sql`${t[key]}`.mapWith(t[key]),
  }
}

/** What an index finds; what more is named is compared afterwards. */
const scopeOf = (
  t: Columns,
  serviceId: number,
  { clientId, subject, sessionId }: TokenSelection,
): SQL | undefined =>
  and(
    eq(t.serviceId, serviceId),
    ...(sessionId === undefined
      ? [
          clientId === undefined ? undefined : eq(t.clientId, clientId),
          subject === undefined ? undefined : eq(t.subject, subject),
        ]
      : [eq(t.sessionId, sessionId)]),
  )

/** The clients of the candidates whose alias or name has the text. */
async function clientsNamed(
  { read, tables: { clients: c } }: Engine,
  serviceId: number,
  all: Candidate[],
  text: string | undefined,
): Promise<ReadonlySet<number>> {
  const ids = text === undefined ? [] : [...new Set(all.map(({ clientId }) => clientId))]
  const name = sql<string | null>`${c.data} ->> 'clientName'`.as('client_name')
  const clients = await inSteps(ids, clientsAtOnce, (some) =>
    read
      .select({ clientId: c.clientId, alias: c.alias, name })
      .from(c)
      .where(and(eq(c.serviceId, serviceId), inArray(c.clientId, some))),
  )
  const part = text?.toLowerCase() ?? ''
  const named = clients.filter(({ alias, name }) =>
    [alias, name].some((each) => each?.toLowerCase().includes(part)),
  )
  return new Set(named.map(({ clientId }) => clientId))
}
