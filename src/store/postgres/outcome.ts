/**
 * Whether a commit took effect whose answer was lost. PostgreSQL knows it by the id of the
 * transaction, which its writes tell with the rows that they return.
 */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
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

/** What the ids of transactions are of: a server that took over begins a timeline. */
const timeline = 'substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)'

/** Whose outcomes can be asked for. */
export interface Asked {
  /** The timeline of the server, and when it was first seen, in milliseconds of this process. */
  timeline: string
  seenAt: number
}

/**
 * Undefined if the server cannot be asked. What only speaks its protocol may not know how, or
 * answer about one of its nodes: YugabyteDB says that it is PostgreSQL, with a word of its own.
 */
export async function knowsOutcomes(client: pg.Client): Promise<Asked | undefined> {
  const query = `select version(), ${timeline} as timeline, txid_status(txid_current()),
    stats_reset from pg_stat_bgwriter`
  return client.query(query).then(
    ({ rows: [row] }) =>
      isPostgres(row.version) ? { timeline: row.timeline, seenAt: performance.now() } : undefined,
    () => undefined,
  )
}

export const isPostgres = (version: string): boolean => /^PostgreSQL (?!\S*-YB-)/.test(version)

interface Asking {
  asked: Asked
  /** When the commit began, in milliseconds of this process. */
  since: number
  /** How long an answer is waited for. */
  milliseconds: number
}

/** Whether the transaction was committed; undefined where that cannot be learnt in time. */
export function askOutcome(
  pool: Pick<PostgresPool, 'ask'>,
  { transaction }: LostResponse,
  { asked, since, milliseconds }: Asking,
): Promise<boolean | undefined> {
  let isOver = false
  async function asking(): Promise<boolean | undefined> {
    while (!isOver) {
      const status = await statusOf(pool, transaction, { asked, since })
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

/** A server that crashed begins its statistics again, also if only one of its processes did. */
const statusQuery = `select txid_status($1), ${timeline},
  extract(epoch from clock_timestamp() - stats_reset) * 1000 from pg_stat_bgwriter`

/** What PostgreSQL says of an id that is in the future. */
const invalidValue = '22023'

/** A database that does not answer may do so in a moment. */
async function statusOf(
  pool: Pick<PostgresPool, 'ask'>,
  transaction: string | undefined,
  { asked, since }: Omit<Asking, 'milliseconds'>,
): Promise<Status> {
  if (transaction === undefined) return undefined
  try {
    const query = { text: statusQuery, rowMode: 'array' as const }
    const { rows } = await pool.ask(query, [transaction])
    const [status, found, sinceCrash] = rows[0] ?? []
    if (asked.timeline !== found)
      Object.assign(asked, { timeline: found, seenAt: performance.now() })
    // What was lost with a server had ids that are given again: this may be another transaction.
    const isOther = asked.seenAt > since || Number(sinceCrash) <= performance.now() - since
    return status === 'committed' && isOther ? undefined : (status ?? undefined)
  } catch (error) {
    if (isUnavailable(error)) return 'in progress'
    if (!(error instanceof pg.DatabaseError)) throw error
    // The id is yet to be given again: what had it was lost.
    return error.code === invalidValue ? 'aborted' : undefined
  }
}

/** The statement returns one column more: the id of its transaction. */
export const withTransaction = (sql: string): string =>
  sql.includes(' returning ') ? `${sql}, txid_current()` : sql
