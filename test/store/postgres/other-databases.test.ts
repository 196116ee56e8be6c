/** What else speaks the protocol of PostgreSQL. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isPostgres } from '../../../src/store/postgres/outcome.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'

describe('a server that', () => {
  it.each([
    ['PostgreSQL 18.1 on x86_64-pc-linux-gnu, compiled by gcc', true],
    ['PostgreSQL 15.2-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu', false],
    ['CockroachDB CCL v23.2.0 (x86_64-pc-linux-gnu)', false],
  ])('calls itself "%s" is asked for outcomes of transactions: %s', (version, isAsked) => {
    expect(isPostgres(version)).toBe(isAsked)
  })
})

describe.skipIf(inject('dialect') === 'sqlite')('a statement that other transactions undo', () => {
  let opened: TestStore
  const define = (sql: string) => opened.engine.run({ sql, params: [] })
  beforeAll(async () => {
    opened = await openTestStore()
    await define('create sequence undone')
    await define(`create function undo(times int) returns int language plpgsql as $$ begin
      if nextval('undone') <= times then raise exception 'again' using errcode = '40001'; end if;
      return currval('undone'); end $$`)
  })
  afterAll(() => opened.close())

  it.each(['ask', 'run', 'rehearse'] as const)('is executed again by %s, twice', async (how) => {
    const { engine } = opened
    const execute = async (times: number) => {
      await define('alter sequence undone restart')
      return engine[how]({ sql: `select undo(${times})`, params: [] })
    }
    expect(await execute(2)).toEqual([[3]])
    await expect(execute(3)).rejects.toMatchObject({ code: '40001' })
  })
})
