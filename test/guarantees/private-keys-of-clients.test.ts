/**
 * Private keys that a caller registers for a client are sealed, returned to callers that may change
 * the client, and used and published as public keys only.
 */
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, type TestService } from '../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

const symmetric = { kty: 'oct', kid: 'shared', alg: 'HS256', k: 'A'.repeat(43) }
const jwks = jwksOf(clientKey, symmetric)
const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  supportedCustomClientMetadata: ['team'],
}

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService(settings)
  client = await service.client({
    ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', tokenAuthSignAlg: 'ES256', jwks },
  })
})
afterAll(() => service.close())

const path = (operation: string) => `/api/${service.serviceId}${operation}`
const assertionBy = async (alg: string, key: Json) => {
  const now = Math.floor(service.system.clock() / 1000)
  const claims = { iss: String(client.clientId), sub: String(client.clientId), aud: issuer }
  return new SignJWT({ ...claims, jti: crypto.randomUUID(), exp: now + 60, iat: now })
    .setProtectedHeader({ alg, kid: key.kid })
    .sign(await importJWK(key, alg))
}
const authenticate = (assertion: string) =>
  service.api('/auth/token', {
    parameters: form({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })

describe('private keys in the key set of a client', () => {
  it('are returned unchanged to a caller that may change the client', async () => {
    expect(client.jwks).toBe(jwks)
    const read = await service.get(path(`/client/get/${client.clientId}`))
    expect(read.jwks).toBe(jwks)
    const updated = await service.post(path(`/client/update/${client.clientId}`), read)
    expect(updated.jwks).toBe(jwks)
  })

  it('are hidden from other callers (RFC 7517 §9.3)', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_service'])
    for (const operation of [`/client/get/${client.clientId}`, '/client/get/list']) {
      const { body, text } = await service.call('GET', path(operation), undefined, { token })
      expect(text).not.toContain(clientKey.d)
      expect(text).not.toContain(symmetric.k)
      const shown = body.clients?.[0] ?? body
      expect(JSON.parse(shown.jwks)).toEqual({ keys: [publicKey(clientKey)] })
    }
  })

  it('are sealed in the database', async () => {
    const row = await service.store.clients.find(service.serviceId, client.clientId)
    expect(row?.data).not.toHaveProperty('jwks')
    expect(row?.secrets).toMatchObject({ jwks })
  })

  it('do not prevent authentication by the key (RFC 7523 §3)', async () => {
    expect(await authenticate(await assertionBy('ES256', clientKey))).toMatchObject({
      action: 'OK',
    })
  })

  it('are not used as shared secrets for assertions (RFC 8725 §2.1)', async () => {
    expect(await authenticate(await assertionBy('HS256', symmetric))).toMatchObject({
      action: 'INVALID_CLIENT',
    })
  })

  it('are refused from a client that registers itself (OIDC Registration §2)', async () => {
    const metadata = { redirect_uris: ['https://app.example.com/cb'], jwks: JSON.parse(jwks) }
    const refused = await service.api('/client/registration', { json: JSON.stringify(metadata) })
    expect(refused.action).toBe('BAD_REQUEST')
    expect(refused.responseContent).toContain('private members')
  })

  it('are hidden from the client when it reads its registration (RFC 7592 §3)', async () => {
    const metadata = { redirect_uris: ['https://app.example.com/cb'] }
    const made = await service.api('/client/registration', { json: JSON.stringify(metadata) })
    const { client_id, registration_access_token: token } = JSON.parse(made.responseContent)
    const current = await service.get(path(`/client/get/${client_id}`))
    await service.post(path(`/client/update/${client_id}`), { ...current, jwks })
    const read = await service.api('/client/registration/get', { clientId: client_id, token })
    expect(JSON.parse(read.responseContent).jwks).toEqual({ keys: [publicKey(clientKey)] })
    expect(read.responseContent).not.toContain(clientKey.d)
  })
})

describe('client that a tool creates', () => {
  it.each(['CODE_ID_TOKEN', 'CODE_TOKEN', 'CODE_ID_TOKEN_TOKEN'])(
    'can be a web client with %s at a loopback address (RFC 8252 §7.3)',
    async (type) => {
      const redirectUris = ['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'https://localhost/']
      const made = await service.client({ responseTypes: ['CODE', type], redirectUris })
      expect(made.redirectUris).toEqual(redirectUris)
    },
  )

  it.each([
    [['ID_TOKEN'], 'http://localhost/cb'],
    [['CODE', 'TOKEN'], 'https://localhost/cb'],
    [['CODE', 'CODE_ID_TOKEN'], 'http://app.example.com/cb'],
  ])(
    'with the response types %j cannot use %s (OIDC Registration §2)',
    async (responseTypes, uri) => {
      const refused = await service.client({ responseTypes, redirectUris: [uri] })
      expect(refused).toMatchObject({ resultCode: 'P000206' })
    },
  )

  it.each([
    ['{"team":1.50,"other":2}', '{"team":1.50}'],
    ['{ "team": 1.50 }', '{ "team": 1.50 }'],
    ['{"other":2}', undefined],
  ])('keeps the supported members of the custom metadata %s', async (customMetadata, kept) => {
    const made = await service.client({ customMetadata })
    expect(made.customMetadata).toBe(kept)
    const { clientId } = made
    const read = await service.get(path(`/client/get/${clientId}`))
    expect(read.customMetadata).toBe(kept)
    const updated = await service.post(path(`/client/update/${clientId}`), {
      ...read,
      customMetadata,
    })
    expect(updated.customMetadata).toBe(kept)
  })

  it('keeps all custom metadata if the service lists none as supported', async () => {
    await service.configure({ supportedCustomClientMetadata: undefined })
    const customMetadata = '{"anything":[1]}'
    expect(await service.client({ customMetadata })).toMatchObject({ customMetadata })
    await service.configure({})
  })

  it('cannot use an HMAC secret shorter than the hash (RFC 7518 §3.2)', async () => {
    const weak = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_JWT' })
    const clientSecret = 'a-short-secret'
    await service.api(`/client/secret/update/${weak.clientId}`, { clientSecret })
    const now = Math.floor(service.system.clock() / 1000)
    const id = String(weak.clientId)
    const assertion = await new SignJWT({ iss: id, sub: id, aud: issuer, jti: 'j', exp: now + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(clientSecret))
    expect(await authenticate(assertion)).toMatchObject({ action: 'INVALID_CLIENT' })
  })
})
