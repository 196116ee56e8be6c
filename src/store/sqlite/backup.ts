/**
 * Backups of the embedded database: whole files, each checked before it gets its name, and none of
 * them ever in the place of another.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { AuditRecord } from '../../model/audit/record.ts'
import { SealError, type Sealer } from '../../system/sealer.ts'
import type { Engine } from '../engine.ts'
import { requireKnownKeys } from '../rekey.ts'
import { sqliteColumns } from '../schema/columns.ts'
import { defineTables } from '../schema/tables.ts'
import { services } from '../tables/services.ts'
import { sqliteSyntax } from './syntax.ts'

const migrations = fileURLToPath(new URL('../../../drizzle/sqlite', import.meta.url))

/** Says for the operator why there is no backup, or why it is not restored. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * A copy of the database as of one moment; servers may be at work on it. Returns whether the
 * database has the record of it: it may be of an earlier version, or not be writable.
 */
export async function backupSqlite(
  database: string,
  file: string,
  record: AuditRecord,
): Promise<boolean> {
  if (!existsSync(database)) throw new BackupError(`There is no database ${database}.`)
  await copyTo(file, database, requireSound)
  return recordIn(database, record)
}

/**
 * Puts a backup where no database is. One of a newer version, or sealed under a key that is not
 * known, is refused: with it no server would start.
 */
export async function restoreSqlite(
  file: string,
  database: string,
  sealer: Sealer,
  record: AuditRecord,
): Promise<void> {
  if (!existsSync(file)) throw new BackupError(`There is no backup ${file}.`)
  for (const left of ['-wal', '-shm', '-journal'].map((ending) => `${database}${ending}`)) {
    if (existsSync(left)) throw new BackupError(`${left} is there already: move it away first.`)
  }
  await copyTo(database, file, async (copy) => {
    requireSound(copy)
    requireSchema(copy)
    await requireKey(copy, sealer)
    if (insertRecord(copy, record)) skipNumbers(copy)
  })
}

const everyPage = 2 ** 31 - 1

type Check = (copy: Database.Database) => Promise<void> | void

/** Under a name of its own until it was checked and is on disk. */
async function copyTo(target: string, source: string, check: Check): Promise<void> {
  if (existsSync(target)) throw new BackupError(`${target} is there already: nothing is replaced.`)
  const draft = `${target}.${randomBytes(6).toString('hex')}`
  try {
    await (await open(draft, 'wx', 0o600)).close()
    await copy(source, draft)
    await checkFile(draft, check)
    await synchronise(draft)
    await link(draft, target)
    await synchronise(dirname(target))
  } catch (error) {
    throw explain(error, source, target)
  } finally {
    for (const left of ['', '-wal', '-shm', '-journal']) {
      await unlink(`${draft}${left}`).catch(() => {})
    }
  }
}

/**
 * In one step, which is one moment of the database: in several, each write of a server would start
 * the copy again.
 */
async function copy(source: string, draft: string): Promise<void> {
  const from = new Database(source, { fileMustExist: true })
  try {
    await from.backup(draft, { progress: () => everyPage })
  } finally {
    from.close()
  }
}

async function checkFile(draft: string, check: Check): Promise<void> {
  const database = new Database(draft, { fileMustExist: true })
  try {
    // A backup is one file, without a log beside it; a start turns the log on again.
    database.pragma('journal_mode = DELETE')
    await check(database)
  } finally {
    database.close()
  }
}

function requireSound(database: Database.Database): void {
  const result: unknown = database.pragma('integrity_check', { simple: true })
  if (result !== 'ok') throw new BackupError(`The database is damaged: ${String(result)}`)
}

/** Its migrations must be the first of ours: the start applies the missing ones. */
function requireSchema(database: Database.Database): void {
  const ours = readMigrationFiles({ migrationsFolder: migrations }).map(({ hash }) => hash)
  const isOurs = database
    .prepare("select 1 from sqlite_master where name = '__drizzle_migrations'")
    .get()
  const applied = isOurs
    ? database.prepare('select hash from __drizzle_migrations order by created_at').pluck().all()
    : []
  if (applied.length === 0) throw new BackupError('The backup is not a database of Postern.')
  if (applied.some((hash, index) => hash !== ours[index])) {
    throw new BackupError('The backup is of another version of Postern: restore it with that one.')
  }
}

function recordIn(path: string, record: AuditRecord): boolean {
  const database = new Database(path, { fileMustExist: true })
  try {
    return insertRecord(database, record)
  } catch (error) {
    if (error instanceof Database.SqliteError) return false
    throw error
  } finally {
    database.close()
  }
}

/** Into the audit log, which databases of earlier versions do not have. */
function insertRecord(database: Database.Database, record: AuditRecord): boolean {
  const isThere = database.prepare("select 1 from sqlite_master where name = 'audit'").get()
  if (!isThere) return false
  const { audit } = defineTables(sqliteColumns)
  drizzle(database)
    .insert(audit)
    .values({ ...record, seq: null })
    .run()
  return true
}

/**
 * Audit records since the backup had numbers that are given again. A reader that has seen them
 * continues after the gap, and misses no record.
 */
function skipNumbers(database: Database.Database): void {
  database
    .prepare(
      `insert into counters (service_id, name, value) values (0, 'audit', 1000000)
      on conflict do update set value = value + 1000000`,
    )
    .run()
}

async function requireKey(database: Database.Database, sealer: Sealer): Promise<void> {
  const engine = {
    syntax: sqliteSyntax,
    read: drizzle(database) as unknown as Engine['read'],
    tables: defineTables(sqliteColumns),
  } as Engine
  await requireKnownKeys(engine, sealer)
  await services(engine, sealer).list({ start: 0, end: 1 })
}

async function synchronise(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function explain(error: unknown, source: string, target: string): unknown {
  if (error instanceof SealError) {
    return new BackupError(
      'The backup was sealed under another master key: restore it with the key of its time, in ' +
        'POSTERN_MASTER_KEY or in the master key file.',
    )
  }
  if (error instanceof Database.SqliteError) {
    return new BackupError(`${source} cannot be copied: ${error.message} (${error.code}).`)
  }
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
  return isTaken ? new BackupError(`${target} is there already: nothing is replaced.`) : error
}
