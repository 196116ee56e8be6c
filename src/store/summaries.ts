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
import { searchedName, searchedUri } from '../model/summary.ts'
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
const mostLooked = 5_000

interface Entry {
  /** Names the row; also the second key of each index. */
  number: number
  /** The first key of the index. */
  key: string
  id: number
  alias: string | null
  name: string
}
type Place = Omit<SearchPlace, 'source'>

interface Source {
  /** `end` is where the source stopped to look, if it did so before its end. */
  entries(after: Place | undefined, limit: number): Promise<{ found: Entry[]; end?: Place }>
  isWanted(entry: Entry): boolean
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
    let place = after?.source === at ? after : { source: at, key: '', number: 0 }
    for (let isOver = false; !isOver; ) {
      const { found, end } = await source.entries(place.number === 0 ? undefined : place, limit + 1)
      for (const entry of found) {
        if (source.isWanted(entry)) {
          if (numbers.length === limit) return { numbers, next: place }
          numbers.push(entry.number)
        }
        place = { source: at, key: entry.key, number: entry.number }
      }
      looked += found.length
      isOver = found.length <= limit
      if (isOver && end) return { numbers, next: { source: at, ...end } }
      if (!isOver && looked >= mostLooked) return { numbers, next: place }
      if (!isOver) await others()
    }
  }
  return { numbers, next: undefined }
}

/** No text that begins with the prefix follows this one. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`

const begins = (key: Column, prefix: string): SQL | undefined =>
  prefix === '' ? isNotNull(key) : and(gte(key, prefix), lt(key, endOf(prefix)))

/** After the place in the order of an index by a text and a number. */
const isAfter = (key: Column, number: Column, after: Place | undefined): SQL | undefined =>
  after && sql`(${key}, ${number}) > (${after.key}, ${after.number})`

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
 * With a label, whatever has labels is looked at, in the order of names.
 */
function sourcesOf(searched: Searched, { query: given = '', label }: Search): Source[] {
  const { id, alias, name, uri, number } = searched.columns
  const query = given.trim()
  const [nameQuery, uriQuery, idQuery] = [searchedName(query), searchedUri(query), idIn(query)]
  const entries = entriesOf(searched)
  const isNamed = (entry: Entry) => entry.name.startsWith(nameQuery)
  const isExact = (entry: Entry) => entry.id === idQuery || (alias && entry.alias === query)
  const isIdentified = or(eq(id, idQuery), alias && eq(alias, query))

  if (label !== undefined) {
    const isFound = or(isIdentified, begins(name, nameQuery), begins(uri, uriQuery))
    return [labelledSource(searched, label, query === '' ? undefined : isFound)]
  }
  const named: Source = {
    entries: (after, limit) =>
      entries(name, and(begins(name, nameQuery), isAfter(name, number, after)), limit),
    isWanted: (entry) => query === '' || !isExact(entry),
  }
  if (query === '') return [named]
  const exact: Source = {
    entries: (after, limit) =>
      entries(undefined, and(isIdentified, gt(number, after?.number ?? 0)), limit),
    isWanted: () => true,
  }
  const byUri: Source = {
    entries: (after, limit) =>
      entries(uri, and(begins(uri, uriQuery), isAfter(uri, number, after)), limit),
    isWanted: (entry) => !isExact(entry) && !isNamed(entry),
  }
  return [exact, named, byUri]
}

/** The database itself looks at a limited number of what has labels. */
function labelledSource(searched: Searched, label: string, isFound: SQL | undefined): Source {
  const { read, table, columns, scope } = searched
  const { name, labels, number } = columns
  const entries = entriesOf(searched)
  const pattern = `% ${label.replace(/[%_\\]/g, '\\$&')} %`
  const hasLabel = sql`${labels} like ${pattern} escape '\\'`

  async function endAfter(after: Place | undefined): Promise<Place | undefined> {
    const [end] = await read
      .select({ key: sql<string>`${name}`, number: sql<number>`${number}` })
      .from(table as Tables['services'])
      .where(and(scope, isNotNull(labels), isAfter(name, number, after)))
      .orderBy(asc(name), asc(number))
      .limit(1)
      .offset(mostLooked - 1)
    return end && { key: end.key, number: Number(end.number) }
  }
  return {
    async entries(after, limit) {
      const end = await endAfter(after)
      const isBefore = end && sql`(${name}, ${number}) <= (${end.key}, ${end.number})`
      const window = and(isNotNull(labels), isAfter(name, number, after), isBefore)
      const { found } = await entries(name, and(window, hasLabel, isFound), limit)
      return { found, ...(end && { end }) }
    },
    isWanted: () => true,
  }
}

/** Entries in the order of a key and of their numbers; without a key, of their numbers. */
function entriesOf({ read, table, columns, scope }: Searched) {
  const { id, alias, name, number } = columns
  return async (key: Column | undefined, where: SQL | undefined, limit: number) => {
    const rows = await read
      .select({
        number: sql<number>`${number}`,
        key: key ? sql<string>`${key}` : sql<string>`''`,
        id: sql<number>`${id}`,
        alias: alias ? sql<string | null>`${alias}` : sql<null>`null`,
        name: sql<string>`${name}`,
      })
      .from(table as Tables['services'])
      .where(and(scope, where))
      .orderBy(...(key ? [asc(key)] : []), asc(number))
      .limit(limit)
    const found = rows.map((row) => ({ ...row, number: Number(row.number), id: Number(row.id) }))
    return { found }
  }
}
