/** Brings a database to the tables of this version. */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { type Asked, knowsOutcomes } from './outcome.ts'

const migrations = fileURLToPath(new URL('../../../drizzle/postgres', import.meta.url))
const migrationLock = 7_678_001

/** A migration may take longer than a statement of a call, whatever the role's timeouts are. */
const begin = `begin;
  set local statement_timeout = 0;
  set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`

/**
 * Processes that start at once on one database migrate it one after the other. The lock and the
 * migrations are one transaction: behind a pooler nothing else is sure to have one connection.
 */
export async function migrateAlone(url: string): Promise<{ asked: Asked | undefined }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(begin)
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await migrate(drizzle(withinTransaction(client)), { migrationsFolder: migrations })
    await client.query('commit')
    return { asked: await knowsOutcomes(client) }
  } finally {
    // A transaction that is open yet is rolled back with the connection.
    await client.end()
  }
}

/** A client whose transactions are part of the one that it is in. Drizzle asks no more of it. */
function withinTransaction(client: pg.Client): pg.Client {
  const query = (config: pg.QueryConfig, values: unknown[]) =>
    /^(begin|commit)$/.test(config.text) ? { rows: [] } : client.query(config, values)
  return { query } as unknown as pg.Client
}
