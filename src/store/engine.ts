/**
 * The seam between the aggregates and a database: reads, and writes of which all happen or none.
 */
import type { Column, SQL } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { AuditRecord } from '../model/audit/record.ts'
import type { RowBudget } from '../model/installation/row-budget.ts'
import type { Epochs } from './epochs.ts'
import type { Tables } from './schema/tables.ts'

type Builders = BaseSQLiteDatabase<'async', unknown, Record<string, never>>
export type Reads = Pick<Builders, 'select' | 'selectDistinct'>
export type WriteBuilders = Pick<Builders, 'insert' | 'update' | 'delete'>

/** Its parameters are as the driver takes them. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** Executes a read; each row is a list of the driver's values. */
export type Ask = (statement: Statement) => Promise<unknown[][]>

/**
 * One statement that returns the rows it touches. With a `refusal` it must touch exactly one row,
 * or the commit is rolled back and the refusal is thrown: that is how single use is guarded.
 */
export interface Write extends Statement {
  /** Names a statement that is used repeatedly, so that PostgreSQL parses it once a connection. */
  readonly name?: string
  refusal?: Error
  /** Whether it is of one row by a unique key: if that is refused, nothing was changed. */
  touchesOne?: boolean
  /** It only requires that its row exists, which stays as it is. */
  changesNothing?: boolean
  /** Whether it is of a handful of rows by an index, so that other commits may wait for it. */
  touchesFew?: boolean
  /** Whether the row that it inserts is there, and is this very one. */
  isThere?(): Promise<boolean>
  /** The audit record that it inserts, for the log. */
  record?: AuditRecord
  /** The token that it stores, for usage, metrics and traces. */
  issued?: Issued
  /** What it adds a row to, where rows of it are limited. */
  adds?: { serviceId: number; budget: RowBudget }
}

export interface Issued {
  serviceId: number
  kind: 'access_token' | 'refresh_token'
  grantType: string
  /** For whom an access token is. */
  clientId?: number
  subject?: string | undefined
  /** It takes the row of another token. */
  isRotated?: boolean
}

export const orRefuse = (write: Write, refusal: Error): Write => ({ ...write, refusal })

/** A guarded write that stores a token. */
export const orRefuseIssue = (write: Write, refusal: Error, issued: Issued): Write => ({
  ...write,
  refusal,
  issued,
})

/** A write that adds a row to what is limited. */
export const adding = (write: Write, adds: NonNullable<Write['adds']>): Write => ({
  ...write,
  adds,
})

/** A unique key that is taken. */
export class ConflictError extends Error {
  readonly constraint: string

  constructor(constraint: string) {
    super(`A row breaks the unique key ${constraint}.`)
    this.name = 'ConflictError'
    this.constraint = constraint
  }
}

/** SQL that the databases word differently. */
export interface Syntax {
  /** Ends the query of a parent that must exist until the commit ends. */
  readonly lockParent: SQL
  /** Where a row is, for a statement that first chooses rows and then changes them. */
  rowAddress(table: object): readonly (SQL | Column)[]
  /**
   * Where a row stays, and what every index has of it: only where the database is in the process,
   * so that many rows are read in steps.
   */
  readonly fixedAddress?: SQL
  /**
   * A place in a log that all rows have, or a later one, which are committed from now on; `last` is
   * the column with the last place where commits come one after the other.
   */
  horizon(last: Column): SQL
  /** Whether a column has the text within it, letter by letter. */
  contains(column: Column, text: string): SQL
  /** The inserted document of an upsert, with the elements of the stored list before its own. */
  unitedList(data: Column, member: string): SQL
}

/** What differs between databases: everything else is written against this. */
export interface Engine {
  readonly syntax: Syntax
  readonly read: Reads
  /** Reads that are executed so. */
  readsBy(ask: Ask): Reads
  /** Executes a read that `readsBy` has built. */
  readonly ask: Ask
  /** Builds the SQL of writes; only `commit` and `run` execute it. */
  readonly build: WriteBuilders
  readonly tables: Tables
  /** Called before a read, where reads of one turn can be cheaper together. */
  beforeRead?(): void
  /** Called before a row is used that was kept, where that is how other processes are noticed. */
  beforeKept?(): void
  /** Called when a call arrives, where it could read what was there before. */
  arrived?(isAtSocket: boolean): void
  /** For how long rows may be kept; without them, none is. */
  readonly epochs?: Epochs
  /** Learns which epochs other processes have ended by now, where no row tells it. */
  settle?(): Promise<void>
  commit(...writes: Write[]): Promise<void>
  /**
   * One write by itself, for the rows that it returns: each is a list of the driver's values. Not
   * of a table whose rows are kept.
   */
  run(write: Write): Promise<unknown[][]>
  /**
   * Applies the writes as `commit` does, with its guards and unique keys, and rolls all of them
   * back. Returns the rows of the last one, which may be a read.
   */
  rehearse(...writes: Write[]): Promise<unknown[][]>
  ping(): Promise<void>
  /** Does at once what waits to be done together with others, where anything does. */
  relieve?(): void
  close(): Promise<void>
}
