/** Events: written in the commit of a change, and delivered by Standard Webhooks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliverEvents } from '../../../src/process/events/event-outbox.ts'
import { createService, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'
import { type Receiver, reaching, receiveEvents } from '../../support/webhooks.ts'

const day = 86_400_000

let service: TestService
let receiver: Receiver
beforeEach(async () => {
  receiver = await receiveEvents()
  service = await createService(withSessions())
  // Receivers compare timestamps with their own clocks.
  service.system.clock.set(Date.now())
})
afterEach(async () => {
  await receiver.close()
  await service.close()
})

const subscribe = (more: Json = {}) =>
  service.api('/events/endpoint/create', { url: receiver.url, ...more })
const deliver = () => deliverEvents(service.store, reaching(service.system))
const list = (more: Json = {}) => service.api('/events/delivery/list', { end: 100, ...more })
const retry = (body: Json) => service.api('/events/delivery/retry', body)

/** The types and the data of what the receiver got, in no order. */
async function told(): Promise<Json[]> {
  await deliver()
  const events = receiver.received.map(({ event }) => ({ type: event.type, ...event.data }))
  return events.sort((a, b) => a.type.localeCompare(b.type))
}

describe('event', () => {
  it('is delivered with a signature that the library of Standard Webhooks verifies', async () => {
    const { secret } = await subscribe()
    const client = await service.client()
    await deliver()
    const [message] = receiver.received
    expect(receiver.received).toHaveLength(1)
    if (!message) return
    receiver.verify(message, secret)
    expect(() => receiver.verify({ ...message, body: `${message.body} ` }, secret)).toThrow()
    expect(message.event).toEqual({
      type: 'client.created',
      timestamp: new Date(service.system.clock()).toISOString(),
      data: {
        serviceId: service.serviceId,
        clientId: client.clientId,
        requestId: expect.any(String),
      },
    })
    expect(message.headers['content-type']).toBe('application/json')
    await deliver()
    expect(receiver.received).toHaveLength(1)
  })

  it('tells of each change of a client, and of its lock', async () => {
    const { clientId } = await service.client()
    await subscribe()
    const serviceId = service.serviceId
    const flag = `/client/lock_flag/update/${clientId}`
    await service.api(flag, { clientLocked: true })
    await service.api(flag, { clientLocked: true })
    await service.api(flag, { clientLocked: false })
    await service.get(`/api/${serviceId}/client/secret/refresh/${clientId}`)
    await service.call('DELETE', `/api/${serviceId}/client/delete/${clientId}`)
    const types = (await told()).map((event) => [event.type, event.clientId])
    expect(types).toEqual([
      ['client.deleted', clientId],
      ['client.locked', clientId],
      ['client.secret_rotated', clientId],
      ['client.unlocked', clientId],
    ])
  })

  it('tells of tokens that a client revokes, by their hashes', async () => {
    const client = await service.client()
    const tokens = await obtainTokens(service, client)
    await subscribe()
    const revoke = (token: string) =>
      service.api('/auth/revocation', {
        parameters: `token=${token}`,
        clientId: String(client.clientId),
        clientSecret: client.clientSecret,
      })
    await revoke('unknown')
    await revoke(tokens.accessToken)
    const { clientId } = client
    const [event, ...others] = await told()
    expect(others).toEqual([])
    expect(event).toMatchObject({ type: 'token.revoked', clientId })
    expect(event.tokenHash).toMatch(/^[\w-]{43}$/)
    expect(receiver.received[0]?.body).not.toContain(tokens.accessToken)
  })

  it('tells of a refresh token that was presented again after its rotation', async () => {
    await service.configure({ ...withSessions(), refreshTokenKept: false })
    const client = await service.client()
    const { refreshToken } = await obtainTokens(service, client)
    await subscribe()
    await refresh(service, client, refreshToken)
    service.system.clock.advance(120_000)
    await refresh(service, client, refreshToken)
    expect(await told()).toMatchObject([{ type: 'refresh.replayed', clientId: client.clientId }])
  })

  it('tells of the end of a session once, and of no session that had ended before', async () => {
    const { sessionId, subject } = await openSession(service)
    await openSession(service, { subject })
    await subscribe()
    await service.api('/session/delete', { sessionId })
    await service.api('/session/delete', { sessionId })
    await service.api('/session/delete', { subject })
    await service.api('/session/delete', { subject })
    const events = await told()
    expect(events.map(({ type }) => type)).toEqual(['session.ended', 'session.ended'])
    expect(events.map((event) => event.sessionId)).toContain(sessionId)
    expect(receiver.received.map(({ body }) => body).join()).not.toContain(subject)
  })

  it('tells of changed settings and of keys', async () => {
    await subscribe()
    await service.configure({ ...withSessions(), serviceName: 'Another name' })
    await service.api('/service/keys/generate', { set: 'protocol', alg: 'PS256' })
    const types = (await told()).map(({ type }) => type)
    expect(types).toEqual(['key.created', 'service.updated'])
  })

  it('is not written for an endpoint that wants other types, or is disabled', async () => {
    await subscribe({ types: ['grant.revoked'] })
    await subscribe({ disabled: true })
    await service.client()
    expect(await list()).toMatchObject({ deliveries: [], pendingCount: 0 })
  })

  it('is not delivered to endpoints of other services', async () => {
    await subscribe()
    const other = await createService({}, service)
    await other.client()
    expect(await told()).toEqual([])
    const seen = await list()
    const seenByOther = await other.api('/events/delivery/list', {})
    expect([seen.deliveries, seenByOther.deliveries]).toEqual([[], []])
  })
})

describe('delivery', () => {
  it('is repeated with the same identifier until the endpoint accepts it', async () => {
    const { endpointId } = await subscribe()
    await service.client()
    receiver.answer(503)
    await deliver()
    const { deliveries } = await list()
    expect(deliveries).toMatchObject([
      { endpointId, type: 'client.created', status: 'PENDING', attempts: 1, lastStatus: 503 },
    ])
    await deliver()
    expect(receiver.received).toHaveLength(1)
    receiver.answer(204)
    service.system.clock.set(deliveries[0].nextAttemptAt)
    await deliver()
    const ids = new Set(receiver.received.map(({ id }) => id))
    expect([receiver.received.length, [...ids]]).toEqual([2, [deliveries[0].eventId]])
    expect(await list()).toMatchObject({ deliveries: [{ status: 'DELIVERED' }], pendingCount: 0 })
  })

  it('waits as long as the endpoint asks, and is parked after three days', async () => {
    await subscribe()
    await service.client()
    const start = service.system.clock()
    receiver.answer(429, { 'retry-after': '3600' })
    await deliver()
    const [first] = (await list()).deliveries
    expect(first.nextAttemptAt).toBeGreaterThanOrEqual(start + 3_600_000)
    receiver.answer(500)
    let last = first
    while (last.status === 'PENDING') {
      service.system.clock.set(last.nextAttemptAt)
      await deliver()
      last = (await list()).deliveries[0]
    }
    expect(last).toMatchObject({ status: 'PARKED', lastStatus: 500, lastError: 'status' })
    expect(last.attempts).toBeGreaterThan(8)
    expect(last.finishedAt).toBeGreaterThan(start + 2 * day)
    expect(last.finishedAt).toBeLessThanOrEqual(start + 3 * day)
    expect(await list({ status: 'PARKED' })).toMatchObject({ parkedCount: 1 })
  })

  it('is parked if the endpoint answers 410, which disables the endpoint', async () => {
    const { endpointId } = await subscribe()
    await service.client()
    receiver.answer(410)
    await deliver()
    expect(await list()).toMatchObject({ deliveries: [{ status: 'PARKED', lastStatus: 410 }] })
    const shown = await service.api('/events/endpoint/get', { endpointId })
    expect(shown.disabled).toBe(true)
    await service.client()
    expect((await list()).deliveries).toHaveLength(1)
    const { records } = await service.get(
      `/api/${service.serviceId}/audit?type=event_endpoint.disabled`,
    )
    expect(records).toMatchObject([{ target: { kind: 'event_endpoint', id: String(endpointId) } }])
  })

  it('is sent again by the identifier of its event, and with all parked ones', async () => {
    const { endpointId } = await subscribe()
    await service.client()
    await deliver()
    const [{ eventId }] = (await list()).deliveries
    expect(await retry({ eventIds: [eventId] })).toMatchObject({ count: 1 })
    expect(await retry({ eventIds: [eventId] })).toMatchObject({ count: 0 })
    receiver.answer(410)
    await deliver()
    expect(receiver.received.map(({ id }) => id)).toEqual([eventId, eventId])
    await service.api('/events/endpoint/update', { endpointId, url: receiver.url })
    receiver.answer(204)
    expect(await retry({ endpointId, status: 'PARKED' })).toMatchObject({ count: 1 })
    await deliver()
    expect(await list()).toMatchObject({ deliveries: [{ status: 'DELIVERED', attempts: 1 }] })
  })

  it('is refused a repetition without a name, and of unknown events', async () => {
    const { endpointId } = await subscribe()
    expect(await retry({})).toMatchObject({ resultCode: 'P164101' })
    expect(await retry({ status: 'PARKED' })).toMatchObject({ resultCode: 'P164101' })
    expect(await retry({ eventIds: ['evt_unknown'] })).toMatchObject({ resultCode: 'P164102' })
    expect(await retry({ endpointId, status: 'PARKED' })).toMatchObject({ count: 0 })
  })

  it('to an endpoint that was deleted is dropped, and of one that is disabled is parked', async () => {
    const first = await subscribe()
    const second = await subscribe()
    await service.client()
    await service.api('/events/endpoint/delete', { endpointId: first.endpointId })
    const { endpointId } = second
    await service.api('/events/endpoint/update', { endpointId, url: receiver.url, disabled: true })
    await deliver()
    expect(receiver.received).toEqual([])
    const { deliveries } = await list()
    expect(deliveries).toMatchObject([{ endpointId, status: 'PARKED', lastError: 'disabled' }])
  })

  it('is signed by both secrets while a rotation lasts, then by the new one', async () => {
    const { endpointId, secret: former } = await subscribe()
    const { secret, formerSecretUntil } = await service.api('/events/endpoint/rotate', {
      endpointId,
      graceSeconds: 60,
    })
    expect(secret).not.toBe(former)
    expect(formerSecretUntil).toBe(service.system.clock() + 60_000)
    await service.client()
    await deliver()
    service.system.clock.advance(60_000)
    await service.client()
    await deliver()
    const [during, after] = receiver.received
    if (!during || !after) throw new Error('Two messages are expected.')
    receiver.verify(during, former)
    receiver.verify(during, secret)
    receiver.verify(after, secret)
    expect(() => receiver.verify(after, former)).toThrow()
  })

  it('to an endpoint that does not answer delays no other endpoint', async () => {
    const dead = await receiveEvents()
    await dead.close()
    for (let count = 0; count < 5; count += 1) await subscribe({ url: dead.url })
    await subscribe()
    for (let count = 0; count < 10; count += 1) await service.client()
    await deliver()
    expect(receiver.received).toHaveLength(10)
    expect(await list()).toMatchObject({ pendingCount: 50 })
  })

  it('goes with its service', async () => {
    await subscribe()
    await service.client()
    await service.call('DELETE', `/api/service/delete/${service.serviceId}`)
    const { eventEndpoints, events, eventDeliveries } = service.engine.tables
    for (const table of [eventEndpoints, events, eventDeliveries]) {
      expect(await service.engine.read.select().from(table)).toEqual([])
    }
  })

  it('is swept after 14 days, with its event', async () => {
    await subscribe()
    await service.client()
    const { clock } = service.system
    const rows = async () => {
      const { events, eventDeliveries } = service.engine.tables
      const counts = [events, eventDeliveries].map((table) =>
        service.engine.read.select().from(table as typeof events),
      )
      return (await Promise.all(counts)).map(({ length }) => length)
    }
    await service.store.purge(clock() + 14 * day - 1)
    expect(await rows()).toEqual([1, 1])
    await service.store.purge(clock() + 14 * day)
    expect(await rows()).toEqual([0, 0])
  })
})
