/**
 * What is done to one row by a unique key: the service, which every statement names, and the
 * columns that name the row within the service. Each statement is built once.
 */
import {
  and,
  type Column,
  getTableColumns,
  gt,
  isNull,
  type Placeholder,
  type SQL,
} from 'drizzle-orm'
import type { Engine, Write } from './engine.ts'
import type { KeptTable } from './epochs.ts'
import { keptRow } from './kept.ts'
import { selectRow } from './parent.ts'
import { allColumns, type Placeholders, preparedRead, preparedRowWrite } from './prepared.ts'
import type { Tables } from './schema/tables.ts'
import { isValue } from './schema/tokens/conditions.ts'

type Table = Tables[keyof Tables]
type Row<T extends Table> = T['$inferSelect']
type KeyName<T extends Table> = Exclude<keyof Row<T> & string, 'serviceId'>
type KeyValues<T extends Table, N extends readonly KeyName<T>[]> = {
  [I in keyof N]: NonNullable<Row<T>[N[I]]>
}
type Key<T extends Table, N extends readonly KeyName<T>[]> = [
  serviceId: number,
  ...values: KeyValues<T, N>,
]
type Named<T extends Table, N extends readonly KeyName<T>[]> = { serviceId: number } & {
  [Name in N[number]]: NonNullable<Row<T>[Name]>
}
type Settings<T extends Table> = { [Name in keyof Row<T>]?: Row<T>[Name] | Placeholder | SQL }

/** To drizzle one table is as good as another: what a statement names is given by the columns. */
type AnyTable = Tables['tickets']

interface Insertion<T extends Table> {
  /** Touches no row where a unique key is taken, instead of failing. */
  ifAbsent?: boolean
  /** Touches no row unless this holds. */
  ifExists?: (given: Placeholders<T['$inferInsert']>) => SQL
  /** Columns that the statement itself finds, whatever the row says. */
  found?: (given: Placeholders<T['$inferInsert']>) => Settings<T>
}

/** Inserts rows of a table; a column that is not given is null. */
export function insertion<T extends Table>(
  engine: Engine,
  table: T,
  { ifAbsent = false, ifExists, found }: Insertion<T> = {},
): (row: T['$inferInsert']) => Write {
  const every = allColumns(table)
  const insertRow = preparedRowWrite<T['$inferInsert']>(engine, (build, given) => {
    const into = build.insert(table as unknown as AnyTable)
    const values = found ? Object.assign({}, every.columns, found(given)) : every.columns
    const inserted = ifExists
      ? into.select(selectRow(table, every.placeholder, ifExists(given)))
      : into.values(values as AnyTable['$inferInsert'])
    const unlessTaken = ifAbsent ? inserted.onConflictDoNothing() : inserted
    return unlessTaken.returning({ serviceId: table.serviceId })
  })
  return (row) => insertRow(every.row(row))
}

export function rowsByKey<T extends Table, const N extends readonly KeyName<T>[]>(
  engine: Engine,
  table: T,
  ...names: N
) {
  const any = table as unknown as AnyTable
  const last = names.at(-1) ?? 'serviceId'
  const keyNames = ['serviceId', ...names]
  const columns = Object.entries<Column>(getTableColumns(table))
  const keyColumns = columns.filter(([name]) => keyNames.includes(name))
  // A hash is found by its tail, which the index has.
  if (names.includes('tokenHash' as N[number]) && 'tail' in table) {
    keyColumns.push(['tokenHash', table.tail])
  }
  const returned = { serviceId: table.serviceId }
  const isRow = (given: Record<string, unknown>) =>
    and(...keyColumns.map(([name, column]) => isValue(column, given[name])))
  const named = (key: Key<T, N>) =>
    Object.fromEntries(keyNames.map((name, place) => [name, key[place]]))

  const select = preparedRead<Record<string, unknown>, Row<T>>(engine, (read, given) =>
    read.select().from(any).where(isRow(given)),
  )
  const remove = preparedRowWrite<Record<string, unknown>>(engine, (build, given) =>
    build.delete(any).where(isRow(given)).returning(returned),
  )

  /** A change that is made with other values every time, only while `where` holds. */
  function change<V extends object = object>(
    set: (given: Placeholders<Named<T, N> & V>) => Settings<T>,
    where: (given: Placeholders<Named<T, N> & V>) => SQL | undefined = () => undefined,
  ): (values: Named<T, N> & V) => Write {
    return preparedRowWrite<Named<T, N> & V>(engine, (build, given) =>
      build
        .update(any)
        .set(set(given) as object)
        .where(and(isRow(given), where(given)))
        .returning(returned),
    )
  }
  const touch = change((given: Record<string, unknown>) => ({ [last]: given[last] }) as Settings<T>)

  return {
    async find(...key: Key<T, N>): Promise<Row<T> | undefined> {
      const [row] = await select(named(key))
      return row
    },
    /** The same of a row that is kept; it may not be changed. */
    finderOfKept<R extends object = Row<T>>(
      kept: KeptTable,
      complete = (row: Row<T>) => row as unknown as R,
    ) {
      const read = async (key: Key<T, N>) => (await select(named(key))).map(complete)
      const find = keptRow(engine, kept, read, (key) => key.join(' '))
      return (...key: Key<T, N>): Promise<R | undefined> | R | undefined => find(key)
    },
    insert: insertion(engine, table),
    change,
    /** A change of some columns, whichever they are this time. */
    update: (key: Named<T, N>, changes: Partial<T['$inferInsert']>): Write => ({
      ...engine.build
        .update(any)
        .set(changes as object)
        .where(isRow(key))
        .returning(returned)
        .toSQL(),
      touchesOne: true,
    }),
    /** Changes nothing, and touches the row only while it exists: a guard for what is of it. */
    requireExists: (...key: Key<T, N>): Write => ({
      ...touch(named(key) as Named<T, N>),
      changesNothing: true,
    }),
    delete: (...key: Key<T, N>): Write => remove(named(key)),
  }
}

export interface Now {
  now: number
}
type UsedOnce = Tables['tickets'] | Tables['authorizationCodes'] | Tables['deviceCodes']

/** What is used once, and only until it expires. */
export const isUnused =
  (t: UsedOnce) =>
  ({ now }: Placeholders<Now>) =>
    and(isNull(t.consumedAt), gt(t.expiresAt, now))
