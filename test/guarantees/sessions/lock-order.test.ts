/**
 * Commits about one session lock rows in one order, so that none waits for another that waits for
 * it: PostgreSQL would notice after a second, which is how long a call may take at most.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createService, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'

let opened: TestStore
let service: TestService
let other: pg.Client
/** A transaction sees only one state of who waits: this one has none. */
let watcher: pg.Client
beforeAll(async () => {
  if (inject('dialect') === 'sqlite') return
  opened = await openTestStore()
  service = await createService(withSessions(), { on: opened })
  const connected = async () => {
    const client = new pg.Client({ connectionString: opened.url })
    await client.connect()
    return client
  }
  other = await connected()
  watcher = await connected()
})
afterAll(async () => {
  if (inject('dialect') === 'sqlite') return
  await other.end()
  await watcher.end()
  await service.close()
})

const waiting = `select 1 from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`

/** Another commit locks `first`; while the call waits for it, it locks `then` as well. */
async function between(first: string, then: string, call: () => Promise<Json>): Promise<Json> {
  await other.query('begin')
  await other.query(first)
  const called = call()
  await expect.poll(async () => (await watcher.query(waiting)).rowCount).toBe(1)
  await other.query(`set local lock_timeout = '300ms'`)
  await other.query(then)
  await other.query('commit')
  return called
}

const lockSession = (sessionId: string) =>
  `update sessions set subject = subject where session_id = '${sessionId}'`
/** The row by which calls about several sessions of a subject wait for each other. */
const lockSubject = `update attempts set attempted = attempted`

describe.runIf(inject('dialect') === 'postgres')('an end that has locked', () => {
  it('its session also gets the tokens of a refresh that is bound to it', async () => {
    await service.configure(withSessions({ 'ext.session.refresh': 'bound' }))
    const client = await service.client()
    const session = await openSession(service)
    const { refreshToken } = await obtainTokens(service, client, {}, session)
    const lockTokens = `update refresh_tokens set family_id = family_id`
    const refreshed = await between(lockSession(session.sessionId), lockTokens, () =>
      refresh(service, client, refreshToken),
    )
    expect(refreshed.action).toBe('OK')
  })

  it('the sessions of a subject also gets the one that a new session replaces', async () => {
    await service.configure(withSessions({ 'ext.session.overflow': 'refuse' }))
    const { subject, sessionId } = await openSession(service)
    const created = await between(lockSubject, lockSession(sessionId), () =>
      service.api('/session/create', { subject, replaces: sessionId }),
    )
    expect(created.action).toBe('CREATED')
  })

  it('the sessions of a subject also gets those that a client leaves', async () => {
    await service.configure(withSessions())
    const client = await service.client()
    const { subject, sessionId } = await openSession(service)
    await obtainTokens(service, client, {}, { subject, sessionId })
    await service.api('/session/delete', { subject, exceptSessionId: sessionId })
    const clientIdentifier = String(client.clientId)
    const left = await between(lockSubject, lockSession(sessionId), () =>
      service.api('/session/delete', { subject, clientIdentifier }),
    )
    expect(left.action).toBe('OK')
  })
})
