/** PostgreSQL, and what speaks its protocol, through pg. */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { drizzle as drizzleBy } from 'drizzle-orm/pg-proxy'
import pg from 'pg'
import type { Ask, Engine, Reads, Write, WriteBuilders } from '../engine.ts'
import { Epochs } from '../epochs.ts'
import { pgColumns } from '../schema/columns.ts'
import { defineTables } from '../schema/tables.ts'
import { commitsBy, conflictOf } from './commit.ts'
import { settling } from './epochs.ts'
import { lookUpsByTurn } from './look-ups.ts'
import { knowsOutcomes, withTransaction } from './outcome.ts'
import { openPool } from './pool.ts'
import { rehearse } from './rehearse.ts'
import { postgresSyntax } from './syntax.ts'

const migrations = fileURLToPath(new URL('../../../drizzle/postgres', import.meta.url))
const migrationLock = 7_678_001

export async function openPostgres(url: string): Promise<Engine> {
  const { isAskable } = await migrateAlone(url)
  const pool = openPool(url)
  const epochs = new Epochs()
  // Drizzle asks of a client no more than this.
  const lookUps = lookUpsByTurn(pool)
  const query = (config: pg.QueryConfig, values: unknown[]) =>
    lookUps.find(config, values) ?? pool.ask(config, values)
  const db = drizzle({ query } as unknown as pg.Client)
  /** Executed by `run` and by `commit` alike: one name stands for one text on a connection. */
  const queryOf = ({ sql, params, name }: Write): pg.QueryArrayConfig => ({
    text: isAskable ? withTransaction(sql) : sql,
    values: [...params],
    rowMode: 'array',
    ...(name !== undefined && { name }),
  })
  const execute = async (write: Write) => (await pool.ask(queryOf(write))).rows

  const tables = defineTables(pgColumns)
  const commits = commitsBy(pool, tables, { epochs, isAskable, queryOf })
  function flush(): void {
    lookUps.flush()
    commits.flush()
  }

  return {
    syntax: postgresSyntax,
    read: db as unknown as Reads,
    readsBy,
    ask: execute,
    build: drizzle.mock() as unknown as WriteBuilders,
    tables,
    epochs,
    settle: settling(pool, epochs),
    commit: (...writes) => commits.commit(writes),
    run: execute,
    rehearse: (...writes) =>
      rehearse(pool, writes.map(queryOf), (place) => writes[place]?.refusal).catch((error) => {
        throw conflictOf(error) ?? error
      }),
    ping: async () => void (await pool.ask('select 1')),
    relieve: flush,
    async close() {
      flush()
      await pool.close()
    },
  }
}

const readsBy = (ask: Ask) =>
  drizzleBy(async (sql, params) => ({ rows: await ask({ sql, params }) })) as unknown as Reads

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
