/**
 * On PostgreSQL, what is looked up in one turn of the event loop is asked together, and yet each
 * asker gets its own.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { assemble } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/engine.ts'
import type { Store } from '../../../src/store/store.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'
import { clientRow, codeRow } from '../rows.ts'
import { numbers, outcomesOf, owner, statementsOf, storeBehindProxy } from './turns.ts'

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
      expect(whenFull).toContain('Index Scan using access_tokens_service_id_tail_pk')
      for (const plan of [whenEmpty, whenFull]) expect(plan).not.toMatch(/Seq Scan|Hash/)
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
    const bytes = String.raw`'{"\\x00000001","\\x00000002"}'`
    const run = `execute ${name}('{9,9}', ${bytes}, ${bytes})`
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
      (service_id, tail, hash, client_id, offline, created_at, expires_at, data)
      select 9, int4send(n), int4send(n), 1, 0, 1, 1, '' from generate_series(1, 5000) as n`)
    const whenEmpty = await ofEmpty()
    await client.query('analyze access_tokens')
    const ofFull = await planAs('filled')
    return { whenEmpty, whenFull: await ofFull() }
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

describe.runIf(inject('dialect') === 'postgres')('a connection that breaks amid look-ups', () => {
  const opened = storeBehindProxy()

  it('fails none of them', async () => {
    const { store, proxy } = opened()
    const owners = numbers(10).map((index) => owner(1, index))
    await store.commit(...owners.map((each) => store.codes.insert(codeRow(each))))
    const found = () =>
      Promise.all(owners.map((each) => store.codes.find(1, codeRow(each).codeHash)))
    expect(await found()).toHaveLength(10)
    const before = proxy.resets()
    proxy.fail({ kind: 'reset at commit', heard: true, text: ' of many', times: 1 })
    expect(await found()).toMatchObject(owners.map(() => ({ clientId: 1 })))
    expect(proxy.resets() - before).toBe(1)
  })
})
