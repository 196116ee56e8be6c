/** Client ID metadata documents (CIMD): clients identified by the URL of their metadata. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFetch, FetchError } from '../../../src/system/fetch.ts'
import {
  authorizationRequest,
  createService,
  form,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import { sharedStore } from '../../support/stores.ts'

const url = 'https://app.example.com/client.json'
const minute = 60_000
const enabled = { clientIdMetadataDocumentSupported: true }

/** Attributes of a service that allows discovered clients a grant without a user. */
const withoutUser = (grantType: string) => [
  { key: 'ext.client_id_metadata.grant_types', value: grantType },
  { key: 'ext.client_id_metadata.scopes', value: 'read openid profile' },
]

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createService(enabled, { on: store() })
})
afterEach(() => service.close())

const metadata = (more: Record<string, unknown> = {}) => ({
  client_id: url,
  client_name: 'App',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  ...more,
})

interface Served {
  at?: string
  cacheControl?: string
  contentType?: string
}

/** Serves the document from now on. */
const serve = (more: Record<string, unknown> = {}, { at = url, ...served }: Served = {}) =>
  service.system.fetch.answer(at, { body: metadata({ client_id: at, ...more }), ...served })

const serveText = (body: string, contentType = 'application/json') =>
  service.system.fetch.answer(url, { body, contentType })

const publicSet = () => JSON.parse(jwksOf(publicKey(clientKey)))

const ask = (named = url, options?: Record<string, boolean>): Promise<Json> =>
  service.api('/auth/authorization', {
    parameters: authorizationRequest({ clientId: named }),
    ...(options ? { cimdOptions: options } : {}),
  })

const fetched = () =>
  service.system.fetch.asked.filter(({ options }) => options.purpose === 'client metadata document')
    .length

const redeem = (code: string, named = url) =>
  service.api('/auth/token', {
    parameters: form({
      grant_type: 'authorization_code',
      client_id: named,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })

const clients = async (): Promise<Json[]> =>
  (await service.get(`/api/${service.serviceId}/client/get/list`)).clients

describe('client ID metadata document client', () => {
  it('completes the code flow and is identified by its URL (CIMD §4)', async () => {
    await service.configure({ accessTokenSignAlg: 'ES256' })
    serve({ 'client_name#de': 'Anwendung', client_uri: 'https://app.example.com/' })
    const asked = await ask()
    expect(asked).toMatchObject({
      action: 'INTERACTION',
      metadataDocumentUsed: true,
      clientIdAliasUsed: false,
      client: {
        clientName: 'App',
        clientNames: [{ tag: 'de', value: 'Anwendung' }],
        clientType: 'PUBLIC',
        clientSource: 'METADATA_DOCUMENT',
        discoveredByMetadataDocument: true,
        metadataDocumentLocation: url,
        metadataDocumentUpdatedAt: service.system.clock(),
        metadataDocumentExpiresAt: service.system.clock() + 60 * minute,
      },
    })
    const issue = { ticket: asked.ticket, subject: 'alice' }
    const { authorizationCode } = await service.api('/auth/authorization/issue', issue)
    const used = { metadataDocumentUsed: true, metadataDocumentLocation: url }
    const tokens = await redeem(authorizationCode)
    expect(tokens).toMatchObject({ action: 'OK', ...used })
    const claimsOf = (jwt: string) =>
      JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
    expect(claimsOf(tokens.idToken).aud).toEqual([url])
    expect(claimsOf(tokens.accessToken).client_id).toBe(url)
    const token = tokens.accessToken
    expect(await service.api('/auth/introspection', { token })).toMatchObject(used)
    expect(await service.api('/auth/userinfo', { token })).toMatchObject(used)
    const refreshed = await service.api('/auth/token', {
      parameters: form({
        ...{ grant_type: 'refresh_token', client_id: url, refresh_token: tokens.refreshToken },
      }),
    })
    expect(refreshed).toMatchObject({ action: 'OK', ...used })
    const revoked = await service.api('/auth/revocation', {
      parameters: form({ client_id: url, token: refreshed.refreshToken }),
    })
    expect(revoked.action).toBe('OK')
    const hinted = authorizationRequest({ clientId: url }, { id_token_hint: tokens.idToken })
    expect(await service.api('/auth/authorization', { parameters: hinted })).toMatchObject({
      action: 'INTERACTION',
      subject: 'alice',
    })
    expect(fetched()).toBe(1)
  })

  it('authenticates by the keys of its document (CIMD §6.2)', async () => {
    await service.configure({ ...enabled, attributes: withoutUser('client_credentials') })
    serve({
      ...{ token_endpoint_auth_method: 'private_key_jwt', jwks: publicSet() },
      grant_types: ['authorization_code', 'client_credentials'],
      scope: 'read openid profile',
    })
    const proof = () => assertionFor(service, { clientId: url })
    const pushed = await service.api('/pushed_auth_req', {
      parameters: `${authorizationRequest({ clientId: url })}&${form(await proof())}`,
    })
    expect(pushed).toMatchObject({ action: 'CREATED', clientAuthMethod: 'PRIVATE_KEY_JWT' })
    const parameters = form({ client_id: url, request_uri: pushed.requestUri })
    expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
      action: 'INTERACTION',
      metadataDocumentUsed: true,
    })
    const credentials = await service.api('/auth/token', {
      parameters: form({
        grant_type: 'client_credentials',
        scope: 'read write',
        ...(await proof()),
      }),
    })
    expect(credentials).toMatchObject({
      action: 'OK',
      scopes: ['read'],
      metadataDocumentUsed: true,
    })
    expect(fetched()).toBe(1)
  })

  it('makes backchannel requests (CIBA §7.1)', async () => {
    const backchannel = { supportedBackchannelTokenDeliveryModes: ['POLL'] }
    await service.configure({ ...enabled, ...backchannel })
    serve({
      ...{ token_endpoint_auth_method: 'private_key_jwt', jwks: publicSet() },
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
    })
    const used = { metadataDocumentUsed: true, metadataDocumentLocation: url }
    const proof = await assertionFor(service, { clientId: url })
    const asked = await service.api('/backchannel/authentication', {
      parameters: form({ scope: 'openid', login_hint: 'alice', ...proof }),
    })
    expect(asked).toMatchObject({ action: 'USER_IDENTIFICATION', ...used })
    const { authReqId } = await service.api('/backchannel/authentication/issue', {
      ticket: asked.ticket,
    })
    const { ticket } = asked
    const completed = { ticket, result: 'AUTHORIZED', subject: 'alice' }
    expect(await service.api('/backchannel/authentication/complete', completed)).toMatchObject(used)
    const granted = await service.api('/auth/token', {
      parameters: form({
        ...{ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId },
        ...(await assertionFor(service, { clientId: url })),
      }),
    })
    expect(granted).toMatchObject({ action: 'OK', ...used })
  })

  it('starts the device flow, and is not fetched again by polls (RFC 8628 §3.1)', async () => {
    const deviceVerificationUri = 'https://as.example.com/device'
    await service.configure({ ...enabled, deviceVerificationUri, cimdAlwaysRetrieved: true })
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
    const at = 'http://localhost:3000/client'
    serve({ grant_types: [grantType] }, { at })
    const parameters = form({ client_id: at, scope: 'read' })
    const used = { metadataDocumentUsed: true, metadataDocumentLocation: at }
    const asked = await service.api('/device/authorization', {
      parameters,
      cimdOptions: { httpPermitted: true },
    })
    expect(asked).toMatchObject({ action: 'OK', ...used })
    const { userCode, deviceCode } = asked
    expect(await service.api('/device/verification', { userCode })).toMatchObject(used)
    await service.api('/device/complete', { userCode, result: 'AUTHORIZED', subject: 'alice' })
    const granted = await service.api('/auth/token', {
      parameters: form({ grant_type: grantType, client_id: at, device_code: deviceCode }),
    })
    expect(granted).toMatchObject({ action: 'OK', ...used })
    const token = granted.accessToken
    expect(await service.api('/auth/introspection', { token })).toMatchObject(used)
    expect(fetched()).toBe(1)
  })

  it('is known to the password grant and to token creation', async () => {
    await service.configure({ ...enabled, attributes: withoutUser('password') })
    serve({ grant_types: ['password', 'authorization_code'], token_endpoint_auth_method: 'none' })
    const asked = await service.api('/auth/token', {
      parameters: form({ grant_type: 'password', client_id: url, username: 'a', password: 'b' }),
    })
    expect(asked).toMatchObject({ action: 'PASSWORD', metadataDocumentUsed: true })
    const issue = { ticket: asked.ticket, subject: 'alice' }
    expect(await service.api('/auth/token/issue', issue)).toMatchObject({
      action: 'OK',
      metadataDocumentUsed: true,
      metadataDocumentLocation: url,
    })
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientIdentifier: url, subject: 'alice' },
    })
    const { accessToken: token } = created
    expect(await service.api('/auth/introspection', { token })).toMatchObject({
      metadataDocumentUsed: true,
    })
    const unseen = { clientIdentifier: 'https://never.example.com/seen', subject: 'alice' }
    expect(
      await service.api('/auth/token/create', { grantType: 'AUTHORIZATION_CODE', ...unseen }),
    ).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P046002' })
  })

  it('is unknown if the service does not support it, as its metadata says', async () => {
    serve()
    const read = () => service.get(`/api/${service.serviceId}/service/configuration`)
    expect(await read()).toHaveProperty('client_id_metadata_document_supported', true)
    expect(await ask()).toMatchObject({ action: 'INTERACTION' })
    const [{ clientId }] = (await clients()) as [Json]
    await service.configure({ clientIdMetadataDocumentSupported: false })
    expect(await read()).not.toHaveProperty('client_id_metadata_document_supported')
    for (const named of [url, String(clientId)]) {
      expect(await ask(named)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P030002' })
    }
  })

  it('is fetched only by requests that start a flow', async () => {
    serve()
    const revoked = { parameters: form({ client_id: url, token: 'x' }) }
    expect(await service.api('/auth/revocation', revoked)).toMatchObject({ resultCode: 'P010005' })
    expect(await redeem('some-code')).toMatchObject({ resultCode: 'P010005' })
    expect(fetched()).toBe(0)
  })

  it('is stored once by twenty concurrent requests', async () => {
    serve()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(answers.map(({ action }) => action)).toEqual(Array(20).fill('INTERACTION'))
    expect(await clients()).toHaveLength(1)
  })

  it('gives precedence to an alias with its URL unless such aliases are prohibited', async () => {
    await service.client({ clientIdAlias: url, clientIdAliasEnabled: true, clientName: 'Static' })
    serve()
    expect(await ask()).toMatchObject({ clientIdAliasUsed: true, metadataDocumentUsed: false })
    await service.configure({ ...enabled, httpAliasProhibited: true })
    expect(await ask()).toMatchObject({
      clientIdAliasUsed: false,
      metadataDocumentUsed: true,
      client: { clientName: 'App' },
    })
    await service.configure({ clientIdMetadataDocumentSupported: false, httpAliasProhibited: true })
    expect(await ask()).toMatchObject({ resultCode: 'P030002' })
  })
})

describe('cached client metadata document', () => {
  it.each<[string, number]>([
    ['', 60],
    ['public', 60],
    ['max-age=1200', 20],
    ['public, max-age=60', 5],
    ['max-age="900", s-maxage=1200', 20],
    ['max-age=99999999', 24 * 60],
    ['no-store', 5],
    ['max-age=1200, no-cache', 5],
    ['max-age=soon', 60],
  ])(
    'with Cache-Control %j is cached for %i minutes (CIMD §4.4)',
    async (cacheControl, minutes) => {
      serve({}, { cacheControl })
      const { client } = await ask()
      const { metadataDocumentExpiresAt, metadataDocumentUpdatedAt } = client
      expect(metadataDocumentExpiresAt - metadataDocumentUpdatedAt).toBe(minutes * minute)
    },
  )

  it('is fetched again after its expiry, or if the service or the call requires it', async () => {
    serve({}, { cacheControl: 'max-age=600' })
    await ask()
    serve({ client_name: 'Renamed' })
    service.system.clock.advance(9 * minute)
    expect((await ask()).client.clientName).toBe('App')
    expect((await ask(url, { alwaysRetrieved: true })).client.clientName).toBe('Renamed')
    await service.configure({ ...enabled, cimdAlwaysRetrieved: true })
    await ask()
    expect(fetched()).toBe(3)
    await service.configure({})
    await ask()
    expect(fetched()).toBe(3)
    service.system.clock.advance(61 * minute)
    await ask()
    expect(fetched()).toBe(4)
  })

  it('is used until its expiry if its server fails (CIMD §4.3)', async () => {
    serve()
    const { ticket } = await ask()
    service.system.fetch.answer(url, { status: 500 })
    expect(await ask(url, { alwaysRetrieved: true })).toMatchObject({ action: 'INTERACTION' })
    serve({ client_secret: 'oops' })
    expect(await ask(url, { alwaysRetrieved: true })).toMatchObject({ action: 'INTERACTION' })
    service.system.fetch.answer(url, { status: 404 })
    service.system.clock.advance(61 * minute)
    const refused = await ask()
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P019309' })
    expect(refused.responseContent).toContain('"error":"invalid_client"')
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    expect(await redeem(issued.authorizationCode)).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P019309',
    })
    const [{ clientId }] = (await clients()) as [Json]
    expect(await ask(String(clientId))).toMatchObject({ resultCode: 'P019309' })
  })

  it('does not unlock the client or reset properties that the caller set', async () => {
    serve({ scope: 'read', tos_uri: 'https://app.example.com/tos' })
    await ask()
    const [client] = (await clients()) as [Json]
    const path = `/client/update/${client.clientId}`
    const { discoveredByMetadataDocument: _, metadataDocumentLocation: _location, ...rest } = client
    const pairs = [{ key: 'note', value: 'ours' }]
    await service.api(path, { ...rest, locked: true, developer: 'dora', attributes: pairs })
    const asked = await ask(url, { alwaysRetrieved: true })
    expect(asked).toMatchObject({ action: 'LOCATION', resultCode: 'P030003' })
    expect(fetched()).toBe(1)
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: false })
    serve({ scope: 'write', client_name: 'Renamed' })
    await ask(url, { alwaysRetrieved: true })
    const [renewed] = (await clients()) as [Json]
    expect(renewed).toMatchObject({
      ...{ clientId: client.clientId, clientName: 'Renamed', developer: 'dora', locked: false },
      ...{ attributes: pairs, metadataDocumentLocation: url, discoveredByMetadataDocument: true },
      extension: { requestableScopes: ['write'], requestableScopesEnabled: true },
    })
    expect(renewed).not.toHaveProperty('tosUri')
  })

  it('is not assumed for a client created with discoveredByMetadataDocument', async () => {
    const written = { discoveredByMetadataDocument: true, metadataDocumentLocation: url }
    const client = await service.client(written)
    expect(await ask(String(client.clientId))).toMatchObject({
      action: 'INTERACTION',
      metadataDocumentUsed: false,
    })
    expect(fetched()).toBe(0)
    const { body } = await service.call(
      'POST',
      `/api/${service.serviceId}/client/update/${client.clientId}`,
      { ...client, discoveredByMetadataDocument: false },
    )
    expect(body.discoveredByMetadataDocument).toBe(false)
  })
})

describe('URL of a client metadata document', () => {
  it.each<[string, string, string]>([
    ['with a space', 'https://app.example.com/a b', 'P019301'],
    ['with a backslash', 'https://app.example.com\\@evil.example.com/a', 'P019301'],
    ['without a host', 'https:///client', 'P019301'],
    ['with a malformed port', 'https://app.example.com:port/a', 'P019301'],
    ['that is too long', `https://app.example.com/${'a'.repeat(2_048)}`, 'P019301'],
    ['without TLS', 'http://app.example.com/client', 'P019302'],
    ['with a user', 'https://app@evil.example.com/client', 'P019303'],
    ['with a password', 'https://a:b@evil.example.com/client', 'P019303'],
    ['with a fragment', 'https://app.example.com/client#a', 'P019304'],
    ['without a path', 'https://app.example.com', 'P019305'],
    ['with a query instead of a path', 'https://app.example.com?/a', 'P019305'],
    ['with a dot segment', 'https://app.example.com/a/./b', 'P019306'],
    ['with two dots', 'https://app.example.com/a/..', 'P019306'],
    ['with encoded dots', 'https://app.example.com/%2e%2E/a', 'P019306'],
    ['with a query', 'https://app.example.com/client?a', 'P019307'],
    ['with an encoded slash', 'https://app.example.com/a%2fb', 'P019316'],
    ['with an encoded backslash', 'https://app.example.com/a%5Cb', 'P019316'],
    ['with an encoded percent sign', 'https://app.example.com/a%252fb', 'P019316'],
    ['with a semicolon', 'https://app.example.com/a;b', 'P019316'],
    ['with dots before a semicolon', 'https://app.example.com/a/..;/b', 'P019316'],
    ['with an encoded semicolon', 'https://app.example.com/..%3B/b', 'P019316'],
    ['with an encoded control character', 'https://app.example.com/a%0d%0ab', 'P019316'],
    ['with a broken encoding', 'https://app.example.com/a%2', 'P019316'],
    ['with a host in upper case', 'https://APP.example.com/client', 'P019317'],
    ['with the default port', 'https://app.example.com:443/client', 'P019317'],
    ['with an encoded host', 'https://%61pp.example.com/client', 'P019317'],
    ['with an address in another form', 'https://127.1/client', 'P019317'],
    ['with an unencoded character', 'https://app.example.com/"a"', 'P019317'],
  ])('%s is rejected without a fetch (CIMD §3)', async (_what, named, resultCode) => {
    const refused = await ask(named)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(refused.responseContent).toContain('"error":"invalid_client"')
    expect(service.system.fetch.asked).toEqual([])
  })

  it.each([
    'https://app.example.com/clïent',
    'https://äpp.example.com/client',
    'https://app.example.com／client',
    'https://app.example.com/client\r\nX: y',
  ])('is no client ID if it is %j, and is not fetched (RFC 3986 §2)', async (named) => {
    expect(await ask(named)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P030002' })
    expect(service.system.fetch.asked).toEqual([])
  })

  it.each(['httpPermitted', 'queryPermitted'])(
    'is permitted by %s of the service or the call',
    async (permission) => {
      const at = permission === 'httpPermitted' ? 'http://localhost:3000/c' : `${url}?version=2`
      serve({}, { at })
      expect(await ask(at, { [permission]: false })).toMatchObject({ action: 'BAD_REQUEST' })
      const asked = await ask(at, { [permission]: true })
      expect(asked).toMatchObject({ action: 'INTERACTION', metadataDocumentUsed: true })
      // Later steps use the stored client, although its URL is not permitted for new requests.
      const issue = { ticket: asked.ticket, subject: 'alice' }
      const { authorizationCode } = await service.api('/auth/authorization/issue', issue)
      expect(await redeem(authorizationCode, at)).toMatchObject({ action: 'OK' })
      const property = permission === 'httpPermitted' ? 'cimdHttpPermitted' : 'cimdQueryPermitted'
      await service.configure({ ...enabled, [property]: true })
      expect(await ask(at)).toMatchObject({ action: 'INTERACTION' })
    },
  )

  it.each<[string, boolean]>([
    [url, true],
    ['https://app.example.com', true],
    ['https://app.example.com/', true],
    ['app.example.com', true],
    ['APP.example.com', true],
    ['app.example.com:8443', false],
    ['example.com', false],
    ['https://app.example.com/cli', false],
    ['https://app.example.co', false],
    ['http://app.example.com/', false],
    ['https://', false],
    ['https://app.example.com/?/', false],
    ['https://app.example.com//', false],
  ])('is compared with the allowlist entry %s: %s', async (entry, isAllowed) => {
    serve()
    await service.configure({ ...enabled, cimdAllowlistEnabled: true, cimdAllowlist: [entry] })
    const expected = isAllowed ? { action: 'INTERACTION' } : { resultCode: 'P019308' }
    expect(await ask()).toMatchObject(expected)
    expect(fetched()).toBe(isAllowed ? 1 : 0)
  })

  it.each<[string, boolean]>([
    ['https://shared.example/good/client', true],
    ['https://shared.example/good/deep/client', true],
    ['https://shared.example/goods/client', false],
    ['https://shared.example/good', false],
    ['https://shared.example/GOOD/client', false],
    ['https://shared.example/g%6fod/client', false],
    ['https://shared.example/bad/good/client', false],
    ['https://shared.example.evil.example/good/client', false],
  ])(
    'is compared by path segments with the allowed path /good/: %s, %s (CIMD §6.8)',
    async (at, isAllowed) => {
      serve({}, { at })
      const cimdAllowlist = ['https://Shared.example/good/']
      await service.configure({ ...enabled, cimdAllowlistEnabled: true, cimdAllowlist })
      const expected = isAllowed ? { action: 'INTERACTION' } : { resultCode: 'P019308' }
      expect(await ask(at)).toMatchObject(expected)
    },
  )

  it('is rejected as soon as it is removed from the allowlist', async () => {
    serve()
    await ask()
    await service.configure({ ...enabled, cimdAllowlistEnabled: true })
    expect(await redeem('some-code')).toMatchObject({ resultCode: 'P019308' })
  })
})

describe('client metadata document', () => {
  it('is fetched with a size limit and without redirects (CIMD §4)', async () => {
    serve()
    await ask()
    const [{ options }] = service.system.fetch.asked as [Json]
    expect(options).toMatchObject({ purpose: 'client metadata document', maxBytes: 65_536 })
    for (const status of [301, 204, 404, 500]) {
      const at = `${url}/${status}`
      service.system.fetch.answer(at, { status, body: metadata({ client_id: at }) })
      expect(await ask(at)).toMatchObject({ resultCode: 'P019309' })
    }
    const fetch = createFetch({ allow: [], clock: service.system.clock })
    for (const at of ['https://127.0.0.1/client', 'https://[::1]/c', 'https://169.254.169.254/c']) {
      const error = await fetch(at, { serviceId: 1, purpose: 'client metadata document' }).catch(
        (each) => each,
      )
      expect(error).toMatchObject({ reason: 'forbidden-address' })
      service.system.fetch.answer(at, error as FetchError)
      expect(await ask(at)).toMatchObject({ resultCode: 'P019309' })
    }
    const large = new FetchError('too-large', { purpose: 'client metadata document' })
    service.system.fetch.answer(`${url}/large`, large)
    expect(await ask(`${url}/large`)).toMatchObject({ resultCode: 'P019309' })
    expect(await clients()).toHaveLength(1)
  })

  it.each<[string, string]>([
    ['empty', ''],
    ['HTML', '<html></html>'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['a truncated object', '{"client_id":'],
    ['nested too deeply', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['JSON with a NUL', '{"client_name":"\\u0000"}'],
    ['JSON with half a surrogate pair', '{"a":[{"\\ud800":1}]}'],
  ])('that is %s is rejected (CIMD §4.1)', async (_what, text) => {
    serveText(text)
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P019310' })
    expect(await clients()).toEqual([])
  })

  it.each<[string, boolean]>([
    ['application/json; charset=utf-8', true],
    ['application/cimd+json', true],
    ['APPLICATION/JSON', true],
    ['text/html', false],
    ['text/plain', false],
    ['', false],
  ])('with the media type %j is accepted: %s', async (contentType, isAccepted) => {
    serveText(JSON.stringify(metadata()), contentType)
    const expected = isAccepted ? { action: 'INTERACTION' } : { resultCode: 'P019310' }
    expect(await ask()).toMatchObject(expected)
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['of another client', 'P019311', { client_id: 'https://evil.example.com/client' }],
    ['of a client_id in other case', 'P019311', { client_id: url.toUpperCase() }],
    ['without client_id', 'P019311', { client_id: undefined }],
    ['of a list of clients', 'P019311', { client_id: [url] }],
    ['with a secret', 'P019312', { client_secret: 's' }],
    ['with the expiry of a secret', 'P019312', { client_secret_expires_at: 0 }],
    ['with client_secret_basic', 'P019313', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['with client_secret_post', 'P019313', { token_endpoint_auth_method: 'client_secret_post' }],
    ['with client_secret_jwt', 'P019313', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['with symmetric ID Tokens', 'P019313', { id_token_signed_response_alg: 'HS256' }],
    ['with symmetric key wrapping', 'P019313', { userinfo_encrypted_response_alg: 'A128KW' }],
    [
      'with password-based encryption',
      'P019313',
      { request_object_encryption_alg: 'PBES2-HS256+A128KW' },
    ],
    ['with direct encryption', 'P019313', { id_token_encrypted_response_alg: 'dir' }],
    ['with a script as redirect URI', 'P019315', { redirect_uris: ['javascript:alert(1)'] }],
    ['with a data URL as redirect URI', 'P019315', { redirect_uris: ['data:text/html,x'] }],
    ['with a fragment in a redirect URI', 'P019315', { redirect_uris: [`${redirectUri}#a`] }],
    ['with a redirect URI that is no string', 'P019315', { redirect_uris: [7] }],
    ['with redirect_uris that is no list', 'P019315', { redirect_uris: redirectUri }],
    ['with a number as name', 'P019315', { client_name: 7 }],
    ['with an object as localized name', 'P019315', { 'client_name#de': {} }],
    ['with a scope that is a list', 'P019315', { scope: ['read'] }],
    ['with a string as key set', 'P019315', { jwks: '{"keys":[]}' }],
    ['with a private key', 'P019315', { jwks: JSON.parse(jwksOf(...serviceKeys)) }],
    ['with two key sets', 'P019315', { jwks: { keys: [] }, jwks_uri: 'https://a.example/jwks' }],
    ['with an unknown method', 'P019315', { token_endpoint_auth_method: 'magic' }],
    ['with an unknown algorithm', 'P019315', { id_token_signed_response_alg: 'ROT13' }],
    ['with a string as boolean', 'P019315', { require_auth_time: 'true' }],
    ['with a negative default_max_age', 'P019315', { default_max_age: -1 }],
    ['with a script as logo', 'P019315', { logo_uri: 'javascript:alert(1)' }],
    [
      'with an unavailable sector identifier',
      'P019315',
      { sector_identifier_uri: 'https://a.example/s' },
    ],
    [
      'with 101 redirect URIs',
      'P019315',
      {
        redirect_uris: Array.from({ length: 101 }, (_, index) => `${redirectUri}/${index}`),
      },
    ],
  ])('%s is rejected', async (_what, resultCode, more) => {
    serve(more)
    const refused = await ask()
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(refused.responseContent).toContain('"error":"invalid_client"')
    expect(await clients()).toEqual([])
  })

  it('cannot set properties that are not client metadata', async () => {
    await service.configure({ ...enabled, supportedCustomClientMetadata: ['team', '__proto__'] })
    serveText(
      `{"client_id":"${url}","redirect_uris":["${redirectUri}"],"__proto__":{"polluted":true},
        "constructor":{"prototype":{"polluted":true}},"locked":true,"developer":"eve","team":["a"],
        "clientSecret":"x","clientId":1,"attributes":[],"extension":{"tokenExchangePermitted":true},
        "policy_uri":null,"grant_types":["authorization_code","urn:unknown"],"toString":1}`,
    )
    expect(await ask()).toMatchObject({ action: 'INTERACTION' })
    const [client] = (await clients()) as [Json]
    expect(client).toMatchObject({
      locked: false,
      grantTypes: ['AUTHORIZATION_CODE'],
      responseTypes: ['CODE'],
      customMetadata: '{"team":["a"],"__proto__":{"polluted":true}}',
    })
    for (const name of ['developer', 'clientSecret', 'policyUri', 'attributes']) {
      expect(client).not.toHaveProperty(name)
    }
    expect(client.extension?.tokenExchangePermitted).not.toBe(true)
    expect(({} as Json).polluted).toBeUndefined()
  })
})

describe('metadata policy of cimdMetadataPolicy', () => {
  const govern = (policy: Record<string, unknown>) =>
    service.configure({
      ...enabled,
      cimdMetadataPolicyEnabled: true,
      cimdMetadataPolicy: JSON.stringify(policy),
    })

  it('changes the metadata of a document (OpenID Federation §6.1.3)', async () => {
    await govern({
      client_name: { value: 'Governed' },
      logo_uri: { value: null },
      contacts: { add: ['ops@as.example.com'] },
      require_auth_time: { default: true },
      tos_uri: { default: 'https://as.example.com/tos' },
      scope: { subset_of: ['read', 'write'], superset_of: ['read'] },
      grant_types: { superset_of: ['authorization_code'], essential: true },
      token_endpoint_auth_method: { one_of: ['none', 'private_key_jwt'] },
      response_types: { subset_of: ['code'] },
      software_id: { essential: false, one_of: ['a'] },
      default_acr_values: { subset_of: ['loa3'] },
    })
    serve({
      ...{ logo_uri: 'https://app.example.com/logo', contacts: ['dev@app.example.com'] },
      ...{ require_auth_time: false, scope: 'read openid', default_acr_values: ['loa1'] },
    })
    expect(await ask()).toMatchObject({ action: 'INTERACTION' })
    const [client] = (await clients()) as [Json]
    expect(client).toMatchObject({
      clientName: 'Governed',
      contacts: ['dev@app.example.com', 'ops@as.example.com'],
      authTimeRequired: false,
      tosUri: 'https://as.example.com/tos',
      extension: { requestableScopes: ['read'] },
    })
    expect(client).not.toHaveProperty('logoUri')
    expect(client.defaultAcrs).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    ['lacks an essential member', { software_id: { essential: true } }],
    ['has a value outside one_of', { client_name: { one_of: ['Other'] } }],
    ['lacks a value of superset_of', { grant_types: { superset_of: ['client_credentials'] } }],
    ['has a list where the policy needs one value', { contacts: { one_of: ['a'] } }],
  ])('rejects a document that %s', async (_what, policy) => {
    await govern(policy)
    serve({ contacts: ['dev@app.example.com'] })
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P019314' })
  })

  it('does not make a document with a secret method valid, or add one', async () => {
    await govern({ token_endpoint_auth_method: { value: 'none' } })
    serve({ token_endpoint_auth_method: 'client_secret_basic' })
    expect(await ask()).toMatchObject({ resultCode: 'P019313' })
    await govern({ token_endpoint_auth_method: { value: 'client_secret_basic' } })
    serve()
    expect(await ask()).toMatchObject({ resultCode: 'P019313' })
  })

  it('leaves no values in a member without any that the policy allows', async () => {
    await govern({
      scope: { subset_of: ['read'], essential: true },
      grant_types: { subset_of: ['client_credentials'] },
    })
    serve({ scope: 'openid write' })
    // The empty list is not replaced by the default of RFC 7591 §2, authorization_code.
    expect(await ask()).toMatchObject({ action: 'LOCATION' })
    const [client] = (await clients()) as [Json]
    expect(client).toMatchObject({ extension: { requestableScopesEnabled: true } })
    expect(client.extension?.requestableScopes ?? []).toEqual([])
    expect(client.grantTypes ?? []).toEqual([])
  })

  it.each([
    ...['[]', '{"a":1}', '{"a":{"add":1}}', '{"a":{"essential":"yes"}}', '{'],
    '{"a":{"one_of":["a"],"subset_of":["a"]}}',
    '{"a":{"value":null,"essential":true}}',
    '{"a":{"value":{"b":1}}}',
  ])('is refused as a setting if it is %s', async (cimdMetadataPolicy) => {
    expect(await service.configure({ cimdMetadataPolicy })).toMatchObject({
      resultCode: 'P000206',
    })
  })
})
