/**
 * Commits of one row each that arrive in one turn of the event loop, as one statement of each kind:
 * most of what such a commit costs is its way to the server and its wait for the disk. A row that
 * was not inserted together with others, for whatever reason, is committed by itself: so that no
 * refusal, retry or doubt about a lost answer is settled here.
 */
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { signals } from '../../signal.ts'
import type { Write } from '../engine.ts'
import type { Tables } from '../schema/tables.ts'
import { arraysOf, type Insert, insertOf, insertOfMany, most, typeOf } from './many.ts'
import { LostResponse, NothingKept, NotTogether } from './outcome.ts'
import { byTurn } from './turn.ts'

/** Inserts of one statement, by its name. */
interface Kind {
  insert: Insert
  /** Of the columns. */
  types: string[]
  /** The columns of the primary key, and where they are among the columns. */
  key: string[]
  keyPlaces: number[]
}
interface Member {
  kind: Kind
  write: Write & { name: string }
  key: string
  resolve(): void
  reject(error: unknown): void
}

export interface Inserts {
  /**
   * Undefined for a write that is not such an insert. Rejects with `NotTogether`, or as a commit by
   * itself does whose connection broke.
   */
  commit(write: Write): Promise<void> | undefined
  flush(): void
}

/** `apply` executes a statement that is a transaction by itself, and returns its rows. */
export function insertsByTurn(
  tables: Tables,
  apply: (write: Write) => Promise<unknown[][]>,
): Inserts {
  const kinds = new Map<string, Kind | undefined>()
  const turn = byTurn<Member>((members) => {
    for (const group of groupsOf(members)) void insertAll(group, apply)
  })

  function kindOf({ name, sql }: Write & { name: string }): Kind | undefined {
    if (!kinds.has(name)) kinds.set(name, describe(tables, sql))
    return kinds.get(name)
  }

  return {
    commit(write) {
      const { name } = write
      if (name === undefined) return undefined
      const named = { ...write, name }
      const kind = kindOf(named)
      if (!kind) return undefined
      const key = keyOf(kind.keyPlaces.map((place) => write.params[place]))
      return new Promise((resolve, reject) => {
        turn.add({ kind, write: named, key, resolve, reject })
      })
    },
    flush: turn.flush,
  }
}

/** Bytes are written in full: as UTF-8, many of them would be the same. */
const keyOf = (values: readonly unknown[]): string =>
  values.map((each) => (Buffer.isBuffer(each) ? each.toString('hex') : String(each))).join(' ')

function describe(tables: Tables, sql: string): Kind | undefined {
  const insert = insertOf(sql)
  if (!insert) return undefined
  for (const each of Object.values(tables)) {
    const { name, columns, primaryKeys } = getTableConfig(each as unknown as PgTable)
    if (name !== insert.table) continue
    const own = columns.filter(({ primary }) => primary)
    const key = (primaryKeys[0]?.columns ?? own).map((column) => column.name)
    const types = new Map(columns.map((column) => [column.name, column.getSQLType()]))
    return {
      insert,
      types: insert.columns.map((column) => types.get(column) ?? 'text'),
      key,
      keyPlaces: key.map((column) => insert.columns.indexOf(column)),
    }
  }
  return undefined
}

/** Those of one statement and of different keys, in the order of the keys, in bounded parts. */
function groupsOf(members: readonly Member[]): Member[][] {
  const groups = new Map<string, Map<string, Member>>()
  for (const member of members) {
    const { name } = member.write
    const group = groups.get(name) ?? new Map<string, Member>()
    // Full, or has the key already: the next ones begin another.
    if (group.has(member.key)) {
      member.reject(new NotTogether())
      continue
    }
    groups.set(name, group.set(member.key, member))
  }
  // Two processes that insert the same keys wait for each other in one order only.
  const sorted = [...groups.values()].map((group) =>
    [...group.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  )
  return sorted.flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / most) }, (_, part) =>
      group.slice(part * most, (part + 1) * most),
    ),
  )
}

async function insertAll(
  members: Member[],
  apply: (write: Write) => Promise<unknown[][]>,
): Promise<void> {
  const [first] = members
  if (!first || members.length === 1) {
    first?.reject(new NotTogether())
    return
  }
  const { kind, write } = first
  // What comes after the columns is what the condition names: the parent.
  const others = write.params.slice(kind.types.length).map((value) => typeOf(value) ?? 'text')
  const types = [...kind.types, ...others]
  try {
    const rows = await apply({
      name: `${write.name} of many ${others}`,
      sql: insertOfMany(kind.insert, types, kind.key),
      params: arraysOf(members.map((member) => member.write.params)),
      touchesOne: true,
    })
    const inserted = new Set(rows.map((row) => keyOf(row.slice(0, kind.key.length))))
    if (inserted.size > 0) signals.committedTogether.emit(inserted.size)
    for (const { key, resolve, reject } of members) {
      if (inserted.has(key)) resolve()
      else reject(new NotTogether())
    }
  } catch (error) {
    const isBroken = error instanceof LostResponse || error instanceof NothingKept
    for (const { reject } of members) reject(isBroken ? error : new NotTogether())
  }
}
