/** Looks at a database without changing it: a start migrates it, an inspection does not. */
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'

export interface DatabaseFacts {
  version: string
  /** How many migrations a start would apply. */
  pending: number
  /** Whether another version has migrated it further. */
  isNewer: boolean
  /** Whether a commit is on disk before it is answered. */
  isDurable: boolean
  /** Its clock, in milliseconds; undefined where it is in this process. */
  clock?: number
  /** The size of the write-ahead log in bytes. */
  walBytes?: number
  /** The size of the database in bytes. */
  bytes: number
  /** To how many replicas it sends its log; undefined where it cannot. */
  replicas?: number
  /** How far the slowest replica is behind, in milliseconds; undefined: unknown. */
  replicationLag?: number
}

const connectMilliseconds = 5_000

const migrationsOf = (dialect: 'sqlite' | 'postgres'): string[] => {
  const folder = fileURLToPath(new URL(`../../drizzle/${dialect}`, import.meta.url))
  return readMigrationFiles({ migrationsFolder: folder }).map(({ hash }) => hash)
}

function compared(dialect: 'sqlite' | 'postgres', applied: unknown[]) {
  const ours = migrationsOf(dialect)
  const isNewer = applied.some((hash, place) => hash !== ours[place])
  return { isNewer, pending: isNewer ? 0 : ours.length - applied.length }
}

/** Undefined if the SQLite file does not exist yet. Throws if the database cannot be used. */
export async function inspectDatabase(url: string): Promise<DatabaseFacts | undefined> {
  if (/^postgres(ql)?:/.test(url)) return inspectPostgres(url)
  const path = url.replace(/^file:(\/\/(?=\/))?/, '')
  return existsSync(path) ? inspectSqlite(path) : undefined
}

function inspectSqlite(path: string): DatabaseFacts {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const { version } = database.prepare('select sqlite_version() as version').get() as {
      version: string
    }
    const isOurs = database
      .prepare("select 1 from sqlite_master where name = '__drizzle_migrations'")
      .get()
    const applied = isOurs
      ? database.prepare('select hash from __drizzle_migrations order by created_at').pluck().all()
      : []
    const wal = `${path}-wal`
    const walBytes = existsSync(wal) ? statSync(wal).size : 0
    // Each connection that writes sets synchronous = FULL.
    return {
      version: `SQLite ${version}`,
      ...compared('sqlite', applied),
      isDurable: true,
      walBytes,
      bytes: statSync(path).size + walBytes,
    }
  } finally {
    database.close()
  }
}

async function inspectPostgres(url: string): Promise<DatabaseFacts> {
  const { Client } = (await import('pg')).default
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectMilliseconds,
    // A pooler refuses a connection that begins with a timeout of the server.
    query_timeout: connectMilliseconds,
  })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select current_setting('server_version') as version,
        current_setting('synchronous_commit') as durability, current_setting('fsync') as fsync,
        extract(epoch from clock_timestamp()) * 1000 as clock,
        pg_database_size(current_database()) as bytes,
        (select count(*) from pg_stat_replication) as replicas,
        (select extract(epoch from max(replay_lag)) * 1000 from pg_stat_replication) as lag,
        to_regclass('drizzle.__drizzle_migrations') is not null as "isOurs"`,
    )
    const { version, durability, fsync, clock, isOurs, bytes, replicas, lag } = rows[0]
    const applied = isOurs
      ? await client.query('select hash from drizzle.__drizzle_migrations order by created_at')
      : { rows: [] }
    return {
      version: `PostgreSQL ${version}`,
      ...compared(
        'postgres',
        applied.rows.map(({ hash }) => hash),
      ),
      isDurable: durability !== 'off' && fsync === 'on',
      clock: Number(clock),
      bytes: Number(bytes),
      replicas: Number(replicas),
      ...(lag !== null && { replicationLag: Math.round(Number(lag)) }),
    }
  } finally {
    await client.end()
  }
}
