/**
 * The storage seam: finders read, and what is decided is one list of writes that all happen or
 * none.
 */
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { accessTokens } from './access-tokens.ts'
import type { apiTokens } from './api-tokens.ts'
import type { attempts } from './attempts.ts'
import type { backchannelRequests } from './backchannel-requests.ts'
import type { clients } from './clients.ts'
import type { codes } from './codes.ts'
import type { counters } from './counters.ts'
import type { deviceCodes } from './device-codes.ts'
import type { expiringClients } from './expiring-clients.ts'
import type { grantedScopes } from './granted-scopes.ts'
import type { managedGrants } from './grants.ts'
import type { notifications } from './notifications.ts'
import type { refreshTokens } from './refresh-tokens.ts'
import type { replays } from './replays.ts'
import type { services } from './services.ts'
import type { Tables } from './tables.ts'
import type { tickets } from './tickets.ts'
import type { tokenBatches } from './token-batches.ts'
import type { undelivered } from './undelivered.ts'

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

export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** Applies every write or none, durably. */
  commit(...writes: Write[]): Promise<void>
  ping(): Promise<void>
  /** Commits at once what waits for others to commit with. */
  relieve(): void
  /** Removes every row that has expired, `limit` at a time; returns how many went. */
  purge(now: number, limit?: number): Promise<number>
  /** Seals under the master key what a previous one has sealed; returns how many values. */
  rekey(limit?: number): Promise<number>
  close(): Promise<void>
  readonly services: ReturnType<typeof services>
  readonly clients: ReturnType<typeof clients>
  readonly expiringClients: ReturnType<typeof expiringClients>
  readonly counters: ReturnType<typeof counters>
  readonly tickets: ReturnType<typeof tickets>
  readonly codes: ReturnType<typeof codes>
  readonly undelivered: ReturnType<typeof undelivered>
  readonly backchannelRequests: ReturnType<typeof backchannelRequests>
  readonly notifications: ReturnType<typeof notifications>
  readonly accessTokens: ReturnType<typeof accessTokens>
  readonly refreshTokens: ReturnType<typeof refreshTokens>
  readonly grantedScopes: ReturnType<typeof grantedScopes>
  readonly grants: ReturnType<typeof managedGrants>
  readonly replays: ReturnType<typeof replays>
  readonly tokenBatches: ReturnType<typeof tokenBatches>
  readonly deviceCodes: ReturnType<typeof deviceCodes>
  readonly attempts: ReturnType<typeof attempts>
  readonly apiTokens: ReturnType<typeof apiTokens>
}
