/**
 * The seam between the aggregates and a database: reads, and writes of which all happen or none.
 */
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from './schema/tables.ts'

type Builders = BaseSQLiteDatabase<'async', unknown, Record<string, never>>
export type Reads = Pick<Builders, 'select' | 'selectDistinct'>
export type WriteBuilders = Pick<Builders, 'insert' | 'update' | 'delete'>

/**
 * One statement that returns the rows it touches, with its parameters as the driver takes them.
 * With a `refusal` it must touch exactly one row, or the commit is rolled back and the refusal is
 * thrown: that is how single use is guarded.
 */
export interface Write {
  readonly sql: string
  readonly params: readonly unknown[]
  /** Names a statement that is used repeatedly, so that PostgreSQL parses it once a connection. */
  readonly name?: string
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
  /** Builds the SQL of writes; only `commit` and `run` execute it. */
  readonly build: WriteBuilders
  readonly tables: Tables
  /** Called before a read that is kept, where reads of one turn can be cheaper together. */
  beforeRead?(): void
  commit(...writes: Write[]): Promise<void>
  /** One write by itself, for the rows that it returns: each is a list of the driver's values. */
  run(write: Write): Promise<unknown[][]>
  ping(): Promise<void>
  /** Does at once what waits to be done together with others, where anything does. */
  relieve?(): void
  close(): Promise<void>
}
