/** A start migrates a SQLite file only where a migration is due. */
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { isMigrated } from '../../../src/store/sqlite/migrated.ts'

const folder = 'drizzle/sqlite'

/** The table of drizzle's migrator, as it leaves it. */
function databaseWith(...applied: number[]) {
  const database = new Database(':memory:')
  database.exec('create table __drizzle_migrations (id serial, hash text, created_at numeric)')
  const insert = database.prepare('insert into __drizzle_migrations values (null, ?, ?)')
  for (const when of applied) insert.run('hash', when)
  return database
}

describe('migrations of a SQLite database', () => {
  it('are due in a new one, and after an older migration, but not after the newest', () => {
    expect(isMigrated(new Database(':memory:'), folder)).toBe(false)
    expect(isMigrated(databaseWith(), folder)).toBe(false)
    expect(isMigrated(databaseWith(1, 2), folder)).toBe(false)
    const farInTheFuture = Date.UTC(2100, 0, 1)
    expect(isMigrated(databaseWith(1, farInTheFuture), folder)).toBe(true)
  })
})
