/**
 * Searches of services and clients by their summaries, page by page. Each source of a search is the
 * order of one index; a page looks at a limited number of its entries and may be short.
 */
import { setImmediate as others } from 'node:timers/promises'
import {
  and,
  asc,
  type Column,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { hasLabel, searchedName, searchedUri } from '../model/summary.ts'
import type { Engine } from './engine.ts'
import type { Tables } from './schema/tables.ts'

/** Where a search continues: the source, and the last entry of its index that was looked at. */
export interface SearchPlace {
  source: number
  key: string
  number: number
}
export interface Search {
  query?: string | undefined
  label?: string | undefined
  after?: SearchPlace | undefined
  limit: number
}

/** Entries of indexes that one page looks at. */
const mostLooked = 10_000
/** Entries of one statement, which holds the process where the database is in it. */
const atOnce = 500

interface Entry {
  /** Names the row; also the second key of each index. */
  number: number
  /** The first key of the index. */
  key: string
  id: number
  alias: string | null
  name: string
  uri: string | null
  labels: string | null
}
interface Source {
  entries(after: Omit<SearchPlace, 'source'> | undefined, limit: number): Promise<Entry[]>
  isWanted(entry: Entry): boolean
  /** Most entries are not wanted. */
  isFiltered?: boolean
}

interface Found {
  numbers: number[]
  next: SearchPlace | undefined
}

/** One more than the limit is looked for, which tells whether there is a next page. */
async function walk(sources: readonly Source[], { after, limit }: Search): Promise<Found> {
  const numbers: number[] = []
  let looked = 0
  for (let at = after?.source ?? 0; at < sources.length; at++) {
    const source = sources[at] as Source
    const size = source.isFiltered ? atOnce : limit + 1
    let place = after?.source === at ? after : { source: at, key: '', number: 0 }
    for (let isOver = false; !isOver; ) {
      const entries = await source.entries(place.number === 0 ? undefined : place, size)
      for (const entry of entries) {
        if (source.isWanted(entry)) {
          if (numbers.length === limit) return { numbers, next: place }
          numbers.push(entry.number)
        }
        place = { source: at, key: entry.key, number: entry.number }
      }
      looked += entries.length
      isOver = entries.length < size
      if (!isOver && looked >= mostLooked) return { numbers, next: place }
      if (!isOver) await others()
    }
  }
  return { numbers, next: undefined }
}

/** No text that begins with the prefix follows this one. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`

/** Of an index by a text and a number: what begins with the prefix, after the place. */
function isWithin(
  { key, number }: { key: Column; number: Column },
  prefix: string,
  after: Omit<SearchPlace, 'source'> | undefined,
): SQL | undefined {
  const begins = prefix === '' ? undefined : and(gte(key, prefix), lt(key, endOf(prefix)))
  return and(begins, after && sql`(${key}, ${number}) > (${after.key}, ${after.number})`)
}

/** In the order that was found. */
const inOrder = <R extends { number: number }>(rows: R[], numbers: readonly number[]): R[] => {
  const known = new Map(rows.map((row) => [row.number, row]))
  return numbers.flatMap((number) => known.get(number) ?? [])
}

/** A number that may be an identifier. */
const idIn = (query: string): number => (/^[1-9]\d{0,15}$/.test(query) ? Number(query) : -1)

export const summaries = (engine: Engine) => ({
  services: serviceSearch(engine),
  clients: clientSearch(engine),
})

function serviceSearch({ read, tables: { services: t } }: Engine) {
  const { searchName: name, searchIssuer: uri, labels, number, serviceId: id } = t
  const columns = { id, alias: undefined, name, uri, labels, number }
  /** Of all services, or of the one that the caller may read. */
  return async (search: Search, only: number | undefined) => {
    const scope = only === undefined ? undefined : eq(t.serviceId, only)
    const found = await walk(sourcesOf({ read, table: t, columns, scope }, search), search)
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

function clientSearch({ read, tables: { clients: t } }: Engine) {
  const { searchName: name, searchUri: uri, labels, number, clientId: id, alias } = t
  const columns = { id, alias, name, uri, labels, number }
  return async (serviceId: number, search: Search) => {
    const scope = eq(t.serviceId, serviceId)
    const found = await walk(sourcesOf({ read, table: t, columns, scope }, search), search)
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

interface Searched extends Pick<Engine, 'read'> {
  table: Tables['services'] | Tables['clients']
  columns: {
    id: Column
    /** Another identifier. */
    alias: Column | undefined
    name: Column
    uri: Column
    labels: Column
    number: Column
  }
  scope: SQL | undefined
}

/**
 * First what has the identifier, then what is named so, then what has such a URI; each row once.
 * With a label, everything that has labels is looked at.
 */
function sourcesOf(searched: Searched, { query: given = '', label }: Search): Source[] {
  const { id, alias, name, uri, labels, number } = searched.columns
  const query = given.trim()
  const [nameQuery, uriQuery, idQuery] = [searchedName(query), searchedUri(query), idIn(query)]
  const entries = entriesOf(searched)
  const isNamed = (entry: Entry) => entry.name.startsWith(nameQuery)
  const hasUri = (entry: Entry) => entry.uri?.startsWith(uriQuery) ?? false
  const isExact = (entry: Entry) => entry.id === idQuery || (alias && entry.alias === query)
  const names = { key: name, number }

  if (label !== undefined) {
    const isFound = (entry: Entry) =>
      query === '' || isExact(entry) || isNamed(entry) || hasUri(entry)
    return [
      {
        entries: (after, limit) =>
          entries(name, and(isNotNull(labels), isWithin(names, '', after)), limit),
        isWanted: (entry) => hasLabel(entry.labels, label) && isFound(entry),
        isFiltered: true,
      },
    ]
  }
  const all: Source = {
    entries: (after, limit) => entries(name, isWithin(names, nameQuery, after), limit),
    isWanted: (entry) => query === '' || !isExact(entry),
  }
  if (query === '') return [all]
  const isIdentified = or(eq(id, idQuery), alias && eq(alias, query))
  const exact: Source = {
    entries: (after, limit) =>
      entries(undefined, and(isIdentified, gt(number, after?.number ?? 0)), limit),
    isWanted: () => true,
  }
  const byUri: Source = {
    entries: (after, limit) => entries(uri, isWithin({ key: uri, number }, uriQuery, after), limit),
    isWanted: (entry) => !isExact(entry) && !isNamed(entry),
  }
  return [exact, all, byUri]
}

/** Entries in the order of a key and of their numbers; without a key, of their numbers. */
function entriesOf({ read, table, columns, scope }: Searched) {
  const { id, alias, name, uri, labels, number } = columns
  return async (key: Column | undefined, where: SQL | undefined, limit: number) => {
    const rows = await read
      .select({
        number: sql<number>`${number}`,
        key: key ? sql<string>`${key}` : sql<string>`''`,
        id: sql<number>`${id}`,
        alias: alias ? sql<string | null>`${alias}` : sql<null>`null`,
        name: sql<string>`${name}`,
        uri: sql<string | null>`${uri}`,
        labels: sql<string | null>`${labels}`,
      })
      .from(table as Tables['services'])
      .where(and(scope, key === uri ? isNotNull(uri) : undefined, where))
      .orderBy(...(key ? [asc(key)] : []), asc(number))
      .limit(limit)
    return rows.map((row) => ({ ...row, number: Number(row.number), id: Number(row.id) }))
  }
}
