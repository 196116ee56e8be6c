/** Whether a start has anything to migrate: most have not, and need not read the migrations. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'

/** Drizzle's list of migrations; `when`, in milliseconds, is stored once one is applied. */
interface Journal {
  entries: { when: number }[]
}

/** By what drizzle's migrator decides: a migration is due if it is newer than the last applied. */
export function isMigrated(database: Database.Database, folder: string): boolean {
  const known = database
    .prepare("select 1 from sqlite_master where name = '__drizzle_migrations'")
    .get()
  if (!known) return false
  const last = database.prepare('select max(created_at) from __drizzle_migrations').pluck().get()
  const text = readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')
  const { entries } = JSON.parse(text) as Journal
  return entries.every(({ when }) => Number(last ?? 0) >= when)
}
