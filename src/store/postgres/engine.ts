/** PostgreSQL, and what speaks its protocol, through pg. */
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleBy } from 'drizzle-orm/pg-proxy'
import type pg from 'pg'
import type { Ask, Engine, Reads, Write, WriteBuilders } from '../engine.ts'
import { Epochs } from '../epochs.ts'
import { pgColumns } from '../schema/columns.ts'
import { defineTables } from '../schema/tables.ts'
import { commitsBy, conflictOf } from './commit.ts'
import { OwnCommits, settling } from './epochs.ts'
import { lookUpsByTurn } from './look-ups.ts'
import { migrateAlone } from './migrate.ts'
import { withTransaction } from './outcome.ts'
import { openPool, type Pooler } from './pool.ts'
import { rehearse } from './rehearse.ts'
import { postgresSyntax } from './syntax.ts'

export async function openPostgres(
  url: string,
  { pooler = 'none', isReplica = false }: { pooler?: Pooler; isReplica?: boolean } = {},
): Promise<Engine> {
  const { asked } = isReplica ? { asked: undefined } : await migrateAlone(url)
  const pool = openPool(url, pooler)
  const epochs = new Epochs(false)
  const ownCommits = new OwnCommits()
  // Drizzle asks of a client no more than this.
  const lookUps = lookUpsByTurn(pool)
  const query = (config: pg.QueryConfig, values: unknown[]) =>
    lookUps.find(config, values) ?? pool.ask(config, values)
  const db = drizzle({ query } as unknown as pg.Client)
  /** Executed by `run` and by `commit` alike: one name stands for one text on a connection. */
  const queryOf = ({ sql, params, name }: Write): pg.QueryArrayConfig => ({
    text: asked ? withTransaction(sql) : sql,
    values: [...params],
    rowMode: 'array',
    ...pool.named(name),
  })
  const execute = async (write: Write) => (await pool.ask(queryOf(write))).rows

  const tables = defineTables(pgColumns)
  const commits = commitsBy(pool, tables, { epochs, ownCommits, asked, queryOf })
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
    settle: settling(pool, epochs, ownCommits),
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
