/** Repeated registrations of the same software, RFC 7591 §3.2.1: attribute `ext.dcr.idempotent`. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  issuer,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const settings = (attributes: Record<string, string>, more: Json = {}) => ({
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  ...more,
})
const on = { 'ext.dcr.idempotent': 'true' }

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createService(settings(on), { on: store() })
})
afterEach(() => service.close())

const software = {
  software_id: 'notes',
  software_version: '1.0',
  client_name: 'Notes',
  redirect_uris: [redirectUri, 'https://app.example.com/other'],
  token_endpoint_auth_method: 'none',
}

const register = (metadata: Json = software): Promise<Json> =>
  service.api('/client/registration', { json: JSON.stringify(metadata) })
const told = ({ action, responseContent }: Json): Json => {
  expect(action, responseContent).toBe('CREATED')
  return JSON.parse(responseContent)
}
const idOf = async (metadata?: Json): Promise<string> => told(await register(metadata)).client_id
const numberOfClients = async () =>
  (await service.get(`/api/${service.serviceId}/client/get/list`)).totalCount

describe('registration of a client without a secret', () => {
  it('returns the client of an earlier one with the same metadata, in any order', async () => {
    const first = told(await register())
    service.system.clock.advance(3_600_000)
    expect(told(await register())).toEqual(first)
    const reversed = Object.fromEntries(Object.entries(software).reverse())
    expect(told(await register(reversed))).toEqual(first)
    expect(await numberOfClients()).toBe(1)
    const asked = await authorize(service, { clientId: first.client_id })
    expect(asked).toMatchObject({ action: 'INTERACTION' })
  })

  it('returns no secret and no registration access token, even at first', async () => {
    for (const answer of [await register(), await register()]) {
      const response = told(answer)
      expect(response).not.toHaveProperty('client_secret')
      expect(response).not.toHaveProperty('registration_access_token')
      expect(response).not.toHaveProperty('registration_client_uri')
      expect(answer.client).not.toHaveProperty('registrationAccessTokenHash')
    }
  })

  it('cannot be managed by any client, not even by the one that registered it first', async () => {
    const clientId = await idOf()
    const json = JSON.stringify({ ...software, redirect_uris: ['https://evil.example/'] })
    for (const token of ['', 'guessed', undefined]) {
      const presented = { clientId, token, json }
      for (const operation of ['get', 'update', 'delete']) {
        const refused = await service.api(`/client/registration/${operation}`, presented)
        expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P085001' })
      }
    }
  })

  it.each([
    ['software_id', { software_id: 'other' }],
    ['software_version', { software_version: '1.1' }],
    ['redirect_uris', { redirect_uris: ['https://evil.example/callback'] }],
    ['a further redirect URI', { redirect_uris: [...software.redirect_uris, `${redirectUri}2`] }],
    ['client_name', { client_name: 'Other' }],
    ['an unknown member', { installation: '1' }],
  ])('creates another client for another value of %s', async (_member, change) => {
    const first = await idOf()
    expect(await idOf({ ...software, ...change })).not.toBe(first)
  })

  it.each([['software_id'], ['redirect_uris']] as const)('requires %s', async (member) => {
    const { [member]: _, ...rest } = { ...software, grant_types: ['refresh_token'] }
    const metadata = { ...rest, response_types: [] }
    expect(await idOf(metadata)).not.toBe(await idOf(metadata))
  })

  it('with keys returns the client with these keys only', async () => {
    const withKey = (key: Json) => ({
      ...{ ...software, token_endpoint_auth_method: 'private_key_jwt' },
      jwks: JSON.parse(jwksOf(publicKey(key))),
    })
    const first = await idOf(withKey(clientKey))
    expect(await idOf(withKey(clientKey))).toBe(first)
    expect(await idOf(withKey(serviceKeys[1]))).not.toBe(first)
  })

  it('gives one client to concurrent registrations, at the limit and with unique software', async () => {
    const limited = { ...on, 'ext.dcr.limit': '1' }
    await service.configure(settings(limited, { dcrDuplicateSoftwareIdBlocked: true }))
    const answers = await Promise.all(Array.from({ length: 12 }, () => register()))
    const ids = new Set(answers.map((answer) => told(answer).client_id))
    expect(ids.size).toBe(1)
    expect(await numberOfClients()).toBe(1)
    const other = await register({ ...software, software_version: '2.0' })
    expect(other).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P088008' })
  })

  it('counts as a use, and creates the client again after it was removed', async () => {
    const day = 86_400_000
    await service.configure(settings({ ...on, 'ext.dcr.unused_days': '10' }))
    const first = await idOf()
    service.system.clock.advance(8 * day)
    expect(await idOf()).toBe(first)
    service.system.clock.advance(8 * day)
    await service.store.purge(service.system.clock())
    expect(await idOf()).toBe(first)
    service.system.clock.advance(10 * day)
    await service.store.purge(service.system.clock())
    expect(await idOf()).not.toBe(first)
  })

  it('does not share a client that the caller has given credentials', async () => {
    const { client } = await register()
    const changed = {
      ...client,
      clientType: 'CONFIDENTIAL',
      tokenAuthMethod: 'CLIENT_SECRET_BASIC',
    }
    const updated = await service.api(`/client/update/${client.clientId}`, changed)
    expect(updated.tokenAuthMethod).toBe('CLIENT_SECRET_BASIC')
    const next = await register()
    expect(told(next).client_id).not.toBe(String(client.clientId))
    expect(told(next)).not.toHaveProperty('client_secret')
    expect(next.responseContent).not.toContain(updated.clientSecret)
  })

  it('returns a locked client, which stays locked', async () => {
    const { client } = await register()
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    expect(await idOf()).toBe(String(client.clientId))
    expect(await authorize(service, client)).toMatchObject({ resultCode: 'P030003' })
  })

  it('returns the client of its own service only', async () => {
    const first = await idOf()
    const other = await createService(settings(on), service)
    const json = JSON.stringify(software)
    expect(told(await other.api('/client/registration', { json })).client_id).not.toBe(first)
  })
})

describe('registration that creates a client each time', () => {
  it.each([['client_secret_basic'], ['client_secret_post'], ['client_secret_jwt']])(
    'is that of a client with a secret: %s',
    async (method) => {
      const metadata = { ...software, token_endpoint_auth_method: method }
      const [first, second] = [told(await register(metadata)), told(await register(metadata))]
      expect(second.client_id).not.toBe(first.client_id)
      expect(second.client_secret).not.toBe(first.client_secret)
      expect(second.registration_access_token).not.toBe(first.registration_access_token)
    },
  )

  it('is that of a client whose secret signs its ID Tokens', async () => {
    const metadata = { ...software, id_token_signed_response_alg: 'HS256' }
    const signed = { ...metadata, token_endpoint_auth_method: 'client_secret_basic' }
    expect(await idOf(signed)).not.toBe(await idOf(signed))
  })

  it('is every registration without the attribute', async () => {
    await service.configure(settings({}))
    const [first, second] = [told(await register()), told(await register())]
    expect(second.client_id).not.toBe(first.client_id)
    expect(first.registration_access_token).toMatch(/^[\w-]{43}$/)
    await service.configure(settings(on))
    expect(await idOf()).not.toBe(first.client_id)
  })
})
