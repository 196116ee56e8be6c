/** A transmitter of security events, OpenID Shared Signals Framework 1.0, by the modules of its certification. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issuer, type TestService } from '../../support/flows.ts'
import {
  base,
  caep,
  claimsOf,
  contentOf,
  createReceiver,
  createTransmitter,
  openPushEndpoint,
  type PushEndpoint,
  poll,
  push,
  pushAll,
  type Receiver,
  receiverWith,
  ssf,
  verified,
} from '../../support/security-events.ts'
import { openSession } from '../../support/sessions.ts'

let service: TestService
let receiver: Receiver
let endpoint: PushEndpoint
beforeEach(async () => {
  endpoint = await openPushEndpoint()
  service = await createTransmitter()
  receiver = await createReceiver(service)
})
afterEach(async () => {
  await endpoint.close()
  await service.close()
})

const sessionRevoked = caep('session-revoked')
const pushing = (more = {}) => ({
  events_requested: [sessionRevoked],
  delivery: { method: push, endpoint_url: endpoint.url },
  ...more,
})

describe('transmitter metadata', () => {
  it('name the issuer, its keys, the endpoints, and how receivers authorize themselves', async () => {
    const answer = await service.api('/ssf/configuration', {})
    expect(answer.action).toBe('OK')
    expect(JSON.parse(answer.responseContent)).toEqual({
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/jwks`,
      delivery_methods_supported: [push, poll],
      configuration_endpoint: `${base}/stream`,
      status_endpoint: `${base}/status`,
      add_subject_endpoint: `${base}/subjects/add`,
      remove_subject_endpoint: `${base}/subjects/remove`,
      verification_endpoint: `${base}/verification`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    })
  })

  it('are absent where the service sends no security events', async () => {
    await service.configure({ attributes: [] })
    const answer = await service.api('/ssf/configuration', {})
    expect(answer.action).toBe('NOT_FOUND')
    expect(answer.resultCode).toBe('P167001')
  })
})

describe('stream control', () => {
  it('creates a stream, of which the issuer, the audience and the types are told', async () => {
    const { status, body } = await receiver.stream('POST', {
      events_requested: [sessionRevoked, 'https://example.com/unknown'],
      delivery: { method: push, endpoint_url: endpoint.url, authorization_header: 'Bearer x' },
      description: 'A receiver',
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      stream_id: expect.stringMatching(/^[\w-]{22}$/),
      iss: issuer,
      aud: String(receiver.client.clientId),
      events_supported: ['session-revoked', 'token-claims-change', 'credential-change'].map(caep),
      events_requested: [sessionRevoked, 'https://example.com/unknown'],
      events_delivered: [sessionRevoked],
      delivery: { method: push, endpoint_url: endpoint.url },
      min_verification_interval: 0,
      description: 'A receiver',
    })
  })

  it('creates a stream that is polled where the receiver names no delivery', async () => {
    const { delivery } = await receiver.create({ events_requested: [sessionRevoked] })
    expect(delivery).toEqual({ method: poll, endpoint_url: `${base}/poll` })
  })

  it('reads a stream, and lists those of the receiver', async () => {
    expect((await receiver.stream('GET')).body).toEqual([])
    const stream = await receiver.create(pushing())
    expect((await receiver.stream('GET')).body).toEqual([stream])
    const read = await receiver.stream('GET', undefined, { streamId: stream.stream_id })
    expect(read).toMatchObject({ status: 200, body: stream })
  })

  it('updates what is sent, and keeps the rest', async () => {
    const stream = await receiver.create(pushing({ description: 'First' }))
    const credentials = [caep('credential-change')]
    const change = { ...stream, events_requested: credentials, delivery: undefined }
    const { status, body } = await receiver.stream('PATCH', change)
    expect(status).toBe(200)
    expect(body).toEqual({
      ...stream,
      events_requested: credentials,
      events_delivered: credentials,
    })
    expect((await receiver.stream('GET')).body).toEqual([body])
  })

  it('replaces a stream, and forgets what is not sent', async () => {
    const { stream_id } = await receiver.create(pushing({ description: 'First' }))
    const { status, body } = await receiver.stream('PUT', { stream_id })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      events_requested: [],
      delivery: { method: poll, endpoint_url: `${base}/poll` },
    })
    expect(body).not.toHaveProperty('description')
  })

  it('deletes a stream, after which another one can be created', async () => {
    const { stream_id: streamId } = await receiver.create(pushing())
    expect((await receiver.stream('DELETE', undefined, { streamId })).status).toBe(204)
    expect((await receiver.stream('GET')).body).toEqual([])
    expect((await receiver.stream('POST', pushing())).status).toBe(201)
  })

  it('refuses a body that is broken, and a delivery that cannot be', async () => {
    const { stream_id } = await receiver.create()
    for (const method of ['POST', 'PATCH', 'PUT']) {
      expect((await receiver.stream(method, '{"events_requested')).status).toBe(400)
      expect((await receiver.stream(method)).status).toBe(400)
      const { status } = await receiver.stream(method, { stream_id, events_requested: 'all' })
      expect(status).toBe(400)
    }
    for (const endpoint_url of ['', 'receiver', 'ftp://a.example', 'https://a:b@c.example/']) {
      const delivery = { method: push, endpoint_url }
      expect((await receiver.stream('PUT', { stream_id, delivery })).status).toBe(400)
    }
  })

  it('refuses a value that the transmitter supplies, if it is another', async () => {
    const { stream_id } = await receiver.create()
    for (const other of [
      { iss: 'https://other.example' },
      { aud: 'x' },
      { events_supported: [] },
    ]) {
      expect((await receiver.stream('PATCH', { stream_id, ...other })).status).toBe(400)
    }
  })

  it('refuses a second stream of the same receiver', async () => {
    await receiver.create()
    expect((await receiver.stream('POST', {})).status).toBe(409)
  })

  it('refuses a stream beyond those that a service can have', async () => {
    const { engine, serviceId } = service
    const { eventStreams: t } = engine.tables
    await receiver.create()
    const [row] = await engine.read.select().from(t)
    if (!row) return expect(row).toBeDefined()
    const others = Array.from({ length: 99 }, (_, clientId) => ({ ...row, serviceId, clientId }))
    await engine.run(
      engine.build.insert(t).values(others).returning({ serviceId: t.serviceId }).toSQL(),
    )
    const another = await createReceiver(service)
    const { status, body } = await another.stream('POST', {})
    expect(status).toBe(409)
    expect(body.error_description).toContain('P167103')
  })

  it('refuses a stream that the receiver does not have, though another one has it', async () => {
    const other = await createReceiver(service)
    const { stream_id } = await other.create()
    await receiver.create()
    for (const id of [stream_id, 'unknown']) {
      expect((await receiver.stream('GET', undefined, { streamId: id })).status).toBe(404)
      expect((await receiver.stream('DELETE', undefined, { streamId: id })).status).toBe(404)
      expect((await receiver.stream('PATCH', { stream_id: id })).status).toBe(404)
      expect((await receiver.stream('PUT', { stream_id: id })).status).toBe(404)
      const content = contentOf({ stream_id: id })
      expect((await receiver.call('/verification', content)).status).toBe(404)
    }
    expect((await receiver.stream('DELETE')).status).toBe(404)
    expect((await other.stream('GET')).body).toHaveLength(1)
  })

  it('refuses a request without a token, with an unknown one, and with one that may only read', async () => {
    const { stream_id: streamId } = await receiver.create()
    const reading = await createReceiver(service, { scope: 'ssf.read' })
    const calls = [
      (by: Receiver) => by.stream('POST', {}),
      (by: Receiver) => by.stream('PATCH', { stream_id: streamId }),
      (by: Receiver) => by.stream('PUT', { stream_id: streamId }),
      (by: Receiver) => by.stream('DELETE', undefined, { streamId }),
      (by: Receiver) => by.call('/verification', contentOf({ stream_id: streamId })),
    ]
    for (const call of calls) {
      for (const token of ['', 'unknown']) {
        const { status, headers } = await call(receiverWith(service, receiver.client, token))
        expect(status).toBe(401)
        expect(headers['WWW-Authenticate']).toMatch(/^Bearer /)
      }
      const { status, headers } = await call(reading)
      expect(status).toBe(403)
      expect(headers['WWW-Authenticate']).toContain('insufficient_scope')
    }
    expect((await reading.stream('GET')).status).toBe(200)
    const unknown = receiverWith(service, receiver.client, 'unknown')
    expect((await unknown.stream('GET')).status).toBe(401)
  })
})

describe('push delivery', () => {
  it('sends a session that was revoked as a signed token, and not again once it is taken', async () => {
    await receiver.create(
      pushing({
        delivery: {
          method: push,
          endpoint_url: endpoint.url,
          authorization_header: 'Bearer of-the-receiver',
        },
      }),
    )
    const { subject, sessionId } = await openSession(service)
    await service.api('/session/delete', { sessionId })
    await pushAll(service)
    await pushAll(service)
    expect(endpoint.pushed).toHaveLength(1)
    const [{ headers, method, body } = { headers: {}, method: '', body: '' }] = endpoint.pushed
    expect(method).toBe('POST')
    expect(headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer of-the-receiver',
    })
    const { payload, protectedHeader } = await verified(service, receiver, body)
    expect(protectedHeader).toMatchObject({ typ: 'secevent+jwt', alg: 'RS256' })
    const at = Math.floor(service.system.clock() / 1_000)
    expect(payload).toEqual({
      iss: issuer,
      aud: String(receiver.client.clientId),
      iat: at,
      jti: expect.any(String),
      txn: expect.any(String),
      sub_id: {
        format: 'complex',
        user: { format: 'iss_sub', iss: issuer, sub: subject },
        session: { format: 'opaque', id: sessionId },
      },
      events: {
        [sessionRevoked]: {
          event_timestamp: at,
          initiating_entity: expect.stringMatching(/^(admin|user|policy|system)$/),
          reason_admin: { en: expect.any(String) },
        },
      },
    })
  })

  it('sends one event for each session that ended, and none for one that had ended before', async () => {
    await receiver.create(pushing())
    const { subject, sessionId } = await openSession(service)
    const other = await openSession(service, { subject })
    await service.api('/session/delete', { sessionId })
    await service.api('/session/delete', { sessionId })
    await service.api('/session/delete', { subject })
    for (let turn = 0; turn < 3; turn += 1) await pushAll(service)
    const told = await claimsOf(service, receiver, endpoint)
    const sessions = told.map(({ sub_id }) => sub_id.session.id).sort()
    expect(sessions).toEqual([sessionId, other.sessionId].sort())
    expect(new Set(told.map(({ jti }) => jti)).size).toBe(2)
  })

  it('names only the user where the service says so', async () => {
    await service.close()
    service = await createTransmitter({ 'ext.ssf.session_subject': 'user' })
    receiver = await createReceiver(service)
    await receiver.create(pushing())
    const { subject, sessionId } = await openSession(service)
    await service.api('/session/delete', { sessionId })
    await pushAll(service)
    const [told] = await claimsOf(service, receiver, endpoint)
    expect(told?.['sub_id']).toEqual({ format: 'iss_sub', iss: issuer, sub: subject })
  })

  it('names a user to a receiver with pairwise subjects as to no other', async () => {
    receiver = await createReceiver(service, { subjectType: 'PAIRWISE' })
    await receiver.create(pushing())
    const { subject, sessionId } = await openSession(service)
    await service.api('/session/delete', { sessionId })
    await pushAll(service)
    const [told] = await claimsOf(service, receiver, endpoint)
    expect(told?.['sub_id'].user.sub).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(told)).not.toContain(subject)
    expect(JSON.stringify(told)).not.toContain(sessionId)
  })

  it('sends an event again while the receiver fails, and drops one that it refuses', async () => {
    await receiver.create(pushing())
    const { sessionId } = await openSession(service)
    await service.api('/session/delete', { sessionId })
    const waiting = { count: 1, oldest: service.system.clock() }
    expect(await service.store.securityEvents.waiting()).toEqual(waiting)
    endpoint.answer(503)
    await pushAll(service)
    await pushAll(service)
    expect(endpoint.pushed).toHaveLength(1)
    service.system.clock.advance(20_000)
    endpoint.answer(400, { err: 'invalid_issuer', description: 'unknown' })
    await pushAll(service)
    service.system.clock.advance(86_400_000)
    await pushAll(service)
    expect(await service.store.securityEvents.waiting()).toEqual({ count: 0, oldest: null })
    const told = await claimsOf(service, receiver, endpoint)
    expect(told).toHaveLength(2)
    expect(told[0]?.['jti']).toBe(told[1]?.['jti'])
  })

  it('sends nothing of types that the receiver did not request, or of a deleted stream', async () => {
    const { stream_id: streamId } = await receiver.create(pushing({ events_requested: [] }))
    const ended = await openSession(service)
    await service.api('/session/delete', { sessionId: ended.sessionId })
    await receiver.stream('PATCH', { stream_id: streamId, events_requested: [sessionRevoked] })
    await pushAll(service)
    const { sessionId } = await openSession(service)
    await service.api('/session/delete', { sessionId })
    await receiver.stream('DELETE', undefined, { streamId })
    await receiver.create(pushing())
    await pushAll(service)
    expect(endpoint.pushed).toEqual([])
  })
})

describe('verification', () => {
  const verify = (content: object) => receiver.call('/verification', contentOf(content))

  it('sends an event about the stream with the state of the request, or without one', async () => {
    const { stream_id } = await receiver.create(pushing())
    expect((await verify({ stream_id, state: 'some-state' })).status).toBe(204)
    await pushAll(service)
    expect((await verify({ stream_id })).status).toBe(204)
    await pushAll(service)
    const told = await claimsOf(service, receiver, endpoint)
    const events = told.map(({ events: each }) => each[ssf('verification')])
    expect(events).toEqual([{ state: 'some-state' }, {}])
    expect(told[0]?.['sub_id']).toEqual({ format: 'opaque', id: stream_id })
  })

  it('refuses a body that is broken', async () => {
    await receiver.create(pushing())
    expect((await receiver.call('/verification', contentOf('{'))).status).toBe(400)
    expect((await verify({ state: 'x' })).status).toBe(400)
  })

  it('refuses a request before the interval is over', async () => {
    await service.close()
    service = await createTransmitter({ 'ext.ssf.min_verification_seconds': '60' })
    receiver = await createReceiver(service)
    const { stream_id, min_verification_interval } = await receiver.create(pushing())
    expect(min_verification_interval).toBe(60)
    expect((await verify({ stream_id })).status).toBe(204)
    expect((await verify({ stream_id })).status).toBe(429)
    service.system.clock.advance(60_000)
    expect((await verify({ stream_id })).status).toBe(204)
  })
})
