/** Streams that are polled, RFC 8936, their status and their subjects, OpenID Shared Signals Framework §8.1. */
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issuer, requestToken, type TestService } from '../../support/flows.ts'
import {
  caep,
  claimsOf,
  contentOf,
  createReceiver,
  createTransmitter,
  openPushEndpoint,
  type PushEndpoint,
  push,
  pushAll,
  type Receiver,
  receiverWith,
  ssf,
  verified,
} from '../../support/security-events.ts'
import type { Json } from '../../support/server.ts'
import { openSession } from '../../support/sessions.ts'

let service: TestService
let receiver: Receiver
beforeEach(async () => {
  service = await createTransmitter()
  receiver = await createReceiver(service)
})
afterEach(() => service.close())

const sessionRevoked = caep('session-revoked')
const requested = { events_requested: [sessionRevoked] }

async function endSession(more: Json = {}): Promise<Json> {
  const opened = await openSession(service, more)
  await service.api('/session/delete', { sessionId: opened.sessionId })
  return opened
}
const poll = (content: Json = {}) => receiver.call('/poll', contentOf(content))
/** The claims of what a poll returns, each verified. */
async function polled(content: Json = {}): Promise<Json[]> {
  const { sets } = (await poll(content)).body
  const tokens = await Promise.all(
    Object.values<string>(sets).map((token) => verified(service, receiver, token)),
  )
  return tokens.map(({ payload }) => payload)
}
const sessionsIn = (claims: Json[]) => claims.map(({ sub_id }) => sub_id.session.id).sort()

describe('poll delivery', () => {
  it('returns events until they are acknowledged, by the identifiers of their tokens', async () => {
    await receiver.create(requested)
    expect((await poll()).body).toEqual({ sets: {}, moreAvailable: false })
    const { sessionId } = await endSession()
    const first = await poll({ returnImmediately: true })
    expect(first.status).toBe(200)
    expect((await poll()).body.sets).toEqual(first.body.sets)
    const [claims] = await polled()
    expect(Object.keys(first.body.sets)).toEqual([claims?.['jti']])
    expect(claims?.['sub_id'].session.id).toBe(sessionId)
    expect(await polled({ ack: [claims?.['jti']] })).toEqual([])
    expect(await polled()).toEqual([])
  })

  it('returns no event that the receiver could not process', async () => {
    await receiver.create(requested)
    await endSession()
    const [claims] = await polled()
    const setErrs = { [claims?.['jti']]: { err: 'invalid_key', description: 'unknown' } }
    expect(await polled({ setErrs })).toEqual([])
    expect(await polled()).toEqual([])
  })

  it('returns at most so many events as asked for, and says that there are more', async () => {
    await receiver.create(requested)
    for (let session = 0; session < 3; session += 1) await endSession()
    const { body } = await poll({ maxEvents: 2 })
    expect(Object.keys(body.sets)).toHaveLength(2)
    expect(body.moreAvailable).toBe(true)
    const last = (await poll({ ack: Object.keys(body.sets), maxEvents: 2 })).body
    expect(Object.keys(last.sets)).toHaveLength(1)
    expect(last.moreAvailable).toBe(false)
    expect((await poll({ ack: Object.keys(last.sets), maxEvents: 0 })).body).toEqual({
      sets: {},
      moreAvailable: false,
    })
  })

  it('acknowledges nothing of another receiver', async () => {
    await receiver.create(requested)
    const other = await createReceiver(service)
    await other.create(requested)
    await endSession()
    const [claims] = await polled()
    await other.call('/poll', contentOf({ ack: [claims?.['jti']] }))
    expect(await polled()).toHaveLength(1)
  })

  it('forgets an event a week after it happened', async () => {
    await receiver.create(requested)
    await endSession()
    service.system.clock.advance(7 * 86_400_000)
    const { client } = receiver
    const request = { grant_type: 'client_credentials', scope: 'ssf.read' }
    const { accessToken } = await requestToken(service, client, request)
    receiver = receiverWith(service, client, accessToken)
    expect(await polled()).toEqual([])
    await endSession()
    service.system.clock.advance(7 * 86_400_000)
    expect(await service.store.purge(service.system.clock())).toBeGreaterThan(0)
    const left = service.store.securityEvents.first(
      { serviceId: service.serviceId, clientId: client.clientId, status: 'enabled' },
      1,
    )
    expect(await left).toEqual([])
  })

  it('refuses a request without a valid token, with a broken body, or for a stream that is pushed', async () => {
    const { stream_id } = await receiver.create(requested)
    for (const token of ['', 'unknown']) {
      const by = receiverWith(service, receiver.client, token)
      const { status, headers } = await by.call('/poll', contentOf({}))
      expect(status).toBe(401)
      expect(headers['WWW-Authenticate']).toMatch(/^Bearer /)
    }
    expect((await receiver.call('/poll', contentOf('{'))).status).toBe(400)
    expect((await poll({ maxEvents: -1 })).status).toBe(400)
    const delivery = { method: push, endpoint_url: 'https://receiver.example.com/' }
    await receiver.stream('PATCH', { stream_id, delivery })
    expect((await poll()).status).toBe(400)
  })
})

describe('a stream whose receiver takes nothing', () => {
  it('keeps 10,000 events, and gets further ones once some are taken', async () => {
    await receiver.create(requested)
    await endSession()
    const columns = `service_id, client_id, %, event_id, type, subject, session_id, created_at,
      expires_at, attempts, due_at, sealed`
    await service.engine.run({
      sql: `insert into security_events (${columns.replace('%', 'set_id')})
        with recursive copies(place) as (
          select 1 union all select place + 1 from copies where place < 9999
        )
        select ${columns.replace('%', "'copy-' || place")} from copies, security_events
        returning 1`,
      params: [],
    })
    const { serviceId } = service
    const { clientId } = receiver.client
    const count = async () =>
      (await service.store.securityEvents.first({ serviceId, clientId, status: 'enabled' }, 20_000))
        .length
    expect(await count()).toBe(10_000)
    await endSession()
    expect(await count()).toBe(10_000)
    await poll({ ack: ['copy-1'], maxEvents: 0 })
    await endSession()
    expect(await count()).toBe(10_000)
    expect(await polled({ ack: ['copy-2'], maxEvents: 1 })).toHaveLength(1)
    expect(await count()).toBe(9_999)
  })
})

describe('stream status', () => {
  const read = (streamId: string) => receiver.call('/status', { method: 'GET', streamId })
  const set = (content: Json | string) =>
    receiver.call('/status', { method: 'POST', ...contentOf(content) })

  it('is read and changed by the receiver, with its reason', async () => {
    const { stream_id } = await receiver.create(requested)
    expect(await read(stream_id)).toMatchObject({
      status: 200,
      body: { stream_id, status: 'enabled' },
    })
    for (const status of ['paused', 'disabled', 'enabled']) {
      const changed = await set({ stream_id, status, reason: 'A reason' })
      expect(changed.status).toBe(200)
      expect(changed.body).toEqual({ stream_id, status, reason: 'A reason' })
      expect((await read(stream_id)).body).toEqual(changed.body)
    }
    const { body } = await set({ stream_id, status: 'enabled' })
    expect(body).toEqual({ stream_id, status: 'enabled' })
  })

  it('is not told or changed of an unknown stream, without a token, or by a broken body', async () => {
    const { stream_id } = await receiver.create(requested)
    const other = await createReceiver(service)
    const by = receiverWith(service, receiver.client, 'unknown')
    expect((await read('unknown')).status).toBe(404)
    expect((await set({ stream_id: 'unknown', status: 'paused' })).status).toBe(404)
    expect((await other.call('/status', { method: 'GET', streamId: stream_id })).status).toBe(404)
    expect((await by.call('/status', { method: 'GET', streamId: stream_id })).status).toBe(401)
    const content = contentOf({ stream_id, status: 'paused' })
    expect((await by.call('/status', { method: 'POST', ...content })).status).toBe(401)
    expect((await set('{')).status).toBe(400)
    expect((await set({ stream_id, status: 'unknown' })).status).toBe(400)
    const reading = await createReceiver(service, { scope: 'ssf.read' })
    expect((await reading.call('/status', { method: 'POST', ...content })).status).toBe(403)
  })

  it('holds events while it is paused, also those that are asked for then', async () => {
    const { stream_id } = await receiver.create(requested)
    const before = await endSession()
    await set({ stream_id, status: 'paused' })
    const held = await endSession()
    const verification = contentOf({ stream_id, state: 'held' })
    expect((await receiver.call('/verification', verification)).status).toBe(204)
    expect(await polled()).toEqual([])
    await set({ stream_id, status: 'enabled' })
    const told = await polled()
    const sessions = sessionsIn(told.filter(({ events }) => events[sessionRevoked]))
    expect(sessions).toEqual([before.sessionId, held.sessionId].sort())
    expect(told.flatMap(({ events }) => events[ssf('verification')] ?? [])).toEqual([
      { state: 'held' },
    ])
  })

  it('drops events while it is disabled', async () => {
    const { stream_id } = await receiver.create(requested)
    await endSession()
    await set({ stream_id, status: 'disabled' })
    await endSession()
    await receiver.call('/verification', contentOf({ stream_id }))
    expect(await polled()).toEqual([])
    await set({ stream_id, status: 'enabled' })
    expect(await polled()).toEqual([])
    const { sessionId } = await endSession()
    expect(sessionsIn(await polled())).toEqual([sessionId])
  })

  describe('of a stream that is pushed', () => {
    let endpoint: PushEndpoint
    beforeEach(async () => {
      endpoint = await openPushEndpoint()
    })
    afterEach(() => endpoint.close())

    it('sends what was held once the stream is enabled', async () => {
      const delivery = { method: push, endpoint_url: endpoint.url }
      const { stream_id } = await receiver.create({ ...requested, delivery })
      await set({ stream_id, status: 'paused' })
      const { sessionId } = await endSession()
      await pushAll(service)
      expect(endpoint.pushed).toEqual([])
      await set({ stream_id, status: 'enabled' })
      await pushAll(service)
      expect(sessionsIn(await claimsOf(service, receiver, endpoint))).toEqual([sessionId])
    })
  })
})

describe('subjects of a stream', () => {
  const change = (how: 'add' | 'remove', content: Json) =>
    receiver.call(`/subjects/${how}`, contentOf(content))
  const user = (sub: string) => ({ format: 'iss_sub', iss: issuer, sub })

  it('are all by default, but those that the receiver removed', async () => {
    const { stream_id } = await receiver.create(requested)
    expect((await change('remove', { stream_id, subject: user('alice') })).status).toBe(204)
    await endSession({ subject: 'alice' })
    expect(await polled()).toEqual([])
    const { sessionId } = await endSession({ subject: 'bob' })
    expect(sessionsIn(await polled())).toEqual([sessionId])
    expect((await change('add', { stream_id, subject: user('alice') })).status).toBe(200)
    await endSession({ subject: 'alice' })
    expect(await polled()).toHaveLength(2)
  })

  it('are none by default where the service says so, but those that the receiver added', async () => {
    await service.close()
    service = await createTransmitter({ 'ext.ssf.default_subjects': 'NONE' })
    receiver = await createReceiver(service)
    const { stream_id } = await receiver.create(requested)
    const subject = { sub: 'alice', format: 'iss_sub', iss: issuer }
    expect((await change('add', { stream_id, subject, verified: true })).status).toBe(200)
    expect((await change('add', { stream_id, subject: user('alice') })).status).toBe(200)
    await endSession({ subject: 'bob' })
    const { sessionId } = await endSession({ subject: 'alice' })
    expect(sessionsIn(await polled())).toEqual([sessionId])
    expect((await change('remove', { stream_id, subject: user('alice') })).status).toBe(204)
    expect(await polled()).toEqual([])
    const verification = contentOf({ stream_id })
    expect((await receiver.call('/verification', verification)).status).toBe(204)
    expect(await polled()).toHaveLength(1)
  })

  it('have a format of RFC 9493, alone or in a complex subject', async () => {
    const { stream_id } = await receiver.create(requested)
    const email = { format: 'email', email: 'alice@example.com' }
    const good = [email, { format: 'complex', user: email, device: { format: 'opaque', id: '1' } }]
    for (const subject of good) {
      expect((await change('remove', { stream_id, subject })).status).toBe(204)
    }
    const bad = [
      ...[{}, 'alice', { format: 'email' }, { format: 'unknown', id: '1' }],
      ...[{ format: 'complex' }, { format: 'complex', user: 'alice' }],
      { format: 'opaque', id: '1', more: 'x'.repeat(9_000) },
    ]
    for (const subject of bad) {
      expect((await change('add', { stream_id, subject })).status).toBe(400)
    }
  })

  it('are not changed of an unknown stream, or without a token', async () => {
    await receiver.create(requested)
    const content = { stream_id: 'unknown', subject: user('alice') }
    const by = receiverWith(service, receiver.client, 'unknown')
    for (const how of ['add', 'remove'] as const) {
      expect((await change(how, content)).status).toBe(404)
      expect((await by.call(`/subjects/${how}`, contentOf(content))).status).toBe(401)
    }
  })

  it('are limited in number', async () => {
    const { stream_id } = await receiver.create(requested)
    const { engine, serviceId } = service
    const { streamSubjects: t } = engine.tables
    const rows = Array.from({ length: 10_000 }, (_, place) => ({
      ...{ serviceId, clientId: receiver.client.clientId, subjectHash: `subject-${place}` },
      ...{ mode: 'REMOVED' as const, createdAt: 0 },
    }))
    for (let start = 0; start < rows.length; start += 1_000) {
      const batch = engine.build.insert(t).values(rows.slice(start, start + 1_000))
      await engine.run(batch.returning({ one: sql`1` }).toSQL())
    }
    const { status, body } = await change('remove', { stream_id, subject: user('alice') })
    expect(status).toBe(400)
    expect(body.error_description).toContain('P167109')
    expect((await change('add', { stream_id, subject: user('alice') })).status).toBe(200)
  })
})

describe('events of the frontend', () => {
  const send = (body: Json) => service.api('/ssf/event', body)

  it('reach the streams that want their type, with the subject of each receiver', async () => {
    const types = [caep('credential-change'), caep('token-claims-change')]
    await receiver.create({ events_requested: types })
    const other = await createReceiver(service, { subjectType: 'PAIRWISE' })
    await other.create({ events_requested: [caep('credential-change')] })
    const event = {
      ...{ credential_type: 'password', change_type: 'update', initiating_entity: 'user' },
      reason_admin: { en: 'The user changed the password.' },
    }
    const sent = await send({ type: 'credential-change', subject: 'alice', event })
    const claims = { role: 'admin' }
    const subId = { format: 'email', email: 'alice@example.com' }
    await send({ type: 'token-claims-change', subId, event: { claims }, txn: 'some-txn' })
    const told = await polled()
    expect(told).toHaveLength(2)
    const at = Math.floor(service.system.clock() / 1_000)
    expect(told).toContainEqual(
      expect.objectContaining({
        jti: expect.stringContaining(sent.eventId),
        txn: sent.txn,
        sub_id: { format: 'iss_sub', iss: issuer, sub: 'alice' },
        events: { [caep('credential-change')]: { event_timestamp: at, ...event } },
      }),
    )
    expect(told).toContainEqual(
      expect.objectContaining({
        txn: 'some-txn',
        sub_id: subId,
        events: { [caep('token-claims-change')]: { event_timestamp: at, claims } },
      }),
    )
    receiver = other
    const [pairwise, ...more] = await polled()
    expect(more).toEqual([])
    expect(pairwise?.['sub_id'].sub).toMatch(/^[\w-]{43}$/)
  })

  it('name a session where they are about one', async () => {
    await receiver.create({ ...requested })
    const sent = { type: 'session-revoked', subject: 'alice', sessionId: 'some-session' }
    await send(sent)
    const [told] = await polled()
    expect(told?.['sub_id']).toEqual({
      format: 'complex',
      user: { format: 'iss_sub', iss: issuer, sub: 'alice' },
      session: { format: 'opaque', id: 'some-session' },
    })
  })

  it('are refused if they are not as their type defines them, or name no subject, or two', async () => {
    const subId = { format: 'email', email: 'alice@example.com' }
    const event = { credential_type: 'password', change_type: 'update' }
    const type = 'credential-change'
    const bad = [
      { type, subject: 'alice' },
      { type, subject: 'alice', event: { ...event, change_type: 'other' } },
      { type, subject: 'alice', event: { ...event, reason_admin: {} } },
      { type, subject: 'alice', event: { ...event, event_timestamp: 1e12 } },
      { type, subject: 'alice', event: { ...event, more: 'x'.repeat(20_000) } },
      { type, event },
      { type, event, subject: 'alice', subId },
      { type, event, subId, sessionId: 'some-session' },
      { type: 'unknown', subject: 'alice' },
    ]
    for (const body of bad) {
      const { status } = await service.call('POST', `/api/${service.serviceId}/ssf/event`, body)
      expect(status).toBe(400)
    }
  })

  it('are refused where the service sends none, or none of the type', async () => {
    const { resultCode } = await send({ type: 'session-presented', subject: 'alice' })
    expect(resultCode).toBe('P167202')
    await service.configure({ attributes: [] })
    const none = await send({ type: 'session-revoked', subject: 'alice' })
    expect(none.resultCode).toBe('P167201')
  })
})
