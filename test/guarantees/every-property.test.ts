/** Every property of a service and of a client can be written, read and written back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ClientDocument } from '../../src/model/client/client.ts'
import { ServiceDocument } from '../../src/model/service/service.ts'
import { configurations, credentialKey } from '../support/credentials.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

/** Values that rules of the documents require; all others are generated from the schema. */
const chosen: Record<string, unknown> = {
  issuer: 'https://as.example.com/tenant',
  jwks: jwksOf(...serviceKeys),
  federationJwks: jwksOf(...serviceKeys),
  credentialJwks: jwksOf(credentialKey),
  authorityHints: ['https://superior.example.org'],
  trustAnchors: [
    { entityId: 'https://anchor.example.org', jwks: jwksOf(...serviceKeys.map(publicKey)) },
  ],
  credentialIssuer: 'https://issuer.example.com',
  authorizationServers: ['https://as.example.com/tenant'],
  credentialsSupported: JSON.stringify(configurations),
  display: '[{"name":"Issuer"}]',
  batchSize: 12,
  credentialRequestEncryptionJwks: jwksOf({
    ...(await encryptionPair('ECDH-ES', 'e')),
    alg: 'ECDH-ES',
  }),
  credentialRequestEncryptionEncValuesSupported: ['A256GCM'],
  credentialRequestEncryptionZipValuesSupported: ['DEF'],
  credentialResponseEncryptionAlgValuesSupported: ['RSA_OAEP_256'],
  credentialResponseEncryptionEncValuesSupported: ['A128CBC_HS256'],
  credentialResponseEncryptionZipValuesSupported: ['DEF'],
  oid4vciVersion: '1.0-Final',
  haipVersion: '1.0',
  accessTokenSignAlg: 'ES256',
  predefinedTransformedClaims: '{"a":{}}',
  cimdMetadataPolicy: '{"a":{}}',
  customMetadata: '{"a":1}',
  value: 'https://example.com/value',
  name: 'name',
  serviceDocumentation: 'https://example.com/documentation',
  clientIdAlias: 'an-alias',
  checkSessionIframe: 'https://as.example.com/session',
  frontchannelLogoutUri: 'https://app.example.com/logout',
  postLogoutRedirectUris: ['https://app.example.com/bye'],
  redirectUris: ['https://app.example.com/callback', 'https://app.example.com/other'],
  tokenAuthMethod: 'PRIVATE_KEY_JWT',
  jwksUri: undefined,
  sectorIdentifierUri: undefined,
}
const keyIds = /SignatureKeyId$/

interface Definition {
  type: string
  innerType?: z.ZodType
  element?: z.ZodType
  entries?: Record<string, string>
  shape?: Record<string, z.ZodType>
}
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def

/** A valid value that is not the default. */
function valueFor(name: string, schema: z.ZodType): unknown {
  const { type, innerType, element, entries, shape } = definitionOf(schema)
  if (innerType) return valueFor(name, innerType)
  if (Object.hasOwn(chosen, name)) return chosen[name]
  if (keyIds.test(name)) return 'es256'
  if (type === 'boolean') return true
  if (type === 'number') return 1_234
  if (type === 'enum') return Object.values(entries ?? {}).at(-1)
  if (type === 'array' && element) return [valueFor(`${name}[]`, element)]
  if (type === 'object' && shape) return valuesFor(shape)
  return /Ur[il]s?(\[\])?$|Endpoint$|^uri$|^(jwks|signedJwks)Uri$|UriComplete$/.test(name)
    ? `https://example.com/${name.replace('[]', '')}`
    : `text of ${name}`
}

function valuesFor(shape: Record<string, z.ZodType>): Record<string, unknown> {
  const entries = Object.entries(shape).map(([name, schema]) => [name, valueFor(name, schema)])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

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
    // Without a redirect URI, a front-channel logout URI that is kept would be refused.
    const bare = { clientName: 'reset', frontchannelLogoutUri: '' }
    const reset = await server.post(`${own}/update/${made.clientId}`, bare)
    const { clientSource: _, ...defaults } = ClientDocument.parse({ clientName: 'reset' })
    expect(reset).toMatchObject(defaults)
    expect(reset).not.toHaveProperty('redirectUris')
    expect(reset.clientSecret).toBe(made.clientSecret)
  })
})
