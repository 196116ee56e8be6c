/** Commits that share a SQLite transaction become durable together and are refused one by one. */
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupCommit, isAtomic } from '../../src/store/sqlite/group-commit.ts'

let heard: string[]
let database: Database.Database
let group: ReturnType<typeof groupCommit>
beforeEach(() => {
  heard = []
  database = new Database(':memory:', { verbose: (statement) => heard.push(String(statement)) })
  database.exec(`
    create table parent (id integer primary key);
    create table child (
      id integer primary key,
      parent integer references parent (id) deferrable initially deferred
    )`)
  database.pragma('foreign_keys = on')
  group = groupCommit(database)
  heard = []
})
afterEach(() => database.close())

const insert = (id: number) => database.prepare('insert into parent values (?)').run(id)
const kept = () => database.prepare('select id from parent order by id').pluck().all()
const refusal = new Error('It is used up.')

/** A commit that records when its caller gets the result. */
const tell = (name: string, work: () => unknown) =>
  group.join(work).then(
    () => heard.push(`${name} succeeded`),
    () => heard.push(`${name} failed`),
  )
const times = (statement: string) => heard.filter((each) => each === statement).length

describe('commits of one event loop turn', () => {
  it('share one transaction, and so one disk sync', async () => {
    await Promise.all([1, 2, 3].map((id) => group.join(() => insert(id))))
    expect(kept()).toEqual([1, 2, 3])
    expect([times('begin immediate'), times('commit')]).toEqual([1, 1])
  })

  it('return the result of their own work to each caller', async () => {
    const works = [1, 2, 3].map((id) => group.join(() => insert(id).lastInsertRowid))
    expect(await Promise.all(works)).toEqual([1, 2, 3])
  })

  it('discard the writes of a refused commit, and of no other commit', async () => {
    const results = await Promise.allSettled([
      group.join(() => insert(1)),
      group.join(() => {
        insert(2)
        throw refusal
      }),
      group.join(() => insert(3)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: refusal })
    expect(kept()).toEqual([1, 3])
  })

  it('see the writes of earlier commits, so that one of two claims succeeds', async () => {
    const claim = () => group.join(() => insert(1))
    const results = await Promise.allSettled([claim(), claim()])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(kept()).toEqual([1])
  })

  it('settle, also if refused, only after the transaction is durable', async () => {
    await Promise.all([
      tell('first', () => insert(1)),
      tell('second', () => {
        throw refusal
      }),
      tell('third', () => insert(3)),
    ])
    const answers = ['first succeeded', 'second failed', 'third succeeded']
    expect(heard.slice(heard.indexOf('commit') + 1)).toEqual(answers)
    expect(heard.filter((each) => answers.includes(each))).toEqual(answers)
  })

  it('all fail without an effect if the shared transaction cannot be committed', async () => {
    const orphan = () => database.prepare('insert into child values (1, 404)').run()
    const results = await Promise.allSettled([
      group.join(() => insert(1)),
      group.join(orphan),
      group.join(() => {
        throw refusal
      }),
    ])
    const reasons = results.map((result) => result.status === 'rejected' && result.reason)
    expect(reasons).toEqual(reasons.map(() => expect.any(Database.SqliteError)))
    expect(kept()).toEqual([])
  })

  it('all fail if one of them ends the shared transaction', async () => {
    const broken = () => {
      database.exec('rollback')
      throw refusal
    }
    const joined = [group.join(() => insert(1)), group.join(broken), group.join(() => insert(3))]
    const results = await Promise.allSettled(joined)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(kept()).toEqual([])
    await group.join(() => insert(4))
    expect(kept()).toEqual([4])
  })
})

describe('commit to a transaction group', () => {
  it('waits for the next group if it begins while a group is being committed', async () => {
    await group.join(() => insert(1)).then(() => group.join(() => insert(2)))
    expect(times('commit')).toBe(2)
  })

  it('is executed at once by a flush before the database is closed', async () => {
    const waiting = group.join(() => insert(1))
    group.flush()
    expect(kept()).toEqual([1])
    await waiting
  })
})

describe('commit of one statement', () => {
  it('needs no savepoint, and leaves nothing if it is refused beside others', async () => {
    const results = await Promise.allSettled([
      group.joinAtomic(() => insert(1)),
      group.joinAtomic(() => insert(1)),
      group.join(() => insert(2)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(kept()).toEqual([1, 2])
    expect(times('savepoint member')).toBe(1)
  })

  it('is atomic unless it is guarded and may touch several rows', () => {
    const write = { sql: '', params: [] }
    expect(isAtomic([write])).toBe(true)
    expect(isAtomic([{ ...write, refusal, touchesOne: true }])).toBe(true)
    expect(isAtomic([{ ...write, refusal }])).toBe(false)
    expect(isAtomic([write, write])).toBe(false)
  })
})
