/** No query or write of one service returns or changes a row of another service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, Write } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { deliveryIdOf } from '../../src/store/tables/sessions/deliveries.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  backchannelRow,
  clientRow,
  countRows,
  deliveriesOf,
  deviceCodeRow,
  eventStreamRow,
  fillService,
  grantRow,
  minute,
  now,
  participantOf,
  refreshTokenRow,
  securityEventOf,
  streamSubjectRow,
} from './rows.ts'

let opened: TestStore
let store: Store
let engine: Engine
beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
  engine = opened.engine
  await fillService(store, 1, 1)
})
afterAll(() => opened.close())

const page = { start: 0, end: 10 }

/** Every query for one row, run for the service. */
const finders = (serviceId: number): Record<string, () => Promise<unknown>> => ({
  service: () => store.services.find(serviceId),
  serviceVersion: () => store.services.version(serviceId),
  client: () => store.clients.find(serviceId, 1),
  clientVersion: () => store.clients.version(serviceId, 1),
  clientByAlias: () => store.clients.findByAlias(serviceId, 'alias-1'),
  ticket: () => store.tickets.find(serviceId, 'ticket-1'),
  code: () => store.codes.find(serviceId, 'code-1'),
  deviceCode: () => store.deviceCodes.find(serviceId, 'device-1'),
  deviceCodeByUserCode: () => store.deviceCodes.findByUserCode(serviceId, 'user-1'),
  backchannelRequest: () => store.backchannelRequests.find(serviceId, 'auth-req-1'),
  backchannelRequestByTicket: () =>
    store.backchannelRequests.findByTicket(serviceId, 'backchannel-ticket-1'),
  accessToken: () => store.accessTokens.find(serviceId, 'access-1'),
  latestAccessToken: () => store.accessTokens.findLatest(serviceId, 'family-1', now),
  refreshToken: () => store.refreshTokens.find(serviceId, 'refresh-1'),
  refreshTokenOfFamily: () => store.refreshTokens.findFamily(serviceId, 'family-1'),
  predecessor: () => store.refreshTokens.findPredecessor(serviceId, 'previous-1'),
  grantedScopes: () => store.grantedScopes.find(serviceId, 1, 'alice'),
  grant: () => store.grants.find(serviceId, 'grant-1'),
  apiToken: () => store.apiTokens.findById(serviceId, 'token-1'),
  session: () => store.sessions.find(serviceId, 'session-1'),
  participant: () => store.sessionClients.find(serviceId, 'session-1', 1),
  offer: () => store.credentialOffers.find(serviceId, 'offer-1'),
  offerByCode: () => store.credentialOffers.findByCode(serviceId, 'offer-code-1'),
  offerByState: () => store.credentialOffers.findByState(serviceId, 'offer-state-1'),
  eventEndpoint: () => store.eventEndpoints.find(serviceId, 1),
  event: () => store.events.find(serviceId, 'event-1'),
  eventStream: () => store.eventStreams.find(serviceId, 1),
  participantBySid: () => store.sessionClients.findBySid(serviceId, 'sid-1'),
})

const lists = (serviceId: number): Record<string, () => Promise<unknown[]>> => ({
  clients: async () => (await store.clients.list(serviceId, page)).rows,
  clientsOfDeveloper: async () =>
    (await store.clients.list(serviceId, { ...page, developer: 'dora' })).rows,
  manyClients: () => store.clients.findMany(serviceId, [1]),
  services: async () => (await store.services.list({ ...page, ids: [serviceId] })).rows,
  accessTokens: async () => (await store.accessTokens.list(serviceId, { ...page, now })).rows,
  accessTokensOf: () => store.accessTokens.findOf(serviceId, { subject: 'alice' }),
  apiTokens: () => store.apiTokens.list(serviceId),
  refreshTokensOf: () => store.refreshTokens.findOf(serviceId, { clientId: 1 }),
  authorizedClients: async () =>
    (await store.accessTokens.authorizedClients(serviceId, 'alice', now, page)).clientIds,
  sessions: async () =>
    (await store.sessions.list(serviceId, { ...page, subject: 'alice', status: 'ALL', now })).rows,
  sessionsOfClient: async () =>
    (await store.sessions.list(serviceId, { ...page, clientId: 1, status: 'ALL', now })).rows,
  sessionsOfLogout: () => store.sessions.ofLogout(serviceId, 'logout-1'),
  participants: () => store.sessionClients.ofSessions(serviceId, ['session-1']),
  deliveriesOfLogout: () => store.deliveries.ofLogout(serviceId, 'logout-1'),
  audit: async () => {
    await store.audit.number()
    return (await store.audit.list({ serviceId, after: 0, limit: 10 })).rows
  },
  eventEndpoints: () => store.eventEndpoints.list(serviceId),
  eventDeliveries: async () => (await store.eventDeliveries.list(serviceId, {}, page)).rows,
  dueEvents: async () =>
    (await store.eventDeliveries.due({ serviceId, after: -1, now, limit: 10 })).due,
  eventStreams: () => store.eventStreams.list(serviceId),
  securityEvents: () =>
    store.securityEvents.first({ serviceId, clientId: 1, status: 'enabled' }, 10),
  dueSecurityEvents: async () =>
    (await store.securityEvents.due({ serviceId, after: -1, now, limit: 10 })).due,
  streamSubjects: () => store.streamSubjects.among(serviceId, 1, ['subject-1']),
  existingEvents: () => store.eventDeliveries.existing(serviceId, ['event-1']),
  deliveries: async () =>
    (await store.deliveries.list(serviceId, { sessionId: 'session-1' }, page)).rows,
})

/** Every write of sessions and deliveries, as of what the first service has. */
function ofSessions(serviceId: number): Write[] {
  const session = { serviceId, sessionId: 'session-1' }
  const alice = { serviceId, subject: 'alice' }
  const end = { now, logoutId: 'logout-1', reason: 'ADMIN', keptUntil: now } as const
  const deliveryId = deliveryIdOf('backchannel-logout', 'logout-1', 1, 'session-1')
  const delivery = { serviceId, deliveryId }
  const finished = { finishedAt: now, keptUntil: now, lastStatus: null, lastError: 'x' }
  const { sessions, sessionClients, sessionTokens, deliveries } = store
  return [
    sessions.touch(serviceId, 'session-1', now),
    sessions.hold(serviceId, 'session-1', 'alice', now),
    sessions.endOne(session, end),
    sessions.endExpired(session, { ...end, now: now + 10 * minute }),
    sessions.endOfSubject(alice, end),
    sessions.endOfSubject(alice, end, 'another'),
    sessions.endBeyond(alice, 'another', 0, end),
    ...sessions.erase(serviceId, 'alice'),
    ...sessionTokens.endOfClient({ ...session, clientId: 1 }, 'kept'),
    ...sessionTokens.endOfLogout({ serviceId, logoutId: 'logout-1' }, 'kept'),
    sessionClients.join({ ...participantOf({ serviceId, clientId: 1 }), sid: 'changed' }),
    sessionClients.leave(serviceId, 'session-1', 1),
    deliveries.insertOfLogout({ ...deliveriesOf({ serviceId, clientId: 1 }), reason: 'changed' }),
    deliveries.insertOfClient(deliveriesOf({ serviceId, clientId: 1 })),
    deliveries.attempt(delivery, { seen: now, attempts: 9, dueAt: now }),
    deliveries.again(delivery, 1, { lastStatus: 500, lastError: 'x', dueAt: now }),
    deliveries.delivered(delivery, finished),
    deliveries.givenUp(delivery, 1, finished),
    deliveries.deleteOfClients(serviceId, 'logout-1', [1]),
    deliveries.delete(delivery),
  ]
}

/** Every write of events, as of what the first service has. */
function ofEvents(serviceId: number): Write[] {
  const key = { serviceId, endpointId: 1 }
  const delivery = { ...key, eventId: 'event-1' }
  const answer = { lastStatus: 500, lastError: 'x' }
  const finished = { ...answer, finishedAt: 1, keptUntil: 1 }
  const { eventEndpoints, eventDeliveries } = store
  const data = { url: 'https://other.example/', description: '', disabled: true }
  return [
    eventEndpoints.change({ ...key, data, modifiedAt: 1 }),
    eventEndpoints.replaceSecrets({ ...key, version: 1 }, []),
    eventEndpoints.delete(serviceId, 1),
    eventDeliveries.attempt(delivery, { seen: now, attempts: 9, dueAt: 1 }),
    eventDeliveries.again(delivery, 1, { ...answer, dueAt: 1 }),
    eventDeliveries.givenUp(delivery, 1, finished),
    eventDeliveries.delivered(delivery, finished),
    eventDeliveries.delete(delivery),
  ]
}

/** Every write of streams, as of what the first service has. */
function ofStreams(serviceId: number): Write[] {
  const owner = { serviceId, clientId: 1 }
  const stream = eventStreamRow(owner)
  const event = securityEventOf(owner)
  const set = { ...owner, setId: `${event.eventId}-1` }
  const { eventStreams, securityEvents, streamSubjects } = store
  return [
    eventStreams.replace({ ...stream, status: 'disabled' }),
    eventStreams.verify({ ...owner, streamId: stream.streamId, now, before: now }),
    eventStreams.delete(serviceId, 1),
    securityEvents.insertOfLogout({ ...event, eventId: 'other' }, 'logout-1'),
    securityEvents.insertOfSubject({ ...event, eventId: 'other' }, { subject: 'alice' }),
    securityEvents.insertOfStream({ ...event, eventId: 'other' }, 1, stream.streamId),
    securityEvents.attempt(set, { seen: now, attempts: 9, dueAt: 1 }),
    securityEvents.again(set, { attempts: 0, dueAt: 1 }),
    securityEvents.delete(set),
    securityEvents.deleteNamed(serviceId, 1, [set.setId]),
    securityEvents.deleteOfStream(serviceId, 1),
    streamSubjects.insert({ ...streamSubjectRow(owner), subjectHash: 'other' }),
    streamSubjects.delete(serviceId, 1, 'subject-1'),
    streamSubjects.deleteOfStream(serviceId, 1),
  ]
}

describe('query of another service', () => {
  it.each(Object.keys(finders(0)))(
    'does not find by %s, whereas the query of the owning service does',
    async (name) => {
      expect(await finders(1)[name]?.()).toBeDefined()
      expect(await finders(2)[name]?.()).toBeUndefined()
    },
  )

  it.each(Object.keys(lists(0)))(
    'does not list %s, whereas the query of the owning service does',
    async (name) => {
      expect(await lists(1)[name]?.()).toHaveLength(1)
      expect(await lists(2)[name]?.()).toEqual([])
    },
  )

  it('counts no rows of the first service', async () => {
    expect(await store.accessTokens.count(1, { clientId: 1 })).toBe(1)
    expect(await store.accessTokens.count(2, { clientId: 1 })).toBe(0)
    expect(await store.clients.list(2, page)).toEqual({ rows: [], total: 0 })
    expect(await store.accessTokens.list(2, { ...page, now })).toEqual({ rows: [], total: 0 })
  })

  it('changes and deletes no rows of the first service', async () => {
    const deviceCode = deviceCodeRow({ serviceId: 1, clientId: 1 })
    const before = await countRows(engine, 1)
    const row = await store.refreshTokens.find(1, 'refresh-1')
    const kept = () =>
      Promise.all([
        store.sessions.find(1, 'session-1'),
        store.sessionClients.find(1, 'session-1', 1),
        store.deliveries.ofLogout(1, 'logout-1'),
        store.eventEndpoints.find(1, 1),
        store.eventDeliveries.list(1, {}, page),
        store.eventStreams.find(1, 1),
        store.securityEvents.first({ serviceId: 1, clientId: 1, status: 'enabled' }, 10),
        store.streamSubjects.among(1, 1, ['subject-1', 'other']),
      ])
    const ofSession = await kept()
    const expiresAt = now + 1
    await store.commit(
      store.accessTokens.update(2, 'access-1', { expiresAt }),
      store.accessTokens.expireFamily(2, 'family-1', now),
      store.accessTokens.delete(2, 'access-1'),
      store.accessTokens.deleteFamily(2, 'family-1'),
      store.accessTokens.deleteOf(2, { clientId: 1, subject: 'alice' }),
      store.refreshTokens.touch(2, 'refresh-1', { now, expiresAt }),
      store.refreshTokens.rotate(2, 'refresh-1', { newHash: 'x', now, expiresAt }),
      store.refreshTokens.update(2, 'family-1', { expiresAt }),
      store.refreshTokens.deleteFamily(2, 'family-1'),
      store.refreshTokens.deleteOf(2, { subject: 'alice' }),
      store.refreshTokens.requireIn(2, 'session', 'family-1'),
      store.accessTokens.requireIn(2, 'session', 'access-1'),
      ...store.unredeemedGrants.deleteOf(2, { clientId: 1, subject: 'alice' }),
      ...store.sessionTokens.end({ serviceId: 2, sessionId: 'session' }, 'deleted'),
      ...ofSessions(2),
      ...ofEvents(2),
      ...ofStreams(2),
      store.grantedScopes.delete(2, 1, 'alice'),
      store.grants.update(2, 'grant-1', { ...grantRow(2, 1), modifiedAt: now + 1 }, 1),
      store.grants.delete(2, 'grant-1'),
      store.grants.deleteOf(2, 1, 'alice'),
      store.apiTokens.update(2, 'token-1', { tokenHash: 'x' }),
      store.apiTokens.deleteById(2, 'token-1'),
      store.tickets.consume(2, 'ticket-1', now),
      store.codes.consume(2, 'code-1', now),
      store.deviceCodes.poll(2, 'device-1', now),
      store.deviceCodes.slowDown(2, 'device-1', { now, seconds: 5 }),
      store.deviceCodes.decide(2, 'device-1', { now, subject: 'bob', data: deviceCode.data }),
      store.deviceCodes.consume(2, 'device-1', now),
      store.backchannelRequests.complete(2, 'auth-req-1', {
        ...{ status: 'AUTHORIZED', data: backchannelRow({ serviceId: 2, clientId: 1 }).data },
      }),
      store.backchannelRequests.poll(2, 'auth-req-1', { now, seen: null, intervalSeconds: 9 }),
      store.backchannelRequests.consume(2, 'auth-req-1', now),
      store.notifications.attempt(2, 'notification-1', { attempts: 9, seen: now, nextAt: now }),
      store.notifications.delete(2, 'notification-1'),
      store.clients.update(2, 1, { ...clientRow(2, 1), alias: 'changed' }, 1),
      ...store.clients.delete(2, 1),
      ...store.services.delete(2, now),
    )
    expect(await countRows(engine, 1)).toEqual(before)
    expect(await store.refreshTokens.find(1, 'refresh-1')).toEqual(row)
    expect(await kept()).toEqual(ofSession)
    expect(await store.accessTokens.find(1, 'access-1')).toMatchObject({
      expiresAt: accessTokenRow({ serviceId: 1, clientId: 1 }).expiresAt,
    })
    expect(await store.codes.find(1, 'code-1')).toMatchObject({ consumedAt: null })
    expect(await store.backchannelRequests.find(1, 'auth-req-1')).toMatchObject({
      ...{ status: 'PENDING', lastPolledAt: null, intervalSeconds: 5 },
    })
    expect(await store.clients.find(1, 1)).toMatchObject({ alias: 'alias-1', version: 1 })
    expect(await store.deviceCodes.find(1, 'device-1')).toMatchObject(deviceCode)
    expect(() => store.unredeemedGrants.deleteOf(1, {})).toThrow('must name something')
    await store.attempts.giveBack(2, 'name')
    expect(await store.attempts.take(1, 'name', { now, until: now + 1 })).toBe(2)
  })

  it('may use the same IDs and hashes as the first service', async () => {
    await fillService(store, 3, 1)
    expect(await store.refreshTokens.find(3, 'refresh-1')).toMatchObject({
      serviceId: 3,
      expiresAt: refreshTokenRow({ serviceId: 3, clientId: 1 }).expiresAt,
    })
    expect(await store.counters.next(3, 'client')).toBe(2)
    expect(await store.counters.next(1, 'client')).toBe(2)
  })
})

describe('token filter', () => {
  it('is refused without a client, subject or family: it would select all tokens', async () => {
    const commit = async () => store.commit(store.accessTokens.deleteOf(1, {}))
    await expect(commit()).rejects.toThrow(/token filter/)
    await expect(store.refreshTokens.findOf(1, {})).rejects.toThrow(/token filter/)
    expect(await store.accessTokens.count(1, { clientId: 1 })).toBe(1)
  })
})
