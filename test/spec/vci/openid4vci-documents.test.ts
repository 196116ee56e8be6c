/** The documents of a credential issuer: OpenID4VCI §12.2, SD-JWT VC §5. */
import { X509Certificate } from 'node:crypto'
import { decodeProtectedHeader, importX509, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  configurations,
  createIssuer,
  credentialIssuer,
  credentialKey,
  endpointOf,
  issuerMetadata,
} from '../../support/credentials.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createIssuer()
})
afterAll(() => service.close())

const documentOf = async (name: string, more: object = {}): Promise<Json> => {
  const { action, responseContent } = await service.api(`/vci/${name}`, more)
  expect(action).toBe('OK')
  return JSON.parse(responseContent)
}
const withMetadata = (more: Record<string, unknown>, settings: Record<string, unknown> = {}) =>
  service.configure({ credentialIssuerMetadata: issuerMetadata(more), ...settings })

describe('metadata of a credential issuer', () => {
  it('has the members of the specification, and no other (OpenID4VCI §12.2.4)', async () => {
    await withMetadata({})
    expect(await documentOf('metadata')).toEqual({
      credential_issuer: credentialIssuer,
      credential_endpoint: endpointOf('credential'),
      nonce_endpoint: endpointOf('nonce'),
      deferred_credential_endpoint: endpointOf('deferred_credential'),
      batch_credential_issuance: { batch_size: 10 },
      credential_configurations_supported: configurations,
    })
  })

  it('has all optional members that are set (OpenID4VCI §12.2.4)', async () => {
    const [ec, rsa] = [await encryptionPair('ECDH-ES', 'ec'), await encryptionPair('RSA-OAEP', 'r')]
    const display = [{ name: 'Issuer', locale: 'en' }]
    await withMetadata({
      authorizationServers: [issuer, 'https://other.example.com'],
      notificationEndpoint: endpointOf('notification'),
      batchCredentialEndpoint: endpointOf('batch'),
      batchSize: 1,
      display: JSON.stringify(display),
      credentialRequestEncryptionJwks: jwksOf(
        { ...ec, alg: 'ECDH-ES' },
        { ...rsa, alg: 'RSA-OAEP-256' },
      ),
      credentialRequestEncryptionEncValuesSupported: ['A128CBC_HS256', 'A256GCM'],
      credentialRequestEncryptionZipValuesSupported: ['DEF'],
      requireCredentialRequestEncryption: true,
      credentialResponseEncryptionAlgValuesSupported: ['ECDH_ES', 'RSA_OAEP_256', 'ECDH-ES+A256KW'],
      credentialResponseEncryptionEncValuesSupported: ['A128GCM', 'A256CBC-HS512'],
    })
    const document = await documentOf('metadata')
    expect(document).toMatchObject({
      authorization_servers: [issuer, 'https://other.example.com'],
      notification_endpoint: endpointOf('notification'),
      batch_credential_endpoint: endpointOf('batch'),
      display,
      credential_request_encryption: {
        enc_values_supported: ['A128CBC-HS256', 'A256GCM'],
        zip_values_supported: ['DEF'],
        encryption_required: true,
      },
    })
    expect(document.credential_response_encryption).toEqual({
      alg_values_supported: ['ECDH-ES', 'RSA-OAEP-256', 'ECDH-ES+A256KW'],
      enc_values_supported: ['A128GCM', 'A256CBC-HS512'],
      encryption_required: false,
    })
    expect(document).not.toHaveProperty('batch_credential_issuance')
    const { keys } = document.credential_request_encryption.jwks
    expect(keys).toEqual([
      { ...publicKey(ec), alg: 'ECDH-ES' },
      { ...publicKey(rsa), alg: 'RSA-OAEP-256' },
    ])
  })

  it('keeps the identifier as it is, a trailing slash included (OpenID4VCI §12.2.1)', async () => {
    await withMetadata({ credentialIssuer: 'https://issuer.example.com/' })
    expect(await documentOf('metadata')).toMatchObject({
      credential_issuer: 'https://issuer.example.com/',
    })
    await withMetadata({ credentialIssuer: undefined })
    expect(await documentOf('metadata')).toMatchObject({ credential_issuer: issuer })
  })

  it('is indented if the caller asks for it, also by a form', async () => {
    await withMetadata({})
    const plain = await service.api('/vci/metadata', {})
    const pretty = await service.api('/vci/metadata', { pretty: true })
    expect(plain.responseContent).not.toContain('\n')
    expect(pretty.responseContent).toContain('\n  "credential_issuer"')
    expect(JSON.parse(pretty.responseContent)).toEqual(JSON.parse(plain.responseContent))
    const path = `/api/${service.serviceId}/vci/metadata`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const { body } = await service.call('POST', path, 'pretty=true', { headers })
    expect(body.responseContent).toBe(pretty.responseContent)
  })

  it('is not found without the members that are required', async () => {
    await withMetadata({ credentialEndpoint: undefined })
    const missing = { action: 'NOT_FOUND', resultCode: 'P121003' }
    expect(await service.api('/vci/metadata', {})).toMatchObject(missing)
    await service.configure({ credentialIssuerMetadata: undefined })
    expect(await service.api('/vci/metadata', {})).toMatchObject(missing)
    await withMetadata({ credentialIssuer: '' }, { issuer: undefined })
    expect(await service.api('/vci/metadata', {})).toMatchObject(missing)
  })
})

describe('signed metadata of a credential issuer', () => {
  const attributes = [{ key: 'ext.vci.signed_metadata', value: 'true' }]
  const wallet = { httpAcceptHeader: 'application/jwt, application/json;q=0.5' }

  it('are returned to a wallet that prefers a JWT (OpenID4VCI §12.2.3, HAIP §4.1)', async () => {
    await withMetadata({}, { attributes })
    const plain = await documentOf('metadata')
    const answer = await service.api('/vci/metadata', wallet, { Prefer: 'relay' })
    expect(answer).toMatchObject({ action: 'OK', contentType: 'application/jwt' })
    expect(answer.relay.headers['Content-Type']).toBe('application/jwt')
    const { alg, typ, kid, x5c = [] } = decodeProtectedHeader(answer.responseContent)
    expect([alg, typ, kid]).toEqual(['ES256', 'openidvci-issuer-metadata+jwt', 'credential-es256'])
    // Without the trust anchor.
    expect(x5c).toEqual(credentialKey.x5c?.slice(0, 1))
    const leaf = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64')).toString()
    const { payload } = await jwtVerify(answer.responseContent, await importX509(leaf, 'ES256'), {
      currentDate: new Date(service.system.clock()),
    })
    const iat = Math.floor(service.system.clock() / 1000)
    expect(payload).toEqual({ ...plain, sub: credentialIssuer, iat, exp: iat + 86_400 })
  })

  it('are signed again after an hour, and when the service changes', async () => {
    await withMetadata({}, { attributes })
    const signed = async () => (await service.api('/vci/metadata', wallet)).responseContent
    const first = await signed()
    expect(await signed()).toBe(first)
    service.system.clock.advance(3_600_000)
    const second = await signed()
    expect(second).not.toBe(first)
    await withMetadata({ batchSize: 3 }, { attributes })
    expect(await signed()).not.toBe(second)
  })

  it('are JSON for other wallets, without the attribute, and without a key', async () => {
    const isJson = async (accept: string) => {
      const answer = await service.api('/vci/metadata', { httpAcceptHeader: accept })
      expect(answer).not.toHaveProperty('contentType')
      expect(JSON.parse(answer.responseContent)).toMatchObject({
        credential_issuer: credentialIssuer,
      })
    }
    await withMetadata({}, { attributes })
    for (const accept of ['application/json', '*/*', '', 'application/json, application/jwt;q=0.9'])
      await isJson(accept)
    await withMetadata({}, { attributes, credentialJwks: undefined })
    await isJson('application/jwt')
    await withMetadata({})
    await isJson('application/jwt')
  })
})

describe('keys of a credential issuer', () => {
  it('are published without private members, and with certificates (RFC 7517 §5)', async () => {
    await service.configure({})
    const { keys } = await documentOf('jwks')
    expect(keys).toEqual([publicKey(credentialKey)])
    expect(await documentOf('jwtissuer')).toEqual({ issuer: credentialIssuer, jwks: { keys } })
  })

  it('are named by URL if the service has one (SD-JWT VC §5.2)', async () => {
    const credentialJwksUri = endpointOf('jwks')
    await service.configure({ credentialJwksUri })
    expect(await documentOf('jwtissuer', { pretty: true })).toEqual({
      issuer: credentialIssuer,
      jwks_uri: credentialJwksUri,
    })
  })

  it('are not found if there are none, or no identifier', async () => {
    await service.configure({ credentialJwks: undefined })
    const missing = { action: 'NOT_FOUND', resultCode: 'P121004' }
    expect(await service.api('/vci/jwks', {})).toMatchObject(missing)
    expect(await service.api('/vci/jwtissuer', {})).toMatchObject(missing)
    await withMetadata({ credentialIssuer: undefined }, { issuer: undefined })
    expect(await service.api('/vci/jwtissuer', {})).toMatchObject({
      ...{ action: 'NOT_FOUND', resultCode: 'P121005' },
    })
  })
})

describe.each(['metadata', 'jwtissuer', 'jwks'])('document %s', (name) => {
  it('is not found if the service issues no credentials, or by draft ID1', async () => {
    await service.configure({ verifiableCredentialsEnabled: false })
    const refused = await service.api(`/vci/${name}`, {})
    expect(refused).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P125001' })
    expect(JSON.parse(refused.responseContent)).toHaveProperty('error')
    await service.configure({ oid4vciVersion: '1.0-ID1' })
    expect(await service.api(`/vci/${name}`, {})).toMatchObject({
      ...{ action: 'NOT_FOUND', resultCode: 'P125002' },
    })
    await service.configure({})
  })
})
