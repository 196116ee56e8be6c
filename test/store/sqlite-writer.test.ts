/** The thread that writes to a SQLite file: order, refusals, errors and closing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { openWriter, RefusedAt } from '../../src/store/sqlite/writer.ts'
import { isUnavailable } from '../../src/store/unavailable.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-writer-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
async function open() {
  const path = join(folder, `${count++}.db`)
  const database = new Database(path)
  database.exec('create table facts (fact text primary key, place integer)')
  database.exec(
    'create table counters (service_id integer, name text, value integer, primary key (service_id, name))',
  )
  let heard = 0
  const writer = await openWriter(path, () => {
    heard += 1
  })
  const add = (fact: string) => ({
    sql: 'insert into facts values (?, ?) on conflict do nothing returning fact',
    params: [fact, 1],
    refusal: new Error('The fact is there.'),
  })
  const facts = () => database.prepare('select fact from facts order by fact').pluck().all()
  return { writer, add, facts, database, heard: () => heard }
}

describe('SQLite writer thread', () => {
  it('confirms a write after it is stored, and notifies its owner before the caller', async () => {
    const { writer, add, facts, heard } = await open()
    const before = heard()
    const rows = await writer.write([add('one')], true)
    expect(heard()).toBeGreaterThan(before)
    expect(rows).toEqual([['one']])
    expect(facts()).toEqual(['one'])
    await writer.close()
  })

  it('rolls back a refused commit as a whole, and no neighbouring commit', async () => {
    const { writer, add, facts } = await open()
    await writer.write([add('taken')], false)
    const results = await Promise.allSettled([
      writer.write([add('first')], false),
      writer.write([add('half'), add('taken')], false),
      writer.write([add('last')], false),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const refused = results[1] as PromiseRejectedResult
    expect(refused.reason).toBeInstanceOf(RefusedAt)
    expect(refused.reason.place).toBe(1)
    expect(facts()).toEqual(['first', 'last', 'taken'])
    await writer.close()
  })

  it('lets one of fifty commits insert the same row, and refuses the others', async () => {
    const { writer, add } = await open()
    const wanting = Array.from({ length: 50 }, () => writer.write([add('mine')], false))
    const results = await Promise.allSettled(wanting)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await writer.close()
  })

  it('returns the error of the database for a failed statement', async () => {
    const { writer, add, facts } = await open()
    const bad = { ...add('a'), sql: 'insert into facts values (?, ?) returning fact' }
    await writer.write([bad], false)
    const failure = await writer.write([bad], false).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Database.SqliteError)
    expect(failure).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    const unknown = { sql: 'select * from no_facts', params: [] }
    await expect(writer.write([unknown], false)).rejects.toThrow('no such table')
    expect(facts()).toEqual(['a'])
    await writer.close()
  })

  it('executes all queued writes before it closes, and is unavailable afterwards', async () => {
    const { writer, add, facts } = await open()
    const given = ['a', 'b', 'c'].map((fact) => writer.write([add(fact)], false))
    await writer.close()
    await Promise.all(given)
    expect(facts()).toEqual(['a', 'b', 'c'])
    expect(writer.isGone()).toBe(true)
    const late = await writer.write([add('late')], false).catch((error: unknown) => error)
    expect(isUnavailable(late)).toBe(true)
  })
})
