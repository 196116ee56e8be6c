/** Dynamic registration, RFC 7591, RFC 7592, OIDC Registration, and settings of the service. */
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  authorize,
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const endpoint = `${issuer}/register`
const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: endpoint,
  unauthorizedOnClientConfigSupported: true,
}

let service: TestService
beforeAll(async () => {
  service = await createService(settings)
})
afterAll(() => service.close())

const good = { client_name: 'App', redirect_uris: [redirectUri] }

const registerAt = (at: TestService, metadata: unknown) =>
  at.api('/client/registration', { json: JSON.stringify(metadata) })
const register = (metadata: unknown) => registerAt(service, metadata)

const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)

/** A registered client: its registration response, and how it authenticates. */
async function registered(metadata: Json = good, at = service) {
  const answer = await registerAt(at, metadata)
  expect(answer.action, answer.responseContent).toBe('CREATED')
  const told = bodyOf(answer)
  const presents = { clientId: told.client_id, token: told.registration_access_token }
  return { client: answer.client, told, presents }
}

const read = (presents: Json, at = service) => at.api('/client/registration/get', presents)
const update = (presents: Json, metadata: unknown, at = service) =>
  at.api('/client/registration/update', { ...presents, json: JSON.stringify(metadata) })

const expectError = (answer: Json, error: string, resultCode: string, action = 'BAD_REQUEST') =>
  expect({
    action: answer.action,
    resultCode: answer.resultCode,
    error: bodyOf(answer).error,
  }).toEqual({ action, resultCode, error })

describe('client registration', () => {
  it('returns all registered metadata and the management URI (RFC 7591 §3.2.1)', async () => {
    const answer = await register(good)
    expect(answer).toMatchObject({ action: 'CREATED', resultCode: 'P088901' })
    const now = service.system.clock()
    expect(bodyOf(answer)).toEqual({
      ...good,
      client_id: String(answer.client.clientId),
      client_id_issued_at: Math.floor(now / 1000),
      client_secret: answer.client.clientSecret,
      client_secret_expires_at: 0,
      registration_client_uri: `${endpoint}/${answer.client.clientId}`,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      subject_type: 'public',
      require_auth_time: false,
      require_pushed_authorization_requests: false,
      require_signed_request_object: false,
      tls_client_certificate_bound_access_tokens: false,
      use_mtls_endpoint_aliases: false,
      dpop_bound_access_tokens: false,
      backchannel_user_code_parameter: false,
      backchannel_logout_session_required: false,
    })
    expect(answer.client).toMatchObject({
      clientName: 'App',
      clientType: 'CONFIDENTIAL',
      dynamicallyRegistered: true,
      clientSource: 'DYNAMIC_REGISTRATION',
      redirectUris: [redirectUri],
    })
  })

  it('creates a client that can use the code flow', async () => {
    const { client } = await registered({
      ...good,
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    })
    const tokens = await obtainTokens(service, client)
    expect(tokens).toMatchObject({ action: 'OK', refreshToken: expect.any(String) })
  })

  it('stores only the hash of the registration access token', async () => {
    const { client, presents } = await registered()
    const row = await service.store.clients.find(service.serviceId, client.clientId)
    expect(JSON.stringify(row)).not.toContain(presents.token)
    expect(client.registrationAccessTokenHash).toMatch(/^[\w-]{43}$/)
  })

  it('returns no secret to a public client', async () => {
    const { client, told } = await registered({ ...good, token_endpoint_auth_method: 'none' })
    expect(client).toMatchObject({ clientType: 'PUBLIC', tokenAuthMethod: 'NONE' })
    expect(told).not.toHaveProperty('client_secret')
    expect(told).not.toHaveProperty('client_secret_expires_at')
  })

  it('ignores client_id and client_secret of the request', async () => {
    const { told } = await registered({ ...good, client_id: '1', client_secret: 'mine' })
    expect(told.client_id).not.toBe('1')
    expect(told.client_secret).not.toBe('mine')
  })

  it('returns every member as it was sent', async () => {
    const encryptionKey = { ...publicKey(clientKey), use: 'enc', alg: 'ECDH-ES+A128KW' }
    const metadata = {
      ...good,
      application_type: 'native',
      contacts: ['a@example.com'],
      logo_uri: 'https://app.example.com/logo',
      client_uri: 'https://app.example.com',
      policy_uri: 'https://app.example.com/policy',
      tos_uri: 'https://app.example.com/tos',
      jwks: JSON.parse(jwksOf(publicKey(clientKey), encryptionKey)),
      software_id: 'software',
      software_version: '1',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      subject_type: 'pairwise',
      id_token_signed_response_alg: 'ES256',
      id_token_encrypted_response_alg: 'ECDH-ES+A128KW',
      id_token_encrypted_response_enc: 'A128CBC-HS256',
      userinfo_signed_response_alg: 'none',
      request_object_signing_alg: 'PS256',
      authorization_signed_response_alg: 'ES256',
      default_max_age: 60,
      require_auth_time: true,
      default_acr_values: ['high'],
      initiate_login_uri: 'https://app.example.com/login',
      request_uris: ['https://app.example.com/request#1'],
      tls_client_certificate_bound_access_tokens: true,
      use_mtls_endpoint_aliases: true,
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
      dpop_bound_access_tokens: true,
      authorization_details_types: ['payment'],
      response_modes: ['query', 'form_post', 'query.jwt', 'form_post.jwt', 'jwt'],
      response_types: ['code', 'code id_token'],
      grant_types: ['authorization_code', 'implicit', 'urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://app.example.com/ping',
      backchannel_user_code_parameter: true,
      backchannel_logout_uri: 'https://app.example.com/logout',
      backchannel_logout_session_required: true,
      organization_name: 'Example',
      client_registration_types: ['automatic'],
      'client_name#ja': 'アプリ',
      'tos_uri#fr-CA': 'https://app.example.com/fr',
    }
    const { client, told, presents } = await registered(metadata)
    expect(told).toMatchObject(metadata)
    expect(bodyOf(await read(presents))).toEqual(told)
    expect(client).toMatchObject({
      clientNames: [{ tag: 'ja', value: 'アプリ' }],
      tosUris: [{ tag: 'fr-CA', value: 'https://app.example.com/fr' }],
      idTokenEncryptionAlg: 'ECDH_ES_A128KW',
      responseModes: ['QUERY', 'FORM_POST', 'QUERY_JWT', 'FORM_POST_JWT', 'JWT'],
      responseTypes: ['CODE', 'CODE_ID_TOKEN'],
    })
  })

  it('accepts the words of a response type in any order (RFC 6749 §3.1.1)', async () => {
    const metadata = { response_types: ['token id_token'], redirect_uris: [redirectUri] }
    const { told } = await registered(metadata)
    expect(told).toMatchObject({ response_types: ['id_token token'], grant_types: ['implicit'] })
  })

  it('ignores unknown members, and members of other products (RFC 7591 §2)', async () => {
    const foreign = { metadata: { a: 1 }, skip_consent: true, skip_logout_consent: true, x: 'y' }
    const { client, told } = await registered({ ...good, ...foreign })
    for (const name of Object.keys(foreign)) expect(told).not.toHaveProperty(name)
    expect(client).not.toHaveProperty('customMetadata')
  })

  it('treats null and empty strings as absent', async () => {
    const { told } = await registered({ ...good, client_name: '', logo_uri: null, scope: null })
    expect(told).not.toHaveProperty('client_name')
    expect(told).not.toHaveProperty('logo_uri')
  })

  it.each<[string, unknown]>([
    ['no JSON', undefined],
    ['an array', []],
    ['a number', 5],
    ['null', null],
    ['text with a NUL', { client_name: 'a\0' }],
    ['half a surrogate pair', { x: ['\ud800'] }],
    ['a member name that is no Unicode', { '\udc00': 1 }],
    ['deep nesting', { x: JSON.parse('['.repeat(40) + ']'.repeat(40)) }],
  ])('rejects a body that is %s (RFC 7591 §3.1)', async (_what, metadata) => {
    expectError(await register(metadata), 'invalid_client_metadata', 'P088002')
  })

  it.each<[string, object]>([
    ['a name that is no string', { client_name: 5 }],
    ['redirect URIs that are no list', { redirect_uris: redirectUri }],
    ['a redirect URI that is no string', { redirect_uris: [5] }],
    ['an unknown algorithm', { id_token_signed_response_alg: 'toString' }],
    ['an unknown method', { token_endpoint_auth_method: 'tls' }],
    ['a grant type that is no string', { grant_types: [1] }],
    ['an unknown subject type', { subject_type: 'toString' }],
    ['a negative default_max_age', { default_max_age: -1 }],
    ['a default_max_age that is too large', { default_max_age: 2 ** 40 }],
    ['a boolean that is a string', { require_auth_time: 'true' }],
    ['a key set that is a string', { jwks: '{}' }],
    ['a localized name that is no string', { 'client_name#ja': {} }],
    ['a scope that is no string', { scope: ['read'] }],
    ['a name that is too long', { client_name: 'x'.repeat(9_000) }],
  ])('rejects %s, and names the member (RFC 7591 §3.2.2)', async (_what, metadata) => {
    const answer = await register({ ...good, ...metadata })
    expectError(answer, 'invalid_client_metadata', 'P088003')
    const [member = ''] = Object.keys(metadata)
    expect(bodyOf(answer).error_description).toContain(member.split('#')[0])
  })

  it.each<[string, object]>([
    ['a fragment (RFC 6749 §3.1.2)', { redirect_uris: [`${redirectUri}#fragment`] }],
    ['no URI', { redirect_uris: ['callback'] }],
    ['a script scheme', { redirect_uris: ['javascript:alert(1)'] }],
    ['the same URI twice', { redirect_uris: [redirectUri, redirectUri] }],
    [
      'http for an implicit grant',
      { redirect_uris: ['http://a.example/'], response_types: ['token'] },
    ],
  ])('rejects a redirect URI with %s (RFC 7591 §3.2.2)', async (_what, metadata) => {
    expectError(await register(metadata), 'invalid_redirect_uri', 'P088004')
  })

  it.each<[string, object]>([
    [
      'an http initiate_login_uri (OIDC Registration §2)',
      { initiate_login_uri: 'http://a.example/' },
    ],
    ['a logo that is no URI', { logo_uri: 'nonsense' }],
    ['an insecure encryption algorithm', { id_token_encrypted_response_alg: 'RSA1_5' }],
    ['an algorithm of no library', { id_token_signed_response_alg: 'ES256K' }],
    ['both jwks and jwks_uri', { jwks: { keys: [] }, jwks_uri: 'https://a.example/jwks' }],
    ['a private key', { jwks: { keys: [clientKey] } }],
    ['tls_client_auth without a name', { token_endpoint_auth_method: 'tls_client_auth' }],
    [
      'pairwise subjects on two hosts',
      { subject_type: 'pairwise', redirect_uris: ['https://a.example/', 'https://b.example/'] },
    ],
  ])('rejects %s (RFC 7591 §3.2.2)', async (_what, metadata) => {
    expectError(await register({ ...good, ...metadata }), 'invalid_client_metadata', 'P088005')
  })

  it('never causes a server error for arbitrary members', async () => {
    const names = fc.constantFrom(
      ...(Object.keys((await registered()).told) as string[]),
      ...['jwks', 'scope', 'client_name#ja', 'software_statement', 'request_uris', '__proto__'],
    )
    const metadata = fc.dictionary(names, fc.jsonValue(), { maxKeys: 3 })
    const { presents } = await registered()
    await fc.assert(
      fc.asyncProperty(metadata, async (sent) => {
        const created = await register({ ...good, ...sent })
        expect(['CREATED', 'BAD_REQUEST']).toContain(created.action)
        expect(['UPDATED', 'BAD_REQUEST']).toContain((await update(presents, sent)).action)
        if (created.action === 'CREATED') expect(bodyOf(created)).toBeTypeOf('object')
      }),
      { numRuns: 200 },
    )
  })

  it('rejects grant types and response types that contradict (RFC 7591 §2.1)', async () => {
    const metadata = { ...good, grant_types: ['client_credentials'], response_types: ['code'] }
    expectError(await register(metadata), 'invalid_client_metadata', 'P088006')
  })

  it('infers response types from grant types, and grant types from response types', async () => {
    const machine = await registered({ grant_types: ['client_credentials'] })
    expect(machine.told).toMatchObject({ response_types: [] })
    const hybrid = await registered({ ...good, response_types: ['code id_token'] })
    expect(hybrid.told).toMatchObject({ grant_types: ['authorization_code', 'implicit'] })
  })

  it('is refused if the service does not allow registration', async () => {
    const closed = await createService({ registrationEndpoint: endpoint }, service)
    expectError(await registerAt(closed, good), 'invalid_request', 'P088001')
    for (const operation of ['get', 'update', 'delete']) {
      const answer = await closed.api(`/client/registration/${operation}`, {})
      expectError(answer, 'invalid_request', 'P088001')
    }
    const metadata = await closed.get(`/api/${closed.serviceId}/service/configuration`)
    expect(metadata).not.toHaveProperty('registration_endpoint')
  })

  it('returns the management endpoint of the service if it has one', async () => {
    const registrationManagementEndpoint = `${issuer}/clients/`
    const at = await createService({ ...settings, registrationManagementEndpoint }, service)
    const { told } = await registered(good, at)
    expect(told.registration_client_uri).toBe(`${issuer}/clients/${told.client_id}`)
    const metadata = await at.get(`/api/${at.serviceId}/service/configuration`)
    expect(metadata.registration_endpoint).toBe(endpoint)
  })

  it('returns registration token and URI both or neither (OIDC Registration §3.2)', async () => {
    const at = await createService({ dynamicRegistrationSupported: true }, service)
    const { told, client } = await registered(good, at)
    expect(told).not.toHaveProperty('registration_access_token')
    expect(told).not.toHaveProperty('registration_client_uri')
    expect(client).not.toHaveProperty('registrationAccessTokenHash')
  })

  it('omits or rejects values that the service does not support (RFC 7591 §3.2.1)', async () => {
    const at = await createService(
      {
        ...settings,
        supportedGrantTypes: ['AUTHORIZATION_CODE'],
        supportedResponseTypes: ['CODE'],
        supportedTokenAuthMethods: ['PRIVATE_KEY_JWT', 'NONE'],
      },
      service,
    )
    const asked = { ...good, grant_types: ['authorization_code', 'refresh_token'] }
    const { told } = await registered(asked, at)
    expect(told).toMatchObject({
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
    })
    for (const metadata of [
      { token_endpoint_auth_method: 'client_secret_post' },
      { grant_types: ['client_credentials'] },
      { response_types: ['code token'], grant_types: ['authorization_code', 'implicit'] },
    ]) {
      const answer = await registerAt(at, { ...good, ...metadata })
      expectError(answer, 'invalid_client_metadata', 'P088007')
    }
  })
})

describe('sector_identifier_uri of a registration', () => {
  const sector = 'https://sector.example.com/uris.json'
  const pairwise = { ...good, subject_type: 'pairwise', sector_identifier_uri: sector }

  it('is fetched, and must list every redirect URI (OIDC Registration §5)', async () => {
    service.system.fetch.answer(sector, { body: ['https://other.example/'] })
    expectError(await register(pairwise), 'invalid_client_metadata', 'P088005')
    service.system.fetch.answer(sector, { body: [redirectUri, 'https://other.example/'] })
    const { client } = await registered(pairwise)
    expect(client.derivedSectorIdentifier).toBe('sector.example.com')
  })

  it('is rejected if it is unavailable or http (OIDC Registration §5)', async () => {
    const missing = { ...pairwise, sector_identifier_uri: 'https://missing.example/' }
    expectError(await register(missing), 'invalid_client_metadata', 'P088005')
    const plain = { ...pairwise, sector_identifier_uri: 'http://sector.example.com/' }
    expectError(await register(plain), 'invalid_client_metadata', 'P088005')
  })
})

describe('self-registered client', () => {
  it('reads its metadata (RFC 7592 §2.1)', async () => {
    const login = { initiate_login_uri: 'https://app.example.com/login' }
    const { told, presents } = await registered({ ...good, ...login })
    expect(told).toMatchObject(login)
    const answer = await read(presents)
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P085901' })
    expect(bodyOf(answer)).toEqual(told)
    expect(String(answer.client.clientId)).toBe(presents.clientId)
  })

  it('replaces its metadata, and removes what it omits (RFC 7592 §2.2)', async () => {
    const { told, presents } = await registered({ ...good, contacts: ['a@example.com'] })
    service.system.clock.advance(1_000)
    const changed = { client_name: 'Renamed', redirect_uris: [redirectUri, `${redirectUri}/2`] }
    const answer = await update(presents, { ...changed, client_id: told.client_id })
    expect(answer).toMatchObject({ action: 'UPDATED', resultCode: 'P086901' })
    const { contacts: _, ...rest } = told
    expect(bodyOf(answer)).toEqual({ ...rest, ...changed })
    expect(bodyOf(await read(presents))).toEqual({ ...rest, ...changed })
  })

  it('keeps properties that only callers can set', async () => {
    const { client, presents } = await registered()
    const path = `/client/update/${client.clientId}`
    const { registrationAccessTokenHash: _, ...document } = client
    const attributes = [{ key: 'a', value: 'b' }]
    await service.api(path, { ...document, attributes, pkceRequired: true })
    const answer = await update(presents, good)
    expect(answer.client).toMatchObject({
      attributes,
      ...{ pkceRequired: true, dynamicallyRegistered: true, clientSource: 'DYNAMIC_REGISTRATION' },
    })
    expect((await read(presents)).action).toBe('OK')
  })

  it('is validated when it updates itself (RFC 7592 §2.2)', async () => {
    const { presents } = await registered()
    const answer = await update(presents, { redirect_uris: [`${redirectUri}#x`] })
    expectError(answer, 'invalid_redirect_uri', 'P088004')
    expectError(await update(presents, []), 'invalid_client_metadata', 'P088002')
    expect(bodyOf(await read(presents)).redirect_uris).toEqual([redirectUri])
  })

  it('must send its own client_id, and cannot choose a secret (RFC 7592 §2.2)', async () => {
    const { told, presents } = await registered()
    for (const other of ['1', 1, { toString: 1 }]) {
      const answer = await update(presents, { ...good, client_id: other })
      expectError(answer, 'invalid_client_metadata', 'P086001')
    }
    const chosen = await update(presents, { ...good, client_secret: 'chosen' })
    expectError(chosen, 'invalid_client_metadata', 'P086002')
    // A client may send its registration response back, as the example of the contract does.
    expect((await update(presents, told)).action).toBe('UPDATED')
  })

  it('deletes itself with its tokens (RFC 7592 §2.3)', async () => {
    const { client, presents } = await registered({
      ...{ ...good, id_token_signed_response_alg: 'ES256' },
    })
    const { accessToken } = await obtainTokens(service, client)
    const answer = await service.api('/client/registration/delete', presents)
    expect(answer).toMatchObject({ action: 'DELETED', resultCode: 'P087901' })
    expect(answer).not.toHaveProperty('responseContent')
    expectError(await read(presents), 'invalid_token', 'P085001', 'UNAUTHORIZED')
    const token = await service.api('/auth/introspection', { token: accessToken })
    expect(token.action).toBe('UNAUTHORIZED')
    expect((await authorize(service, client)).action).toBe('BAD_REQUEST')
  })

  it('is accessible by its own registration access token only (RFC 7592 §3)', async () => {
    const { presents } = await registered()
    const other = await registered()
    const { client: fixed } = { client: await service.client() }
    for (const wrong of [
      { ...presents, token: 'unknown' },
      { ...presents, token: undefined },
      { ...presents, token: '' },
      { ...presents, token: other.presents.token },
      { ...presents, clientId: undefined },
      { ...presents, clientId: '1' },
      { ...presents, clientId: String(fixed.clientId) },
    ]) {
      for (const operation of ['get', 'update', 'delete']) {
        const answer = await service.api(`/client/registration/${operation}`, {
          ...wrong,
          json: JSON.stringify(good),
        })
        expectError(answer, 'invalid_token', 'P085001', 'UNAUTHORIZED')
      }
    }
  })

  it('cannot manage itself while it is locked', async () => {
    const { client, presents } = await registered()
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    expectError(await read(presents), 'invalid_token', 'P085001', 'UNAUTHORIZED')
  })

  it('gets BAD_REQUEST for a wrong token unless the service uses UNAUTHORIZED', async () => {
    const at = await createService(
      { ...settings, unauthorizedOnClientConfigSupported: false },
      service,
    )
    const answer = await read({ clientId: '1', token: 'x' }, at)
    expectError(answer, 'invalid_token', 'P085001', 'BAD_REQUEST')
  })
})

describe('registration settings of the service', () => {
  it('limit the requestable scopes to the registered scope', async () => {
    const at = await createService({ ...settings, dcrScopeUsedAsRequestable: true }, service)
    const { client, told, presents } = await registered({ ...good, scope: 'read openid no' }, at)
    expect(told.scope).toBe('openid read')
    const scope = { scope: 'openid read write' }
    const { scopes } = await at.api('/auth/authorization', {
      parameters: authorizationRequest(client, scope),
    })
    expect(scopes.map(({ name }: Json) => name)).toEqual(['openid', 'read'])
    expect(bodyOf(await update(presents, { ...good, scope: 'write' }, at)).scope).toBe('write')
    // An update without scope does not widen the requestable scopes.
    expect(bodyOf(await update(presents, good, at)).scope).toBe('write')
  })

  it('ignore the registered scope by default', async () => {
    const { told, client } = await registered({ ...good, scope: 'read' })
    expect(told).not.toHaveProperty('scope')
    expect(client).not.toHaveProperty('extension')
  })

  it('allow one client per software_id with concurrent registrations', async () => {
    const at = await createService({ ...settings, dcrDuplicateSoftwareIdBlocked: true }, service)
    const metadata = { ...good, software_id: 'one' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => registerAt(at, metadata)))
    expect(answers.filter(({ action }) => action === 'CREATED')).toHaveLength(1)
    at.system.clock.advance(60_000)
    expectError(await registerAt(at, metadata), 'invalid_client_metadata', 'P088008')
    const other = await registered({ ...good, software_id: 'two' }, at)
    expectError(await update(other.presents, metadata, at), 'invalid_client_metadata', 'P088008')
    const again = { ...good, software_id: 'two' }
    expect((await update(other.presents, again, at)).action).toBe('UPDATED')
    const renamed = { ...good, software_id: 'three' }
    expect((await update(other.presents, renamed, at)).action).toBe('UPDATED')
  })

  it('allow several clients per software_id by default', async () => {
    await registered({ ...good, software_id: 'many' })
    await registered({ ...good, software_id: 'many' })
  })

  it('accept listed custom members, except those that only callers can set', async () => {
    const supportedCustomClientMetadata = ['team', 'client_id', 'skip_consent', 'logo_uri']
    const at = await createService({ ...settings, supportedCustomClientMetadata }, service)
    const custom = { team: { name: 'x' }, skip_consent: true, client_id: '1' }
    const { client, told, presents } = await registered({ ...good, ...custom }, at)
    expect(JSON.parse(client.customMetadata)).toEqual({ team: custom.team })
    expect(told).toMatchObject({ team: custom.team, client_id: String(client.clientId) })
    expect(told).not.toHaveProperty('skip_consent')
    expect(bodyOf(await read(presents, at)).team).toEqual(custom.team)
    const answer = await update(presents, good, at)
    expect(answer.client).not.toHaveProperty('customMetadata')
  })
})

describe('software statement', () => {
  const anchor = 'https://trust.example.com'
  let at: TestService
  beforeAll(async () => {
    const trustAnchors = [{ entityId: anchor, jwks: jwksOf(publicKey(clientKey)) }]
    at = await createService({ ...settings, trustAnchors }, service)
  })

  const state = (claims: Json, key = clientKey) =>
    new SignJWT({ iss: anchor, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: String(key.kid) })
      .sign(key)

  const registerWith = (statement: unknown) =>
    registerAt(at, { ...good, software_statement: statement })

  it('of a trust anchor overrides the metadata of the client (RFC 7591 §3.1.1)', async () => {
    const statement = await state({ client_name: 'Stated', software_id: 's', aud: issuer })
    const metadata = { ...good, software_statement: statement }
    const { client, told, presents } = await registered(metadata, at)
    expect(client).toMatchObject({ clientName: 'Stated', softwareId: 's' })
    expect(told).toMatchObject({ client_name: 'Stated', software_statement: statement })
    expect(told).not.toHaveProperty('iss')
    expect(bodyOf(await read(presents, at)).software_statement).toBe(statement)
  })

  it('of the service itself is accepted', async () => {
    const key = serviceKeys.find(({ alg, kty }) => alg === 'ES256' || kty === 'EC')
    const statement = await state({ iss: issuer, client_name: 'Own' }, key)
    expect((await registerWith(statement)).client.clientName).toBe('Own')
  })

  it.each<[string, () => unknown]>([
    ['no JWT', () => 'nonsense'],
    ['a value that is no string', () => ({})],
    ['an unknown issuer', () => state({ iss: 'https://unknown.example' })],
    ['no issuer', () => state({ iss: undefined })],
    ['a signature by another key', () => state({ iss: issuer })],
    ['no signature', () => 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3RydXN0LmV4YW1wbGUuY29tIn0.'],
  ])('is rejected with %s (RFC 7591 §3.2.2)', async (_what, make) => {
    const answer = await registerWith(await make())
    expectError(answer, 'invalid_software_statement', 'P088101')
  })

  it('is rejected before nbf and after exp (RFC 7519 §4.1)', async () => {
    const now = Math.floor(at.system.clock() / 1000)
    for (const claims of [{ exp: now - 60 }, { nbf: now + 60 }, { exp: 'tomorrow' }]) {
      const answer = await registerWith(await state(claims))
      expectError(answer, 'invalid_software_statement', 'P088102')
    }
    expect((await registerWith(await state({ exp: now + 60, nbf: now }))).action).toBe('CREATED')
  })

  it('is accepted within the clock skew of ten seconds (RFC 7519 §4.1.4)', async () => {
    const now = Math.floor(at.system.clock() / 1000)
    for (const claims of [{ exp: now - 5 }, { nbf: now + 5 }]) {
      expect((await registerWith(await state(claims))).action).toBe('CREATED')
    }
  })

  it('is rejected with another aud (RFC 7591 §3.2.2)', async () => {
    const answer = await registerWith(await state({ aud: ['https://other.example'] }))
    expectError(answer, 'unapproved_software_statement', 'P088103')
  })
})
