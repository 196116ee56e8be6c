/**
 * Authlete 2.x clients, unchanged: paths without a service, and Basic with the API key of a service
 * and its secret. The requests are those that authlete-java-common (V2), the package authlete of
 * Python (V2) and Terraform (2.3) send.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/index.ts'
import { serviceCreateWithSecret } from '../../src/api/service/create.ts'
import { withVersion2 } from '../../src/http/v2.ts'
import { form, issuer, redirectUri } from '../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import { createServer, type Json, type Reply, type TestServer } from '../support/server.ts'

let server: TestServer
let service: Json
let client: Json
beforeAll(async () => {
  server = await createServer()
  service = (
    await asOwner('POST', '/api/service/create', {
      ...{ serviceName: 'Of version 2', issuer, jwks: jwksOf(...serviceKeys) },
      supportedScopes: [{ name: 'openid' }, { name: 'read' }],
      ...{ dynamicRegistrationSupported: true, deviceVerificationUri: `${issuer}/device` },
    })
  ).body
  client = (
    await asService('POST', '/api/client/create', {
      ...{ clientName: 'c', developer: 'dev', clientType: 'CONFIDENTIAL' },
      redirectUris: [redirectUri],
    })
  ).body
})
afterAll(() => server.close())

const basic = (key: unknown, secret: string) =>
  `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
const by = (authorization: string) => (method: string, path: string, body?: unknown) =>
  server.call(method, path, body, { token: null, headers: { Authorization: authorization } })
/** A service owner: any key, and an API token for services. */
const asOwner = (method: string, path: string, body?: unknown) =>
  by(basic('12345', server.adminToken))(method, path, body)
const asService = (method: string, path: string, body?: unknown) =>
  by(basic(service.apiKey, service.apiSecret))(method, path, body)
const expectRefused = ({ status, body }: Reply, expected: number, resultCode: string) =>
  expect({ status, resultCode: body.resultCode }).toEqual({ status: expected, resultCode })

describe('service created by the version 2 API', () => {
  it('gets an API secret, which its manager can read', async () => {
    expect(service).toMatchObject({ apiSecret: expect.stringMatching(/^[A-Za-z\d]{43}$/) })
    const { body: read } = await asOwner('GET', `/api/service/get/${service.apiKey}`)
    expect(read).toEqual(service)
    const updated = await asOwner('POST', `/api/service/update/${service.apiKey}`, read)
    expect({ ...updated.body, modifiedAt: 0 }).toEqual({ ...service, modifiedAt: 0 })
    const listed = await asOwner('GET', '/api/service/get/list?start=0&end=5')
    expect(listed.body.services.map(({ apiSecret }: Json) => apiSecret)).toContain(
      service.apiSecret,
    )
  })

  it('has its secret sealed in the database, and hidden from other callers', async () => {
    const row = await server.store.services.find(service.apiKey)
    expect(row?.data).not.toHaveProperty('apiSecret')
    expect(row?.secrets).toMatchObject({ apiSecret: service.apiSecret })
    const token = await server.tokenFor(service.apiKey, ['use_service'])
    const path = `/api/${service.apiKey}/service/get`
    const { text } = await server.call('GET', path, undefined, { token })
    expect(text).not.toContain(service.apiSecret)
  })

  it('cannot choose its secret', async () => {
    const path = `/api/service/update/${service.apiKey}`
    const { body } = await asOwner('POST', path, { ...service, apiSecret: 'chosen' })
    expect(body.apiSecret).toBe(service.apiSecret)
  })

  it('differs from one of version 3, which has no API secret', async () => {
    const made = await server.post('/api/service/create', { serviceName: 'Of version 3' })
    expect(made).not.toHaveProperty('apiSecret')
    const deleted = await asOwner('DELETE', `/api/service/delete/${made.apiKey}`)
    expect(deleted.status).toBe(204)
    expectRefused(await asOwner('GET', `/api/service/get/${made.apiKey}`), 404, 'P000301')
  })

  it('requires the right to read secrets', async () => {
    const token = await server.tokenFor(0, ['create_service'])
    const create = by(basic('1', token))
    expectRefused(await create('POST', '/api/service/create', {}), 403, 'P066002')
  })
})

describe('API credentials of a service', () => {
  it('allow the operations of a frontend: keys, metadata and the code flow', async () => {
    const jwks = await asService(
      'GET',
      '/api/service/jwks/get?pretty=True&includePrivateKeys=False',
    )
    expect(jwks.body.keys).toEqual(serviceKeys.map(publicKey))
    expect((await asService('GET', '/api/service/configuration?pretty=True')).body).toMatchObject({
      issuer,
    })
    const configuration = await asService('POST', '/api/service/configuration', { pretty: true })
    expect(configuration.body).toMatchObject({ issuer })
    const { clientId, clientSecret } = client
    const parameters = form({
      ...{ response_type: 'code', client_id: String(clientId), redirect_uri: redirectUri },
      ...{ scope: 'openid', state: 's' },
    })
    const asked = await asService('POST', '/api/auth/authorization', { parameters })
    expect(asked.body).toMatchObject({ action: 'INTERACTION' })
    const { ticket } = asked.body
    const update = { ticket, info: { context: 'kept' } }
    expect((await asService('POST', '/api/auth/authorization/ticket/update', update)).body).toEqual(
      expect.objectContaining({ action: 'OK', info: { context: 'kept' } }),
    )
    const issued = await asService('POST', '/api/auth/authorization/issue', {
      ...{ ticket, subject: 'alice', properties: [{ key: 'p', value: 'v' }] },
    })
    const redeemed = await asService('POST', '/api/auth/token', {
      parameters: form({
        ...{ grant_type: 'authorization_code', redirect_uri: redirectUri },
        code: issued.body.authorizationCode,
      }),
      ...{ clientId: String(clientId), clientSecret, properties: [{ key: 'q', value: 'w' }] },
    })
    expect(redeemed.body).toMatchObject({ action: 'OK', properties: [{ key: 'p' }, { key: 'q' }] })
    const token = redeemed.body.accessToken
    const introspected = await asService('POST', '/api/auth/introspection', { token })
    expect(introspected.body).toMatchObject({ action: 'OK', subject: 'alice' })
    const list = `/api/auth/token/get/list?clientIdentifier=${clientId}&subject=alice&start=0&end=5`
    expect((await asService('GET', list)).body).toMatchObject({ totalCount: 1 })
  })

  it('allow client management', async () => {
    const path = `/api/client/get/${client.clientId}`
    const { body: read } = await asService('GET', path)
    expect(read).toMatchObject({ clientId: client.clientId, clientSecret: client.clientSecret })
    const update = `/api/client/update/${client.clientId}`
    const changed = await asService('POST', update, { ...read, description: 'd' })
    expect(changed.body).toMatchObject({ description: 'd' })
    const listed = await asService('GET', '/api/client/get/list?developer=dev&start=0&end=5')
    expect(listed.body).toMatchObject({ developer: 'dev', totalCount: 1 })
    const scopes = `/api/client/extension/requestable_scopes/update/${client.clientId}`
    expect((await asService('POST', scopes, { requestableScopes: ['read'] })).body).toMatchObject({
      requestableScopes: ['read'],
    })
    const granted = `/api/client/granted_scopes/get/${client.clientId}`
    expect((await asService('POST', granted, { subject: 'alice' })).status).toBe(200)
    const authorizations = '/api/client/authorization/get/list'
    expect((await asService('POST', authorizations, { subject: 'alice' })).status).toBe(200)
    const made = await asService('POST', '/api/client/create', { clientName: 'temporary' })
    const secret = `/api/client/secret/update/${made.body.clientId}`
    const set = await asService('POST', secret, { clientSecret: 'terraform_client' })
    expect(set.body).toMatchObject({ newClientSecret: 'terraform_client' })
    const deleted = await asService('DELETE', `/api/client/delete/${made.body.clientId}`)
    expect(deleted.status).toBe(204)
  })

  it('do not allow service management', async () => {
    for (const [method, path] of [
      ['POST', '/api/service/create'],
      ['POST', `/api/service/update/${service.apiKey}`],
      ['DELETE', `/api/service/delete/${service.apiKey}`],
    ] as const) {
      expect((await asService(method, path, {})).status).toBe(403)
    }
  })

  it('can be an API token, which identifies its service', async () => {
    const token = await server.tokenFor(service.apiKey, ['view_service'])
    for (const scheme of ['Bearer', 'DPoP']) {
      const { body } = await by(`${scheme} ${token}`)('GET', '/api/service/configuration')
      expect(body).toMatchObject({ issuer })
    }
    expectRefused(
      await by(`Bearer ${server.adminToken}`)('GET', '/api/client/get/list'),
      403,
      'P075002',
    )
  })
})

describe('call of version 2 with wrong credentials', () => {
  it.each<[string, string, number, string]>([
    ['no Authorization', '', 401, 'P075001'],
    ['a key that is no number', basic('abc', 'x'), 401, 'P075001'],
    ['Basic that is not base64', 'Basic ???', 401, 'P000101'],
    ['Basic without a colon', `Basic ${Buffer.from('123').toString('base64')}`, 401, 'P000101'],
    ['an unknown secret', basic('123', 'unknown'), 401, 'P000102'],
    ['an empty secret', basic('123', ''), 401, 'P000101'],
    ['an unknown token', 'Bearer unknown', 401, 'P000102'],
  ])('is rejected with %s', async (_what, authorization, status, resultCode) => {
    const call = authorization ? by(authorization) : by('')
    expectRefused(await call('GET', '/api/client/get/list'), status, resultCode)
  })

  it('is rejected for a service other than that of the secret', async () => {
    const other = await server.post('/api/service/create', { serviceName: 'Other' })
    const call = by(basic(other.apiKey, service.apiSecret))
    expectRefused(await call('GET', '/api/client/get/list'), 403, 'P000104')
    expectRefused(await asService('GET', `/api/service/get/${other.apiKey}`), 403, 'P000104')
  })

  it('is rejected by Basic at a path of version 3', async () => {
    const path = `/api/${service.apiKey}/service/get`
    expectRefused(await asService('GET', path), 401, 'P000101')
  })
})

describe('operations of a service in version 2', () => {
  const both = withVersion2(endpoints, serviceCreateWithSecret)
  const ofVersion2 = both.filter(({ path }) => !endpoints.some((each) => each.path === path))

  it('have a path each, which leads to one operation', () => {
    const own = new Set(endpoints.map(({ path }) => path))
    // The audit log of the caller's service is at the same path in both versions.
    const ofService = endpoints.filter(
      ({ path }) =>
        path.startsWith('/api/{serviceId}/') && !own.has(path.replace('/{serviceId}', '')),
    )
    expect(ofVersion2).toHaveLength(ofService.length)
    const names = both.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(new Set(names).size).toBe(names.length)
  })

  it('are reached by their path of version 2 only', async () => {
    for (const { method, path } of ofVersion2) {
      const url = path.replace('{serviceId}', String(service.apiKey)).replace(/\{\w+\}/g, 'x')
      const reply = await by('')(method.toUpperCase(), url)
      const isOwners = path.includes('{serviceId}')
      expectRefused(reply, 401, isOwners ? 'P000101' : 'P075001')
    }
  })
})
