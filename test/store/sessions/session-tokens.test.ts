/** The end of a session deletes all that was issued for it, also by concurrent commits. */
import { getTableColumns, getTableName } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { Grant } from '../../../src/model/grant.ts'
import { AuthorizationCode } from '../../../src/model/request/authorization-code.ts'
import { orRefuse } from '../../../src/store/engine.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { accessTokenRow, codeRow, refreshTokenRow } from '../rows.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

let serviceId = 0
beforeEach(() => {
  serviceId += 1
})

async function fill(sessionId: string) {
  const owner = { serviceId, clientId: 1, suffix: `-${sessionId}` }
  const grant = Grant.parse({ scopes: ['openid'], sessionId })
  const data = AuthorizationCode.parse({ grant, redirectUri: 'https://app.example.com/callback' })
  await opened.store.commit(
    opened.store.codes.insert({ ...codeRow(owner), sessionId, data }),
    opened.store.accessTokens.insert({ ...accessTokenRow(owner), sessionId }),
    opened.store.refreshTokens.insert({ ...refreshTokenRow(owner), sessionId }),
  )
}

async function left(sessionId: string) {
  const { accessTokens, refreshTokens, codes } = opened.store
  return [
    (await codes.find(serviceId, `code-1-${sessionId}`)) ? 1 : 0,
    await accessTokens.count(serviceId, { sessionId }),
    (await refreshTokens.findOf(serviceId, { sessionId })).length,
  ]
}

describe('end of a session', () => {
  it('deletes the codes and tokens of the session, and of no other session', async () => {
    await fill('one')
    await fill('other')
    await opened.store.commit(
      ...opened.store.sessionTokens.end({ serviceId, sessionId: 'one' }, 'deleted'),
    )
    expect(await left('one')).toEqual([0, 0, 0])
    expect(await left('other')).toEqual([1, 1, 1])
  })
})

describe('token as a guard', () => {
  it('is touched only while it belongs to the session', async () => {
    await fill('one')
    const refusal = new Error('It left.')
    const { accessTokens, refreshTokens, commit } = opened.store
    const access = (session: string) => accessTokens.requireIn(serviceId, session, 'access-1-one')
    const family = (session: string) => refreshTokens.requireIn(serviceId, session, 'family-1-one')
    await commit(orRefuse(access('one'), refusal), orRefuse(family('one'), refusal))
    for (const guard of [access('other'), family('other')]) {
      await expect(commit(orRefuse(guard, refusal))).rejects.toBe(refusal)
    }
    expect((await accessTokens.findOf(serviceId, { sessionId: 'one' })).length).toBe(1)
  })
})

describe.runIf(inject('dialect') === 'postgres')('commit during the end of a session', () => {
  /** Copies a token under another hash and family. */
  async function copy(client: pg.Client, name: 'accessTokens' | 'refreshTokens') {
    const { [name]: rows } = opened.engine.tables
    const columns = Object.values(getTableColumns(rows)).map((column) => column.name)
    const values = columns.map((column) =>
      /hash|family|tail/.test(column) ? `${column} || '-copy'` : column,
    )
    const table = getTableName(rows)
    await client.query(
      `insert into ${table} (${columns.join()})
        select ${values.join()} from ${table} where service_id = $1`,
      [serviceId],
    )
  }

  it.each([
    'update authorization_codes set consumed_at = 1',
    'update access_tokens set hash = hash',
    'update refresh_tokens set family_id = family_id',
  ])('leaves no tokens that it issued for the session: %s', async (guard) => {
    await fill('one')
    const client = new pg.Client({ connectionString: opened.url })
    await client.connect()
    try {
      await client.query('begin')
      await client.query(`${guard} where service_id = $1`, [serviceId])
      const ended = opened.store.commit(
        ...opened.store.sessionTokens.end({ serviceId, sessionId: 'one' }, 'deleted'),
      )
      const waiting = `
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1)
      await copy(client, 'accessTokens')
      await copy(client, 'refreshTokens')
      await client.query('commit')
      await ended
    } finally {
      await client.end()
    }
    expect((await left('one')).slice(1)).toEqual([0, 0])
  })
})
