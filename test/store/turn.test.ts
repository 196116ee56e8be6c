/**
 * On PostgreSQL, what is asked and committed in one turn of the event loop goes to the server
 * together, and yet each asker and each commit gets its own.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { ConflictError, orRefuse } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { type FaultyProxy, startProxy } from '../faults/proxy.ts'
import { template } from '../support/postgres.ts'
import { createDatabase, openTestStore, sealer, type TestStore } from '../support/stores.ts'
import { accessTokenRow, clientRow, codeRow, ticketRow } from './rows.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const refusal = new Error('It is refused.')

/** The texts that clients of PostgreSQL send during the work. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const sent = query.mock.calls.map(([config]) => config as unknown as string | pg.QueryConfig)
    return sent.map((config) => (typeof config === 'string' ? config : config.text))
  } finally {
    query.mockRestore()
  }
}

const owner = (serviceId: number, index: number) => ({
  serviceId,
  clientId: 1,
  suffix: `-${index}`,
})
const insertOf = (store: Store, serviceId: number, index: number) =>
  orRefuse(
    store.accessTokens.insertIfClientExists(accessTokenRow(owner(serviceId, index))),
    refusal,
  )
const outcomesOf = async (commits: Promise<unknown>[]) =>
  (await Promise.allSettled(commits)).map((each) =>
    each.status === 'fulfilled' ? 'kept' : each.reason,
  )

describe.runIf(inject('dialect') === 'postgres')('one turn of the event loop', () => {
  let opened: TestStore
  let store: Store
  beforeAll(async () => {
    opened = await openTestStore()
    store = opened.store
    for (const serviceId of [1, 2]) {
      await store.commit(store.clients.insert(clientRow(serviceId, 1)))
    }
    await store.commit(
      ...numbers(20).map((index) =>
        store.codes.insert(codeRow({ ...owner(1, index), subject: `user-${index}` })),
      ),
    )
  })
  afterAll(() => opened.close())

  const hash = (index: number) => `code-1-${index}`

  describe('look-ups', () => {
    it('are one statement of each kind, and each asker gets its own row', async () => {
      const found: unknown[] = []
      const sent = await statementsOf(async () => {
        const asked = numbers(20).map((index) => store.codes.find(1, hash(index)))
        const versions = numbers(20).map(() => store.clients.version(1, 1))
        const absent = [store.codes.find(1, 'unknown'), store.codes.find(2, hash(1))]
        found.push(...(await Promise.all([...asked, ...versions, ...absent])))
      })
      expect(sent.map((text) => /from "(\w+)"/.exec(text)?.[1])).toEqual([
        'authorization_codes',
        'clients',
      ])
      const subjects = found.slice(0, 20).map((row) => (row as { subject: string }).subject)
      expect(subjects).toEqual(numbers(20).map((index) => `user-${index}`))
      expect(found.slice(20, 40)).toEqual(numbers(20).map(() => 1))
      expect(found.slice(40)).toEqual([undefined, undefined])
    })

    it('find for each service its own rows and no row of another', async () => {
      const asked = [1, 2, 3].flatMap((serviceId) =>
        numbers(20).map(async (index) => {
          const row = await store.codes.find(serviceId, hash(index))
          return [serviceId, row?.serviceId]
        }),
      )
      const own = [1, 2, 3].flatMap((id) => numbers(20).map(() => [id, id === 1 ? 1 : undefined]))
      expect(await Promise.all(asked)).toEqual(own)
    })

    it('that ask the same are asked once, by the plain statement', async () => {
      const rows: unknown[] = []
      const sent = await statementsOf(async () => {
        rows.push(...(await Promise.all(numbers(5).map(() => store.codes.find(1, hash(1))))))
      })
      expect(sent).toHaveLength(1)
      expect(sent[0]).not.toContain('unnest')
      expect(rows).toHaveLength(5)
      // What one asker changes in its row, another does not see.
      const [first, second] = rows as { data: { grant: object } }[]
      expect(first).toEqual(second)
      expect(first?.data.grant).not.toBe(second?.data.grant)
    })

    it('beyond a bounded number are further statements', async () => {
      const sent = await statementsOf(async () => {
        const asked = numbers(1_200).map((index) => store.codes.find(1, hash(index)))
        const found = (await Promise.all(asked)).filter((row) => row !== undefined)
        expect(found).toHaveLength(20)
      })
      expect(sent).toHaveLength(3)
    })

    it('with a value that PostgreSQL does not take fail alone', async () => {
      const bad = store.codes.find(1, 'zero\0byte')
      const good = store.codes.find(1, hash(3))
      expect(await outcomesOf([bad, good])).toEqual([expect.any(Error), 'kept'])
      expect((await good)?.subject).toBe('user-3')
    })

    it('find what was committed before they were asked, also among others', async () => {
      let isOver = false
      const others = numbers(8).map(async (index) => {
        while (!isOver) await store.codes.find(1, hash(index))
      })
      for (const round of numbers(60)) {
        const row = codeRow(owner(1, 1_000 + round))
        const finding = store.codes.find(1, row.codeHash)
        await store.commit(store.codes.insert(row))
        expect(await store.codes.find(1, row.codeHash)).toBeDefined()
        await store.commit(store.codes.consume(1, row.codeHash, 5))
        expect((await store.codes.find(1, row.codeHash))?.consumedAt).toBe(5)
        await finding
      }
      isOver = true
      await Promise.all(others)
    })

    it('use an index, however many rows the table had when they were planned', async () => {
      const { whenEmpty, whenFull } = await plansOf(opened.url)
      expect(whenFull).toContain('Index Scan using access_tokens_service_id_token_hash_pk')
      for (const plan of [whenEmpty, whenFull]) expect(plan).not.toMatch(/Seq Scan|Hash/)
    })
  })

  describe('inserts', () => {
    it('of one kind are one statement, and each is kept', async () => {
      const sent = await statementsOf(() =>
        Promise.all(numbers(20).map((index) => store.commit(insertOf(store, 1, index)))),
      )
      expect(sent).toHaveLength(1)
      const rows = await Promise.all(
        numbers(20).map((index) => store.accessTokens.find(1, `access-1-${index}`)),
      )
      const expected = numbers(20).map((index) => {
        const { serviceId, tokenHash, familyId, data, createdAt } = accessTokenRow(owner(1, index))
        return { serviceId, tokenHash, familyId, data, createdAt, grantId: null }
      })
      expect(rows).toMatchObject(expected)
    })

    it('that are refused leave the others', async () => {
      const commits = [1, 2, 77].flatMap((serviceId) =>
        [30, 31].map((index) => store.commit(insertOf(store, serviceId, index))),
      )
      const kept = ['kept', 'kept', 'kept', 'kept']
      expect(await outcomesOf(commits)).toEqual([...kept, refusal, refusal])
      expect(await store.accessTokens.find(77, 'access-1-30')).toBeUndefined()
      expect((await store.accessTokens.find(2, 'access-1-31'))?.serviceId).toBe(2)
    })

    it('of the same key are kept once', async () => {
      const commits = numbers(12).map((index) =>
        store.commit(orRefuse(store.replays.claim(1, 'jti', `jti-${index % 4}`, 1), refusal)),
      )
      const outcomes = await outcomesOf(commits)
      expect(outcomes.filter((each) => each === 'kept')).toHaveLength(4)
      expect(outcomes.filter((each) => each === refusal)).toHaveLength(8)
    })

    it('are committed one by one where one breaks a unique key', async () => {
      await store.commit(store.tickets.insert(ticketRow(owner(1, 1))))
      const commits = numbers(5).map((index) =>
        store.commit(store.tickets.insert(ticketRow(owner(1, index)))),
      )
      const outcomes = await outcomesOf(commits)
      expect(outcomes.map((each) => each === 'kept')).toEqual([true, false, true, true, true])
      expect(outcomes[1]).toBeInstanceOf(ConflictError)
      expect(await store.tickets.find(1, 'ticket-1-4')).toBeDefined()
    })

    it('do not wait for the deletion of a parent that is not theirs', async () => {
      await store.commit(store.clients.insert(clientRow(3, 1)))
      const deletion = new pg.Client({ connectionString: opened.url })
      await deletion.connect()
      await deletion.query('begin')
      await deletion.query('delete from clients where service_id = 3')
      const held = outcomesOf([store.commit(insertOf(store, 3, 40))])
      const others = numbers(5).map((index) => store.commit(insertOf(store, 1, 40 + index)))
      await Promise.all(others)
      await deletion.query('commit')
      await deletion.end()
      expect(await held).toEqual([refusal])
    })
  })
})

/** How look-ups are executed by plans that were made before and after the table was filled. */
async function plansOf(url: string): Promise<{ whenEmpty: string; whenFull: string }> {
  const sent = await statementsOf(async () => {
    const engine = await openPostgres(url)
    const { accessTokens } = assemble(engine, sealer)
    await Promise.all(['a', 'b'].map((hash) => accessTokens.find(9, hash)))
    await engine.close()
  })
  const text = sent.find((each) => each.includes('unnest'))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const planAs = async (name: string) => {
    await client.query(`prepare ${name} as ${text}`)
    const run = `execute ${name}('{9,9}', '{"a","b"}')`
    // The first executions are planned for their values, and then one plan is kept.
    for (const _ of numbers(7)) await client.query(run)
    return async () => {
      const { rows } = await client.query(`explain ${run}`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
  }
  try {
    await client.query('begin')
    await client.query('delete from access_tokens')
    const ofEmpty = await planAs('empty')
    await client.query(`insert into access_tokens
      (service_id, token_hash, family_id, client_id, offline, created_at, expires_at, data)
      select 9, md5(n::text), 'family', 1, 0, 1, 1, '{}' from generate_series(1, 5000) as n`)
    const whenEmpty = await ofEmpty()
    await client.query('analyze access_tokens')
    const ofFull = await planAs('filled')
    return { whenEmpty, whenFull: await ofFull() }
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

describe.runIf(inject('dialect') === 'postgres')('a connection that breaks amid a turn', () => {
  let proxy: FaultyProxy
  let store: Store
  let close: () => Promise<void>
  beforeAll(async () => {
    const { url, drop } = await createDatabase(template)
    proxy = await startProxy(url)
    store = assemble(await openPostgres(proxy.url), sealer)
    await store.commit(store.clients.insert(clientRow(1, 1)))
    close = async () => {
      await store.close()
      await proxy.close()
      await drop()
    }
  })
  afterAll(() => close())

  it.each([
    ['before the database hears of it', false, 0],
    ['after it was kept', true, 100],
  ])('loses and repeats no insert, %s', async (_, heard, first) => {
    const before = proxy.resets()
    proxy.fail({ kind: 'reset at commit', heard, text: 'insert into "access_tokens"', times: 1 })
    const commits = numbers(10).map((index) => store.commit(insertOf(store, 1, first + index)))
    expect(await outcomesOf(commits)).toEqual(numbers(10).map(() => 'kept'))
    expect(proxy.resets() - before).toBe(1)
    const found = numbers(10).map((index) =>
      store.accessTokens.find(1, `access-1-${first + index}`),
    )
    expect(await Promise.all(found)).toMatchObject(numbers(10).map(() => ({ clientId: 1 })))
  })

  it('does not fail look-ups', async () => {
    const before = proxy.resets()
    proxy.fail({ kind: 'reset at commit', heard: true, text: ' of many', times: 1 })
    const asked = numbers(10).map((index) => store.accessTokens.find(1, `access-1-${index}`))
    expect(await Promise.all(asked)).toMatchObject(numbers(10).map(() => ({ clientId: 1 })))
    expect(proxy.resets() - before).toBe(1)
  })
})
