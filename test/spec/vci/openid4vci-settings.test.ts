/** Settings of a credential issuer that are refused when they are saved: OpenID4VCI §12.2.4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  configurations,
  createIssuer,
  credentialIssuer,
  issuerMetadata,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createIssuer()
})
afterAll(() => service.close())

const saved = (metadata: object, more: object = {}): Promise<Json> =>
  service.configure({ credentialIssuerMetadata: issuerMetadata({ ...metadata }), ...more })

/** The refusal names the property. */
async function refused(property: string, metadata: object, more: object = {}): Promise<void> {
  const answer = await saved(metadata, more)
  expect(answer.resultMessage).toContain(property)
  expect(answer).not.toHaveProperty('apiKey')
}

const [diploma, mdl] = [configurations['diploma'], configurations['mdl']]
const withConfiguration = (more: object, base: Json = diploma) => ({
  credentialsSupported: JSON.stringify({ tested: { ...base, ...more } }),
})
const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)])
const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [index, diploma]))

describe('setting of a credential issuer', () => {
  it.each<[string, object]>([
    ['credentialIssuer', { credentialIssuer: 'http://issuer.example.com' }],
    ['credentialIssuer', { credentialIssuer: 'https://issuer.example.com?a=b' }],
    ['credentialIssuer', { credentialIssuer: 'https://issuer.example.com#a' }],
    ['authorizationServers', { authorizationServers: [credentialIssuer, 'urn:example'] }],
    ['credentialEndpoint', { credentialEndpoint: 'http://issuer.example.com/credential' }],
    ['nonceEndpoint', { nonceEndpoint: '/nonce' }],
    ['deferredCredentialEndpoint', { deferredCredentialEndpoint: 'ftp://issuer.example.com' }],
    ['batchSize', { batchSize: 101 }],
    ['display', { display: '{}' }],
    ['display', { display: '[{"locale":"en"},{"locale":"en"}]' }],
    ['display', { display: '[{"name":"a"},{"name":"b"}]' }],
    ['credentialsSupported', { credentialsSupported: '[]' }],
    ['credentialsSupported', { credentialsSupported: '{' }],
    ['credentialsSupported', { credentialsSupported: JSON.stringify(many) }],
    ['credentialsSupported', { credentialsSupported: JSON.stringify({ '': diploma }) }],
    ['credentialsSupported', { credentialsSupported: JSON.stringify({ a: null }) }],
    ['credentialsSupported', withConfiguration({ extra: nested(20) })],
  ])('%s is refused with a wrong value: %j', (property, metadata) =>
    refused(`credentialIssuerMetadata.${property}`, metadata),
  )

  it.each<[string, object, Json?]>([
    ['a format of a draft', { format: 'vc+sd-jwt' }],
    ['an SD-JWT VC without vct', { vct: undefined }],
    ['an mdoc without doctype', { doctype: '' }, mdl],
    ['two scopes', { scope: 'a b' }],
    ['a scope that is no string', { scope: ['a'] }],
    ['a symmetric algorithm', { credential_signing_alg_values_supported: ['HS256'] }],
    ['no algorithm', { credential_signing_alg_values_supported: [] }],
    ['a name of JOSE for an mdoc', { credential_signing_alg_values_supported: ['ES256'] }, mdl],
    ['a MAC for an mdoc', { credential_signing_alg_values_supported: [5] }, mdl],
    ['proofs without binding', { cryptographic_binding_methods_supported: undefined }],
    ['binding without proofs', { proof_types_supported: undefined }],
    [
      'an mdoc without a key',
      { proof_types_supported: undefined, cryptographic_binding_methods_supported: undefined },
      mdl,
    ],
    ['an unknown method of binding', { cryptographic_binding_methods_supported: ['did:web'] }],
    ['an unknown type of proof', { proof_types_supported: { di_vp: {} } }],
    ['a type of proof without algorithms', { proof_types_supported: { jwt: {} } }],
    [
      'a proof by a MAC',
      { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['HS256'] } } },
    ],
    [
      'an empty list of key storage',
      {
        proof_types_supported: {
          jwt: {
            proof_signing_alg_values_supported: ['ES256'],
            key_attestations_required: { key_storage: [] },
          },
        },
      },
    ],
    ['two displays of one locale', { credential_metadata: { display: [{}, {}] } }],
    ['a claim without a path', { credential_metadata: { claims: [{ mandatory: true }] } }],
    ['a negative index in a path', { credential_metadata: { claims: [{ path: ['a', -1] }] } }],
  ])('credentialsSupported is refused with %s', (_what, more, base) =>
    refused('credentialIssuerMetadata.credentialsSupported.tested', withConfiguration(more, base)),
  )

  it('accepts attested keys, DIDs, claims, and credentials without a key', async () => {
    const attested = {
      proof_signing_alg_values_supported: ['ES256'],
      key_attestations_required: { user_authentication: ['iso_18045_high'] },
    }
    const all = {
      attested: { ...diploma, proof_types_supported: { attestation: attested } },
      any: {
        ...mdl,
        cryptographic_binding_methods_supported: ['cose_key', 'jwk', 'did:jwk'],
        credential_metadata: { claims: [{ path: ['a', null, 0] }], display: [{ name: 'A' }] },
      },
      unbound: {
        ...{ format: 'dc+sd-jwt', vct: 'a' },
        proof_types_supported: undefined,
      },
    }
    expect(await saved({ credentialsSupported: JSON.stringify(all) })).toHaveProperty('apiKey')
  })

  it('may have the scheme http on the loopback interface, for development', async () => {
    const credentialEndpoint = 'http://localhost:3000/credential'
    const answer = await saved({ credentialIssuer: 'http://127.0.0.1:3000', credentialEndpoint })
    expect(answer).toMatchObject({ credentialIssuerMetadata: { credentialEndpoint } })
  })
})

describe('encryption settings of a credential issuer', () => {
  const requests = 'credentialRequestEncryptionJwks'
  const encodings = { credentialRequestEncryptionEncValuesSupported: ['A256GCM'] }
  const responses = {
    credentialResponseEncryptionAlgValuesSupported: ['ECDH_ES', 'RSA-OAEP-256'],
    credentialResponseEncryptionEncValuesSupported: ['A256GCM', 'A128CBC_HS256'],
  }
  let key: Json
  beforeAll(async () => {
    key = { ...(await encryptionPair('ECDH-ES', 'enc')), alg: 'ECDH-ES' }
  })
  const good = (more: object = {}) => ({ [requests]: jwksOf(key), ...encodings, ...more })

  it('are accepted, returned unchanged, and kept sealed', async () => {
    const given = issuerMetadata(good({ ...responses, requireCredentialResponseEncryption: true }))
    const answer = await service.configure({ credentialIssuerMetadata: given })
    expect(answer.credentialIssuerMetadata).toMatchObject(given)
    const own = await service.get(`/api/${service.serviceId}/service/get`)
    expect(own.credentialIssuerMetadata).toEqual(answer.credentialIssuerMetadata)
    const { read, tables } = service.engine
    for (const table of [tables.services, tables.audit]) {
      expect(JSON.stringify(await read.select().from(table))).not.toContain(key.d)
    }
  })

  it('have private keys only for callers that may modify the service', async () => {
    await saved(good())
    const token = await service.tokenFor(service.serviceId, ['view_service'])
    const path = `/api/${service.serviceId}/service/get`
    const { credentialIssuerMetadata: seen } = await service.get(path, { token })
    expect(JSON.parse(seen[requests])).toEqual({ keys: [publicKey(key)] })
    expect(seen.credentialIssuer).toBe(credentialIssuer)
  })

  it.each<[string, string, () => object]>([
    [requests, 'no key set', () => good({ [requests]: '[]' })],
    [requests, 'an empty key set', () => good({ [requests]: jwksOf() })],
    [requests, 'a public key', () => good({ [requests]: jwksOf(publicKey(key)) })],
    [requests, 'no kid', () => good({ [requests]: jwksOf({ ...key, kid: undefined }) })],
    [requests, 'no alg', () => good({ [requests]: jwksOf({ ...key, alg: undefined }) })],
    [requests, 'a signing key', () => good({ [requests]: jwksOf({ ...key, use: 'sig' }) })],
    [requests, 'no key, but required', () => ({ requireCredentialRequestEncryption: true })],
    [
      'credentialRequestEncryptionEncValuesSupported',
      'none',
      () => good({ credentialRequestEncryptionEncValuesSupported: [] }),
    ],
    [
      'credentialRequestEncryptionZipValuesSupported',
      'an unknown one',
      () => good({ credentialRequestEncryptionZipValuesSupported: ['GZIP'] }),
    ],
    [
      'credentialResponseEncryptionAlgValuesSupported',
      'a symmetric one',
      () => good({ ...responses, credentialResponseEncryptionAlgValuesSupported: ['DIR'] }),
    ],
    [
      'credentialResponseEncryptionAlgValuesSupported',
      'RSA1_5',
      () => good({ ...responses, credentialResponseEncryptionAlgValuesSupported: ['RSA1_5'] }),
    ],
    [
      'credentialResponseEncryptionAlgValuesSupported',
      'none, but required',
      () => good({ requireCredentialResponseEncryption: true }),
    ],
    [
      'credentialResponseEncryptionAlgValuesSupported',
      'some without encrypted requests (OpenID4VCI §8.2)',
      () => responses,
    ],
    [
      'credentialResponseEncryptionEncValuesSupported',
      'an unknown one',
      () => good({ ...responses, credentialResponseEncryptionEncValuesSupported: ['A1'] }),
    ],
  ])('%s is refused with %s', (property, _what, metadata) =>
    refused(`credentialIssuerMetadata.${property}`, metadata()),
  )
})

describe('version of OpenID4VCI', () => {
  it('is refused unless it is final, or the draft', async () => {
    for (const oid4vciVersion of ['1.1', '2.0', 'final', '1.0-ID2']) {
      await refused('oid4vciVersion', {}, { oid4vciVersion })
    }
    for (const oid4vciVersion of ['1.0', '1.0-Final', '1.0-ID1']) {
      expect(await saved({}, { oid4vciVersion })).toMatchObject({ oid4vciVersion })
    }
  })

  it('allows any metadata for the draft, and while no credentials are issued', async () => {
    const former = { credentialsSupported: '{"a":{"format":"vc+sd-jwt"}}', credentialIssuer: 'x' }
    for (const more of [{ oid4vciVersion: '1.0-ID1' }, { verifiableCredentialsEnabled: false }]) {
      const answer = await saved(former, more)
      expect(answer.credentialIssuerMetadata).toMatchObject(former)
    }
    await refused('credentialIssuer', former)
  })

  it('does not keep documents of former versions from being read', async () => {
    const former = { credentialEndpoint: 'https://a.example', credentialsSupported: '{"a":1}' }
    await service.configure({
      verifiableCredentialsEnabled: false,
      credentialIssuerMetadata: former,
    })
    const row = await service.store.services.find(service.serviceId)
    if (!row) throw new Error('The service is missing.')
    const data = { ...row.data, verifiableCredentialsEnabled: true }
    const { services } = service.store
    const changed = services.update(service.serviceId, { ...row, data }, row.version)
    await service.store.commit(changed)
    const { action, responseContent } = await service.api('/vci/metadata', {})
    expect(action).toBe('OK')
    expect(JSON.parse(responseContent).credential_configurations_supported).toEqual({})
    await service.configure({})
  })
})
