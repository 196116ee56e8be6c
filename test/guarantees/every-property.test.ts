/** Every property of a service and of a client can be written, read and written back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClientDocument } from '../../src/model/client/client.ts'
import { ServiceDocument } from '../../src/model/service/service.ts'
import { clientKey, jwksOf, publicKey } from '../support/keys.ts'
import { valuesFor } from '../support/property-values.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

const without = (document: Json, names: string[]): Json =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)))

describe('service with every property set', () => {
  it('is read and replaced without a change, and reset to its defaults', async () => {
    const document = {
      ...valuesFor(ServiceDocument.shape),
      jwksUri: 'https://as.example.com/jwks',
      localizedTexts: 'unknown to the contract',
    }
    // Which keys a service has in modules is not for callers to write.
    const expected = without(document, ['localizedTexts', 'hsks'])
    const { warnings: _, ...made } = await server.post('/api/service/create', document)
    expect(made).toMatchObject(expected)
    expect(Object.keys(expected)).toHaveLength(Object.keys(ServiceDocument.shape).length - 1)
    const own = `/api/${made.apiKey}/service`
    expect(await server.get(`${own}/get`)).toEqual(made)
    server.system.clock.advance(1_000)
    const posted = without(await server.post(`${own}/update`, made), ['warnings'])
    expect(without(posted, ['modifiedAt'])).toEqual(without(made, ['modifiedAt']))
    expect(await server.get(`${own}/get`)).toEqual(posted)
    const reset = await server.post(`${own}/update`, { serviceName: 'reset' })
    expect(reset).toMatchObject(ServiceDocument.parse({ serviceName: 'reset' }))
    expect(reset).not.toHaveProperty('supportedScopes')
    expect(reset).not.toHaveProperty('jwks')
  })
})

describe('client with every property set', () => {
  it('is read and replaced without a change, and reset to its defaults', async () => {
    const { apiKey } = await server.post('/api/service/create', {})
    const document = { ...valuesFor(ClientDocument.shape), jwks: jwksOf(publicKey(clientKey)) }
    const created = await server.post(`/api/${apiKey}/client/create`, document)
    const made = without(created, ['warnings'])
    // Only a registration through a federation sets these.
    const ofFederation = { automaticallyRegistered: false, explicitlyRegistered: false }
    expect(made).toMatchObject({ ...document, ...ofFederation })
    const absent = Object.keys(ClientDocument.shape).filter((name) => !(name in document))
    expect(absent).toEqual(['sectorIdentifierUri', 'jwksUri'])
    const own = `/api/${apiKey}/client`
    expect(await server.get(`${own}/get/${made.clientId}`)).toEqual(made)
    server.system.clock.advance(1_000)
    const updated = await server.post(`${own}/update/${made.clientId}`, made)
    const posted = without(updated, ['warnings'])
    expect(without(posted, ['modifiedAt'])).toEqual(without(made, ['modifiedAt']))
    // Without a redirect URI, a front-channel logout URI that is kept would be refused. The lock is
    // kept, too, unless it is named.
    const bare = { clientName: 'reset', frontchannelLogoutUri: '', locked: false }
    const reset = await server.post(`${own}/update/${made.clientId}`, bare)
    const { clientSource: _, ...defaults } = ClientDocument.parse({ clientName: 'reset' })
    expect(reset).toMatchObject(defaults)
    expect(reset).not.toHaveProperty('redirectUris')
    expect(reset.clientSecret).toBe(made.clientSecret)
  })
})
