/** Commits that are rehearsed: they answer as real ones do, and nothing remains. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConflictError, orRefuse } from '../../../src/store/engine.ts'
import { assemble } from '../../../src/store/open.ts'
import { openSqlite } from '../../../src/store/sqlite/engine.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'
import { tableHashes } from '../../support/table-hashes.ts'

let test: TestStore
beforeEach(async () => {
  test = await openTestStore()
})
afterEach(() => test.close())

const claim = (value: string) => test.store.replays.claim(1, 'test', value, 9e12)

describe('rehearsed commit', () => {
  it('leaves every table as it was, and returns the rows of its last write', async () => {
    await test.store.commit(claim('kept'))
    const before = await tableHashes(test.engine)
    expect(await test.engine.rehearse(claim('a'), claim('b'))).toHaveLength(1)
    expect(await tableHashes(test.engine)).toEqual(before)
    await test.store.commit(claim('c'))
    expect(await tableHashes(test.engine)).not.toEqual(before)
  })

  it('is refused by a guard as a real one is, and keeps nothing before the guard', async () => {
    await test.store.commit(claim('kept'))
    const before = await tableHashes(test.engine)
    const refusal = new Error('taken')
    const writes = [claim('a'), orRefuse(claim('kept'), refusal)]
    await expect(test.engine.rehearse(...writes)).rejects.toBe(refusal)
    await expect(test.store.commit(...writes)).rejects.toBe(refusal)
    expect(await tableHashes(test.engine)).toEqual(before)
  })

  it('reports a unique key that is taken', async () => {
    const row = (tokenHash: string) => ({
      ...{ tokenHash, serviceId: 0, clientId: undefined, createdAt: 1, tokenId: 'id' },
      data: { label: '', rights: [] },
    })
    await test.store.commit(test.store.apiTokens.upsert(row('one')))
    const taken = test.store.apiTokens.upsert(row('two'))
    await expect(test.engine.rehearse(taken)).rejects.toBeInstanceOf(ConflictError)
  })

  it('does not disturb real commits of the same turn', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `value-${index}`)
    await Promise.all(
      names.flatMap((name) => [test.engine.rehearse(claim(name)), test.store.commit(claim(name))]),
    )
    const again = names.map((name) => test.store.commit(orRefuse(claim(name), new Error(name))))
    const outcomes = await Promise.allSettled(again)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20)
  })

  it('works on a database in memory', async () => {
    const engine = await openSqlite(':memory:')
    const { replays, commit } = assemble(engine, sealer)
    const write = orRefuse(replays.claim(1, 'test', 'value', 9e12), new Error('taken'))
    await engine.rehearse(write)
    await commit(write)
    await expect(engine.rehearse(write)).rejects.toThrow('taken')
    await engine.close()
  })
})

describe('store of a dry run', () => {
  it('rehearses a commit after the earlier ones of the dry run', async () => {
    const rehearsal = test.store.rehearse()
    await rehearsal?.store.commit(claim('a'))
    const again = rehearsal?.store.commit(orRefuse(claim('a'), new Error('taken')))
    await expect(again).rejects.toThrow('taken')
    rehearsal?.end()
    const next = test.store.rehearse()
    await next?.store.commit(orRefuse(claim('a'), new Error('taken')))
    next?.end()
  })

  it('is there for four dry runs at a time', () => {
    const taken = Array.from({ length: 4 }, () => test.store.rehearse())
    expect(taken.every((each) => each !== undefined)).toBe(true)
    expect(test.store.rehearse()).toBeUndefined()
    for (const each of taken) each?.end()
    expect(test.store.rehearse()).toBeDefined()
  })
})
