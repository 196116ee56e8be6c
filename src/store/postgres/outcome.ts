/**
 * Whether a commit took effect whose answer was lost. PostgreSQL knows it by the id of the
 * transaction, which its writes tell with the rows that they return.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { withinDeadline } from '../../system/deadline.ts'
import { isUnavailable } from '../unavailable.ts'
import type { PostgresPool } from './pool.ts'

/** The answer to a commit, or to a statement that is one by itself, did not come. */
export class LostResponse extends Error {
  /** The transaction's id, where the commit had more than one statement. */
  readonly transaction: string | undefined

  constructor(cause: unknown, transaction: string | undefined) {
    super('The answer to a commit was lost.', { cause })
    this.transaction = transaction
  }
}

/** The connection broke before the commit was sent: nothing was kept of it. */
export class NothingKept extends Error {
  constructor(cause: unknown) {
    super('The connection broke before the commit.', { cause })
  }
}

/** A commit was not made together with others, and is to be made by itself. */
export class NotTogether extends Error {
  constructor() {
    super('A commit was not made together with others.')
  }
}

const pauseMilliseconds = 50

/**
 * Whether the server can be asked. What only speaks its protocol may not know how, or answer about
 * one of its nodes: YugabyteDB says that it is PostgreSQL, with a word of its own.
 */
export async function knowsOutcomes(client: pg.Client): Promise<boolean> {
  const query = 'select version(), txid_status(txid_current())'
  return client.query(query).then(
    ({ rows }) => isPostgres(rows[0].version),
    () => false,
  )
}

export const isPostgres = (version: string): boolean => /^PostgreSQL (?!\S*-YB-)/.test(version)

/** Whether the transaction was committed; undefined where that cannot be learnt in time. */
export function askOutcome(
  pool: PostgresPool,
  { transaction }: LostResponse,
  milliseconds: number,
): Promise<boolean | undefined> {
  let isOver = false
  async function asking(): Promise<boolean | undefined> {
    while (!isOver) {
      const status = await statusOf(pool, transaction)
      if (status !== 'in progress') return status && status === 'committed'
      // The server has not noticed yet that the connection is gone.
      await wait(pauseMilliseconds)
    }
    return undefined
  }
  return withinDeadline(milliseconds, asking(), () => {
    isOver = true
    return undefined
  })
}

type Status = 'committed' | 'aborted' | 'in progress' | undefined

/** A database that does not answer may do so in a moment. */
async function statusOf(pool: PostgresPool, transaction: string | undefined): Promise<Status> {
  if (transaction === undefined) return undefined
  try {
    const query = { text: 'select txid_status($1)', rowMode: 'array' as const }
    const { rows } = await pool.ask(query, [transaction])
    return (rows[0]?.[0] as Status | null) ?? undefined
  } catch (error) {
    if (isUnavailable(error)) return 'in progress'
    throw error
  }
}

/** The statement returns one column more: the id of its transaction. */
export const withTransaction = (sql: string): string =>
  sql.includes(' returning ') ? `${sql}, txid_current()` : sql
