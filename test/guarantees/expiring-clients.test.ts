/** Discovered and self-registered clients expire if unused, and their number is limited. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expiryOf } from '../../src/store/configuration.ts'
import {
  authorizationRequest,
  createService,
  form,
  redirectUri,
  type TestService,
  verifier,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { sharedStore } from '../support/stores.ts'

const day = 86_400_000
const enabled = { clientIdMetadataDocumentSupported: true, dynamicRegistrationSupported: true }
const urlOf = (number: number) => `https://stranger.example/client/${number}`

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createService(enabled, { on: store() })
})
afterEach(() => service.close())

const configure = (attributes: Record<string, string>) =>
  service.configure({
    ...enabled,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key: `ext.${key}`, value })),
  })

const ask = (number: number): Promise<Json> => {
  const body = { client_id: urlOf(number), redirect_uris: [redirectUri] }
  const cacheControl = 'max-age=86400'
  const grant_types = ['authorization_code', 'refresh_token']
  service.system.fetch.answer(urlOf(number), { body: { ...body, grant_types }, cacheControl })
  return service.api('/auth/authorization', {
    parameters: authorizationRequest({ clientId: urlOf(number) }),
  })
}

const obtain = async (number: number): Promise<Json> => {
  const { ticket } = await ask(number)
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  return service.api('/auth/token', {
    parameters: form({
      ...{ grant_type: 'authorization_code', client_id: urlOf(number) },
      ...{ code: issued.authorizationCode, redirect_uri: redirectUri, code_verifier: verifier },
    }),
  })
}

const clients = async (): Promise<Json[]> =>
  (await service.get(`/api/${service.serviceId}/client/get/list?start=0&end=1000`)).clients ?? []
const locations = async () =>
  (await clients()).map((each) => each.metadataDocumentLocation).toSorted()
const purge = () => service.store.purge(service.system.clock())
const rowOf = async (number: number) => {
  const row = await service.store.clients.findByLocation(service.serviceId, urlOf(number))
  if (!row) throw new Error('The client is not there.')
  return row
}

describe('client of a metadata document', () => {
  it('is deleted with its rows if it is not used for 30 days (CIMD §6.6)', async () => {
    await ask(1)
    service.system.clock.advance(30 * day - 1)
    await purge()
    expect(await locations()).toEqual([urlOf(1)])
    service.system.clock.advance(1)
    await purge()
    expect(await clients()).toEqual([])
    expect(await ask(1)).toMatchObject({ action: 'INTERACTION' })
  })

  it('is kept for the configured days after its last use, stored once a day', async () => {
    await configure({ 'client_id_metadata.unused_days': '3' })
    await ask(1)
    const { expiresAt, version } = await rowOf(1)
    expect(expiresAt).toBe(service.system.clock() + 3 * day)
    service.system.clock.advance(day - 1)
    await ask(1)
    expect((await rowOf(1)).expiresAt).toBe(expiresAt)
    service.system.clock.advance(1)
    await ask(1)
    const prolonged = await rowOf(1)
    expect(prolonged).toMatchObject({ expiresAt: service.system.clock() + 3 * day })
    expect(prolonged.version - version).toBeLessThanOrEqual(1)
    service.system.clock.advance(3 * day - 1)
    await purge()
    expect(await locations()).toEqual([urlOf(1)])
  })

  it('is not deleted while it has a live token (RFC 6749 §1.5)', async () => {
    await configure({ 'client_id_metadata.unused_days': '1' })
    const { refreshToken } = await obtain(1)
    expect(refreshToken).toBeDefined()
    service.system.clock.advance(2 * day)
    await purge()
    await purge()
    expect(await locations()).toEqual([urlOf(1)])
    // The default of refreshTokenDuration.
    service.system.clock.advance(864_000 * 1_000)
    await purge()
    expect(await clients()).toEqual([])
  })

  it('does not expire once the caller has changed it', async () => {
    await ask(1)
    const [client] = (await clients()) as [Json]
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    service.system.clock.advance(3_650 * day)
    await purge()
    expect(await locations()).toEqual([urlOf(1)])
    expect(await ask(1)).toMatchObject({ resultCode: 'P030003' })
  })

  it('replaces the least recently used client if the service is at its limit', async () => {
    await configure({ 'client_id_metadata.limit': '3' })
    const { accessToken: token } = await obtain(1)
    for (const number of [2, 3]) {
      service.system.clock.advance(1_000)
      await ask(number)
    }
    // The tickets have expired, whereas the tokens are valid.
    service.system.clock.advance(2 * 3_600_000)
    for (const number of [4, 5]) {
      service.system.clock.advance(1_000)
      expect(await ask(number)).toMatchObject({ action: 'INTERACTION' })
    }
    expect(await locations()).toEqual([1, 4, 5].map(urlOf))
    expect(await service.api('/auth/introspection', { token })).toMatchObject({ action: 'OK' })
  })

  it('is refused if all clients are in use at the limit, while known ones work', async () => {
    await configure({ 'client_id_metadata.limit': '2' })
    await obtain(1)
    await obtain(2)
    const refused = await ask(3)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P019318' })
    expect(refused.responseContent).toContain('"error":"invalid_client"')
    expect(await ask(1)).toMatchObject({ action: 'INTERACTION' })
    await configure({ 'client_id_metadata.limit': '3' })
    expect(await ask(3)).toMatchObject({ action: 'INTERACTION' })
  })

  it('does not exceed the limit of the service when discovered concurrently', async () => {
    await configure({ 'client_id_metadata.limit': '5' })
    await Promise.all(Array.from({ length: 30 }, (_, number) => ask(number)))
    expect((await clients()).length).toBe(5)
  })
})

describe('self-registered client', () => {
  const register = async (): Promise<Json> =>
    service.api('/client/registration', {
      json: JSON.stringify({ redirect_uris: [redirectUri] }),
    })
  const askAs = (clientId: number) =>
    service.api('/auth/authorization', { parameters: authorizationRequest({ clientId }) })

  it('is deleted if it is not used for a year, or for the configured days', async () => {
    const { client } = await register()
    service.system.clock.advance(364 * day)
    await askAs(client.clientId)
    service.system.clock.advance(2 * day)
    await purge()
    expect(await clients()).toHaveLength(1)
    await configure({ 'dcr.unused_days': '7' })
    await register()
    service.system.clock.advance(7 * day)
    await purge()
    expect((await clients()).map(({ clientId }) => clientId)).toEqual([client.clientId])
    service.system.clock.advance(358 * day)
    await purge()
    expect(await clients()).toEqual([])
  })

  it('is kept if it is used in time, also if the time is one day', async () => {
    await configure({ 'dcr.unused_days': '1' })
    const { client } = await register()
    for (let times = 0; times < 3; times += 1) {
      service.system.clock.advance((5 / 6) * day)
      await purge()
      expect(await clients()).toHaveLength(1)
      await askAs(client.clientId)
    }
    service.system.clock.advance(day)
    await purge()
    expect(await clients()).toEqual([])
  })

  it('is refused at the limit of the service (RFC 7591 §5)', async () => {
    await configure({ 'dcr.limit': '3' })
    await service.client()
    const answers = await Promise.all(Array.from({ length: 8 }, register))
    expect(answers.filter(({ action }) => action === 'CREATED')).toHaveLength(3)
    const refused = answers.filter(({ resultCode }) => resultCode === 'P088009')
    expect(refused).toHaveLength(5)
    expect(refused[0]).toMatchObject({ action: 'BAD_REQUEST' })
    expect(await service.client()).toMatchObject({ clientId: expect.any(Number) })
  })
})

describe('client that the caller created', () => {
  it('does not expire', async () => {
    const made = await service.client()
    service.system.clock.advance(36_500 * day)
    await purge()
    expect((await clients()).map(({ clientId }) => clientId)).toEqual([made.clientId])
    expect(expiryOf(made)).toBeUndefined()
  })
})
