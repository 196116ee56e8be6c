/**
 * Searches of services and clients by their summaries, page by page. A page looks at a limited
 * number of entries of indexes and may be short.
 */
import { and, eq, inArray, isNull, like, lt, or, type SQL } from 'drizzle-orm'
import { type ClientTraits, traitPattern } from '../../model/client/traits.ts'
import type { Engine } from '../engine.ts'
import type { Tables } from '../schema/tables.ts'
import { mostLookedBy, type Search, type Searched, sourcesOf } from './sources.ts'
import { walk } from './walk.ts'

export interface ClientSearch extends Search {
  traits?: ClientTraits | undefined
  /** Only clients that were not used since then. */
  unusedSince?: number | undefined
}

/** In the order that was found. */
const inOrder = <R extends { number: number }>(rows: R[], numbers: readonly number[]): R[] => {
  const known = new Map(rows.map((row) => [row.number, row]))
  return numbers.flatMap((number) => known.get(number) ?? [])
}

async function find(searched: Searched, search: Search, mostLooked?: number) {
  const sources = await sourcesOf(searched, search)
  const { after, limit } = search
  const most = mostLooked ?? mostLookedBy(search, searched.filter !== undefined)
  return walk(sources, { after, limit, mostLooked: most })
}

export const summaries = (engine: Engine) => ({
  services: serviceSearch(engine),
  clients: clientSearch(engine),
})

function serviceSearch({ read, syntax, tables: { services: t } }: Engine) {
  const { searchName: name, searchIssuer: uri, labels, number, serviceId: id } = t
  const columns = { id, alias: undefined, name, uri, labels, number, changed: t.modifiedAt }
  /** Of all services, or of the one that the caller may read. */
  return async (search: Search, only: number | undefined) => {
    const scope = only === undefined ? undefined : eq(t.serviceId, only)
    const found = await find({ read, syntax, table: t, columns, scope }, search)
    const rows = await read
      .select({
        serviceId: t.serviceId,
        number: t.number,
        version: t.version,
        createdAt: t.createdAt,
        modifiedAt: t.modifiedAt,
        summary: t.summary,
      })
      .from(t)
      .where(and(scope, inArray(t.number, found.numbers)))
    return { rows: inOrder(rows, found.numbers), next: found.next }
  }
}

/** Rows that one page reads for a condition that no index has. */
const mostRead = 20_000

function clientSearch({ read, syntax, tables: { clients: t } }: Engine) {
  const { searchName: name, searchUri: uri, labels, number, clientId: id, alias } = t
  const columns = { id, alias, name, uri, labels, number, changed: undefined }
  return async (serviceId: number, search: ClientSearch) => {
    const scope = eq(t.serviceId, serviceId)
    const filter = clientFilter(t, search)
    const most = search.unusedSince === undefined ? undefined : mostRead
    const found = await find({ read, syntax, table: t, columns, scope, filter }, search, most)
    const rows = await read
      .select({
        clientId: t.clientId,
        number: t.number,
        alias: t.alias,
        version: t.version,
        createdAt: t.createdAt,
        modifiedAt: t.modifiedAt,
        lastUsedAt: t.lastUsedAt,
        summary: t.summary,
      })
      .from(t)
      .where(and(scope, inArray(t.number, found.numbers)))
    return { rows: inOrder(rows, found.numbers), next: found.next }
  }
}

function clientFilter(
  t: Tables['clients'],
  { traits = {}, unusedSince }: ClientSearch,
): SQL | undefined {
  const pattern = traitPattern(traits)
  const isUnused = or(isNull(t.lastUsedAt), lt(t.lastUsedAt, unusedSince ?? 0))
  return and(
    pattern === undefined ? undefined : like(t.traits, pattern),
    unusedSince === undefined ? undefined : isUnused,
  )
}
