/** PostgreSQL, and what speaks its protocol, through pg. */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { pgColumns } from './columns.ts'
import { ConflictError, type Engine, type Reads, type Write, type Writes } from './store.ts'
import { defineTables } from './tables.ts'
import { isUnavailable } from './unavailable.ts'

const migrations = fileURLToPath(new URL('../../drizzle/postgres', import.meta.url))
/**
 * Serialization failure and deadlock: the writes are descriptions, so they can be applied again.
 */
const retryable = new Set(['40001', '40P01'])
const attempts = 3
const migrationLock = 7_678_001
/**
 * A connection keeps its plans, and one that was best for an empty table reads all of it when it is
 * full: no plan gets older than this.
 */
const connectionSeconds = 60
/**
 * Together below the two seconds within which a caller hears that the database is gone, with room
 * for a busy machine. PostgreSQL looks for deadlocks after a second: it has to be waited for.
 */
const connectMilliseconds = 600
const answerMilliseconds = 1_150

export async function openPostgres(url: string): Promise<Engine> {
  await migrateAlone(url)
  const pool = new pg.Pool({
    connectionString: url,
    max: 20,
    connectionTimeoutMillis: connectMilliseconds,
    query_timeout: answerMilliseconds,
    // What nobody waits for any more is given up by the server, too, and its locks with it.
    statement_timeout: answerMilliseconds,
    idle_in_transaction_session_timeout: 2 * answerMilliseconds,
    keepAlive: true,
    maxLifetimeSeconds: connectionSeconds,
    // Statements of a commit are sent together, and so wait together for the server.
    pipeline: true,
  })
  // A connection that breaks while idle is replaced; the next query tells if that cannot be done.
  pool.on('error', () => {})
  const db = drizzle(pool)
  const writesOf = perConnection()
  async function commitOnce(writes: Write[]): Promise<void> {
    const client = await pool.connect()
    // A connection that breaks between two statements tells it with the next one.
    client.on('error', ignore)
    const isOneStatement = isTransactionByItself(writes)
    let broken: Error | undefined
    try {
      const begun = isOneStatement ? [] : [client.query('begin')]
      await applyAll(writesOf(client), writes, begun)
      if (!isOneStatement) await client.query('commit')
    } catch (error) {
      // A connection that does not answer is closed, which rolls back, instead of waited for.
      if (isUnavailable(error)) broken = error as Error
      else if (!isOneStatement) {
        broken = await client.query('rollback').then(() => undefined, asError)
      }
      throw error
    } finally {
      client.off('error', ignore)
      client.release(broken)
    }
  }
  return {
    dialect: 'postgres',
    read: db as unknown as Reads,
    tables: defineTables(pgColumns),
    async commit(...writes) {
      if (writes.length === 0) return
      for (let attempt = 1; ; attempt++) {
        try {
          return await commitOnce(writes)
        } catch (error) {
          const code = databaseError(error)?.code ?? ''
          if (!retryable.has(code) || attempt === attempts) throw conflictOf(error) ?? error
        }
      }
    },
    async run(write) {
      return write.apply(db as unknown as Writes)
    },
    async ping() {
      await pool.query('select 1')
    },
    async close() {
      if (!pool.ending) await pool.end()
    },
  }
}

/** Each connection has the statements that are kept with it. */
function perConnection(): (client: pg.PoolClient) => Writes {
  const known = new WeakMap<pg.PoolClient, Writes>()
  return (client) => {
    const writes = known.get(client) ?? (drizzle(client) as unknown as Writes)
    known.set(client, writes)
    return writes
  }
}

/** One statement is kept or not as a whole; a refusal may come only where it changed nothing. */
function isTransactionByItself([write, ...others]: Write[]): boolean {
  return others.length === 0 && (!write?.refusal || write.touchesOne === true)
}

/**
 * Sends every write before the first is answered; what went wrong first is what is thrown. Nothing
 * is committed before all of them are answered, for one may be refused.
 */
async function applyAll(tx: Writes, writes: Write[], begun: Promise<unknown>[]): Promise<void> {
  // A statement is sent when it is asked for its rows, which has to happen in this order.
  const sent = writes.map(async (write) => {
    const rows = await write.apply(tx).then((touched) => touched)
    if (write.refusal && rows.length !== 1) throw write.refusal
  })
  for (const answer of await Promise.allSettled([...begun, ...sent])) {
    if (answer.status === 'rejected') throw answer.reason
  }
}

const ignore = () => {}
const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

/** Processes that start at once on one database migrate it one after the other. */
async function migrateAlone(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), { migrationsFolder: migrations })
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
