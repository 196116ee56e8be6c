/** A configuration: planned, and applied as a whole. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, redirectUri, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

let server: TestServer
let own: TestService
beforeAll(async () => {
  server = await createServer()
})
beforeEach(async () => {
  own = await createService({}, server)
})
afterAll(() => server.close())

const plan = (configuration: Json) =>
  server.call('POST', `/api/${own.serviceId}/plan`, configuration)
const applyWith = (configuration: Json, more: Json) =>
  server.call('POST', `/api/${own.serviceId}/apply`, { ...configuration, ...more })

/** Plans and applies. */
async function apply(configuration: Json, more: Json = {}) {
  const planned = await plan(configuration)
  expect([planned.status, planned.text]).toEqual([200, expect.anything()])
  return applyWith(configuration, { etags: planned.body.etags, ...more })
}

const client = (key: string, more: Json = {}) => ({
  key,
  clientName: key,
  clientType: 'CONFIDENTIAL',
  redirectUris: [redirectUri],
  ...more,
})
const items = (...clients: Json[]) => ({ clients: { items: clients } })
const clientsOfService = async () =>
  (await server.get(`/api/${own.serviceId}/client/get/list?start=0&end=100`)).clients
const paths = ({ changes }: Json) => changes.map(({ path }: Json) => path)

describe('plan', () => {
  it('tells the changes of service and clients, and changes nothing', async () => {
    const before = await server.get(`/api/${own.serviceId}/service/get`)
    const service = { serviceName: 'Shop', issuer: 'https://shop.example.com' }
    const { body } = await plan({ key: 'shop', service, ...items(client('web')) })
    expect(body.changes).toContainEqual({
      path: 'service.serviceName',
      before: 'Test service',
      after: 'Shop',
    })
    expect(body.changes).toContainEqual({
      path: 'service.attributes.ext.config.key',
      after: 'shop',
    })
    expect(body.changes).toContainEqual({ path: 'clients.web.clientName', after: 'web' })
    expect(body.clients).toEqual({ created: ['web'], updated: [], deleted: [], unchanged: 0 })
    expect(await server.get(`/api/${own.serviceId}/service/get`)).toEqual(before)
    expect(await clientsOfService()).toEqual([])
  })

  it('resets a setting that is omitted, and keeps secrets and keys', async () => {
    const { body } = await plan({ service: { serviceName: 'Shop' } })
    expect(paths(body)).toContain('service.supportedScopes')
    expect(paths(body)).not.toContain('service.jwks')
    expect(paths(body)).not.toContain('service.pairwiseSubjectSalt')
  })

  it('leaves the settings of the service alone without the member service', async () => {
    const { body } = await plan({ key: 'shop', ...items(client('web')) })
    expect(paths(body).filter((path: string) => path.startsWith('service.'))).toEqual([
      'service.attributes.ext.config.key',
      'service.attributes.ext.config.managedBy',
    ])
  })

  it('shows no secrets', async () => {
    const secret = 'a-secret-that-no-plan-shows-and-no-log'
    await apply(items(client('web', { clientSecret: 'the-first-secret-of-the-client-web' })))
    const { body, text } = await plan({
      service: { jwks: jwksOf(...serviceKeys.slice(1)) },
      ...items(client('web', { clientSecret: secret })),
    })
    const hidden = { before: '(secret)', after: '(secret, changed)' }
    expect(body.changes).toContainEqual({ path: 'service.jwks', ...hidden })
    expect(body.changes).toContainEqual({ path: 'clients.web.clientSecret', ...hidden })
    expect(text).not.toContain(secret)
  })

  it('refuses unknown properties with a suggestion', async () => {
    const { status, body } = await plan({ service: { serviceNmae: 'Shop' } })
    expect([status, body.resultCode]).toEqual([400, 'P145005'])
    expect(body.resultMessage).toContain('Is serviceName meant?')
    const wrong = await plan(items(client('web', { redirectUri: [] })))
    expect(wrong.body.resultMessage).toContain('clients.items.0.redirectUri. Is redirectUris meant')
  })

  it('refuses what an update would refuse, and tells which client it is', async () => {
    const { status, body } = await plan(items(client('web', { redirectUris: ['no uri'] })))
    expect([status, body.resultCode]).toEqual([400, 'P000206'])
    expect(body.resultMessage).toContain('clients.web: redirectUris')
  })

  it('tells what it means for clients that there are', async () => {
    const limited = (scopes: string[]) => ({
      extension: { requestableScopesEnabled: true, requestableScopes: scopes },
    })
    await own.client({ ...limited(['read']), grantTypes: ['CLIENT_CREDENTIALS'] })
    await own.client(limited(['write']))
    await own.client()
    const service = {
      supportedScopes: [{ name: 'openid' }, { name: 'write' }],
      supportedGrantTypes: ['AUTHORIZATION_CODE'],
      jwks: jwksOf(...serviceKeys.slice(1)),
    }
    const { body } = await plan({ service })
    const found = (kind: string, name: string) =>
      body.effects.find((effect: Json) => effect.kind === kind && effect.name === name)
    expect(found('scope-removed', 'read')).toMatchObject({ clients: 2 })
    expect(found('scope-removed', 'write')).toBeUndefined()
    expect(found('grant-type-removed', 'CLIENT_CREDENTIALS')).toMatchObject({ clients: 1 })
    expect(found('key-removed', String(serviceKeys[0]?.kid))).not.toHaveProperty('clients')
  })

  it('tells which lints appear and vanish', async () => {
    await apply(items(client('web')))
    const { body } = await plan({
      service: { serviceName: 'Shop', pkceRequired: true, accessTokenDuration: 900_000 },
      ...items(client('web', { pkceRequired: true })),
      lint: { require: ['fapi2-security'] },
    })
    expect(body.lint.appears.length).toBeGreaterThan(0)
    expect(body.lint.vanishes.map(({ path }: Json) => path)).toContain('pkceRequired')
    expect(body.lint.broken).toEqual(['fapi2-security'])
  })
})

describe('apply', () => {
  it('changes service and clients in one commit, and leaves one audit record', async () => {
    const service = { serviceName: 'Shop' }
    const order = { reason: 'A shop', source: 'git 1a2b3c' }
    const { status, body } = await apply(
      { key: 'shop', service, ...items(client('web'), client('app')) },
      order,
    )
    expect(status).toBe(200)
    const stored = await clientsOfService()
    expect(body.created.map(({ clientId }: Json) => clientId)).toEqual(
      stored.map(({ clientId }: Json) => clientId),
    )
    const keys = stored.map(({ attributes }: Json) => attributes[0].value)
    expect(keys).toEqual(['web', 'app'])
    const log = await server.get(`/api/${own.serviceId}/audit`)
    const records = log.records.filter(({ type }: Json) => type === 'configuration.applied')
    expect(records).toMatchObject([
      { reason: 'A shop (source: git 1a2b3c)', target: { kind: 'service' } },
    ])
    const properties = records[0].changes.map(({ property }: Json) => property)
    expect(properties).toEqual(expect.arrayContaining(['service.serviceName']))
    expect(properties).toEqual(expect.arrayContaining(['clients.app.clientName']))
    expect(log.records.filter(({ type }: Json) => type === 'client.created')).toEqual([])
    const { attributes } = await server.get(`/api/${own.serviceId}/service/get`)
    expect(attributes).toContainEqual({ key: 'ext.config.managedBy', value: 'file' })
    expect(
      (await plan({ key: 'shop', service, ...items(client('web'), client('app')) })).body,
    ).toMatchObject({ changes: [], clients: { unchanged: 2 } })
  })

  it('makes one revision of each document that it changes, with the reason', async () => {
    await apply({
      key: 'shop',
      service: { serviceName: 'A' },
      ...items(client('web'), client('app')),
    })
    const changed = [client('web', { clientName: 'Web' }), client('app')]
    await apply({ service: { serviceName: 'B' }, ...items(...changed) }, { reason: 'Renamed' })
    const read = async (path: string) =>
      (await server.get(`/api/${own.serviceId}${path}`)).revisions
    const [{ clientId }, { clientId: other }] = await clientsOfService()
    expect((await read('/service/revisions'))[0]).toMatchObject({ reason: 'Renamed' })
    expect(await read(`/clients/${clientId}/revisions`)).toMatchObject([
      { reason: 'Renamed' },
      { revision: 1 },
    ])
    expect(await read(`/clients/${other}/revisions`)).toHaveLength(1)
  })

  it('shows a secret that it made once, and takes one that is given', async () => {
    const given = 'a-secret-from-the-environment-0123456789'
    const { body } = await apply(
      items(
        client('web', { clientSecret: given }),
        client('app', { clientSecret: { generate: true } }),
        client('job'),
      ),
    )
    expect(body.secrets.map(({ key }: Json) => key)).toEqual(['app', 'job'])
    const stored = await clientsOfService()
    expect(stored[0].clientSecret).toBe(given)
    expect(stored[1].clientSecret).toBe(body.secrets[0].clientSecret)
    const again = await apply(items(client('app', { clientSecret: { generate: true } })))
    expect(again.body.secrets).toEqual([])
    await apply(items(client('web', { clientSecret: { keep: true }, clientName: 'Web' })))
    expect((await clientsOfService())[0]).toMatchObject({ clientSecret: given, clientName: 'Web' })
  })

  it('refuses to keep the secret or the keys of a client that there is not', async () => {
    const kept = await plan(items(client('web', { clientSecret: { keep: true } })))
    expect(kept.body.resultMessage).toContain('clients.web: clientSecret')
    const keys = await plan(items(client('web', { jwks: { keep: true } })))
    expect(keys.body.resultMessage).toContain('clients.web: jwks')
  })

  it('is refused if the service or a client has moved since the plan', async () => {
    await apply(items(client('web')))
    const [{ clientId }] = await clientsOfService()
    const configuration = { service: { serviceName: 'Shop' }, ...items(client('web')) }
    const { etags } = (await plan(configuration)).body
    await server.post(`/api/${own.serviceId}/client/lock_flag/update/${clientId}`, {
      clientLocked: true,
    })
    const { status, body } = await applyWith(configuration, { etags })
    expect([status, body.resultCode]).toEqual([412, 'P145002'])
    // A lock is no setting of a file that does not name it.
    expect((await apply(configuration)).status).toBe(200)
    expect((await clientsOfService())[0].locked).toBe(true)
  })

  it('is done by one of two concurrent calls with one plan', async () => {
    const configuration = items(client('web'))
    const { etags } = (await plan(configuration)).body
    const replies = await Promise.all([1, 2, 3].map(() => applyWith(configuration, { etags })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    expect(await clientsOfService()).toHaveLength(1)
  })

  it('changes nothing if one client cannot be stored', async () => {
    await own.client({ clientIdAlias: 'taken' })
    const configuration = items(client('web'), client('app', { clientIdAlias: 'taken' }))
    const { status, body } = await plan(configuration)
    expect([status, body.resultCode]).toEqual([409, 'P061001'])
    const twice = items(client('a', { clientIdAlias: 'b' }), client('b', { clientIdAlias: 'b' }))
    expect((await plan(twice)).status).toBe(400)
    expect(await clientsOfService()).toHaveLength(1)
  })

  it('gives a key to a client that has none, and refuses another key', async () => {
    const { clientId } = await own.client()
    expect((await apply(items(client('web', { clientId })))).status).toBe(200)
    expect(await clientsOfService()).toHaveLength(1)
    const other = await plan(items(client('app', { clientId })))
    expect(other.body.resultMessage).toContain(`The client ${clientId} has the key web`)
    const unknown = await plan(items(client('new', { clientId: 1 })))
    expect(unknown.body.resultMessage).toContain('No client has the ID 1')
    const moved = await plan(items(client('web', { clientId: 1 })))
    expect(moved.body.resultMessage).toContain(`The client with it is ${clientId}`)
    await apply({ key: 'shop' })
    expect((await plan({ key: 'store' })).body.resultMessage).toContain('has the key shop')
  })

  it('refuses to break a profile that the configuration requires', async () => {
    const configuration = { ...items(client('web')), lint: { require: ['fapi2-security'] } }
    const { status, body } = await apply(configuration)
    expect([status, body.resultCode]).toEqual([422, 'P145004'])
    expect(body.resultMessage).toContain('fapi2-security')
    expect(await clientsOfService()).toEqual([])
  })

  it('refuses two clients with one key', async () => {
    expect((await plan(items(client('web'), client('web')))).status).toBe(400)
    const attributes = [{ key: 'ext.config.key', value: 'web' }]
    await own.client({ attributes })
    await own.client({ attributes })
    expect((await plan(items(client('web')))).body.resultMessage).toContain('Several clients')
  })
})

describe('managed keys', () => {
  const path = (operation: string) => `/api/${own.serviceId}${operation}`

  it('are made where they are missing, and rotated by a schedule', async () => {
    own = await createService({ jwks: undefined, issuer: 'https://managed.example' }, server)
    const configuration = {
      key: 'managed',
      keys: { managed: true, algorithms: ['ES256', 'ES384'] },
    }
    const planned = await plan(configuration)
    expect(planned.body.changes).toContainEqual({ path: 'service.keys.ES256', after: 'generated' })
    expect(planned.body.changes).toContainEqual({
      path: 'service.keys.ES384.rotateDays',
      after: 90,
    })
    expect((await apply(configuration)).status).toBe(200)
    const { keys, schedules } = await server.post(path('/service/keys/list'), {})
    expect(keys).toMatchObject([
      { alg: 'ES256', state: 'CURRENT' },
      { alg: 'ES384', state: 'CURRENT' },
    ])
    expect(schedules).toMatchObject([{ alg: 'ES256', periodDays: 90 }, { alg: 'ES384' }])
    expect((await plan(configuration)).body.changes).toEqual([])
    const rotated = await server.post(path('/service/keys/rotate'), {
      alg: 'ES256',
      operation: 'begin',
    })
    expect(rotated.resultCode).toBe('P112901')
    expect(
      (
        await plan({ ...configuration, service: { issuer: 'https://managed.example' } })
      ).body.changes.map(({ path: name }: Json) => name),
    ).not.toContain('service.jwks')
  })

  it('are not taken away by a set that was written before they were made', async () => {
    own = await createService({ issuer: 'https://set.example' }, server)
    const issuer = 'https://set.example'
    const jwks = jwksOf(...serviceKeys)
    const configuration = { key: 'set', keys: { managed: true }, service: { issuer, jwks } }
    expect((await apply(configuration)).status).toBe(200)
    expect((await plan(configuration)).body.changes).toEqual([])
    await server.post(path('/service/keys/rotate'), { alg: 'ES256', operation: 'begin' })
    const again = await plan(configuration)
    expect(again.status).toBe(400)
    expect(again.body.resultMessage).toContain('service.jwks: The keys are managed')
    const kept = { ...configuration, service: { issuer } }
    expect((await plan(kept)).body.changes).toEqual([])
  })

  it('stay as they are if the service has keys, and refuse what cannot be made', async () => {
    const configuration = { keys: { managed: true, rotateDays: 30 } }
    expect(paths((await plan(configuration)).body)).toContain('service.keys.ES256.rotateDays')
    expect(paths((await plan(configuration)).body)).not.toContain('service.keys.ES256')
    const unknown = { keys: { managed: true, algorithms: ['HS1'] } }
    expect((await plan(unknown)).body.resultMessage).toContain('keys: No key is generated')
  })
})

describe('deletion by a configuration', () => {
  const registered = async () => {
    await own.configure({
      dynamicRegistrationSupported: true,
      registrationEndpoint: 'https://as.example.com/register',
    })
    const { responseContent } = await own.api('/client/registration', {
      json: JSON.stringify({ redirect_uris: [redirectUri] }),
    })
    return Number(JSON.parse(responseContent).client_id)
  }

  it('needs allowDelete, and leaves clients that the configuration does not list', async () => {
    await apply(items(client('web'), client('old')))
    await own.client({ clientName: 'other' })
    const clients = { delete: 'listed-keys', deleted: ['old', 'gone'], items: [client('web')] }
    const planned = await plan({ clients })
    expect(planned.body.clients.deleted).toMatchObject([{ key: 'old' }])
    expect(planned.body.effects).toMatchObject([{ kind: 'client-deleted', name: 'old' }])
    const refused = await apply({ clients })
    expect([refused.status, refused.body.resultCode]).toEqual([409, 'P145003'])
    expect((await apply({ clients }, { allowDelete: true })).status).toBe(200)
    const names = (await clientsOfService()).map(({ clientName }: Json) => clientName)
    expect(names).toEqual(['web', 'other'])
  })

  it('never deletes a client that registered itself', async () => {
    const clientId = await registered()
    await own.client({ clientName: 'other' })
    const clients = { delete: 'all-but-registered', items: [client('web')] }
    expect((await apply({ clients }, { allowDelete: true })).status).toBe(200)
    const left = await clientsOfService()
    expect(left.map((each: Json) => each.clientId)).toContain(clientId)
    expect(left.map((each: Json) => each.clientName)).not.toContain('other')
    await apply(items(client('self', { clientId })))
    const listed = await plan({ clients: { delete: 'listed-keys', deleted: ['self'] } })
    expect(listed.body.resultMessage).toContain(`The client ${clientId} registered itself`)
  })

  it('lists keys in one mode only', async () => {
    expect((await plan({ clients: { deleted: ['old'] } })).status).toBe(400)
  })
})

describe('strict configuration', () => {
  const attributes = [{ key: 'ext.config.strict', value: 'true' }]
  const path = (operation: string) => `/api/${own.serviceId}${operation}`

  it('refuses changes from elsewhere, and takes those of a configuration', async () => {
    const configuration = { key: 'shop', service: { serviceName: 'Shop', attributes } }
    await apply({ ...configuration, ...items(client('web')) })
    const [{ clientId }] = await clientsOfService()
    const merge = { headers: { 'Content-Type': 'application/merge-patch+json' } }
    const other = await own.client()
    const calls = [
      await server.call('POST', path('/service/update'), { serviceName: 'A', attributes }),
      await server.call('PATCH', path('/service'), { serviceName: 'A' }, merge),
      await server.call('PATCH', path(`/clients/${clientId}`), { clientName: 'A' }, merge),
      await server.call('DELETE', path(`/client/delete/${clientId}`)),
      await server.call('DELETE', path('/service/delete')),
      await server.call('POST', '/api/service/remove', { serviceId: own.serviceId }),
    ]
    expect(calls.map(({ status, body }) => [status, body.resultCode])).toEqual(
      calls.map(() => [409, 'P145001']),
    )
    const unmanaged = await server.call(
      'PATCH',
      path(`/clients/${other.clientId}`),
      { clientName: 'A' },
      merge,
    )
    expect(unmanaged.status).toBe(200)
    const changed = { key: 'shop', service: { serviceName: 'Store', attributes } }
    expect((await apply(changed)).status).toBe(200)
  })

  it('ends with a change that says so, and does not begin without the attribute', async () => {
    await apply({ key: 'shop', service: { attributes } })
    const off = { attributes: [{ key: 'ext.config.strict', value: 'false' }] }
    expect((await server.call('POST', path('/service/update'), off)).status).toBe(200)
    const free = await server.call('POST', path('/service/update'), { serviceName: 'A' })
    expect(free.status).toBe(200)
  })
})

describe('digest of an applied file', () => {
  const digest = createHash('sha256').update('the file').digest('base64url')
  const asked = (tag: string) =>
    server.call('GET', `/api/${own.serviceId}/plan`, undefined, {
      headers: { 'if-none-match': `"${tag}"` },
    })

  it('tells by one request that nothing has changed, and is not stored itself', async () => {
    const configuration = { key: 'shop', service: {}, ...items(client('web')) }
    expect((await asked(digest)).status).toBe(200)
    await apply(configuration, { digest })
    const unchanged = await asked(digest)
    expect([unchanged.status, unchanged.text]).toEqual([304, ''])
    const { attributes } = await server.get(`/api/${own.serviceId}/service/get`)
    expect(JSON.stringify(attributes)).not.toContain(digest)
    const other = createHash('sha256').update('another file').digest('base64url')
    const { status, body } = await asked(other)
    expect(status).toBe(200)
    expect(body).toMatchObject({ key: 'shop', managedBy: 'file', clients: [{ key: 'web' }] })
  })

  it('does not hold any longer after a change from elsewhere', async () => {
    await apply({ key: 'shop', ...items(client('web')) }, { digest })
    const [{ clientId }] = await clientsOfService()
    const secret = `/api/${own.serviceId}/client/secret/refresh/${clientId}`
    await server.get(secret)
    expect((await asked(digest)).status).toBe(200)
  })
})

describe('search by key', () => {
  it('finds the service and the client with the key', async () => {
    await apply({ key: `shop-${own.serviceId}`, ...items(client('web'), client('web-2')) })
    const { services } = await server.get(`/api/services?key=shop-${own.serviceId}`)
    expect(services).toMatchObject([{ apiKey: own.serviceId, key: `shop-${own.serviceId}` }])
    expect(services[0]).not.toHaveProperty('labels')
    const { clients } = await server.get(`/api/${own.serviceId}/clients?key=web`)
    expect(clients).toMatchObject([{ clientName: 'web', key: 'web' }])
    expect((await server.get('/api/services?key=none')).services).toEqual([])
  })
})
