/** Reads of one event loop turn, concurrent with writes of this process and of another. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { groupCommit } from '../../src/store/sqlite/group-commit.ts'
import { readTransactionOf } from '../../src/store/sqlite/read-transaction.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-snapshot-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(name: string) {
  const database = new Database(join(folder, name))
  database.pragma('journal_mode = WAL')
  database.exec('create table if not exists facts (fact text primary key)')
  const snapshot = readTransactionOf(database)
  const facts = database.prepare('select fact from facts order by fact').pluck()
  const insert = database.prepare('insert into facts values (?)')
  const read = () => {
    snapshot.open()
    return facts.all()
  }
  const group = groupCommit(database, { before: snapshot.close })
  const arrived = () => snapshot.renew(true)
  return { read, arrived, write: (fact: string) => group.join(() => insert.run(fact)), database }
}

describe('reads of one event loop turn', () => {
  it('see one state, and writes of another process in the next turn', async () => {
    const [one, other] = [open('two'), open('two')]
    expect(one.read()).toEqual([])
    other.database.exec("insert into facts values ('written elsewhere')")
    expect(one.read()).toEqual([])
    await nextTurn()
    expect(one.read()).toEqual(['written elsewhere'])
  })

  it('are renewed by the first call that arrives after they began, and by no other', async () => {
    const [one, other] = [open('arriving'), open('arriving')]
    one.read()
    other.database.exec("insert into facts values ('before the calls arrived')")
    one.arrived()
    expect(one.read()).toEqual(['before the calls arrived'])
    other.database.exec("insert into facts values ('meantime')")
    one.arrived()
    expect(one.read()).toEqual(['before the calls arrived'])
    await nextTurn()
    one.arrived()
    expect(one.read()).toHaveLength(2)
  })

  it('see a write of this process as soon as its commit is confirmed', async () => {
    const { read, write } = open('one')
    read()
    const written = write('a fact')
    expect(read()).toEqual([])
    await written
    expect(read()).toEqual(['a fact'])
  })

  it('close their transaction at the end of the turn', async () => {
    const { read, database } = open('idle')
    read()
    expect(database.inTransaction).toBe(true)
    await nextTurn()
    expect(database.inTransaction).toBe(false)
  })
})
