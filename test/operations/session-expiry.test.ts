/** Sessions that expire: what their end does, by the settings of the service. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expireSessions } from '../../src/sessions/expire.ts'
import { sendDeliveries } from '../../src/sessions/outcome.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import type { DeliveryRow } from '../../src/store/tables/sessions/deliveries.ts'
import { createService, obtainTokens, refresh, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const attributes = (expiry: string, history = '2592000') => [
  { key: 'ext.session.registry', value: 'on' },
  { key: 'ext.session.expiry', value: expiry },
  { key: 'ext.session.max_seconds', value: '600' },
  { key: 'ext.session.history_seconds', value: history },
]

let service: TestService
let client: Json
let sent: DeliveryRow[] = []
let users = 0
let subject = ''
beforeAll(async () => {
  service = await createService({ backchannelLogoutSupported: true })
  client = await service.client({ backchannelLogoutUri: 'https://app.example.com/back' })
})
afterAll(() => service.close())
beforeEach(() => {
  sent = []
  users += 1
  subject = `user-${users}`
})

const configure = (expiry: string, history?: string) =>
  service.configure({ backchannelLogoutSupported: true, attributes: attributes(expiry, history) })
const create = async (more: Json = {}): Promise<string> =>
  (await service.api('/session/create', { subject, ...more })).session.sessionId
const get = (sessionId: string, more: Json = {}): Promise<Json> =>
  service.api('/session/get', { sessionId, ...more })

/** The sweep of a process, whose outbox keeps what it is to send. */
function sweep(): Promise<number> {
  const { store, system } = service
  const outbox = { send: async (rows: readonly DeliveryRow[]) => void sent.push(...rows) }
  const expiring = { store, system, documents: openDocuments(store), outbox }
  return expireSessions(expiring, new AbortController().signal)
}

describe('session that has expired', () => {
  it('is closed by the sweep and nothing else happens, if expiry is silent', async () => {
    await configure('silent')
    const sessionId = await create()
    const tokens = await obtainTokens(service, client, {}, { subject, sessionId })
    service.system.clock.advance(600_000)
    expect(await sweep()).toBe(1)
    expect((await get(sessionId)).session).toMatchObject({
      status: 'EXPIRED',
      endReason: 'EXPIRED',
      endedAt: service.system.clock(),
    })
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('OK')
    expect([sent, await sweep()]).toEqual([[], 0])
  })

  it('revokes its tokens and notifies its clients, if expiry is a logout', async () => {
    await configure('logout')
    const sessionId = await create()
    const tokens = await obtainTokens(service, client, {}, { subject, sessionId })
    const other = await create({ durationSeconds: 6_000 })
    service.system.clock.advance(600_000)
    expect(await sweep()).toBe(1)
    expect(sent).toEqual([
      expect.objectContaining({ clientId: client.clientId, sessionId, sid: sessionId }),
    ])
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('BAD_REQUEST')
    expect((await get(other)).action).toBe('OK')
  })

  it('lives on if it was used in the meantime', async () => {
    await configure('logout')
    const sessionId = await create({ idleSeconds: 120 })
    service.system.clock.advance(100_000)
    await get(sessionId, { touch: true })
    service.system.clock.advance(100_000)
    expect(await sweep()).toBe(0)
    expect((await get(sessionId)).action).toBe('OK')
    await service.api('/session/delete', { subject })
  })

  it('is ended with all others, however many expire at once', async () => {
    await configure('silent')
    const everyone = Array.from({ length: 250 }, (_, place) => `${subject}-${place}`)
    // A few at a time: a busy machine would shed calls.
    for (let at = 0; at < everyone.length; at += 10) {
      const some = everyone.slice(at, at + 10)
      await Promise.all(some.map((each) => create({ subject: each, durationSeconds: 60 })))
    }
    service.system.clock.advance(60_000)
    expect(await sweep()).toBe(250)
    expect(await sweep()).toBe(0)
  })

  it('is not removed before it was ended, whatever history is kept', async () => {
    await configure('logout', '0')
    const sessionId = await create()
    await obtainTokens(service, client, {}, { subject, sessionId })
    service.system.clock.advance(3_600_000)
    await service.store.purge(service.system.clock())
    expect(await sweep()).toBe(1)
    expect(sent).toEqual([expect.objectContaining({ sessionId })])
  })
})

describe('session that cannot be ended', () => {
  it('keeps no session of another service waiting', async () => {
    await configure('silent')
    const sessionId = await create()
    service.system.clock.advance(600_000)
    const { store, system } = service
    const documents = openDocuments(store)
    const broken = { ...documents, service: () => Promise.reject(new Error('broken document')) }
    const expiring = { store, system, documents: broken, outbox: { send: async () => {} } }
    expect(await expireSessions(expiring, new AbortController().signal)).toBe(0)
    expect(system.log.entries.at(-1)).toMatchObject({ message: 'ending an expired session failed' })
    expect(await sweep()).toBe(1)
    expect((await get(sessionId)).session.status).toBe('EXPIRED')
  })
})

describe('participant of a session', () => {
  it('is kept as long as the session, also after the session was prolonged', async () => {
    await configure('silent', '0')
    const sessionId = await create()
    await obtainTokens(service, client, {}, { subject, sessionId })
    await service.api('/session/update', { sessionId, durationSeconds: 2_592_000 })
    service.system.clock.advance(20 * 86_400_000)
    await service.store.purge(service.system.clock())
    const ended = await service.api('/session/delete', { sessionId })
    expect(ended).toMatchObject({ count: 1, deliveries: [{ clientId: client.clientId }] })
  })
})

describe('delivery of an end', () => {
  it('is sent although the session and its participants were purged by then', async () => {
    await configure('silent')
    const { store, serviceId } = service
    const sessionId = await create()
    await obtainTokens(service, client, {}, { subject, sessionId })
    const ended = await service.api('/session/delete', { sessionId })
    const documents = openDocuments(store)
    const found = await documents.service(serviceId)
    const outbox = { send: async (rows: readonly DeliveryRow[]) => void sent.push(...rows) }
    const context = { store, outbox, service: found as never }
    await sendDeliveries(context, ended.logoutId, new Map(), 0)
    expect(sent).toEqual([expect.objectContaining({ clientId: client.clientId, sessionId })])
  })
})
