/** No secret is in an audit record: each property and each operation with one is tried. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesOf } from '../../../src/audit/changes.ts'
import { serviceSecrets } from '../../../src/model/service/service.ts'
import { createService, obtainTokens, redirectUri, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, serviceKeys } from '../../support/keys.ts'
import { computed } from '../../support/pace.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService({ dynamicRegistrationSupported: true })
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const records = (): Promise<Json> => service.get('/api/audit?limit=1000')
const sentinel = (name: string) => `sentinel-${name}-`.padEnd(48, '0123456789abcdef')

/** All that the table has, as text. */
async function everything(): Promise<string> {
  const { read, tables } = service.engine
  return JSON.stringify(await read.select().from(tables.audit))
}

const keySets = ['jwks', 'federationJwks', 'credentialJwks'] as const
const sns = ['snsCredentials', 'developerSnsCredentials'] as const

/** A value of each sealed property of a service, with its secret. */
const secretOf: Record<string, { value: unknown; secrets: (string | undefined)[] }> = {
  ...Object.fromEntries(
    serviceSecrets.map((name) => [name, { value: sentinel(name), secrets: [sentinel(name)] }]),
  ),
  ...Object.fromEntries(
    keySets.map((name) => [
      name,
      {
        value: jwksOf(...serviceKeys),
        secrets: serviceKeys.map(({ d, k }: Json) => d ?? k),
      },
    ]),
  ),
  ...Object.fromEntries(
    sns.map((name) => [
      name,
      {
        value: [{ sns: 'FACEBOOK', apiKey: sentinel(name), apiSecret: sentinel(name) }],
        secrets: [sentinel(name)],
      },
    ]),
  ),
}

describe('audit log', () => {
  it('has no sealed property of a service, but its name', async () => {
    // The server itself makes the API secret.
    const names = serviceSecrets.filter((name) => name !== 'apiSecret')
    const values = Object.fromEntries(names.map((name) => [name, secretOf[name]?.value]))
    const { apiKey } = await service.post('/api/service/create', values)
    await service.post(`/api/${apiKey}/service/update`, {})
    await service.post(`/api/${apiKey}/service/update`, values)
    const text = await everything()
    for (const name of names) {
      for (const secret of secretOf[name]?.secrets ?? []) {
        expect(secret).toBeTruthy()
        expect(text).not.toContain(secret)
      }
    }
    const { records: own } = await service.get(`/api/${apiKey}/audit`)
    const [created] = own
    for (const property of names) {
      expect(created.changes).toContainEqual({ property, changed: true })
    }
    expect(own.at(-1).changes).toContainEqual({ property: 'jwks', changed: true })
  })

  it('has no secret of a client, of tokens, of registrations and of API tokens', async () => {
    const client = await service.client({
      jwks: jwksOf(clientKey),
      attributes: [
        { key: 'webhook.password', value: sentinel('password') },
        { key: 'webhook.url', value: `https://user:${sentinel('url')}@example.com/` },
        { key: 'config', value: JSON.stringify({ nested: [{ apiKey: sentinel('nested') }] }) },
      ],
      customMetadata: JSON.stringify({ client_secret: sentinel('metadata') }),
    })
    const { clientId } = client
    const chosen = sentinel('chosen')
    await service.api(`/client/secret/update/${clientId}`, { clientSecret: chosen })
    const { newClientSecret } = await service.get(at(`/client/secret/refresh/${clientId}`))
    const tokens = await obtainTokens(service, { ...client, clientSecret: newClientSecret })
    const accessToken = sentinel('access')
    const properties = [{ key: 'k', value: sentinel('property'), hidden: true }]
    const created = { grantType: 'CLIENT_CREDENTIALS', clientId, accessToken, properties }
    expect(await service.api('/auth/token/create', created)).toMatchObject({ action: 'OK' })
    const updated = { accessToken, properties: [], accessTokenValueUpdated: true }
    const renewed = await service.api('/auth/token/update', updated)
    expect(renewed).toMatchObject({ action: 'OK' })
    await service.api('/auth/token/revoke', { refreshTokenIdentifier: tokens.refreshToken })
    const registered = await service.api('/client/registration', {
      json: JSON.stringify({ redirect_uris: [redirectUri] }),
    })
    const apiToken = await service.post('/api/organizationtoken/create', {})
    const { tokenId } = apiToken
    const rotated = await service.post('/api/organizationtoken/rotate', { tokenId })
    const wrong = sentinel('wrong')
    await service.call('GET', '/api/service/get/list', undefined, { token: wrong })
    const text = await everything()
    const { registration_access_token: registrationToken, client_secret: registeredSecret } =
      JSON.parse(registered.responseContent)
    const secrets = [
      ...[client.clientSecret, (clientKey as Json).d, chosen, newClientSecret],
      ...[sentinel('password'), sentinel('url'), sentinel('nested'), sentinel('metadata')],
      ...[accessToken, sentinel('property'), renewed.accessToken, tokens.accessToken],
      ...[tokens.refreshToken, registeredSecret, apiToken.accessToken, rotated.accessToken, wrong],
      ...(registrationToken ? [registrationToken] : []),
    ]
    for (const secret of secrets) {
      expect(secret).toMatch(/.{20}/)
      expect(text).not.toContain(secret)
    }
    expect((await records()).records.length).toBeGreaterThan(8)
    expect(text).toContain('client.secret_rotated')
  })
})

describe('changes of an audit record', () => {
  it('are well-formed text that databases store, wherever a value is cut', () => {
    const before = { name: `${'x'.repeat(999)}😀` }
    const [change] = changesOf(before, { name: 'b' })
    expect(change).toEqual({ property: 'name', before: 'x'.repeat(999), after: 'b', cut: true })
  })

  it('name the attributes one by one, and leave equal values out', () => {
    const attributes = (value: string) => [
      { key: 'ext.a', value: 'same' },
      { key: 'ext.b', value },
    ]
    expect(changesOf({ attributes: attributes('1') }, { attributes: attributes('2') })).toEqual([
      { property: 'attributes.ext.b', before: '1', after: '2' },
    ])
    expect(changesOf({ attributes: attributes('1') }, { attributes: [] })).toHaveLength(2)
  })

  it('take under 100 ms for the largest documents', async () => {
    const uris = Array.from({ length: 2_000 }, (_, index) => `https://example.com/${index}`)
    const long = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`list${index}`, [...uris, 'x'.repeat(150_000)]]),
    )
    const milliseconds = await computed(() => {
      expect(changesOf({}, long)).toHaveLength(15)
    }, 100)
    expect(milliseconds).toBeLessThan(100)
  })
})
