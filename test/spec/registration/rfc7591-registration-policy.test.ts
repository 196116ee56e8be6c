/** The policy of a service for dynamic registration, RFC 7591: attributes `ext.dcr.*`. */
import { calculateJwkThumbprint } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  authorize,
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  unauthorizedOnClientConfigSupported: true,
}
const good = { client_name: 'App', redirect_uris: [redirectUri] }

let plain: TestService
beforeAll(async () => {
  plain = await createService(settings)
})
afterAll(() => plain.close())

/** A service with the given attributes, without their prefix `ext.dcr.`. */
const serviceWith = (attributes: Record<string, string>, more: Json = {}) => {
  const pairs = Object.entries(attributes).map(([key, value]) => ({ key: `ext.dcr.${key}`, value }))
  return createService({ ...settings, ...more, attributes: pairs }, plain)
}

const register = (at: TestService, metadata: Json = good, more: Json = {}) =>
  at.api('/client/registration', { ...more, json: JSON.stringify(metadata) })
const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)
const told = async (at: TestService, metadata: Json = good, more: Json = {}): Promise<Json> => {
  const answer = await register(at, metadata, more)
  expect(answer.action, answer.responseContent).toBe('CREATED')
  return bodyOf(answer)
}
const updateOf = (at: TestService, { client_id, registration_access_token }: Json, json: Json) =>
  at.api('/client/registration/update', {
    ...{ clientId: client_id, token: registration_access_token, json: JSON.stringify(json) },
  })

const expectError = (answer: Json, error: string, resultCode: string, action = 'BAD_REQUEST') =>
  expect({
    action: answer.action,
    resultCode: answer.resultCode,
    error: bodyOf(answer).error,
  }).toEqual({ action, resultCode, error })

describe('ext.dcr.default_scopes', () => {
  const scopesOf = async (at: TestService, clientId: string) => {
    const asked = await authorize(at, { clientId }, { scope: 'openid read write' })
    return asked.scopes.map(({ name }: Json) => name)
  }

  it('are the scopes of a client that registers without scope (RFC 7591 §2)', async () => {
    const at = await serviceWith(
      { default_scopes: 'openid read unknown' },
      { dcrScopeUsedAsRequestable: true },
    )
    const client = await told(at)
    expect(client.scope).toBe('openid read')
    expect(await scopesOf(at, client.client_id)).toEqual(['openid', 'read'])
    expect((await told(at, { ...good, scope: 'write' })).scope).toBe('write')
  })

  it('apply to every new client where the member scope is ignored', async () => {
    const at = await serviceWith({ default_scopes: 'openid' })
    expect((await told(at, { ...good, scope: 'write' })).scope).toBe('openid')
  })

  it('do not change the scopes of a client that updates itself', async () => {
    const at = await serviceWith({ default_scopes: 'read' }, { dcrScopeUsedAsRequestable: true })
    const client = await told(at, { ...good, scope: 'write' })
    expect(bodyOf(await updateOf(at, client, good)).scope).toBe('write')
  })

  it('are all scopes without the attribute', async () => {
    const client = await told(plain)
    expect(client).not.toHaveProperty('scope')
    expect(await scopesOf(plain, client.client_id)).toEqual(['openid', 'read', 'write'])
  })
})

describe('ext.dcr.default_refresh', () => {
  it('adds refresh_token to the default grant types of the code flow', async () => {
    const at = await serviceWith({ default_refresh: 'true' })
    const both = ['authorization_code', 'refresh_token']
    expect((await told(at)).grant_types).toEqual(both)
    expect((await told(at, { ...good, response_types: ['code'] })).grant_types).toEqual(both)
    const implicit = await told(at, { ...good, response_types: ['token'] })
    expect(implicit.grant_types).toEqual(['implicit'])
    const asked = await told(at, { ...good, grant_types: ['authorization_code'] })
    expect(asked.grant_types).toEqual(['authorization_code'])
  })

  it('adds nothing without the attribute, or where the service has no such grant', async () => {
    expect((await told(plain)).grant_types).toEqual(['authorization_code'])
    const supportedGrantTypes = ['AUTHORIZATION_CODE']
    const at = await serviceWith({ default_refresh: 'true' }, { supportedGrantTypes })
    expect((await told(at)).grant_types).toEqual(['authorization_code'])
  })
})

describe('ext.dcr.lenient_types', () => {
  const mixed = ['code', 'refresh_token', 'client_credentials', 'delete_token']

  it('takes grant types out of response_types', async () => {
    const at = await serviceWith({ lenient_types: 'true' })
    expect(await told(at, { ...good, response_types: mixed })).toMatchObject({
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    })
    expect(await told(at, { response_types: ['client_credentials'] })).toMatchObject({
      ...{ response_types: [], grant_types: ['client_credentials'] },
    })
    const unknown = { response_types: ['client_credentials', 'delete_token'] }
    expect(await told(at, unknown)).toMatchObject({
      ...{ response_types: [], grant_types: ['client_credentials'] },
    })
    const named = { ...good, response_types: mixed, grant_types: ['authorization_code'] }
    expect((await told(at, named)).grant_types).toHaveLength(3)
  })

  it('refuses what the service does not support', async () => {
    const more = { supportedGrantTypes: ['AUTHORIZATION_CODE'] }
    const at = await serviceWith({ lenient_types: 'true' }, more)
    const answer = await register(at, { response_types: ['client_credentials'] })
    expectError(answer, 'invalid_client_metadata', 'P088007')
    const codeOnly = await serviceWith(
      { lenient_types: 'true' },
      { supportedResponseTypes: ['CODE'] },
    )
    const response_types = ['token', 'client_credentials']
    const implicit = await register(codeOnly, { ...good, response_types })
    expectError(implicit, 'invalid_client_metadata', 'P088007')
  })

  it('ignores them without the attribute (RFC 7591 §2)', async () => {
    expect(await told(plain, { ...good, response_types: mixed })).toMatchObject({
      ...{ response_types: ['code'], grant_types: ['authorization_code'] },
    })
  })
})

describe('client_confidential of a registration', () => {
  it('registers a public client if it is false', async () => {
    const answer = await register(plain, { ...good, client_confidential: false })
    expect(answer.client).toMatchObject({ clientType: 'PUBLIC', tokenAuthMethod: 'NONE' })
    expect(bodyOf(answer)).not.toHaveProperty('client_secret')
  })

  it('changes nothing if it is true, or beside a token_endpoint_auth_method', async () => {
    const confidential = await told(plain, { ...good, client_confidential: true })
    expect(confidential.token_endpoint_auth_method).toBe('client_secret_basic')
    const method = { token_endpoint_auth_method: 'client_secret_post', client_confidential: false }
    expect(await told(plain, { ...good, ...method })).toMatchObject({
      token_endpoint_auth_method: 'client_secret_post',
    })
  })

  it('is refused if the service has no public clients (RFC 7591 §3.2.2)', async () => {
    const at = await serviceWith({}, { supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC'] })
    const answer = await register(at, { ...good, client_confidential: false })
    expectError(answer, 'invalid_client_metadata', 'P088007')
  })
})

describe('ext.dcr.required_scopes', () => {
  const tokenOf = async (at: TestService, scope: string, more: Json = {}) => {
    const { accessToken } = await at.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: (await at.client()).clientId },
      ...{ scopes: scope.split(' '), ...more },
    })
    return accessToken
  }

  it('requires an initial access token with these scopes (RFC 7591 §3)', async () => {
    const at = await serviceWith({ required_scopes: 'read write' })
    expectError(await register(at), 'invalid_token', 'P088010', 'UNAUTHORIZED')
    const unknown = await register(at, good, { token: 'unknown' })
    expectError(unknown, 'invalid_token', 'P040002', 'UNAUTHORIZED')
    const narrow = await register(at, good, { token: await tokenOf(at, 'read openid') })
    expectError(narrow, 'insufficient_scope', 'P040004', 'UNAUTHORIZED')
    const token = await tokenOf(at, 'write read openid')
    expect((await register(at, good, { token })).action).toBe('CREATED')
  })

  it('refuses an expired or revoked token, and one of another service or resource', async () => {
    const at = await serviceWith({ required_scopes: 'read' })
    const expectUnknown = async (token: string) => {
      const answer = await register(at, good, { token })
      expectError(answer, 'invalid_token', 'P040002', 'UNAUTHORIZED')
    }
    await expectUnknown(await tokenOf(plain, 'read'))
    const token = await tokenOf(at, 'read', { accessTokenDuration: 60 })
    const revoked = await tokenOf(at, 'read')
    await at.call('DELETE', `/api/${at.serviceId}/auth/token/delete/${revoked}`)
    await expectUnknown(revoked)
    at.system.clock.advance(60_000)
    await expectUnknown(token)
    const elsewhere = await tokenOf(at, 'read', { resources: ['https://api.example.com'] })
    const answer = await register(at, good, { token: elsewhere })
    expectError(answer, 'invalid_token', 'P040006', 'UNAUTHORIZED')
    const here = await tokenOf(at, 'read', { resources: [settings.registrationEndpoint] })
    expect((await register(at, good, { token: here })).action).toBe('CREATED')
  })

  it('requires proof of possession for a bound token (RFC 8705 §3, RFC 9449 §7.1)', async () => {
    const at = await serviceWith({ required_scopes: 'read' })
    const certified = await tokenOf(at, 'read', { certificateThumbprint: 'x'.repeat(43) })
    const refused = await register(at, good, { token: certified })
    expectError(refused, 'invalid_token', 'P017003', 'UNAUTHORIZED')
    const key = await dpopKey()
    const dpopKeyThumbprint = await calculateJwkThumbprint(key.publicJwk)
    const token = await tokenOf(at, 'read', { dpopKeyThumbprint })
    const unproven = await register(at, good, { token })
    expectError(unproven, 'invalid_token', 'P016011', 'UNAUTHORIZED')
    const now = at.system.clock()
    const dpop = await proof(key, { htu: settings.registrationEndpoint, now, accessToken: token })
    expect((await register(at, good, { token, dpop })).action).toBe('CREATED')
    const replayed = await register(at, good, { token, dpop })
    expectError(replayed, 'invalid_dpop_proof', 'P016009', 'UNAUTHORIZED')
  })

  it('is relayed as 401 with a challenge, or as BAD_REQUEST if the service chose so', async () => {
    const at = await serviceWith({ required_scopes: 'read' })
    const headers = { Prefer: 'relay' }
    const path = '/client/registration'
    const { relay } = await at.api(path, { json: JSON.stringify(good) }, headers)
    expect(relay).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer /) },
    })
    const other = await serviceWith(
      { required_scopes: 'read' },
      { unauthorizedOnClientConfigSupported: false },
    )
    expectError(await register(other), 'invalid_token', 'P088010', 'BAD_REQUEST')
  })

  it('ignores the token without the attribute', async () => {
    expect((await register(plain, good, { token: 'unknown' })).action).toBe('CREATED')
  })
})

describe('ext.client_id.format', () => {
  const format = (value: string) => ({ attributes: [{ key: 'ext.client_id.format', value }] })

  it('uuid makes a UUID the client_id of a self-registered client (RFC 7591 §3.2.1)', async () => {
    const at = await createService({ ...settings, ...format('uuid') }, plain)
    const answer = await register(at)
    const client = bodyOf(answer)
    expect(client.client_id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(client.registration_client_uri).toBe(
      `${settings.registrationEndpoint}/${client.client_id}`,
    )
    expect(answer.client).toMatchObject({
      ...{ clientIdAlias: client.client_id, clientIdAliasEnabled: true },
    })
    const tokens = await obtainTokens(at, { ...answer.client, clientId: client.client_id })
    expect(tokens).toMatchObject({ action: 'OK', clientIdAliasUsed: true })
    const updated = await updateOf(at, client, { ...good, client_id: client.client_id })
    expect(bodyOf(updated)).toEqual(client)
    // The client_id of a client stays the same when the service changes its setting.
    await at.configure({ ...settings, ...format('number') })
    expect(bodyOf(await updateOf(at, client, good)).client_id).toBe(client.client_id)
    expect((await told(at)).client_id).toMatch(/^\d+$/)
  })

  it('is a number without the attribute', async () => {
    const { client } = await register(plain)
    expect(client).not.toHaveProperty('clientIdAlias')
  })

  it('is refused without aliases, or with an unknown format', async () => {
    const { serviceId, call } = plain
    const save = (more: Json) =>
      call('POST', `/api/${serviceId}/service/update`, { serviceName: 'x', issuer, ...more })
    expect(await save(format('uuid'))).toMatchObject({
      status: 400,
      body: { resultMessage: expect.stringContaining('requires clientIdAliasEnabled') },
    })
    const unknown = await save({ ...format('word'), clientIdAliasEnabled: true })
    expect(unknown.status).toBe(400)
  })
})

describe('ext.dcr attributes', () => {
  it.each([
    ['default_scopes', 'a"b'],
    ['default_refresh', 'yes'],
    ['lenient_types', '1'],
    ['secret_settable', 'yes'],
    ['client_auth', 'client_secret_jwt'],
    ['required_scopes', 'a"b'],
    ['rat.ttl', '-1'],
    ['rat.rotate_on_use', 'yes'],
  ])('are refused when they are saved with a bad value: %s is %j', async (name, value) => {
    const { serviceId, call } = plain
    const attributes = [{ key: `ext.dcr.${name}`, value }]
    const refused = await call('POST', `/api/${serviceId}/service/update`, {
      ...{ serviceName: 'x', issuer, attributes },
    })
    expect(refused.status).toBe(400)
    expect(refused.body.resultMessage).toContain(`ext.dcr.${name}`)
  })
})
