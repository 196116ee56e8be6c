/** What a search looks through, and in which order. */
import {
  and,
  asc,
  type Column,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  lt,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { searchedName, searchedUri } from '../../model/summary.ts'
import type { Engine, Syntax } from '../engine.ts'
import type { Tables } from '../schema/tables.ts'
import type { Place, SearchPlace, Source } from './walk.ts'

export interface Search {
  query?: string | undefined
  /** Also what has the query within its name or URI. */
  inside?: boolean | undefined
  label?: string | undefined
  /** In the order of the last change, the newest first, instead of that of names. */
  newestFirst?: boolean | undefined
  after?: SearchPlace | undefined
  limit: number
}

export interface Searched extends Pick<Engine, 'read' | 'syntax'> {
  table: Tables['services'] | Tables['clients']
  columns: {
    id: Column
    /** Another identifier. */
    alias: Column | undefined
    name: Column
    uri: Column
    labels: Column
    number: Column
    /** Where an index has the order of changes. */
    changed: Column | undefined
  }
  scope: SQL | undefined
  /** Only what is so, of columns that the index of names has. */
  filter?: SQL | undefined
}

/** Entries of an index that a page with a label, or one by prefix, looks at. */
const fewEntries = 5_000
/** For a search that may compare every entry. */
const mostCompared = 120_000

/**
 * Entries that one statement compares: few where the database is in this process, which does
 * nothing else in that time; many where each statement is a message to another process.
 */
const windowOf = ({ fixedAddress }: Syntax) => (fixedAddress ? 10_000 : 60_000)

/** How many entries of indexes a page looks at. */
export const mostLookedBy = (search: Search, isFiltered: boolean): number =>
  search.inside || search.newestFirst || isFiltered ? mostCompared : fewEntries

/** No text that begins with the prefix follows this one. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`

const begins = (key: Column, prefix: string): SQL | undefined =>
  prefix === '' ? isNotNull(key) : and(gte(key, prefix), lt(key, endOf(prefix)))

/** After the place in the order of an index by a text and a number. */
const isAfter = (key: Column, number: Column, after: Place | undefined): SQL | undefined =>
  after && sql`(${key}, ${number}) > (${after.key}, ${after.number})`

/** A number that may be an identifier. */
const idIn = (query: string): number => (/^[1-9]\d{0,15}$/.test(query) ? Number(query) : -1)

/** What a query means, as conditions. */
function conditionsOf({ columns, syntax: { contains } }: Searched, given: string) {
  const { id, alias, name, uri } = columns
  const query = given.trim()
  const [nameQuery, uriQuery, idQuery] = [searchedName(query), searchedUri(query), idIn(query)]
  return {
    query,
    isIdentified: or(eq(id, idQuery), alias && eq(alias, query)),
    isExact: (row: Row) => row.id === idQuery || (alias && row.alias === query),
    isNamed: begins(name, nameQuery),
    isNamedRow: (row: Row) => row.name.startsWith(nameQuery),
    hasUri: begins(uri, uriQuery),
    isInside: or(contains(name, nameQuery), contains(uri, uriQuery)),
  }
}
type Conditions = ReturnType<typeof conditionsOf>

/**
 * First what has the identifier, then what is named so, then what has such a URI, then what has it
 * within; each row once. With a label, a filter or another order, it is one walk through an index.
 */
export async function sourcesOf(searched: Searched, search: Search): Promise<Source[]> {
  const { label, inside, newestFirst } = search
  const conditions = conditionsOf(searched, search.query ?? '')
  const { query, isIdentified, isNamed, hasUri, isInside } = conditions
  const { labels } = searched.columns
  const hasLabel = label === undefined ? undefined : searched.syntax.contains(labels, ` ${label} `)
  if (searched.filter || newestFirst || (hasLabel && inside)) {
    const numbers = query === '' ? [] : await numbersOf(searched, isIdentified)
    const among = inArray(searched.columns.number, numbers)
    const isFound =
      query === '' ? undefined : or(among, isNamed, hasUri, inside ? isInside : undefined)
    return [windows(searched, orderOf(searched, newestFirst), and(hasLabel, isFound))]
  }
  if (hasLabel) {
    const isFound = query === '' ? undefined : or(isIdentified, isNamed, hasUri)
    const order = { ...orderOf(searched, false), only: isNotNull(labels), window: fewEntries }
    return [windows(searched, order, and(hasLabel, isFound))]
  }
  const sources = plainSources(searched, conditions)
  return inside && query !== '' ? [...sources, await insideSource(searched, conditions)] : sources
}

/** Sources that are the order of an index themselves. */
function plainSources(searched: Searched, conditions: Conditions): Source[] {
  const { name, uri, number } = searched.columns
  const { query, isIdentified, isExact, isNamed, isNamedRow, hasUri } = conditions
  const named = indexSource(searched, {
    key: name,
    where: (after) => and(isNamed, isAfter(name, number, after)),
    isWanted: (row) => query === '' || !isExact(row),
  })
  if (query === '') return [named]
  const exact = indexSource(searched, {
    where: (after) => and(isIdentified, gt(number, after?.number ?? 0)),
    isWanted: () => true,
  })
  const byUri = indexSource(searched, {
    key: uri,
    where: (after) => and(hasUri, isAfter(uri, number, after)),
    isWanted: (row) => !isExact(row) && !isNamedRow(row),
  })
  return [exact, named, byUri]
}

/** What has the query within its name or URI, and no earlier source has. */
async function insideSource(searched: Searched, conditions: Conditions): Promise<Source> {
  const { number, uri } = searched.columns
  const { isIdentified, isNamed, hasUri, isInside } = conditions
  const numbers = await numbersOf(searched, isIdentified)
  const beginsNowhere = sql`not (${isNamed}) and (${uri} is null or not (${hasUri}))`
  const isFound = and(isInside, beginsNowhere, notInArray(number, numbers))
  return windows(searched, orderOf(searched, false), isFound)
}

const numbersOf = async ({ read, table, columns, scope }: Searched, where: SQL | undefined) => {
  const found = await read
    .select({ number: sql<number>`${columns.number}` })
    .from(table as Tables['services'])
    .where(and(scope, where))
  return found.map((row) => Number(row.number))
}

interface Order {
  key: Column
  isDescending: boolean
  /** How many entries one statement compares. */
  window: number
  /** Only these entries count. */
  only?: SQL | undefined
}

function orderOf({ columns, syntax }: Searched, newestFirst: boolean | undefined): Order {
  const window = windowOf(syntax)
  return newestFirst && columns.changed
    ? { key: columns.changed, isDescending: true, window }
    : { key: columns.name, isDescending: false, window }
}

/** Compares the entries of an index in windows, so that no statement takes long. */
function windows(searched: Searched, order: Order, isFound: SQL | undefined): Source {
  const { read, table, columns, scope, filter } = searched
  const { key, isDescending, only, window } = order
  const { number } = columns
  const direction = isDescending ? desc : asc
  const columnsOfEntry = { key: sql<string>`${key}`, number: sql<number>`${number}` }

  const select = (where: SQL | undefined, limit: number, offset: number) =>
    read
      .select(columnsOfEntry)
      .from(table as Tables['services'])
      .where(and(scope, only, where))
      .orderBy(direction(key), direction(number))
      .limit(limit)
      .offset(offset)

  function beyond(place: Place | undefined): SQL | undefined {
    if (!place) return undefined
    if (!isDescending) return isAfter(key, number, place)
    return sql`(${key}, ${number}) < (${timeIn(place.key)}, ${place.number})`
  }
  const until = ({ key: last, number: of }: Place): SQL =>
    isDescending
      ? sql`(${key}, ${number}) >= (${timeIn(last)}, ${of})`
      : sql`(${key}, ${number}) <= (${last}, ${of})`

  const placeOf = (row: { key: unknown; number: unknown }): Place => ({
    key: String(row.key),
    number: Number(row.number),
  })
  return {
    async entries(after, limit) {
      const isIn = beyond(after)
      const [last] = await select(isIn, 1, window - 1)
      const end = last && placeOf(last)
      const where = and(isIn, end && until(end), filter, isFound)
      const rows = await select(where, limit, 0)
      const found = rows.map((row) => ({ ...placeOf(row), isWanted: true }))
      return { found, looked: window, ...(end && { end }) }
    },
  }
}

/** The time in a cursor, which may be that of another order. */
const timeIn = (key: string): number => (/^\d{1,15}$/.test(key) ? Number(key) : 0)

interface Row {
  id: number
  alias: string | null
  name: string
}

interface IndexSource {
  /** Without a key, in the order of numbers. */
  key?: Column
  where(after: Place | undefined): SQL | undefined
  isWanted(row: Row): boolean
}

/** Entries in the order of a key and of their numbers. */
function indexSource(searched: Searched, { key, where, isWanted }: IndexSource): Source {
  const { read, table, columns, scope } = searched
  const { id, alias, name, number } = columns
  return {
    async entries(after, limit) {
      const rows = await read
        .select({
          number: sql<number>`${number}`,
          key: key ? sql<string>`${key}` : sql<string>`''`,
          id: sql<number>`${id}`,
          alias: alias ? sql<string | null>`${alias}` : sql<null>`null`,
          name: sql<string>`${name}`,
        })
        .from(table as Tables['services'])
        .where(and(scope, where(after)))
        .orderBy(...(key ? [asc(key)] : []), asc(number))
        .limit(limit)
      const found = rows.map((row) => ({
        key: row.key,
        number: Number(row.number),
        isWanted: isWanted({ ...row, id: Number(row.id) }),
      }))
      return { found }
    },
  }
}
