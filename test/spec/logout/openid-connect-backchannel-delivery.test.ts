/**
 * Delivery of Logout Tokens, OIDC Back-Channel Logout §2.5 to §2.8: each attempt sends a new token,
 * and the answer of the client decides what follows.
 */
import { createLocalJWKSet, decodeJwt, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FetchError } from '../../../src/system/fetch.ts'
import { deliveryNow, firstDelay, storeDelivery } from '../../support/deliveries.ts'
import { createService, issuer, type TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService({ backchannelLogoutSupported: true })
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

let uris = 0
const newUri = () => `https://app-${++uris}.example.com/logout?app=1`

/** A client with a host of its own. */
async function notified(more: Json = {}): Promise<{ client: Json; uri: string }> {
  const uri = newUri()
  return { uri, client: await service.client({ backchannelLogoutUri: uri, ...more }) }
}

const posts = (uri: string) => service.system.fetch.asked.filter((each) => each.url === uri)
const tokens = (uri: string) =>
  posts(uri).map(({ options }) => new URLSearchParams(options.body).get('logout_token') ?? '')
const idsOf = (uri: string) => tokens(uri).map((token) => decodeJwt(token).jti)

/** What is due after a time is attempted, and is over. */
async function later(milliseconds: number): Promise<void> {
  service.system.clock.advance(milliseconds)
  await service.outbox.begin()
  await service.outbox.idle()
}

const verify = (token: string, ...keys: JWK[]) =>
  jwtVerify(token, createLocalJWKSet({ keys: keys.map(publicKey) }), {
    issuer,
    currentDate: new Date(service.system.clock()),
    typ: 'logout+jwt',
  })

describe('a notification', () => {
  it('is one POST of a form with one field, and is DELIVERED by 200 (OIDC Back-Channel Logout §2.5)', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, { status: 200 })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    const [sent, ...more] = posts(uri)
    expect(more).toEqual([])
    expect(sent?.options).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      timeoutMs: 3_000,
      maxBytes: 65_536,
    })
    expect([...new URLSearchParams(sent?.options.body).keys()]).toEqual(['logout_token'])
    const { payload } = await verify(tokens(uri)[0] ?? '', ...serviceKeys)
    expect(payload).toMatchObject({ sub: 'alice', sid: row.sid, aud: [String(client.clientId)] })
    const finished = { status: 'DELIVERED', attempts: 1, dueAt: null, lastError: null }
    expect(await deliveryNow(service, row)).toMatchObject({
      ...finished,
      finishedAt: service.system.clock(),
    })
    await later(firstDelay)
    expect(posts(uri)).toHaveLength(1)
  })

  it.each([204, 202, 299])('is DELIVERED by %i (OIDC Back-Channel Logout §2.8)', async (status) => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, { status })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED' })
  })

  it('is DELIVERED by a success that cannot be read', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, new FetchError('too-large', { purpose: 'test' }))
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED' })
  })

  it('that fails is sent again with another jti, so that the client does not take it for a replay', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, { status: 500 })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    const pending = await deliveryNow(service, row)
    expect(pending).toMatchObject({ status: 'PENDING', attempts: 1, lastStatus: 500 })
    const delay = (pending?.dueAt ?? 0) - service.system.clock()
    expect(Math.abs(delay - firstDelay)).toBeLessThanOrEqual(firstDelay / 5)
    service.system.fetch.answer(uri, {})
    await later(delay - 1)
    expect(posts(uri)).toHaveLength(1)
    await later(1)
    expect(new Set(idsOf(uri)).size).toBe(2)
    expect(await deliveryNow(service, row)).toMatchObject({
      ...{ status: 'DELIVERED', attempts: 2, lastStatus: null, lastError: null },
    })
  })

  it.each([
    ...[500, 502, 503, 408, 425, 429].map((status) => ({ status })),
    new FetchError('network', { purpose: 'test' }),
    new FetchError('timeout', { purpose: 'test' }),
    new FetchError('busy', { purpose: 'test' }),
  ])('is sent again for a day, at most every hour, after %j', async (answer) => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, answer)
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    let now: Json = await deliveryNow(service, row)
    while (now.status === 'PENDING') {
      const wait = now.dueAt - service.system.clock()
      expect(wait).toBeLessThanOrEqual(3_600_000)
      await later(wait)
      now = await deliveryNow(service, row)
    }
    expect(now).toMatchObject({ status: 'DEAD', dueAt: null })
    // Half a minute is doubled to an hour by ten attempts, and 22 hours are left.
    expect(now.attempts).toBeGreaterThan(28)
    expect(now.finishedAt).toBeGreaterThan(row.giveUpAt - 2 * 3_600_000)
    expect(posts(uri)).toHaveLength(now.attempts)
  })

  it.each([400, 401, 403, 404])(
    'that is refused with %i is sent eight times: an old copy of our keys is renewed in ten minutes',
    async (status) => {
      const { client, uri } = await notified()
      service.system.fetch.answer(uri, { status })
      const row = await storeDelivery(service, client)
      await service.outbox.send([row], 1_000)
      for (let attempt = 2; attempt <= 8; attempt++) {
        expect(await deliveryNow(service, row)).toMatchObject({ status: 'PENDING' })
        await later(2 * firstDelay * 2 ** (attempt - 2))
      }
      expect(await deliveryNow(service, row)).toMatchObject({
        ...{ status: 'DEAD', attempts: 8, lastStatus: status, lastError: 'status', dueAt: null },
      })
      await later(3_600_000)
      expect(new Set(idsOf(uri)).size).toBe(8)
    },
  )

  it.each([
    ...[410, 301, 302, 303, 307, 308].map((status) => ({ status })),
    new FetchError('invalid-url', { purpose: 'test' }),
    new FetchError('forbidden-address', { purpose: 'test' }),
  ])('is DEAD at once after %j', async (answer) => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, answer)
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DEAD', attempts: 1 })
    await later(3_600_000)
    expect(posts(uri)).toHaveLength(1)
  })

  it.each([
    [60, 60_000],
    [3_600, 3_600_000],
    [7_200, 3_600_000],
  ])(
    'waits as long as the client asks, up to an hour: Retry-After %i',
    async (retryAfter, expected) => {
      const { client, uri } = await notified()
      service.system.fetch.answer(uri, { status: 503, retryAfter })
      const row = await storeDelivery(service, client)
      await service.outbox.send([row], 1_000)
      const { dueAt } = (await deliveryNow(service, row)) ?? {}
      expect((dueAt ?? 0) - service.system.clock()).toBe(expected)
    },
  )

  it('is not sent again sooner because of a short Retry-After', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, { status: 429, retryAfter: 0 })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    const { dueAt } = (await deliveryNow(service, row)) ?? {}
    expect((dueAt ?? 0) - service.system.clock()).toBeGreaterThanOrEqual(4_000)
  })

  it('is given up after its first attempt where the time for more is over', async () => {
    const { client, uri } = await notified()
    const row = await storeDelivery(service, client, { giveUpAt: service.system.clock() })
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DEAD', attempts: 1 })
    expect(posts(uri)).toHaveLength(1)
  })
})

describe('each attempt uses what is registered at its time', () => {
  it('the keys of the service: they may have been rotated', async () => {
    const { client, uri } = await notified()
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    const rotated = { ...(serviceKeys[0] as JWK), kid: 'rotated' }
    await service.configure({ jwks: jwksOf(rotated) })
    service.system.fetch.answer(uri, {})
    await later(2 * firstDelay)
    const kids = await Promise.all(
      tokens(uri).map(async (token, place) => {
        const keys = place === 0 ? serviceKeys : [rotated]
        return (await verify(token, ...keys)).protectedHeader.kid
      }),
    )
    expect(kids).toEqual(['rs256', 'rotated'])
  })

  it('the URI of the client', async () => {
    const { client, uri } = await notified()
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    const moved = newUri()
    await service.api(`/client/update/${client.clientId}`, {
      ...client,
      backchannelLogoutUri: moved,
    })
    service.system.fetch.answer(moved, {})
    await later(2 * firstDelay)
    expect([posts(uri).length, posts(moved).length]).toEqual([1, 1])
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED' })
  })

  it('a client without a URI is not notified: the delivery goes', async () => {
    const { client, uri } = await notified()
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    await service.api(`/client/update/${client.clientId}`, { ...client, backchannelLogoutUri: '' })
    await later(2 * firstDelay)
    expect(posts(uri)).toHaveLength(1)
    expect(await deliveryNow(service, row)).toBeUndefined()
  })

  it('a client that is locked is notified all the same', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, {})
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED' })
  })

  it('a client that is deleted while it is notified leaves nothing, and no error', async () => {
    const { client, uri } = await notified()
    const row = await storeDelivery(service, client)
    service.system.fetch.answer(uri, async () => {
      await service.call('DELETE', `/api/${service.serviceId}/client/delete/${client.clientId}`)
      return { status: 503 }
    })
    await service.outbox.send([row], 10_000)
    expect(posts(uri)).toHaveLength(1)
    expect(await deliveryNow(service, row)).toBeUndefined()
    const errors = service.system.log.entries.filter(({ error }) => error !== undefined)
    expect(errors).toEqual([])
  })

  it('without a key for the algorithm of the client it is sent again, until there is one', async () => {
    const { client, uri } = await notified({ idTokenSignAlg: 'PS256' })
    service.system.fetch.answer(uri, {})
    await service.configure({ jwks: jwksOf(serviceKeys[0] as JWK) })
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(posts(uri)).toEqual([])
    expect(await deliveryNow(service, row)).toMatchObject({
      ...{ status: 'PENDING', lastStatus: null, lastError: 'P008001' },
    })
    await service.configure({})
    await later(2 * firstDelay)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED', attempts: 2 })
  })

  it('the token is encrypted for clients with encrypted ID Tokens, also by a remote key set', async () => {
    const key = await encryptionPair('RSA-OAEP-256', 'remote')
    const jwksUri = newUri()
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(key)] } })
    const { client, uri } = await notified({
      ...{ idTokenEncryptionAlg: 'RSA_OAEP_256', idTokenEncryptionEnc: 'A256GCM', jwksUri },
    })
    service.system.fetch.answer(uri, {})
    const row = await storeDelivery(service, client)
    await service.outbox.send([row], 1_000)
    expect(tokens(uri)[0]?.split('.')).toHaveLength(5)
    expect(await deliveryNow(service, row)).toMatchObject({ status: 'DELIVERED' })
  })
})

describe('what is written about deliveries', () => {
  it('has no URL and no token: a failed attempt is a warning, and a dead delivery an error', async () => {
    const { client, uri } = await notified()
    service.system.fetch.answer(uri, { status: 500, body: 'a-secret-of-the-client' })
    const giveUpAt = service.system.clock() + 6_000
    const row = await storeDelivery(service, client, { giveUpAt })
    await service.outbox.send([row], 1_000)
    await later(6_000)
    const logged = service.system.log.entries.filter((each) => each['clientId'] === client.clientId)
    const about = { serviceId: service.serviceId, clientId: client.clientId, reason: 'status' }
    expect(logged).toMatchObject([
      { ...about, level: 'warn', attempts: 1, status: 500 },
      { ...about, level: 'error', attempts: 2, status: 500 },
    ])
    const texts = JSON.stringify([logged, await deliveryNow(service, row)])
    for (const secret of [...tokens(uri), new URL(uri).host, '/logout', 'a-secret-of-the-client'])
      expect(texts).not.toContain(secret)
  })
})
