/**
 * Statements that are built once and used again and again: to word a statement takes longer than
 * SQLite takes to run it. Each is kept with the connection that it was prepared on, and by its name
 * PostgreSQL knows it again there.
 */
import { type Column, getTableColumns, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Engine, Reads, Write, Writes } from './engine.ts'
import type { Tables } from './schema/tables.ts'

/** What stands for the values when the statement is worded, by their names. */
export type Placeholders<V> = { readonly [Name in keyof V]-?: Placeholder }

interface Prepared<Rows> {
  execute(values: Record<string, unknown>): Promise<Rows> & Partial<AtHand<Rows>>
}
/** What a database in this process answers: to wait for it takes longer than to look. */
interface AtHand<Rows> {
  sync(): Rows
}
interface Wording<Rows> {
  prepare(name: string): Prepared<Rows>
}

let named = 0
const nextName = () => `kept_${++named}`

function given<V>(): Placeholders<V> {
  const placeholders = { get: (_: object, name: string | symbol) => sql.placeholder(String(name)) }
  return new Proxy({}, placeholders) as Placeholders<V>
}

/** A question that is asked with other values every time. */
export function preparedRead<V extends object, Row>(
  { read, beforeRead }: Pick<Engine, 'read' | 'beforeRead'>,
  word: (read: Reads, given: Placeholders<V>) => Wording<Row[]>,
): (values: V) => Promise<Row[]> {
  const name = nextName()
  let prepared: Prepared<Row[]> | undefined
  return async (values) => {
    prepared ??= word(read, given<V>()).prepare(name)
    beforeRead?.()
    const asked = prepared.execute(values as Record<string, unknown>)
    return asked.sync ? asked.sync() : asked
  }
}

/** A write that is done with other values every time. */
export function preparedWrite<V extends object, Row = unknown>(
  word: (tx: Writes, given: Placeholders<V>) => Wording<Row[]>,
): (values: V) => Write<Row> {
  const name = nextName()
  const kept = new WeakMap<Writes, Prepared<Row[]>>()
  return (values) => ({
    apply(tx) {
      let prepared = kept.get(tx)
      if (!prepared) {
        prepared = word(tx, given<V>()).prepare(name)
        kept.set(tx, prepared)
      }
      return prepared.execute(values as Record<string, unknown>)
    },
  })
}

/** The same of one row, by a unique key: it touches that one or none. */
export function preparedRowWrite<V extends object, Row = unknown>(
  word: (tx: Writes, given: Placeholders<V>) => Wording<Row[]>,
): (values: V) => Write<Row> {
  const write = preparedWrite(word)
  return (values) => ({ ...write(values), touchesOne: true })
}

/** What a column is set to, stored as values of the column are. */
export const setTo = (column: Column, value: Placeholder): SQL => sql`${sql.param(value, column)}`

/** Stands for every column of a row that is inserted; a column that is not given is null. */
export function allColumns<T extends Tables[keyof Tables]>(table: T) {
  const names = Object.keys(getTableColumns(table))
  const columns = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]))
  const absent = Object.fromEntries(names.map((name) => [name, null]))
  return {
    columns: columns as unknown as T['$inferInsert'],
    row: <V extends object>(values: V): V => {
      const row: Record<string, unknown> = { ...absent }
      for (const [name, value] of Object.entries(values)) if (value !== undefined) row[name] = value
      return row as V
    },
  }
}
