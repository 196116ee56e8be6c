/**
 * On PostgreSQL, what is committed in one turn of the event loop is sent together, and yet each
 * commit is kept or refused by itself.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ConflictError, orRefuse } from '../../../src/store/engine.ts'
import type { Store } from '../../../src/store/store.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { accessTokenRow, clientRow, codeRow, ticketRow } from '../rows.ts'
import {
  insertOf,
  numbers,
  outcomesOf,
  owner,
  refusal,
  statementsOf,
  storeBehindProxy,
} from './turns.ts'

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

  describe('commits of several writes', () => {
    const redemptionOf = (serviceId: number, index: number) => [
      orRefuse(store.codes.consume(serviceId, hash(index), 5), refusal),
      store.accessTokens.insert(accessTokenRow(owner(serviceId, index))),
    ]
    const tokenOf = (index: number) => store.accessTokens.find(1, `access-1-${index}`)
    beforeAll(() =>
      store.commit(
        ...[200, 300, 400].flatMap((first) =>
          numbers(10).map((index) => store.codes.insert(codeRow(owner(1, first + index)))),
        ),
      ),
    )

    it('are one transaction, and each is kept', async () => {
      const sent = await statementsOf(() =>
        Promise.all(numbers(10).map((index) => store.commit(...redemptionOf(1, 200 + index)))),
      )
      expect(sent.filter((text) => text.startsWith('begin'))).toHaveLength(1)
      expect(sent.filter((text) => text === 'commit')).toHaveLength(1)
      const found = await Promise.all(numbers(10).map((index) => tokenOf(200 + index)))
      expect(found).toMatchObject(numbers(10).map(() => ({ clientId: 1 })))
    })

    it('that are refused write nothing, and leave the others', async () => {
      // Each code twice, and one of another service.
      const commits = [...numbers(5), ...numbers(5)].map((index, turn) =>
        store.commit(
          ...redemptionOf(1, 300 + index),
          store.tickets.insert(ticketRow(owner(1, 300 + turn))),
        ),
      )
      const other = store.commit(
        ...redemptionOf(2, 301),
        store.tickets.insert(ticketRow(owner(2, 301))),
      )
      const outcomes = await outcomesOf([...commits, other])
      expect(outcomes.filter((each) => each === 'kept')).toHaveLength(5)
      expect(outcomes.filter((each) => each === refusal)).toHaveLength(6)
      const tickets = await Promise.all(
        numbers(10).map((turn) => store.tickets.find(1, `ticket-1-${300 + turn}`)),
      )
      const kept = outcomes.slice(0, 10).map((each) => each === 'kept')
      expect(tickets.map((row) => row !== undefined)).toEqual(kept)
      expect(await store.tickets.find(2, 'ticket-1-301')).toBeUndefined()
    })

    it('do not wait long for the lock of another', async () => {
      const holder = new pg.Client({ connectionString: opened.url })
      await holder.connect()
      await holder.query('begin')
      await holder.query('select 1 from authorization_codes where code_hash = $1 for update', [
        hash(400),
      ])
      let isHeld = true
      const held = store.commit(...redemptionOf(1, 400)).then(() => isHeld)
      const others = numbers(8).map((index) => store.commit(...redemptionOf(1, 401 + index)))
      await Promise.all(others)
      isHeld = false
      await holder.query('rollback')
      await holder.end()
      expect(await held).toBe(false)
    })
  })
})

describe.runIf(inject('dialect') === 'postgres')('a connection that breaks amid commits', () => {
  const opened = storeBehindProxy()

  it.each([
    ['before the database hears of it', false, 0],
    ['after it was kept', true, 100],
  ])('loses and repeats no insert, %s', async (_, heard, first) => {
    const { store, proxy } = opened()
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

  it.each([
    ['before the database hears of it', false, 200],
    ['after it was kept', true, 300],
  ])('loses and repeats no commit of several writes, %s', async (_, heard, first) => {
    const { store, proxy } = opened()
    const owners = numbers(10).map((index) => owner(1, first + index))
    await store.commit(...owners.map((each) => store.codes.insert(codeRow(each))))
    const before = proxy.resets()
    proxy.fail({ kind: 'reset at commit', heard, times: 1 })
    const commits = owners.map((each) =>
      store.commit(
        orRefuse(store.codes.consume(1, codeRow(each).codeHash, 5), refusal),
        store.accessTokens.insert(accessTokenRow(each)),
      ),
    )
    expect(await outcomesOf(commits)).toEqual(numbers(10).map(() => 'kept'))
    expect(proxy.resets() - before).toBe(1)
    const found = owners.map((each) => store.accessTokens.find(1, accessTokenRow(each).tokenHash))
    expect(await Promise.all(found)).toMatchObject(owners.map(() => ({ clientId: 1 })))
  })
})
