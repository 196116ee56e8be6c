/** Streams that an operator stops, OpenID Shared Signals Framework §8.1.5, and locked clients. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TestService } from '../../support/flows.ts'
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
  ssf,
  verified,
} from '../../support/security-events.ts'
import type { Json } from '../../support/server.ts'
import { openSession } from '../../support/sessions.ts'

let service: TestService
let receiver: Receiver
let endpoint: PushEndpoint
beforeEach(async () => {
  service = await createTransmitter()
  receiver = await createReceiver(service)
  endpoint = await openPushEndpoint()
})
afterEach(async () => {
  await endpoint.close()
  await service.close()
})

const sessionRevoked = caep('session-revoked')
const streamUpdated = ssf('stream-updated')
const createStream = (more: Json = {}) =>
  receiver.create({ events_requested: [sessionRevoked], ...more })
const pushed = () => ({
  delivery: { method: push, endpoint_url: endpoint.url, authorization_header: 'Bearer receiver' },
})

async function endSession(): Promise<string> {
  const { sessionId } = await openSession(service)
  await service.api('/session/delete', { sessionId })
  return sessionId
}
const setStatus = (status: string, more: Json = {}) => {
  const { clientId } = receiver.client
  return service.api('/ssf/stream/status/update', { clientId, status, ...more })
}
/** The claims of the tokens of a poll, which acknowledges the former ones. */
async function take(ack: string[] = []): Promise<Json[]> {
  const { sets } = (await receiver.call('/poll', contentOf({ ack }))).body
  const tokens = Object.values<string>(sets).map((token) => verified(service, receiver, token))
  return (await Promise.all(tokens)).map(({ payload }) => payload)
}
const typesOf = (claims: Json[]) => claims.flatMap(({ events }) => Object.keys(events))
const namesOf = (claims: Json[]) => claims.map(({ jti }) => jti)

describe('a stream that an operator stops', () => {
  it('tells its receiver so, and keeps all else until it is enabled', async () => {
    const { stream_id } = await createStream()
    await endSession()
    const paused = await setStatus('paused', { reason: 'Maintenance' })
    expect(paused).toMatchObject({ status: 'paused', reason: 'Maintenance' })
    const [told, ...more] = await take()
    expect(more).toEqual([])
    expect(told?.['sub_id']).toEqual({ format: 'opaque', id: stream_id })
    expect(told?.['events']).toEqual({
      [streamUpdated]: { status: 'paused', reason: 'Maintenance' },
    })
    expect(await take([told?.['jti']])).toEqual([])
    await setStatus('enabled')
    expect(typesOf(await take()).sort()).toEqual([sessionRevoked, streamUpdated])
  })

  it('tells so by a push, even if it is disabled, and pushes nothing else', async () => {
    await createStream(pushed())
    await endSession()
    await setStatus('disabled')
    await endSession()
    await pushAll(service)
    const claims = await claimsOf(service, receiver, endpoint)
    expect(claims.map(({ events }) => events)).toEqual([
      { [streamUpdated]: { status: 'disabled' } },
    ])
    expect(endpoint.pushed[0]?.headers.authorization).toBe('Bearer receiver')
    await pushAll(service)
    expect(endpoint.pushed).toHaveLength(1)
  })

  it('tells nothing if it had the status, or if its receiver asked for it', async () => {
    const { stream_id } = await createStream()
    await setStatus('enabled', { reason: 'As before' })
    const content = contentOf({ stream_id, status: 'paused' })
    await receiver.call('/status', { method: 'POST', ...content })
    expect(await take()).toEqual([])
  })

  it('goes on if its receiver enables it', async () => {
    const { stream_id } = await createStream()
    await setStatus('paused')
    const sessionId = await endSession()
    const ack = namesOf(await take())
    const content = contentOf({ stream_id, status: 'enabled' })
    expect((await receiver.call('/status', { method: 'POST', ...content })).status).toBe(200)
    const [claims] = await take(ack)
    expect(claims?.['sub_id'].session.id).toBe(sessionId)
  })
})

describe('the streams of a service', () => {
  it('are listed with what waits, and without secrets of their receivers', async () => {
    const { stream_id } = await createStream({ ...pushed(), description: 'A receiver' })
    await endSession()
    await endSession()
    const other = await createReceiver(service)
    await other.create()
    const listed = await service.api('/ssf/stream/list', {})
    expect(listed.streams).toHaveLength(2)
    const ofClient = ({ client }: Receiver) =>
      listed.streams.find(({ clientId }: Json) => clientId === client.clientId)
    expect(ofClient(receiver)).toEqual({
      clientId: receiver.client.clientId,
      streamId: stream_id,
      status: 'enabled',
      method: 'push',
      url: endpoint.url,
      types: ['session-revoked'],
      description: 'A receiver',
      createdAt: expect.any(Number),
      modifiedAt: expect.any(Number),
      waiting: 2,
    })
    expect(ofClient(other)).toMatchObject({ method: 'poll', types: [], waiting: 0 })
    expect(JSON.stringify(listed)).not.toContain('Bearer receiver')
  })

  it('are deleted by an operator, with what waits, and the audit log says by whom', async () => {
    await createStream()
    await endSession()
    const { clientId } = receiver.client
    await service.api('/ssf/stream/delete', { clientId })
    expect((await service.api('/ssf/stream/list', {})).streams).toEqual([])
    const { records } = await service.get('/api/audit?limit=1000')
    const deleted = records.find(({ type }: Json) => type === 'event_stream.deleted')
    expect(deleted.actor.kind).toBe('api_token')
    await createStream()
    expect(await take()).toEqual([])
  })

  it('refuses calls about a client without a stream', async () => {
    const { clientId } = receiver.client
    const calls = [
      setStatus('paused'),
      service.api('/ssf/stream/delete', { clientId }),
      service.api('/ssf/stream/status/update', { clientId: 1, status: 'paused' }),
    ]
    for (const answer of await Promise.all(calls)) expect(answer.resultCode).toBe('P170001')
  })
})

describe('a receiver whose client is locked', () => {
  it('gets nothing until it is unlocked, and then what it did not get', async () => {
    await createStream(pushed())
    const { clientId } = receiver.client
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    await endSession()
    await pushAll(service)
    expect(endpoint.pushed).toEqual([])
    // After each attempt, the next one is put off for longer.
    service.system.clock.advance(3_600_000)
    await pushAll(service)
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: false })
    await pushAll(service)
    expect(endpoint.pushed).toHaveLength(1)
  })
})
