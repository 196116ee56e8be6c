/** The header `Prefer`, RFC 7240: strict handling, and the changes of an update. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preferencesOf } from '../../src/http/preferences.ts'
import { createService, issuer, type TestService } from '../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const strict = { headers: { Prefer: 'handling=strict' } }
const path = (operation: string) => `/api/${service.serviceId}${operation}`
const named = { clientName: 'App', redirectUris: ['https://app.example.com/callback'] }

describe('Prefer header', () => {
  it.each([
    [undefined, { relay: false, strict: false, changes: false }],
    ['relay', { relay: true, strict: false, changes: false }],
    ['RELAY; foo="some value", handling = "strict"', { relay: true, strict: true, changes: false }],
    ['return=changes,handling=lenient', { relay: false, strict: false, changes: true }],
    ['handling=lenient, handling=strict', { relay: false, strict: false, changes: false }],
    ['handling, return=minimal, , =,;', { relay: false, strict: false, changes: false }],
  ])('%j is parsed (RFC 7240 §2)', (field, preferences) => {
    expect(preferencesOf(field)).toEqual(preferences)
  })
})

describe('Prefer: handling=strict', () => {
  it.each<[string, object, string]>([
    ['a misspelt property', { clientNmae: 'App' }, 'clientNmae'],
    [
      'a misspelt property of a nested object',
      { extension: { requestableScope: [] } },
      'extension.requestableScope',
    ],
    [
      'a misspelt property in a list',
      { attributes: [{ key: 'a', vlaue: 'b' }] },
      'attributes.0.vlaue',
    ],
    ['the name of an inherited property', { constructor: 1 }, 'constructor'],
  ])('refuses %s, and names it', async (_, wrong, where) => {
    const { status, body } = await service.call(
      'POST',
      path('/client/create'),
      { ...named, ...wrong },
      strict,
    )
    expect(status).toBe(400)
    expect(body.resultCode).toBe('P000209')
    expect(body.resultMessage).toContain(where)
  })

  it('refuses a misspelt field of a form body, and names it', async () => {
    const form = 'tokn=x&token=y'
    const headers = { ...strict.headers, 'Content-Type': 'application/x-www-form-urlencoded' }
    const reply = await service.call('POST', path('/auth/introspection'), form, { headers })
    expect(reply.status).toBe(400)
    expect(reply.body.resultMessage).toContain('tokn')
  })

  it('refuses an unknown ext. attribute, and stores nothing', async () => {
    const attributes = [{ key: 'ext.refresh.windwo', value: '5' }]
    const before = await service.get(path('/client/get/list'))
    for (const [operation, body] of [
      ['/client/create', { ...named, attributes }],
      ['/service/update', { serviceName: 'Other', issuer, attributes }],
    ] as const) {
      const reply = await service.call('POST', path(operation), body, strict)
      expect(reply.status).toBe(400)
      expect(reply.body).toMatchObject({ resultCode: 'P060101' })
      expect(reply.body.resultMessage).toContain('ext.refresh.windwo')
    }
    expect((await service.get(path('/client/get/list'))).totalCount).toBe(before.totalCount)
    expect((await service.get(path('/service/get'))).serviceName).not.toBe('Other')
  })

  it('accepts a document as it was returned, with its read-only members', async () => {
    const client = await service.client(named)
    const reply = await service.call(
      'POST',
      path(`/client/update/${client.clientId}`),
      client,
      strict,
    )
    expect(reply.status).toBe(200)
    expect(reply.headers.get('preference-applied')).toBe('handling=strict')
    const whole = await service.get(path('/service/get'))
    expect((await service.call('POST', path('/service/update'), whole, strict)).status).toBe(200)
  })
})

describe('lenient handling', () => {
  it('warns of an unknown property in the response and once in the log', async () => {
    const create = () => service.call('POST', path('/client/create'), { ...named, clientNmae: 'x' })
    const { status, body } = await create()
    expect(status).toBe(200)
    expect(body.warnings).toEqual([
      expect.objectContaining({ code: 'unknown-member', property: 'clientNmae' }),
    ])
    await create()
    const lines = service.system.log.entries.filter(({ ignored }) => ignored)
    expect(
      lines.filter(({ ignored }) => JSON.stringify(ignored).includes('clientNmae')),
    ).toHaveLength(1)
  })

  it('does not log an unknown member name that could be a secret', async () => {
    const secret = 'Zx81kQ0pLm7Vb3Tt5Rr9Ww2Nn4Hh6Gg8Jj1Cc3Dd5Ff'
    await service.call('POST', path('/auth/introspection'), { [secret]: 1, token: 'y' })
    expect(JSON.stringify(service.system.log.entries)).not.toContain(secret)
  })
})

describe('warnings of a response', () => {
  it('name algorithms of a client for which the service has no key', async () => {
    const client = await service.client({ ...named, userInfoSignAlg: 'ES512' })
    expect(client.warnings).toEqual([
      expect.objectContaining({ code: 'signing-key-missing', property: 'userInfoSignAlg' }),
    ])
  })

  it('name encryption without a key of the client, unless it has a jwksUri', async () => {
    const encrypted = { ...named, idTokenEncryptionAlg: 'RSA_OAEP_256' }
    expect((await service.client(encrypted)).warnings).toEqual([
      expect.objectContaining({ code: 'encryption-key-missing', property: 'idTokenEncryptionAlg' }),
    ])
    const published = { ...encrypted, jwksUri: 'https://app.example.com/jwks' }
    expect(await service.client(published)).not.toHaveProperty('warnings')
  })

  it('name signature algorithms of a client without a registered key', async () => {
    const own = { ...named, requestSignAlg: 'PS256', jwks: jwksOf(publicKey(clientKey)) }
    const { warnings = [] } = await service.client({ ...own, jwks: undefined })
    expect(warnings).toEqual([expect.objectContaining({ property: 'requestSignAlg' })])
  })

  it('name keys that the settings of a service need and its key set lacks', async () => {
    const create = (more: object) =>
      service.post('/api/service/create', { serviceName: 'Keys', issuer, ...more })
    const { warnings } = await create({ accessTokenSignAlg: 'PS512' })
    expect(warnings.map(({ property }: { property: string }) => property)).toEqual([
      'accessTokenSignAlg',
      'jwks',
    ])
    expect(await create({ jwks: jwksOf(...serviceKeys) })).not.toHaveProperty('warnings')
  })

  it('name unknown ext. attributes of a service, a scope and a client', async () => {
    const attributes = [
      { key: 'ext.foo', value: '1' },
      { key: 'foo', value: '1' },
    ]
    const created = await service.post('/api/service/create', {
      ...{ serviceName: 'Attributes', issuer, jwks: jwksOf(...serviceKeys), attributes },
      supportedScopes: [{ name: 'openid', attributes }],
    })
    expect(created.warnings).toHaveLength(2)
    expect((await service.client({ ...named, attributes })).warnings).toHaveLength(1)
  })
})

describe('Prefer: return=changes', () => {
  const changes = { headers: { Prefer: 'return=changes' } }

  it('returns the properties that an update changed, or reset by omission', async () => {
    const client = await service.client({
      ...named,
      clientType: 'CONFIDENTIAL',
      pkceRequired: true,
    })
    const partial = { clientName: 'Other', redirectUris: named.redirectUris }
    const update = path(`/client/update/${client.clientId}`)
    const { body, headers } = await service.call('POST', update, partial, changes)
    expect(headers.get('preference-applied')).toBe('return=changes')
    const expected = [
      { property: 'clientName', before: 'App', after: 'Other', reset: false },
      { property: 'clientType', before: 'CONFIDENTIAL', after: 'PUBLIC', reset: true },
      { property: 'pkceRequired', before: true, after: false, reset: true },
    ]
    for (const change of expected) expect(body.changes).toContainEqual(change)
    expect(await service.post(update, partial)).not.toHaveProperty('changes')
  })

  it('names a changed secret without its value', async () => {
    const whole = await service.get(path('/service/get'))
    const changed = { ...whole, description: 'new', jwks: jwksOf(serviceKeys[0] ?? clientKey) }
    const { body } = await service.call('POST', path('/service/update'), changed, changes)
    expect(body.changes).toEqual([
      { property: 'description', after: 'new', reset: false },
      { property: 'jwks', reset: false },
    ])
  })
})

describe('ext. attribute', () => {
  it.each([
    ['ext.refresh.window', '61', 'a whole number from 0 to 60'],
    ['ext.subject.default', 'paired', '`public` or `pairwise`'],
    ['ext.ciba.deliver', 'yes', '`true` or `false`'],
  ])('%s=%s of a service is refused when it is saved', async (key, value, expected) => {
    const body = { serviceName: 'Attributes', issuer, attributes: [{ key, value }] }
    const reply = await service.call('POST', '/api/service/create', body)
    expect(reply.status).toBe(400)
    expect(reply.body.resultMessage).toContain(`${key} must be`)
    expect(reply.body.resultMessage).toContain(expected)
  })
})
