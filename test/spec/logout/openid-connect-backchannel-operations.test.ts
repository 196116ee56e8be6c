/**
 * `/backchannel/logout/deliver`, `/logout/delivery/list` and `/logout/delivery/retry`: Logout Tokens
 * that Postern sends for the caller, OIDC Back-Channel Logout §2.5.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliveryNow, firstDelay, storeDelivery } from '../../support/deliveries.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let registry: TestService
beforeAll(async () => {
  service = await createService({ backchannelLogoutSupported: true })
  const attributes = [{ key: 'ext.session.registry', value: 'on' }]
  registry = await createService({ issuer: `${issuer}/kept`, attributes }, service)
})
afterAll(() => service.close())

let uris = 0

/** A client that answers 200, with a host of its own. */
async function notified(of: TestService, more: Json = {}): Promise<Json> {
  const backchannelLogoutUri = `https://rp-${++uris}.example.com/logout`
  service.system.fetch.answer(backchannelLogoutUri, {})
  return of.client({ backchannelLogoutUri, ...more })
}
const tokensOf = ({ backchannelLogoutUri }: Json): Json[] =>
  service.system.fetch.asked
    .filter(({ url }) => url === backchannelLogoutUri)
    .map(({ options }) =>
      decodeJwt(new URLSearchParams(options.body).get('logout_token') ?? 'none'),
    )
const deliver = (of: TestService, body: Json): Promise<Json> =>
  of.api('/backchannel/logout/deliver', { waitMs: 5_000, ...body })
const list = (body: Json, of = service): Promise<Json> => of.api('/logout/delivery/list', body)
const retry = (body: Json): Promise<Json> => service.api('/logout/delivery/retry', body)

describe('a delivery without the registry', () => {
  it('notifies the named clients, by number and by alias, as the ID Token names user and client', async () => {
    const alias = 'rp-by-alias'
    const clients = [
      await notified(service),
      await notified(service, { clientIdAlias: alias, clientIdAliasEnabled: true }),
      await notified(service, { subjectType: 'PAIRWISE' }),
    ]
    const [first, , pairwise] = clients
    const answer = await deliver(service, {
      ...{ sessionId: 'session-of-the-caller', subject: 'alice' },
      clientIdentifiers: [first?.clientId, alias, String(pairwise?.clientId)],
    })
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P097901' })
    const statuses = answer.deliveries.map(({ clientId, status }: Json) => [clientId, status])
    expect(statuses.sort()).toEqual(clients.map(({ clientId }) => [clientId, 'DELIVERED']).sort())
    const [ofFirst, ofAlias, ofPairwise] = clients.map((client) => tokensOf(client)[0])
    expect(ofFirst).toMatchObject({ sub: 'alice', sid: 'session-of-the-caller' })
    expect(ofAlias).toMatchObject({ aud: [alias], sub: 'alice' })
    expect(ofPairwise?.sub).not.toBe('alice')
    expect(ofPairwise?.sid).not.toBe('session-of-the-caller')
  })

  it('skips clients without a URI, and those that require a sid where none is known', async () => {
    const without = await service.client()
    const requiring = await notified(service, { backchannelLogoutSessionRequired: true })
    const told = await notified(service)
    const clientIdentifiers = [without, requiring, told].map(({ clientId }) => String(clientId))
    const { deliveries } = await deliver(service, { subject: 'bob', clientIdentifiers })
    const statuses = Object.fromEntries(
      deliveries.map(({ clientId, status }: Json) => [clientId, status]),
    )
    expect(statuses).toEqual({
      [without.clientId]: 'SKIPPED',
      [requiring.clientId]: 'SKIPPED',
      [told.clientId]: 'DELIVERED',
    })
    expect(tokensOf(told)[0]).not.toHaveProperty('sid')
    expect(tokensOf(requiring)).toEqual([])
  })

  it('of a subject alone is given up after ten minutes: a late one would end a later login', async () => {
    const client = await notified(service)
    service.system.fetch.answer(client.backchannelLogoutUri, { status: 503 })
    const clientIdentifiers = [String(client.clientId)]
    const { logoutId } = await deliver(service, { subject: 'carol', clientIdentifiers })
    const [row] = await service.store.deliveries.ofLogout(service.serviceId, logoutId)
    expect((row?.giveUpAt ?? 0) - (row?.createdAt ?? 0)).toBe(600_000)
    const later = await deliver(service, { sessionId: 's', subject: 'carol', clientIdentifiers })
    const [withSession] = await service.store.deliveries.ofLogout(service.serviceId, later.logoutId)
    expect((withSession?.giveUpAt ?? 0) - (withSession?.createdAt ?? 0)).toBe(86_400_000)
  })

  it('answers at once without waitMs, and sends all the same', async () => {
    const client = await notified(service)
    let answer = () => {}
    const held = new Promise<void>((done) => {
      answer = done
    })
    service.system.fetch.answer(client.backchannelLogoutUri, async () => {
      await held
      return {}
    })
    const asked = { sessionId: 's', clientIdentifiers: [client.clientId], waitMs: 0 }
    const { deliveries, logoutId } = await deliver(service, asked)
    expect(deliveries).toMatchObject([{ status: 'PENDING' }])
    answer()
    await service.outbox.idle()
    expect(await list({ logoutId })).toMatchObject({ deliveries: [{ status: 'DELIVERED' }] })
  })

  it('is refused without a user, and without clients; nothing is sent if a client is unknown', async () => {
    const client = await notified(service)
    const known = String(client.clientId)
    const path = `/api/${service.serviceId}/backchannel/logout/deliver`
    const refusedWith = async (body: Json) => {
      const { status, body: answer } = await service.call('POST', path, body)
      return [status, answer.resultCode]
    }
    expect(await refusedWith({ clientIdentifiers: [known] })).toEqual([400, 'P097001'])
    expect(await refusedWith({ sessionId: 's' })).toEqual([400, 'P097002'])
    const many = Array.from({ length: 201 }, () => known)
    expect(await refusedWith({ sessionId: 's', clientIdentifiers: many })).toEqual([400, 'P000206'])
    const unknown = await deliver(service, { sessionId: 's', clientIdentifiers: [known, '404'] })
    expect(unknown).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P097003' })
    expect(tokensOf(client)).toEqual([])
  })
})

describe('a delivery with the registry', () => {
  it('has the aud of the ID Tokens of the client, by its name and its form', async () => {
    const alias = 'rp-by-alias-kept'
    const client = await notified(registry, { clientIdAlias: alias, clientIdAliasEnabled: true })
    const { session } = await registry.api('/session/create', { subject: 'alice' })
    const { sessionId } = session
    const issued = { subject: 'alice', sessionId, idTokenAudType: 'string' }
    const { idToken } = await obtainTokens(registry, client, { client_id: alias }, issued)
    await deliver(registry, { sessionId })
    expect(decodeJwt(idToken).aud).toBe(alias)
    expect(tokensOf(client)).toMatchObject([{ aud: alias, sid: sessionId }])
  })

  const join = async (sessionId: string, client: Json, subject = 'dave'): Promise<void> => {
    const { store, system, serviceId } = registry
    const now = system.clock()
    const endsAt = now + 60_000
    await store.commit(
      store.sessions.insert({
        ...{ serviceId, sessionId, subject, createdAt: now, idleMilliseconds: undefined, endsAt },
        ...{ keptUntil: endsAt, amr: [], properties: [], device: {} },
      }),
      store.sessionClients.join({
        ...{ serviceId, sessionId, clientId: client.clientId, sid: `sid-${sessionId}`, now },
        ...{ sub: `sub-of-${subject}`, data: { namedBy: 'id' } },
      }),
    )
  }

  it('notifies the participants of a live session, by sub and sid of their ID Tokens', async () => {
    const client = await notified(registry)
    await join('one', client)
    const answer = await deliver(registry, { sessionId: 'one' })
    expect(answer.deliveries).toMatchObject([
      { clientId: client.clientId, sessionId: 'one', status: 'DELIVERED' },
    ])
    expect(tokensOf(client)).toMatchObject([{ sub: 'sub-of-dave', sid: 'sid-one' }])
    expect(await registry.store.sessions.find(registry.serviceId, 'one')).toMatchObject({
      endedAt: null,
    })
  })

  it('notifies once for each live session of a user', async () => {
    const client = await notified(registry)
    for (const session of ['two', 'three']) await join(session, client, 'erin')
    const { deliveries } = await deliver(registry, { subject: 'erin' })
    expect(deliveries.map(({ sessionId }: Json) => sessionId).sort()).toEqual(['three', 'two'])
    expect(
      tokensOf(client)
        .map(({ sid }) => sid)
        .sort(),
    ).toEqual(['sid-three', 'sid-two'])
  })

  it('notifies the named participants only, and skips clients that take no part', async () => {
    const [client, other] = [await notified(registry), await notified(registry)]
    await join('four', client, 'frank')
    const clientIdentifiers = [client.clientId, other.clientId]
    const { deliveries } = await deliver(registry, { sessionId: 'four', clientIdentifiers })
    expect(deliveries).toMatchObject([
      { clientId: client.clientId, status: 'DELIVERED' },
      { clientId: other.clientId, status: 'SKIPPED' },
    ])
    const without = await registry.client()
    await join('five', without, 'frank')
    const skipped = await deliver(registry, { sessionId: 'five' })
    expect(skipped.deliveries).toMatchObject([{ clientId: without.clientId, status: 'SKIPPED' }])
  })

  it.each([
    ['is unknown', { sessionId: 'unknown' }],
    ['is of another user', { sessionId: 'six', subject: 'heidi' }],
    ['does not exist for the user', { subject: 'nobody-at-all' }],
  ])('is NOT_FOUND where the session %s', async (_, body) => {
    await join('six', await notified(registry), 'grace')
    expect(await deliver(registry, body)).toMatchObject({
      ...{ action: 'NOT_FOUND', resultCode: 'P097902' },
    })
  })
})

describe('the list of deliveries', () => {
  it('selects by logout, session, user, client and status, and counts the rest', async () => {
    const [client, other] = [await notified(service), await notified(service)]
    const giveUpAt = service.system.clock()
    const of = { subject: 'ivan', reason: 'a note' }
    const delivered = await storeDelivery(service, client, of)
    await service.outbox.send([delivered], 1_000)
    service.system.fetch.answer(other.backchannelLogoutUri, { status: 500 })
    const dead = await storeDelivery(service, other, { ...of, giveUpAt })
    const pending = await storeDelivery(service, other, of)
    await service.outbox.send([dead, pending], 1_000)

    const all = await list({ subject: 'ivan', end: 10 })
    expect(all).toMatchObject({ action: 'OK', start: 0, end: 10, pendingCount: 1, deadCount: 1 })
    const ids = (answer: Json) => answer.deliveries.map(({ deliveryId }: Json) => deliveryId).sort()
    expect(ids(all)).toEqual([delivered, dead, pending].map((row) => row.deliveryId).sort())
    for (const [filter, row] of [
      [{ logoutId: delivered.logoutId }, delivered],
      [{ sessionId: dead.sessionId }, dead],
      [{ subject: 'ivan', status: 'PENDING' }, pending],
      [{ clientIdentifier: String(client.clientId) }, delivered],
      [{ clientIdentifier: String(other.clientId), status: 'DEAD' }, dead],
    ] as const) {
      expect(ids(await list(filter))).toEqual([row.deliveryId])
    }
    expect((await list({ sessionId: dead.sessionId })).deliveries).toEqual([
      {
        ...{ deliveryId: dead.deliveryId, kind: 'backchannel-logout', logoutId: dead.logoutId },
        ...{ clientId: other.clientId, sessionId: dead.sessionId, subject: 'ivan' },
        ...{ reason: 'a note', status: 'DEAD', attempts: 1, createdAt: dead.createdAt },
        ...{ finishedAt: dead.createdAt, lastStatus: 500, lastError: 'status' },
      },
    ])
    const [waiting] = (await list({ sessionId: pending.sessionId })).deliveries
    expect(waiting.nextAttemptAt).toBeGreaterThan(service.system.clock())
    expect((await list({ subject: 'ivan', start: 1, end: 2 })).deliveries).toHaveLength(1)
    expect(await list({ clientIdentifier: '404' })).toMatchObject({ deliveries: [] })
  })

  it('is of one service', async () => {
    const client = await notified(service)
    const row = await storeDelivery(service, client)
    expect(await list({ logoutId: row.logoutId }, registry)).toMatchObject({
      ...{ deliveries: [], pendingCount: 0, deadCount: 0 },
    })
  })
})

describe('a retry', () => {
  const deadOne = async (client: Json) => {
    const row = await storeDelivery(service, client, { giveUpAt: service.system.clock() })
    service.system.fetch.answer(client.backchannelLogoutUri, { status: 500 })
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DEAD' })
    return row
  }
  const due = async () => {
    await service.outbox.begin()
    await service.outbox.idle()
  }

  it('makes a dead delivery pending and due at once, and its attempts begin again', async () => {
    const client = await notified(service)
    const row = await deadOne(client)
    const answer = await retry({ deliveryIds: [row.deliveryId, 'unknown'] })
    expect(answer).toMatchObject({ action: 'OK', count: 1, resultCode: 'P098902' })
    const now = service.system.clock()
    expect(await deliveryNow(service, row)).toMatchObject({
      ...{ status: 'PENDING', attempts: 0, dueAt: now, finishedAt: null },
      giveUpAt: now + 86_400_000,
    })
    await due()
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'PENDING', attempts: 1 })
    service.system.fetch.answer(client.backchannelLogoutUri, {})
    service.system.clock.advance(2 * firstDelay)
    await due()
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED', attempts: 2 })
    expect(await retry({ deliveryIds: [row.deliveryId] })).toMatchObject({
      ...{ action: 'OK', count: 0 },
    })
  })

  it('sends all dead deliveries of a client again', async () => {
    const client = await notified(service)
    const rows = [await deadOne(client), await deadOne(client)]
    service.system.fetch.answer(client.backchannelLogoutUri, {})
    const clientIdentifier = String(client.clientId)
    expect(await retry({ clientIdentifier, status: 'DEAD' })).toMatchObject({ count: 2 })
    await due()
    const statuses = await Promise.all(rows.map((row) => deliveryNow(service, row)))
    expect(statuses).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }])
  })

  it('is NOT_FOUND for unknown deliveries and clients, and of other services', async () => {
    const row = await deadOne(await notified(service))
    const notFound = { action: 'NOT_FOUND', resultCode: 'P098903' }
    expect(await retry({ deliveryIds: ['unknown'] })).toMatchObject(notFound)
    expect(await retry({ clientIdentifier: '404', status: 'DEAD' })).toMatchObject(notFound)
    const ids = { deliveryIds: [row.deliveryId] }
    expect(await registry.api('/logout/delivery/retry', ids)).toMatchObject(notFound)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DEAD' })
  })

  it.each([{}, { clientIdentifier: '1' }, { deliveryIds: ['a'], clientIdentifier: '1' }])(
    'is refused where the call does not say which: %j',
    async (body) => {
      const path = `/api/${service.serviceId}/logout/delivery/retry`
      expect(await service.call('POST', path, body)).toMatchObject({
        ...{ status: 400, body: { resultCode: 'P098101' } },
      })
    },
  )
})
