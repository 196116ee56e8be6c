/**
 * Statements that are built once and executed repeatedly: building the SQL costs more than SQLite
 * needs to execute it. Each has a name, by which PostgreSQL parses it once a connection.
 */
import {
  type Column,
  getTableColumns,
  is,
  Param,
  Placeholder,
  type Query,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { Engine, Reads, Write, WriteBuilders } from './engine.ts'
import type { Tables } from './schema/tables.ts'

/** What stands for the values when the statement is built, by their names. */
export type Placeholders<V> = { readonly [Name in keyof V]-?: Placeholder }

interface Prepared<Rows> {
  execute(values: Record<string, unknown>): Promise<Rows> & Partial<AtHand<Rows>>
}
/** What a database in this process answers: to wait for it takes longer than to look. */
interface AtHand<Rows> {
  sync(): Rows
}
interface Preparable<Rows> {
  prepare(name: string): Prepared<Rows>
}
interface Buildable {
  toSQL(): Query
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
  compose: (read: Reads, given: Placeholders<V>) => Preparable<Row[]>,
): (values: V) => Promise<Row[]> {
  const name = nextName()
  let prepared: Prepared<Row[]> | undefined
  return async (values) => {
    prepared ??= compose(read, given<V>()).prepare(name)
    beforeRead?.()
    const asked = prepared.execute(values as Record<string, unknown>)
    return asked.sync ? asked.sync() : asked
  }
}

type Compose<V> = (build: WriteBuilders, given: Placeholders<V>) => Buildable

/** A write that is executed with other values every time. */
export function preparedWrite<V extends object>(
  { build }: Pick<Engine, 'build'>,
  compose: Compose<V>,
): (values: V) => Write {
  const name = nextName()
  let text: string | undefined
  let fillings: Filling[] = []
  return (values) => {
    if (text === undefined) {
      const built = compose(build, given<V>()).toSQL()
      fillings = built.params.map(fillingOf)
      text = built.sql
    }
    const row = values as Record<string, unknown>
    return { name, sql: text, params: fillings.map((fill) => fill(row)) }
  }
}

type Filling = (values: Record<string, unknown>) => unknown

/** What stands at the place of a parameter; its kind is asked once. */
function fillingOf(param: unknown): Filling {
  if (is(param, Placeholder)) return taken(param.name)
  if (!(is(param, Param) && is(param.value, Placeholder))) return () => param
  const { encoder, value } = param
  const take = taken(value.name)
  return (values) => encoder.mapToDriverValue(take(values))
}

const taken =
  (name: string): Filling =>
  (values) => {
    if (!(name in values)) throw new Error(`No value for ${name} was given.`)
    return values[name]
  }

/** The same of one row, by a unique key: it touches that one or none. */
export function preparedRowWrite<V extends object>(
  engine: Pick<Engine, 'build'>,
  compose: Compose<V>,
): (values: V) => Write {
  const write = preparedWrite(engine, compose)
  return (values) => ({ ...write(values), touchesOne: true })
}

/** What a column is set to, stored as values of the column are. */
export const setTo = (column: Column, value: Placeholder): SQL => sql`${sql.param(value, column)}`

/** Stands for every column of a row that is inserted; a column that is not given is null. */
export function allColumns<T extends Tables[keyof Tables]>(table: T) {
  const names = Object.keys(getTableColumns(table))
  const placeholder = (name: string) => sql.placeholder(name)
  const columns = Object.fromEntries(names.map((name) => [name, placeholder(name)]))
  const absent = Object.fromEntries(names.map((name) => [name, null]))
  return {
    placeholder,
    columns: columns as unknown as T['$inferInsert'],
    row: <V extends object>(values: V): V => {
      const row: Record<string, unknown> = { ...absent }
      for (const [name, value] of Object.entries(values)) if (value !== undefined) row[name] = value
      return row as V
    },
  }
}
