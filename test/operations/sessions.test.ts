/** Sessions that Postern keeps: their life, their limits, and what is issued in them. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  authorize,
  createService,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const on = (more: Record<string, string> = {}) =>
  Object.entries({ 'ext.session.registry': 'on', ...more }).map(([key, value]) => ({ key, value }))

let service: TestService
let client: Json
let subject = ''
let subjects = 0
beforeAll(async () => {
  service = await createService({ attributes: on(), backchannelLogoutSupported: true })
  client = await service.client()
})
afterAll(() => service.close())
beforeEach(async () => {
  subjects += 1
  subject = `user-${subjects}`
  await service.configure({ attributes: on(), backchannelLogoutSupported: true })
})

const create = (more: Json = {}): Promise<Json> =>
  service.api('/session/create', { subject, ...more })
const get = (sessionId: string, more: Json = {}): Promise<Json> =>
  service.api('/session/get', { sessionId, ...more })
const end = (body: Json): Promise<Json> => service.api('/session/delete', body)
const introspect = async (token: string): Promise<string> =>
  (await service.api('/auth/introspection', { token })).action

describe('session/create', () => {
  it('creates a session with a random identifier and a browser state', async () => {
    const created = await create({ acr: 'urn:acr', amr: ['pwd'], authTime: 1_700_000_000 })
    expect(created).toMatchObject({
      action: 'CREATED',
      resultCode: 'P090901',
      session: { subject, status: 'LIVE', acr: 'urn:acr', amr: ['pwd'], authTime: 1_700_000_000 },
    })
    expect(created.session.sessionId).toMatch(/^[\w-]{22}$/)
    expect(created.browserState).toMatch(/^[\w-]{22}$/)
    expect(created.session.endsAt - created.session.createdAt).toBe(28_800_000)
  })

  it('answers EXISTS for an identifier in use, also after the end of its session', async () => {
    const sessionId = `taken-${subject}`
    expect(await create({ sessionId })).toMatchObject({ action: 'CREATED' })
    expect(await create({ sessionId })).toMatchObject({ action: 'EXISTS', resultCode: 'P090902' })
    await end({ sessionId })
    expect(await create({ sessionId })).toMatchObject({ action: 'EXISTS' })
  })

  it('ends the session that the browser had until now in the same transaction', async () => {
    const { session } = await create()
    await create({ replaces: session.sessionId })
    expect((await get(session.sessionId)).session).toMatchObject({
      status: 'ENDED',
      endReason: 'REPLACED',
    })
  })

  it('keeps the replaced session where the identifier of the new one is taken', async () => {
    const { session } = await create()
    const other = await create()
    const refused = await create({
      sessionId: other.session.sessionId,
      replaces: session.sessionId,
    })
    expect(refused.action).toBe('EXISTS')
    expect((await get(session.sessionId)).action).toBe('OK')
  })

  it('is refused while the service keeps no sessions', async () => {
    await service.configure({ attributes: [] })
    const path = `/api/${service.serviceId}/session/create`
    const { status, body } = await service.call('POST', path, { subject })
    expect([status, body.resultCode]).toEqual([400, 'P089004'])
  })

  it.each([
    [{ sessionId: 'with space' }],
    [{ sessionId: 'x'.repeat(256) }],
    [{ durationSeconds: 0 }],
    [{ durationSeconds: 2_592_001 }],
    [{ properties: Array.from({ length: 21 }, () => ({ key: 'k' })) }],
    [{ device: { name: 'x'.repeat(513) } }],
    [{ amr: [''] }],
  ])('refuses %j with HTTP 400', async (more) => {
    const path = `/api/${service.serviceId}/session/create`
    expect((await service.call('POST', path, { subject, ...more })).status).toBe(400)
  })

  it('ends the session that was used least recently beyond the maximum of the subject', async () => {
    await service.configure({ attributes: on({ 'ext.session.max_per_subject': '2' }) })
    const ids: string[] = []
    for (let made = 0; made < 3; made += 1) {
      ids.push((await create()).session.sessionId)
      service.system.clock.advance(1_000)
    }
    const states = await Promise.all(ids.map(async (id) => (await get(id)).session))
    expect(states.map(({ status }: Json) => status)).toEqual(['ENDED', 'LIVE', 'LIVE'])
    expect(states[0].endReason).toBe('LIMIT')
  })

  it('refuses a session beyond the maximum where the service says so', async () => {
    const attributes = on({
      'ext.session.max_per_subject': '1',
      'ext.session.overflow': 'refuse',
    })
    await service.configure({ attributes })
    await create()
    expect(await create()).toMatchObject({ action: 'LIMIT_REACHED', resultCode: 'P090903' })
  })
})

describe('session/get', () => {
  it('answers NOT_FOUND for an unknown session', async () => {
    expect(await get('unknown')).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P091903' })
  })

  it('answers ENDED with a new browser state once the session has expired', async () => {
    const { session } = await create({ durationSeconds: 10 })
    service.system.clock.advance(10_000)
    const got = await get(session.sessionId)
    expect(got).toMatchObject({ action: 'ENDED', session: { status: 'EXPIRED' } })
    expect(got.browserState).toMatch(/^[\w-]{22}$/)
  })

  it('puts off the expiry of an idle session with touch, at most once a minute', async () => {
    const { session } = await create({ idleSeconds: 100, durationSeconds: 150 })
    const { sessionId } = session
    service.system.clock.advance(59_000)
    expect((await get(sessionId, { touch: true })).session.expiresAt).toBe(session.expiresAt)
    service.system.clock.advance(1_000)
    const touched = (await get(sessionId, { touch: true })).session
    expect(touched.expiresAt).toBe(session.createdAt + 150_000)
    service.system.clock.advance(90_000)
    expect((await get(sessionId, { touch: true })).action).toBe('ENDED')
  })

  it('lists the clients that take part with withClients', async () => {
    const { session } = await create()
    const { sessionId } = session
    await obtainCode(service, client, {}, { subject, sessionId })
    const got = await get(sessionId, { withClients: true })
    expect(got.session.clients).toEqual([
      expect.objectContaining({ clientId: client.clientId, sid: sessionId }),
    ])
  })
})

describe('session/update', () => {
  const update = (body: Json): Promise<Json> => service.api('/session/update', body)

  it('changes what the call has, and nothing else', async () => {
    const { session } = await create({ acr: 'low', device: { name: 'Laptop', userAgent: 'UA' } })
    const updated = await update({ sessionId: session.sessionId, acr: 'high' })
    expect(updated).toMatchObject({
      action: 'OK',
      session: { acr: 'high', device: { name: 'Laptop', userAgent: 'UA' } },
    })
    expect(updated.browserState).toBeUndefined()
  })

  it('sets new limits from now', async () => {
    const { session } = await create()
    const limits = { durationSeconds: 600, idleSeconds: 60 }
    const updated = await update({
      sessionId: session.sessionId,
      ...limits,
      freshBrowserState: true,
    })
    const now = service.system.clock()
    expect(updated.session).toMatchObject({ endsAt: now + 600_000, expiresAt: now + 60_000 })
    expect(updated.browserState).toMatch(/^[\w-]{22}$/)
  })

  it('does not revive a session that has ended', async () => {
    const { session } = await create()
    await end({ sessionId: session.sessionId })
    const updated = await update({ sessionId: session.sessionId, acr: 'high' })
    expect(updated).toMatchObject({ action: 'ENDED' })
    expect(updated.session.acr).toBeUndefined()
    expect(await update({ sessionId: 'unknown' })).toMatchObject({ action: 'NOT_FOUND' })
  })
})

describe('session/list', () => {
  it('lists the sessions of a subject by status, the last used first', async () => {
    const first = (await create()).session.sessionId
    service.system.clock.advance(1_000)
    const second = (await create()).session.sessionId
    const list = async (more: Json = {}) =>
      (await service.api('/session/list', { subject, ...more })).sessions.map(
        ({ sessionId }: Json) => sessionId,
      )
    expect(await list()).toEqual([second, first])
    await end({ sessionId: second })
    expect(await list()).toEqual([first])
    expect(await list({ status: 'ENDED' })).toEqual([second])
    expect(await list({ status: 'ALL', start: 1, end: 2 })).toEqual([first])
  })

  it('lists the sessions that a client takes part in', async () => {
    const other = await service.client()
    const { session } = await create()
    await obtainCode(service, other, {}, { subject, sessionId: session.sessionId })
    const clientIdentifier = String(other.clientId)
    const listed = await service.api('/session/list', { clientIdentifier, withClients: true })
    expect(listed).toMatchObject({ action: 'OK', totalCount: 1 })
    expect(listed.sessions[0].clients[0].clientId).toBe(other.clientId)
    const none = await service.api('/session/list', { clientIdentifier: 'unknown' })
    expect(none).toMatchObject({ sessions: [], totalCount: 0 })
  })

  it('refuses a call that names neither subject nor client', async () => {
    const path = `/api/${service.serviceId}/session/list`
    const { status, body } = await service.call('POST', path, {})
    expect([status, body.resultCode]).toEqual([400, 'P091201'])
  })
})

describe('what is issued in a session', () => {
  it('needs a live session of the subject: else the client gets login_required', async () => {
    const { session } = await create()
    const { sessionId } = session
    const issue = async (body: Json) => {
      const { ticket } = await authorize(service, client)
      const issued = await service.api('/auth/authorization/issue', { ticket, subject, ...body })
      const again = await service.api('/auth/authorization/issue', { ticket, subject })
      expect(again.action).toBe('BAD_REQUEST')
      return [
        issued.action,
        issued.resultCode,
        new URL(issued.responseContent).searchParams.get('error'),
      ]
    }
    expect(await issue({ sessionId: 'unknown' })).toEqual(['LOCATION', 'P089003', 'login_required'])
    const other = { sessionId, subject: 'somebody-else' }
    expect(await issue(other)).toEqual(['LOCATION', 'P089002', 'login_required'])
    expect(await issue({ sessionId })).toEqual(['LOCATION', 'P033901', null])
    await end({ sessionId })
    expect(await issue({ sessionId })).toEqual(['LOCATION', 'P089001', 'login_required'])
  })

  it('ends with it: codes, access tokens and refresh tokens', async () => {
    const { sessionId } = (await create()).session
    const tokens = await obtainTokens(service, client, {}, { subject, sessionId })
    const code = await obtainCode(service, client, {}, { subject, sessionId })
    expect(await introspect(tokens.accessToken)).toBe('OK')
    const ended = await end({ sessionId })
    expect(ended).toMatchObject({ action: 'OK', count: 1, tokenCount: 2 })
    expect(await introspect(tokens.accessToken)).toBe('UNAUTHORIZED')
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('BAD_REQUEST')
    expect((await redeem(service, client, code)).action).toBe('BAD_REQUEST')
    expect(await end({ sessionId })).toMatchObject({ action: 'OK', count: 0, tokenCount: 0 })
    expect(await end({ sessionId: 'unknown' })).toMatchObject({ action: 'NOT_FOUND' })
  })

  it('outlives it with offline_access (OIDC Back-Channel Logout §2.7)', async () => {
    const { sessionId } = (await create()).session
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const tokens = await obtainTokens(service, client, offline, { subject, sessionId })
    expect(await end({ sessionId })).toMatchObject({ count: 1, tokenCount: 0 })
    expect(await introspect(tokens.accessToken)).toBe('OK')
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('OK')
  })

  it('ends with it in spite of offline_access where the call says so', async () => {
    const { sessionId } = (await create()).session
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const tokens = await obtainTokens(service, client, offline, { subject, sessionId })
    expect(await end({ sessionId, revokeOffline: true })).toMatchObject({ tokenCount: 2 })
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('BAD_REQUEST')
  })

  it('is refreshed only while the session lives, where the service binds it', async () => {
    await service.configure({ attributes: on({ 'ext.session.refresh': 'bound' }) })
    const { sessionId } = (await create({ idleSeconds: 100 })).session
    const tokens = await obtainTokens(service, client, {}, { subject, sessionId })
    service.system.clock.advance(60_000)
    const refreshed = await refresh(service, client, tokens.refreshToken)
    expect(refreshed.action).toBe('OK')
    service.system.clock.advance(60_000)
    expect((await get(sessionId)).action).toBe('OK')
    service.system.clock.advance(60_000)
    const late = await refresh(service, client, refreshed.refreshToken)
    expect([late.action, late.resultCode]).toEqual(['BAD_REQUEST', 'P089005'])
    expect(JSON.parse(late.responseContent).error).toBe('invalid_grant')
  })

  it('includes tokens that the caller creates', async () => {
    const { sessionId } = (await create()).session
    const body = { grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject, sessionId }
    const created = await service.api('/auth/token/create', body)
    expect(created.action).toBe('OK')
    const clients = (await get(sessionId, { withClients: true })).session.clients
    expect(clients.map(({ clientId }: Json) => clientId)).toEqual([client.clientId])
    await end({ sessionId })
    expect(await introspect(created.accessToken)).toBe('UNAUTHORIZED')
    const refused = await service.api('/auth/token/create', body)
    expect([refused.action, refused.resultCode]).toEqual(['BAD_REQUEST', 'P089001'])
  })
})

describe('session/delete', () => {
  it('ends the sessions of a subject, but for one', async () => {
    const [one, two, three] = await Promise.all([create(), create(), create()])
    const kept = two.session.sessionId
    expect(await end({ subject, exceptSessionId: kept })).toMatchObject({ action: 'OK', count: 2 })
    expect((await get(kept)).action).toBe('OK')
    expect((await get(one.session.sessionId)).session.endReason).toBe('ADMIN')
    expect((await get(three.session.sessionId)).action).toBe('ENDED')
  })

  it('ends the part of one client, and the session goes on', async () => {
    const other = await service.client()
    const { sessionId } = (await create()).session
    const mine = await obtainTokens(service, client, {}, { subject, sessionId })
    const theirs = await obtainTokens(service, other, {}, { subject, sessionId })
    const clientIdentifier = String(client.clientId)
    const left = await end({ sessionId, clientIdentifier })
    expect(left).toMatchObject({ action: 'OK', count: 0, tokenCount: 2 })
    expect(await introspect(mine.accessToken)).toBe('UNAUTHORIZED')
    expect(await introspect(theirs.accessToken)).toBe('OK')
    const { action, session } = await get(sessionId, { withClients: true })
    expect([action, session.clients.length]).toEqual(['OK', 1])
  })

  it('removes what is kept about ended sessions of a subject with erase', async () => {
    const { sessionId } = (await create({ device: { name: 'Laptop', ipAddress: '192.0.2.1' } }))
      .session
    await end({ subject })
    expect((await get(sessionId)).session.device).toEqual({ name: 'Laptop' })
    expect(await end({ subject, erase: true })).toMatchObject({ action: 'OK', count: 0 })
    expect((await get(sessionId)).action).toBe('NOT_FOUND')
  })

  it('refuses a call that names both or neither of sessionId and subject', async () => {
    const path = `/api/${service.serviceId}/session/delete`
    for (const body of [{}, { sessionId: 'a', subject }]) {
      const reply = await service.call('POST', path, body)
      expect([reply.status, reply.body.resultCode]).toEqual([400, 'P092001'])
    }
    const unknown = await service.call('POST', path, { subject, clientIdentifier: 'unknown' })
    expect([unknown.status, unknown.body.resultCode]).toEqual([400, 'P092002'])
  })
})

describe('sessions in other operations', () => {
  it('are shown with an authorization request, so that the frontend need not ask', async () => {
    const { session } = await create({ acr: 'high', authTime: 1_700_000_000, amr: ['pwd'] })
    const ask = async (sessionId: string) =>
      (
        await service.api('/auth/authorization', {
          parameters: authorizationRequest(client),
          sessionId,
        })
      ).session
    expect(await ask(session.sessionId)).toEqual({
      ...{ live: true, subject, acr: 'high', authTime: 1_700_000_000 },
      amr: ['pwd'],
    })
    await end({ sessionId: session.sessionId })
    expect(await ask(session.sessionId)).toEqual({ live: false })
    expect(await ask('unknown')).toEqual({ live: false })
  })

  it('are named by introspection and by the list of tokens, until a token outlives them', async () => {
    const { sessionId } = (await create()).session
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const { accessToken } = await obtainTokens(service, client, offline, { subject, sessionId })
    const seen = async () =>
      (await service.api('/auth/introspection', { token: accessToken })).sessionId
    const path = `/api/${service.serviceId}/auth/token/get/list?sessionId=${sessionId}`
    expect(await seen()).toBe(sessionId)
    const { accessTokens } = await service.get(path)
    expect(accessTokens).toEqual([expect.objectContaining({ sessionId, subject })])
    await end({ sessionId })
    expect(await seen()).toBeUndefined()
    expect((await service.get(path)).totalCount).toBe(0)
  })

  it('lose their tokens to auth/token/revoke, and go on', async () => {
    const { sessionId } = (await create()).session
    const other = await service.client()
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const mine = await obtainTokens(service, client, offline, { subject, sessionId })
    const theirs = await obtainTokens(service, other, {}, { subject, sessionId })
    const revoke = (more: Json = {}) => service.api('/auth/token/revoke', { sessionId, ...more })
    expect((await revoke({ clientIdentifier: String(client.clientId) })).count).toBe(1)
    expect(await introspect(mine.accessToken)).toBe('UNAUTHORIZED')
    expect(await introspect(theirs.accessToken)).toBe('OK')
    expect((await revoke()).count).toBe(1)
    expect(await introspect(theirs.accessToken)).toBe('UNAUTHORIZED')
    expect((await get(sessionId)).action).toBe('OK')
    const path = `/api/${service.serviceId}/auth/token/revoke`
    const reply = await service.call('POST', path, { sessionId, subject })
    expect([reply.status, reply.body.resultCode]).toEqual([400, 'P048002'])
  })

  it('end with nativesso/logout, tokens with offline_access included', async () => {
    const { sessionId } = (await create()).session
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const { accessToken } = await obtainTokens(service, client, offline, { subject, sessionId })
    expect(await service.api('/nativesso/logout', { sessionId })).toMatchObject({ count: 2 })
    expect(await introspect(accessToken)).toBe('UNAUTHORIZED')
    expect((await get(sessionId)).session.endReason).toBe('LOGOUT')
  })

  it('are left out of ID Tokens once they have ended', async () => {
    const { sessionId } = (await create()).session
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const tokens = await obtainTokens(service, client, offline, { subject, sessionId })
    expect(decodeJwt(tokens.idToken)['sid']).toBe(sessionId)
    const first = await refresh(service, client, tokens.refreshToken)
    expect(decodeJwt(first.idToken)['sid']).toBe(sessionId)
    await end({ sessionId })
    const second = await refresh(service, client, first.refreshToken)
    expect(decodeJwt(second.idToken)['sid']).toBeUndefined()
  })
})
