/**
 * Management of services and clients by callers: rules of their documents, secrets, keys,
 * authorizations.
 */
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  obtainTokens,
  redirectUri,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let path: (operation: string) => string
beforeAll(async () => {
  service = await createService()
  path = (operation) => `/api/${service.serviceId}${operation}`
})
afterAll(() => service.close())

const [firstKey = clientKey] = serviceKeys
const short = async () => {
  const { publicKey: key } = await generateKeyPair('RS256', {
    extractable: true,
    modulusLength: 2048,
  })
  const jwk = await exportJWK(key)
  return jwksOf({ ...jwk, n: (jwk.n ?? '').slice(0, 170) })
}

describe('client document', () => {
  it.each<[string, string, () => Record<string, unknown> | Promise<Record<string, unknown>>]>([
    ['a relative redirect URI', 'redirectUris', () => ({ redirectUris: ['/callback'] })],
    ['a fragment', 'redirectUris', () => ({ redirectUris: ['https://a.example/#x'] })],
    ['a script', 'redirectUris', () => ({ redirectUris: ['javascript:alert(1)'] })],
    [
      'a scheme of its own for the web',
      'redirectUris',
      () => ({ redirectUris: ['app://x'], applicationType: 'WEB' }),
    ],
    [
      'http of a native client to elsewhere',
      'redirectUris',
      () => ({ redirectUris: ['http://a.example'], applicationType: 'NATIVE' }),
    ],
    [
      'http of an implicit client',
      'redirectUris',
      () => ({ redirectUris: ['http://a.example'], responseTypes: ['TOKEN'] }),
    ],
    [
      'localhost of an implicit client',
      'redirectUris',
      () => ({ redirectUris: ['https://localhost'], responseTypes: ['ID_TOKEN'] }),
    ],
    ['the same URI twice', 'redirectUris', () => ({ redirectUris: [redirectUri, redirectUri] })],
    [
      '101 redirect URIs',
      'redirectUris',
      () => ({ redirectUris: Array.from({ length: 101 }, (_, i) => `https://a.example/${i}`) }),
    ],
    ['a logo that is no URI', 'logoUri', () => ({ logoUri: 'logo.png' })],
    ['jwks that is no key set', 'jwks', () => ({ jwks: '{}' })],
    [
      'two keys of one kid',
      'jwks',
      () => ({ jwks: jwksOf(publicKey(clientKey), publicKey(clientKey)) }),
    ],
    ['a short RSA key', 'jwks', async () => ({ jwks: await short() })],
    [
      'a malformed key',
      'jwks',
      () => ({ jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}' }),
    ],
    [
      '51 keys',
      'jwks',
      () => ({
        jwks: jwksOf(
          ...Array.from({ length: 51 }, (_, i) => ({ ...publicKey(clientKey), kid: `${i}` })),
        ),
      }),
    ],
    [
      'jwks and jwksUri',
      'jwks',
      () => ({ jwks: jwksOf(publicKey(clientKey)), jwksUri: 'https://a.example/jwks' }),
    ],
    ['enc without alg', 'EncryptionEnc', () => ({ idTokenEncryptionEnc: 'A128GCM' })],
    ['an unsupported algorithm', 'idTokenSignAlg', () => ({ idTokenSignAlg: 'ES256K' })],
    ['an unsigned assertion', 'tokenAuthSignAlg', () => ({ tokenAuthSignAlg: 'NONE' })],
    [
      'a redirect URI that browsers normalize',
      'redirectUris.0',
      () => ({ redirectUris: ['https:\\\\app.example.com\\cb'] }),
    ],
    [
      'a redirect URI without a host',
      'redirectUris.0',
      () => ({ redirectUris: ['https:/app.example.com'] }),
    ],
    [
      'a redirect URI with a malformed escape',
      'redirectUris.0',
      () => ({ redirectUris: ['https://app.example.com/%zz'] }),
    ],
    ['a control character in a URI', 'logoUri', () => ({ logoUri: 'https://a.example/\u0001' })],
    [
      'tls_client_auth without a name',
      'tokenAuthMethod',
      () => ({ tokenAuthMethod: 'TLS_CLIENT_AUTH' }),
    ],
    ['an alias of digits', 'clientIdAlias', () => ({ clientIdAlias: '123' })],
    ['metadata that is no JSON', 'customMetadata', () => ({ customMetadata: 'x' })],
    [
      'pairwise on two hosts',
      'sectorIdentifierUri',
      () => ({ subjectType: 'PAIRWISE', redirectUris: ['https://a.example', 'https://b.example'] }),
    ],
    [
      'a sector without TLS',
      'sectorIdentifierUri',
      () => ({ sectorIdentifierUri: 'http://a.example' }),
    ],
  ])('with %s is refused, naming %s', async (_what, property, document) => {
    const { status, body } = await service.call('POST', path('/client/create'), await document())
    expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P000206' })
    expect(body.resultMessage).toContain(property)
  })

  it('can have a sector that lists its redirect URIs (OIDC Registration §5)', async () => {
    const uri = 'https://sector.example.com/uris.json'
    const document = {
      sectorIdentifierUri: uri,
      redirectUris: [redirectUri],
      subjectType: 'PAIRWISE',
    }
    const create = () => service.call('POST', path('/client/create'), document)
    expect((await create()).body.resultCode).toBe('P061002')
    service.system.fetch.answer(uri, { body: '["https://other.example"]' })
    expect((await create()).body.resultCode).toBe('P000206')
    service.system.fetch.answer(uri, { body: 'nonsense' })
    expect((await create()).body.resultCode).toBe('P000206')
    service.system.fetch.answer(uri, { body: JSON.stringify([redirectUri, 'https://x.example']) })
    expect((await create()).body).toMatchObject({ derivedSectorIdentifier: 'sector.example.com' })
  })

  it('has a unique alias within the service', async () => {
    const document = { clientIdAlias: 'taken', clientIdAliasEnabled: true }
    const first = await service.client(document)
    const { status, body } = await service.call('POST', path('/client/create'), document)
    expect({ status, code: body.resultCode }).toEqual({ status: 409, code: 'P061001' })
    const other = await service.client()
    const update = await service.call('POST', path(`/client/update/${other.clientId}`), document)
    expect(update.status).toBe(409)
    expect((await service.call('GET', path('/client/get/taken'))).body.clientId).toBe(
      first.clientId,
    )
  })

  it('keeps the lock of the client unless it names the lock, as a restored one does', async () => {
    const { locked: _, ...made } = await service.client({})
    await service.api(`/client/lock_flag/update/${made.clientId}`, { clientLocked: true })
    const update = (more: Json) =>
      service.api(`/client/update/${made.clientId}`, { ...made, ...more })
    expect(await update({ developer: 'dora' })).toMatchObject({ developer: 'dora', locked: true })
    expect((await update({ locked: false })).locked).toBe(false)
    expect((await update({})).locked).toBe(false)
    expect((await update({ locked: true })).locked).toBe(true)
  })

  it('is replaced as a whole, except for ID, secret and source', async () => {
    const made = await service.client({
      description: 'first',
      contacts: [],
      attributes: [{ key: 'a' }],
    })
    expect(made).toMatchObject({ contacts: [], clientSource: 'STATIC_REGISTRATION' })
    service.system.clock.advance(1_000)
    const update = (body: Json) =>
      service.call('POST', path(`/client/update/${made.clientId}`), body)
    const whole = (await update(made)).body
    expect(whole).toEqual({ ...made, modifiedAt: made.modifiedAt + 1_000 })
    const named = (await update({ clientName: 'only' })).body
    expect(named).toMatchObject({
      ...{ clientName: 'only', clientSecret: made.clientSecret, clientId: made.clientId },
      clientType: 'PUBLIC',
    })
    expect(named).not.toHaveProperty('description')
    expect(await service.get(path(`/client/get/${made.clientId}`))).toEqual(named)
  })
})

describe('client secret', () => {
  it('is generated or chosen, and the former secret is rejected', async () => {
    const client = await service.client()
    const tokenWith = async (clientSecret: string) =>
      (
        await requestToken(
          service,
          { ...client, clientSecret },
          { grant_type: 'client_credentials' },
        )
      ).action
    const refreshed = await service.get(path(`/client/secret/refresh/${client.clientId}`))
    expect(refreshed.oldClientSecret).toBe(client.clientSecret)
    expect(await tokenWith(client.clientSecret)).toBe('INVALID_CLIENT')
    expect(await tokenWith(refreshed.newClientSecret)).toBe('OK')
    const chosen = 'chosen-by-the-caller-of-this-operation'
    const set = (clientSecret: string) =>
      service.call('POST', path(`/client/secret/update/${client.clientId}`), { clientSecret })
    expect((await set(chosen)).body.newClientSecret).toBe(chosen)
    expect(await tokenWith(chosen)).toBe('OK')
    expect((await set('short')).body.newClientSecret).toBe('short')
    expect(await tokenWith('short')).toBe('OK')
    expect((await set('')).status).toBe(400)
    expect((await set('x'.repeat(87))).status).toBe(400)
  })

  it('is returned only to callers that may change the client, as are private keys', async () => {
    const client = await service.client()
    const token = await service.tokenFor(service.serviceId, ['use_service'])
    const get = async (operation: string) =>
      (await service.call('GET', path(operation), undefined, { token })).body
    expect(await get(`/client/get/${client.clientId}`)).not.toHaveProperty('clientSecret')
    expect(JSON.stringify(await get('/client/get/list'))).not.toContain('clientSecret')
    const shown = await get('/service/get')
    expect(JSON.parse(shown.jwks).keys).toEqual(serviceKeys.map(publicKey))
    expect((await get('/service/jwks/get')).keys).toEqual(serviceKeys.map(publicKey))
    const refused = await service.call(
      'GET',
      path('/service/jwks/get?includePrivateKeys=true'),
      undefined,
      { token },
    )
    expect({ status: refused.status, code: refused.body.resultCode }).toEqual({
      status: 403,
      code: 'P050001',
    })
    const whole = await service.get(path('/service/jwks/get?includePrivateKeys=true&pretty=true'))
    expect(whole.keys).toEqual(serviceKeys)
  })
})

describe('concurrent changes of one client', () => {
  it('are all kept: lock, secret, scopes and document', async () => {
    const client = await service.client()
    const id = client.clientId
    const clientSecret = 'the-secret-that-is-set-meanwhile-and-kept'
    const scopes = { requestableScopes: ['read'] }
    await Promise.all([
      service.post(path(`/client/lock_flag/update/${id}`), { clientLocked: true }),
      service.post(path(`/client/secret/update/${id}`), { clientSecret }),
      service.post(path(`/client/extension/requestable_scopes/update/${id}`), scopes),
      ...Array.from({ length: 10 }, () =>
        service.post(path(`/client/lock_flag/update/${id}`), { clientLocked: true }),
      ),
    ])
    expect(await service.get(path(`/client/get/${id}`))).toMatchObject({
      ...{ locked: true, clientSecret, extension: { ...scopes, requestableScopesEnabled: true } },
    })
    const [updated] = await Promise.all([
      service.post(path(`/client/update/${id}`), { clientName: 'changed' }),
      service.get(path(`/client/secret/refresh/${id}`)),
    ])
    const now = await service.get(path(`/client/get/${id}`))
    expect(now.clientName).toBe('changed')
    expect(now.clientSecret).not.toBe(clientSecret)
    expect(updated.clientName).toBe('changed')
  })
})

describe('requestable scopes', () => {
  it('limit the scopes of a client from its next request on', async () => {
    const client = await service.client()
    const own = `/client/extension/requestable_scopes`
    const names = async () =>
      (await authorize(service, client, { scope: 'openid read write' })).scopes.map(
        ({ name }: Json) => name,
      )
    expect(await service.get(path(`${own}/get/${client.clientId}`))).toEqual({})
    for (const method of ['PUT', 'POST']) {
      const body = { requestableScopes: ['openid', 'read'] }
      const reply = await service.call(method, path(`${own}/update/${client.clientId}`), body)
      expect(reply.body).toEqual(body)
    }
    expect(await names()).toEqual(['openid', 'read'])
    const deleted = await service.call('DELETE', path(`${own}/delete/${client.clientId}`))
    expect(deleted.status).toBe(204)
    expect(await names()).toEqual(['openid', 'read', 'write'])
  })
})

describe('authorizations and granted scopes of a user', () => {
  it('are returned, changed and deleted', async () => {
    const client = await service.client({ developer: 'dev' })
    const id = client.clientId
    await obtainTokens(service, client, { scope: 'openid read' }, { subject: 'zoe' })
    const tokens = await obtainTokens(
      service,
      client,
      { scope: 'openid write' },
      { subject: 'zoe' },
    )
    const granted = {
      ...{ latestGrantedScopes: ['openid', 'write'], clientId: id, subject: 'zoe' },
      mergedGrantedScopes: ['openid', 'read', 'write'],
    }
    const own = path(`/client/granted_scopes/get/${id}`)
    expect(await service.get(`${own}?subject=zoe`)).toMatchObject(granted)
    expect(await service.get(`${own}/zoe`)).toMatchObject(granted)
    expect(await service.post(own, { subject: 'zoe' })).toMatchObject(granted)
    expect((await service.call('GET', own)).body.resultCode).toBe('P064001')
    const list = path('/client/authorization/get/list')
    for (const found of [
      await service.get(`${list}?subject=zoe`),
      await service.get(`${list}/zoe?developer=dev`),
      await service.post(list, { subject: 'zoe' }),
    ]) {
      expect(found).toMatchObject({ totalCount: 1, clients: [{ clientId: id }] })
    }
    expect(await service.get(`${list}?subject=zoe&developer=x`)).toMatchObject({ totalCount: 0 })
    await service.post(path(`/client/authorization/update/${id}`), {
      subject: 'zoe',
      scopes: ['openid'],
    })
    const { scopes } = await service.api('/auth/introspection', { token: tokens.accessToken })
    expect(scopes).toEqual(['openid'])
    const ended = await service.call('DELETE', path(`/client/authorization/delete/${id}/zoe`))
    expect(ended).toMatchObject({ status: 200, body: granted })
    expect(await service.get(`${list}?subject=zoe`)).toMatchObject({ totalCount: 0 })
    expect(await service.get(`${own}/zoe`)).toMatchObject({ mergedGrantedScopes: [] })
    for (const [method, suffix, body] of [
      ['DELETE', '?subject=zoe', undefined],
      ['DELETE', '/zoe', undefined],
      ['POST', '', { subject: 'zoe' }],
    ] as const) {
      for (const what of ['granted_scopes', 'authorization']) {
        const operation = path(`/client/${what}/delete/${id}${suffix}`)
        expect((await service.call(method, operation, body)).status).toBe(200)
      }
    }
  })
})

describe('management of a service document', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['an issuer without TLS', 'issuer', { issuer: 'http://as.example.com' }],
    ['an issuer with a query', 'issuer', { issuer: 'https://as.example.com?x' }],
    ['an endpoint that is no URI', 'tokenEndpoint', { tokenEndpoint: 'token' }],
    ['an endpoint with a fragment', 'tokenEndpoint', { tokenEndpoint: 'https://a.example/#x' }],
    [
      'a key ID that is not in the key set',
      'idTokenSignatureKeyId',
      { jwks: jwksOf(firstKey), idTokenSignatureKeyId: 'x' },
    ],
    [
      'a key ID that is not in the key set of the federation',
      'federationSignatureKeyId',
      {
        federationEnabled: true,
        federationJwks: jwksOf(firstKey),
        federationSignatureKeyId: 'x',
      },
    ],
    ['a malformed key set', 'jwks', { jwks: 'x' }],
    ['a scope twice', 'supportedScopes', { supportedScopes: [{ name: 'a' }, { name: 'a' }] }],
    ['a scope with a space', 'supportedScopes', { supportedScopes: [{ name: 'a b' }] }],
    ['unsigned access tokens', 'accessTokenSignAlg', { accessTokenSignAlg: 'NONE' }],
    [
      'claims that are no JSON',
      'predefinedTransformedClaims',
      { predefinedTransformedClaims: 'x' },
    ],
    ['a negative duration', 'accessTokenDuration', { accessTokenDuration: -1 }],
    ['an unknown grant type', 'supportedGrantTypes', { supportedGrantTypes: ['x'] }],
  ])('with %s is refused, naming %s', async (_what, property, document) => {
    const { status, body } = await service.call('POST', '/api/service/create', document)
    expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P000206' })
    expect(body.resultMessage).toContain(property)
  })

  it('replaces it as a whole, and a document that is written back is unchanged', async () => {
    const made = await service.post('/api/service/create', {
      description: 'x',
      supportedScopes: [],
    })
    const own = `/api/${made.apiKey}/service`
    const posted = await service.post(`${own}/update`, made)
    expect(posted).toEqual(made)
    expect(await service.get(`${own}/get`)).toEqual(made)
    expect(await service.post(`${own}/update`, {})).not.toHaveProperty('description')
  })

  it('deletes it with its rows, and later updates are 404', async () => {
    const made = await service.post('/api/service/create', {})
    const own = `/api/${made.apiKey}`
    const client = await service.post(`${own}/client/create`, {})
    const [deleted, update] = await Promise.all([
      service.call('DELETE', `${own}/service/delete`),
      service.call('POST', `${own}/service/update`, {}),
    ])
    expect(deleted.status).toBe(204)
    expect([200, 404]).toContain(update.status)
    expect((await service.call('GET', `${own}/client/get/${client.clientId}`)).status).toBe(404)
  })

  it('is 404 if the service is deleted during the update', async () => {
    const made = await service.post('/api/service/create', {})
    const { services } = service.store
    const find = services.version.bind(services)
    await service.get(`/api/${made.apiKey}/service/get`)
    await service.store.commit(...services.delete(made.apiKey, service.system.clock()))
    expect(await find(made.apiKey)).toBeUndefined()
    expect((await service.call('POST', `/api/${made.apiKey}/service/update`, {})).status).toBe(404)
  })
})

describe('discovery document', () => {
  const read = (query = '') => service.call('GET', path(`/service/configuration${query}`))

  it('lists what the service and the engine support', async () => {
    const { body } = await read()
    expect(body).toMatchObject({
      issuer: 'https://as.example.com',
      ...{
        response_types_supported: expect.arrayContaining(['code', 'id_token', 'id_token token']),
      },
      grant_types_supported: expect.arrayContaining([
        'authorization_code',
        'implicit',
        'refresh_token',
      ]),
      code_challenge_methods_supported: ['S256', 'plain'],
      authorization_response_iss_parameter_supported: true,
    })
    expect(body.id_token_signing_alg_values_supported).toEqual(
      expect.arrayContaining(['RS256', 'ES256', 'PS256', 'HS256']),
    )
    expect(body.id_token_signing_alg_values_supported).not.toContain('ES512')
    await service.configure({ supportedGrantTypes: ['AUTHORIZATION_CODE'], pkceS256Required: true })
    const { body: narrowed } = await read()
    expect(narrowed).toMatchObject({
      ...{
        grant_types_supported: ['authorization_code'],
        code_challenge_methods_supported: ['S256'],
      },
      response_types_supported: ['code', 'none'],
    })
    await service.configure({
      metadata: [
        { key: 'x', value: '["y"]' },
        { key: 'z', value: 'text' },
      ],
    })
    expect((await read()).body).toMatchObject({ x: ['y'], z: 'text' })
    await service.configure({})
  })

  it('is indented and patched if the call requests it (RFC 6902)', async () => {
    expect((await read('?pretty=true')).text).toContain('\n  "issuer"')
    const patch = [
      { op: 'add', path: '/x', value: { y: 1 } },
      { op: 'remove', path: '/issuer' },
    ]
    const { body } = await read(`?patch=${encodeURIComponent(JSON.stringify(patch))}`)
    expect(body).toMatchObject({ x: { y: 1 } })
    expect(body).not.toHaveProperty('issuer')
    const posted = await service.post(path('/service/configuration'), {
      patch: JSON.stringify(patch),
    })
    expect(posted).toEqual(body)
  })

  it.each([
    'nonsense',
    '{}',
    '[{"op":"x","path":"/a"}]',
    '[{"op":"remove","path":"/nothing/here"}]',
    '[{"op":"test","path":"/issuer","value":"x"}]',
    '[{"op":"add","path":"/__proto__/polluted","value":1}]',
    '[{"op":"add","path":"/constructor/prototype/polluted","value":1}]',
    '[{"op":"add","path":"/hasOwnProperty/call","value":1}]',
    '[{"op":"replace","path":"/toString/call","value":1}]',
    '[{"op":"add","path":"/scopes_supported/push/call","value":1}]',
    '[{"op":"copy","from":"/valueOf","path":"/x"}]',
    '[{"op":"replace","path":"","value":["not a document"]}]',
    `[{"op":"add","path":"/x","value":${'['.repeat(10_000)}${']'.repeat(10_000)}}]`,
  ])('is 400 for the patch %s', async (patch) => {
    const { status, body } = await read(`?patch=${encodeURIComponent(patch)}`)
    expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P049001' })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it.each([
    ['copies of copies', Array(40).fill({ op: 'copy', from: '', path: '/x' })],
    ['fifty-one operations', Array(51).fill({ op: 'add', path: '/x', value: 1 })],
  ])('is 400 without delay for a patch of %s', async (_what, operations) => {
    const patch = JSON.stringify(operations)
    const answers = [
      await read(`?patch=${encodeURIComponent(patch)}`),
      await service.call('POST', path('/service/configuration'), { patch }),
    ]
    for (const { status, body } of answers) {
      expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P049002' })
    }
  })

  it('has no key set if the service has no keys', async () => {
    const made = await service.post('/api/service/create', {})
    const { status } = await service.call('GET', `/api/${made.apiKey}/service/jwks/get`)
    expect(status).toBe(204)
  })
})

describe('list operations', () => {
  it('return the page from start to end in the order of creation', async () => {
    const made = await createService()
    for (const name of ['a', 'b', 'c']) await made.client({ clientName: name, developer: name })
    const list = async (query: string) =>
      (await made.call('GET', `/api/${made.serviceId}/client/get/list?${query}`)).body
    const names = (answer: Json) => answer.clients.map(({ clientName }: Json) => clientName)
    expect(names(await list('start=1&end=3'))).toEqual(['b', 'c'])
    expect(names(await list('start=2&end=1'))).toEqual([])
    expect(names(await list('developer=b'))).toEqual(['b'])
    expect(await list('')).toMatchObject({ start: 0, end: 5, totalCount: 3 })
    expect((await list('start=-1')).resultCode).toBe('P000206')
    await made.close()
  })
})
