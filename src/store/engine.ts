/**
 * The seam between the aggregates and a database: reads, and writes of which all happen or none.
 */
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from './schema/tables.ts'

type Builders = BaseSQLiteDatabase<'async', unknown, Record<string, never>>
export type Reads = Pick<Builders, 'select' | 'selectDistinct'>
export type Writes = Pick<Builders, 'insert' | 'update' | 'delete'>

/**
 * One statement, returning the rows that it touched. With a `refusal` it has to touch exactly one,
 * or nothing of the commit is kept and the refusal is thrown: that is how single use is guarded.
 */
export interface Write<Row = unknown> {
  apply(tx: Writes): PromiseLike<Row[]>
  refusal?: Error
  /** Whether it is of one row by a unique key: if that is refused, nothing was changed. */
  touchesOne?: boolean
  /** Whether the row that it inserts is there, and is this very one. */
  isThere?(): Promise<boolean>
}

export const orRefuse = (write: Write, refusal: Error): Write => ({ ...write, refusal })

/** A unique key that is taken. */
export class ConflictError extends Error {
  readonly constraint: string

  constructor(constraint: string) {
    super(`A row breaks the unique key ${constraint}.`)
    this.name = 'ConflictError'
    this.constraint = constraint
  }
}

/** What differs between databases: everything else is written against this. */
export interface Engine {
  readonly dialect: 'sqlite' | 'postgres'
  readonly read: Reads
  readonly tables: Tables
  /** Called before a read that is kept, where reads of one turn can be cheaper together. */
  beforeRead?(): void
  commit(...writes: Write[]): Promise<void>
  /** One write by itself, for the rows that it returns. */
  run<T>(write: { apply(tx: Writes): PromiseLike<T[]> }): Promise<T[]>
  ping(): Promise<void>
  /** Does at once what waits to be done together with others, where anything does. */
  relieve?(): void
  close(): Promise<void>
}
