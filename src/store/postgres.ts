/** PostgreSQL, and what speaks its protocol, through pg. */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { pgColumns } from './columns.ts'
import { ConflictError, type Engine, type Reads, type Write, type Writes } from './store.ts'
import { defineTables } from './tables.ts'

const migrations = fileURLToPath(new URL('../../drizzle/postgres', import.meta.url))
/**
 * Serialization failure and deadlock: the writes are descriptions, so they can be applied again.
 */
const retryable = new Set(['40001', '40P01'])
const attempts = 3
const migrationLock = 7_678_001

export async function openPostgres(url: string): Promise<Engine> {
  const pool = new pg.Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 5_000 })
  // A connection that breaks while idle is replaced; the next query tells if that cannot be done.
  pool.on('error', () => {})
  await migrateAlone(pool)
  const db = drizzle(pool)
  async function commitOnce(writes: Write[]): Promise<void> {
    await db.transaction(async (tx) => {
      for (const write of writes) {
        const rows = await write.apply(tx as unknown as Writes)
        if (write.refusal && rows.length !== 1) throw write.refusal
      }
    })
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

/** Processes that start at once on one database migrate it one after the other. */
async function migrateAlone(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), { migrationsFolder: migrations })
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {})
    client.release()
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
