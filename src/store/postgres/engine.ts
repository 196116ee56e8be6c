/** PostgreSQL, and what speaks its protocol, through pg. */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { drizzle as drizzleBy } from 'drizzle-orm/pg-proxy'
import pg from 'pg'
import { signals } from '../../signal.ts'
import {
  type Ask,
  ConflictError,
  type Engine,
  type Reads,
  type Write,
  type WriteBuilders,
} from '../engine.ts'
import { Epochs, tablesChangedBy } from '../epochs.ts'
import { pgColumns } from '../schema/columns.ts'
import { defineTables } from '../schema/tables.ts'
import { isUnavailable } from '../unavailable.ts'
import { endEpochs, settling } from './epochs.ts'
import { askOutcome, knowsOutcomes, LostResponse, NothingKept, withTransaction } from './outcome.ts'
import { ask, openPool, type PostgresPool } from './pool.ts'
import { rehearse } from './rehearse.ts'
import { postgresSyntax } from './syntax.ts'

const migrations = fileURLToPath(new URL('../../../drizzle/postgres', import.meta.url))
/**
 * Serialization failure and deadlock: the writes are descriptions, so they can be applied again.
 */
const retryable = new Set(['40001', '40P01'])
const attempts = 3
const migrationLock = 7_678_001
/** A commit that was lost sooner is tried again, or asked for, until this is over. */
const commitMilliseconds = 1_750
const leastAskingMilliseconds = 600
/** A connection that breaks later has not been a stale one: the database is in trouble. */
const staleMilliseconds = 300

const committedAlone = () => signals.committedTogether.emit(1)

export async function openPostgres(url: string): Promise<Engine> {
  const { isAskable } = await migrateAlone(url)
  const pool = openPool(url)
  const epochs = new Epochs()
  // Drizzle asks of a client no more than this.
  const query = (config: pg.QueryConfig, values: unknown[]) => pool.ask(config, values)
  const db = drizzle({ query } as unknown as pg.Client)
  /** Executed by `run` and by `commit` alike: one name stands for one text on a connection. */
  const queryOf = ({ sql, params, name }: Write): pg.QueryArrayConfig => ({
    text: isAskable ? withTransaction(sql) : sql,
    values: [...params],
    rowMode: 'array',
    ...(name !== undefined && { name }),
  })
  const execute = async (write: Write) => (await pool.ask(queryOf(write))).rows

  /** Throws a `LostAnswer` or `NothingKept` where the connection broke. */
  async function commitOnce(given: Write[], isSeen: boolean): Promise<void> {
    // Other processes hear of it with the commit.
    const writes = isSeen ? [...given, endEpochs()] : given
    const client = await pool.acquire()
    const isOneStatement = isTransactionByItself(writes)
    let mayBeKept = isOneStatement
    let broken: Error | undefined
    let transaction: string | undefined
    const send = async (write: Write) => {
      const { rows } = await ask(client, queryOf(write))
      if (isAskable) transaction ??= rows[0]?.at(-1)
      if (write.refusal && rows.length !== 1) throw write.refusal
    }
    try {
      // Every statement is sent before the first is answered.
      await allOf([...(isOneStatement ? [] : [ask(client, 'begin')]), ...writes.map(send)])
      mayBeKept = true
      if (!isOneStatement) await ask(client, 'commit')
    } catch (error) {
      // A connection that does not answer is closed, which rolls back, instead of waited for.
      if (isUnavailable(error)) {
        broken = error as Error
        // A statement that the server says has failed was not kept.
        if (mayBeKept && isFailed(error)) throw error
        throw mayBeKept ? new LostResponse(error, transaction) : new NothingKept(error)
      }
      if (!isOneStatement) broken = await ask(client, 'rollback').then(() => undefined, asError)
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    syntax: postgresSyntax,
    read: db as unknown as Reads,
    readsBy,
    ask: execute,
    build: drizzle.mock() as unknown as WriteBuilders,
    tables: defineTables(pgColumns),
    epochs,
    settle: settling(pool, epochs),
    async commit(...writes) {
      if (writes.length === 0) return
      const started = performance.now()
      const changed = tablesChangedBy(writes)
      const isSeen = changed.length > 0
      let wasLost = false
      for (let attempt = 1; ; attempt++) {
        try {
          return await commitOnce(writes, isSeen).then(committedAlone)
        } catch (error) {
          const isBroken = error instanceof NothingKept || error instanceof LostResponse
          if (!isBroken && wasLost && (await writes[0]?.isThere?.())) return
          const again = await mayRetry(pool, error, writes, performance.now() - started)
          if (again === undefined) return
          if (!again || attempt === attempts) {
            throw conflictOf(error) ?? (isBroken ? error.cause : error)
          }
          wasLost ||= error instanceof LostResponse && error.transaction === undefined
        } finally {
          if (isSeen) epochs.end(changed)
        }
      }
    },
    run: execute,
    rehearse: (...writes) =>
      rehearse(pool, writes.map(queryOf), (place) => writes[place]?.refusal).catch((error) => {
        throw conflictOf(error) ?? error
      }),
    ping: async () => void (await pool.ask('select 1')),
    close: pool.close,
  }
}

/** Whether a commit that failed so can be applied again; undefined: it has been kept. */
async function mayRetry(
  pool: PostgresPool,
  error: unknown,
  writes: Write[],
  elapsed: number,
): Promise<boolean | undefined> {
  if (error instanceof NothingKept) return elapsed < staleMilliseconds
  if (!(error instanceof LostResponse)) return retryable.has(databaseError(error)?.code ?? '')
  // One row with a key of its own is either there, or can be written again.
  if (error.transaction === undefined) {
    return writes[0]?.isThere !== undefined && elapsed < leastAskingMilliseconds
  }
  const left = Math.max(leastAskingMilliseconds, commitMilliseconds - elapsed)
  const isKept = await askOutcome(pool, error, left)
  return isKept ? undefined : isKept === false && elapsed < commitMilliseconds
}

const readsBy = (ask: Ask) =>
  drizzleBy(async (sql, params) => ({ rows: await ask({ sql, params }) })) as unknown as Reads

/** One statement is kept or not as a whole; a refusal may come only where it changed nothing. */
function isTransactionByItself([write, ...others]: Write[]): boolean {
  return others.length === 0 && (!write?.refusal || write.touchesOne === true)
}

/**
 * Waits for every answer, for one may be a refusal, before anything is committed; throws what went
 * wrong first in the order of the statements.
 */
async function allOf(answers: Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'rejected') throw answer.reason
  }
}

/** Whether the server itself has ended the statement, and not the connection. */
const isFailed = (error: unknown) => /^(?!08|57P)/.test(databaseError(error)?.code ?? '08')

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

/** Processes that start at once on one database migrate it one after the other. */
async function migrateAlone(url: string): Promise<{ isAskable: boolean }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), { migrationsFolder: migrations })
    return { isAskable: await knowsOutcomes(client) }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {})
    await client.end()
  }
}

function databaseError(error: unknown): pg.DatabaseError | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof pg.DatabaseError ? cause : undefined
}

function conflictOf(error: unknown): ConflictError | undefined {
  const found = databaseError(error)
  return found?.code === '23505' ? new ConflictError(found.constraint ?? '') : undefined
}
