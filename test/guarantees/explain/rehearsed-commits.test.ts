/** Commits that are rehearsed: they answer as real ones do, and nothing remains. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConflictError, orRefuse } from '../../../src/store/engine.ts'
import { assemble } from '../../../src/store/open.ts'
import { OvertakenError } from '../../../src/store/rehearsal.ts'
import { openSqlite } from '../../../src/store/sqlite/engine.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'
import { tableRows } from '../../support/table-rows.ts'

let test: TestStore
beforeEach(async () => {
  test = await openTestStore()
})
afterEach(() => test.close())

const claim = (value: string) => test.store.replays.claim(1, 'test', value, 9e12)
const tokenRow = (tokenHash: string) => ({
  ...{ tokenHash, serviceId: 0, clientId: undefined, createdAt: 1, tokenId: 'id' },
  data: { label: '', rights: [] },
})

describe('rehearsed commit', () => {
  it('leaves every table as it was, and returns the rows of its last write', async () => {
    await test.store.commit(claim('kept'))
    const before = await tableRows(test.engine)
    expect(await test.engine.rehearse(claim('a'), claim('b'))).toHaveLength(1)
    expect(await tableRows(test.engine)).toEqual(before)
    await test.store.commit(claim('c'))
    expect(await tableRows(test.engine)).not.toEqual(before)
  })

  it('is refused by a guard as a real one is, and keeps nothing before the guard', async () => {
    await test.store.commit(claim('kept'))
    const before = await tableRows(test.engine)
    const refusal = new Error('taken')
    const writes = [claim('a'), orRefuse(claim('kept'), refusal)]
    await expect(test.engine.rehearse(...writes)).rejects.toBe(refusal)
    await expect(test.store.commit(...writes)).rejects.toBe(refusal)
    expect(await tableRows(test.engine)).toEqual(before)
  })

  it('reports a unique key that is taken', async () => {
    await test.store.commit(test.store.apiTokens.upsert(tokenRow('one')))
    const taken = test.store.apiTokens.upsert(tokenRow('two'))
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

  it('finds what was committed to it, which the store itself does not', async () => {
    const rehearsal = test.store.rehearse()
    const { apiTokens, attempts, commit } = rehearsal?.store ?? test.store
    const window = { now: 1, until: 2 }
    for (const count of [1, 2]) expect(await attempts.take(1, 'guesses', window)).toBe(count)
    await commit(apiTokens.upsert(tokenRow('new')))
    expect(await apiTokens.find('new')).toMatchObject({ tokenHash: 'new', data: { label: '' } })
    expect(await apiTokens.count()).toBe(1)
    expect(await apiTokens.list(0)).toHaveLength(1)
    expect(await test.store.apiTokens.find('new')).toBeUndefined()
    rehearsal?.end()
    expect(await test.store.attempts.take(1, 'guesses', window)).toBe(1)
    expect(await test.store.apiTokens.count()).toBe(0)
  })

  it('fails once the dry run is over: nothing comes into the next one', async () => {
    const rehearsal = test.store.rehearse()
    rehearsal?.end()
    const { apiTokens, attempts, commit } = rehearsal?.store ?? test.store
    const over = 'The dry run is over.'
    await expect(commit(claim('late'))).rejects.toThrow(over)
    await expect(attempts.take(1, 'late', { now: 1, until: 2 })).rejects.toThrow(over)
    await expect(apiTokens.find('late')).rejects.toMatchObject({ cause: { message: over } })
    const next = test.store.rehearse()
    await next?.store.commit(orRefuse(claim('late'), new Error('taken')))
    next?.end()
  })

  it('tells when another call has changed what the dry run rests on', async () => {
    const rehearsal = test.store.rehearse()
    const { apiTokens, commit } = rehearsal?.store ?? test.store
    await commit(orRefuse(claim('a'), new Error('taken')))
    await test.store.commit(claim('a'))
    await expect(commit(claim('b'))).rejects.toBeInstanceOf(OvertakenError)
    await expect(apiTokens.count()).rejects.toMatchObject({ cause: expect.any(OvertakenError) })
    rehearsal?.end()
  })

  it('claims once what two commits of a turn claim', async () => {
    const rehearsal = test.store.rehearse()
    const { commit } = rehearsal?.store ?? test.store
    const claims = ['one', 'two'].map((by) => commit(orRefuse(claim('a'), new Error(by))))
    const outcomes = await Promise.allSettled(claims)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    rehearsal?.end()
  })

  it('is there for four dry runs at a time', () => {
    const taken = Array.from({ length: 4 }, () => test.store.rehearse())
    expect(taken.every((each) => each !== undefined)).toBe(true)
    expect(test.store.rehearse()).toBeUndefined()
    for (const each of taken) each?.end()
    expect(test.store.rehearse()).toBeDefined()
  })
})
