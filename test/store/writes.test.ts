/** A write is a value of SQL and parameters, which can be inspected before it is executed. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openTestStore, type TestStore } from '../support/stores.ts'
import { codeRow, minute, now } from './rows.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const first = inject('dialect') === 'sqlite' ? '?' : '$1'

describe('write', () => {
  it('contains its SQL, and its parameters in the order of the SQL', () => {
    const { sql, params } = opened.store.codes.consume(1, 'code', now)
    expect(sql).toContain(`update "authorization_codes" set "consumed_at" = ${first} where`)
    expect(params).toEqual([now, 1, 'code', now])
  })

  it('contains documents as JSON, and null for a column without a value', () => {
    const row = codeRow({ serviceId: 1, clientId: 1 })
    const { params } = opened.store.codes.insert(row)
    expect(params).toContain(JSON.stringify(row.data))
    expect(params).toContain(null)
    expect(params).not.toContain(undefined)
  })

  it('has the same SQL and statement name for other values', () => {
    const [one, other] = [1, 2].map((serviceId) =>
      opened.store.codes.consume(serviceId, `code-${serviceId}`, now),
    )
    expect(other?.sql).toBe(one?.sql)
    expect(other?.name).toBe(one?.name)
    expect(other?.params).toEqual([now, 2, 'code-2', now])
  })

  it('has no effect before it is committed, and can be committed again', async () => {
    const { attempts } = opened.store
    const write = attempts.add(1, 'name', { now, until: now + minute })
    expect(await attempts.take(1, 'name', { now, until: now + minute })).toBe(1)
    await opened.store.commit(write, write)
    expect(await attempts.take(1, 'name', { now, until: now + minute })).toBe(4)
  })

  it('returns rows as lists of values on every database if it runs by itself', async () => {
    const { engine, store } = opened
    const window = { now, until: now + minute }
    const [row, ...others] = await engine.run(store.attempts.add(1, 'rows', window))
    expect(others).toEqual([])
    expect(Number(row?.[0])).toBe(1)
  })
})
