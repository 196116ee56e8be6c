/** A registration contains supported values only: types, algorithms and members. */
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [rs256, es256] = serviceKeys
const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  clientIdMetadataDocumentSupported: true,
}
let service: TestService
let withEs256: TestService
beforeAll(async () => {
  service = await createService(settings)
  withEs256 = await createService({ ...settings, jwks: jwksOf(es256 ?? {}) }, service)
})
afterAll(() => service.close())

const register = (metadata: object, at = service): Promise<Json> =>
  at.api('/client/registration', {
    json: JSON.stringify({ redirect_uris: [redirectUri], ...metadata }),
  })

describe('default application type', () => {
  const uris = ['cursor://anysphere/callback', 'http://localhost:8787/callback', redirectUri]

  it('is native for a public client with a private-use scheme (RFC 8252 §7.1)', async () => {
    const answer = await register({ redirect_uris: uris, token_endpoint_auth_method: 'none' })
    expect(answer).toMatchObject({ action: 'CREATED', client: { applicationType: 'NATIVE' } })
    expect(JSON.parse(answer.responseContent).application_type).toBe('native')
    const created = await service.client({ clientType: 'PUBLIC', redirectUris: uris })
    expect(created).toMatchObject({ applicationType: 'NATIVE' })
  })

  it('is web for other clients, and a sent value is kept (OIDC Registration §2)', async () => {
    expect(await service.client()).toMatchObject({ applicationType: 'WEB' })
    const confidential = { redirect_uris: uris }
    const said = { ...confidential, token_endpoint_auth_method: 'none', application_type: 'web' }
    for (const metadata of [confidential, said]) {
      expect(await register(metadata)).toMatchObject({
        action: 'BAD_REQUEST',
        resultCode: 'P088004',
      })
    }
  })

  it('is native for such a metadata document (CIMD §4.1)', async () => {
    const url = 'https://app.example.com/native.json'
    const body = { client_id: url, redirect_uris: uris }
    service.system.fetch.answer(url, { body })
    const parameters = { response_type: 'code', client_id: url, redirect_uri: uris[0] ?? '' }
    const answer = await service.api('/auth/authorization', {
      parameters: new URLSearchParams({ ...parameters, scope: 'read' }).toString(),
    })
    expect(answer).toMatchObject({ action: 'INTERACTION' })
  })
})

describe('unknown values in a registration', () => {
  it.each([
    { grant_types: ['authorization_code', 'urn:example:grant'] },
    { response_types: ['code', 'permission'] },
    { response_modes: ['query', 'web_message'] },
  ])('are omitted from lists: %j (RFC 7591 §2)', async (metadata) => {
    const answer = await register(metadata)
    expect(answer).toMatchObject({ action: 'CREATED' })
    for (const [name, values] of Object.entries(metadata)) {
      expect(JSON.parse(answer.responseContent)[name]).toEqual([values[0]])
    }
  })

  it.each([{ grant_types: ['urn:example:grant'] }, { response_types: ['permission'] }])(
    'are rejected if a list has no known value: %j (RFC 7591 §3.2.2)',
    async (metadata) => {
      expect(await register(metadata)).toMatchObject({ resultCode: 'P088007' })
    },
  )
})

describe('signature algorithm of a registration', () => {
  const algOf = (jwt: string) => decodeProtectedHeader(jwt).alg

  it('defaults to one that the service has a key for (OIDC Registration §2)', async () => {
    const answer = await register({}, withEs256)
    expect(JSON.parse(answer.responseContent).id_token_signed_response_alg).toBe('ES256')
    const { idToken } = await obtainTokens(withEs256, answer.client)
    expect(algOf(idToken)).toBe('ES256')
    const usual = await register({})
    expect(JSON.parse(usual.responseContent).id_token_signed_response_alg).toBe('RS256')
  })

  it('defaults likewise for a client that the caller creates', async () => {
    const client = await withEs256.client()
    expect(client).toMatchObject({ idTokenSignAlg: 'ES256' })
    expect(algOf((await obtainTokens(withEs256, client)).idToken)).toBe('ES256')
  })

  it.each([
    ['id_token_signed_response_alg', 'idTokenSignAlg', 'RS384'],
    ['userinfo_signed_response_alg', 'userInfoSignAlg', 'PS384'],
    ['authorization_signed_response_alg', 'authorizationSignAlg', 'PS256'],
  ])(
    '%s without a key is rejected, or warned of for callers (RFC 7591 §3.2.2)',
    async (member, property, alg) => {
      const refused = await register({ [member]: alg }, withEs256)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P088005' })
      expect(refused.responseContent).toContain('it signs by ES256')
      const { warnings } = await withEs256.client({ [property]: alg })
      expect(warnings).toMatchObject([{ code: 'signing-key-missing', property }])
    },
  )

  it('is replaced by a supported one after its key was removed', async () => {
    const other = await createService({ jwks: jwksOf(rs256 ?? {}) }, service)
    const client = await other.client()
    await other.configure({ jwks: jwksOf(es256 ?? {}) })
    expect(algOf((await obtainTokens(other, client)).idToken)).toBe('ES256')
  })

  it('is not validated while the service has no keys', async () => {
    const other = await createService({ jwks: undefined }, service)
    expect(await other.client({ userInfoSignAlg: 'PS512' })).toMatchObject({
      idTokenSignAlg: 'RS256',
      userInfoSignAlg: 'PS512',
    })
  })
})

describe('encryption algorithm of a registration', () => {
  it('of request objects needs a decryption key of the service (RFC 7591 §3.2.2)', async () => {
    const metadata = { request_object_encryption_alg: 'RSA-OAEP-256' }
    expect(await register(metadata)).toMatchObject({ resultCode: 'P088005' })
    const key = await encryptionPair('RSA-OAEP-256', 'enc')
    const other = await createService({ ...settings, jwks: jwksOf(...serviceKeys, key) }, service)
    expect(await register(metadata, other)).toMatchObject({ action: 'CREATED' })
  })

  it('of responses needs a key of the registered client (OIDC Registration §2)', async () => {
    const metadata = { id_token_encrypted_response_alg: 'RSA-OAEP' }
    expect(await register(metadata)).toMatchObject({ resultCode: 'P088005' })
    const key = publicKey(await encryptionPair('RSA-OAEP', 'enc'))
    for (const keys of [{ jwks: { keys: [key] } }, { jwks_uri: 'https://app.example.com/jwks' }]) {
      expect(await register({ ...metadata, ...keys })).toMatchObject({ action: 'CREATED' })
    }
  })
})
