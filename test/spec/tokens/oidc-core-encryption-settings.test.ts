/** How a service and its clients set the encryption of responses, OIDC Core §10.2 */
import { decodeProtectedHeader, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  obtainCode,
  obtainTokens,
  redeem,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const rsUri = 'https://rs.example.com'

let service: TestService
let rsa: JWK
beforeAll(async () => {
  service = await createService()
  rsa = await encryptionPair('RSA-OAEP-256', 'rsa-enc')
})
afterAll(() => service.close())

const attributes = (given: Record<string, string>) =>
  Object.entries(given).map(([key, value]) => ({ key, value }))

const encrypted = () => ({
  ...{ idTokenEncryptionAlg: 'RSA_OAEP_256', userInfoEncryptionAlg: 'RSA_OAEP_256' },
  ...{ authorizationEncryptionAlg: 'RSA_OAEP_256', authorizationSignAlg: 'ES256' },
  ...{ userInfoSignAlg: 'ES256', jwks: jwksOf(publicKey(rsa)) },
})

const introspected = async (token: string): Promise<Json> =>
  service.api('/auth/introspection/standard', {
    ...{ parameters: `token=${token}`, rsUri, introspectionEncryptionAlg: 'RSA_OAEP_256' },
    ...{ httpAcceptHeader: 'application/token-introspection+jwt' },
    publicKeyForEncryption: JSON.stringify(publicKey(rsa)),
  })

/** The number of parts of each response: three of a JWS, five of a JWE. */
async function partsOf(client: Json) {
  const { accessToken, idToken } = await obtainTokens(service, client)
  const info = await service.api('/auth/userinfo/issue', { token: accessToken })
  const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  const response = new URL(issued.responseContent).searchParams.get('response') ?? ''
  const introspection = await introspected(accessToken)
  const made = { idToken, userInfo: info.responseContent, response }
  const all = Object.entries({ ...made, introspection: introspection.responseContent })
  return Object.fromEntries(all.map(([name, text]) => [name, text.split('.').length]))
}

describe('ext.encrypt_out', () => {
  const signed = { idToken: 3, userInfo: 3, response: 3, introspection: 3 }
  const sealed = { idToken: 5, userInfo: 5, response: 5, introspection: 5 }
  afterAll(() => service.configure({}))

  it.each([
    ['absent', {}, sealed],
    ['true', { 'ext.encrypt_out': 'true' }, sealed],
    ['false', { 'ext.encrypt_out': 'false' }, signed],
  ])('decides whether responses are encrypted: %s (OIDC Core §10.2)', async (_c, set, expected) => {
    const client = await service.client(encrypted())
    await service.configure({ attributes: attributes(set) })
    expect(await partsOf(client)).toEqual(expected)
  })

  it('leaves UserInfo of a client without a signature algorithm plain JSON if false', async () => {
    await service.configure({ attributes: attributes({ 'ext.encrypt_out': 'false' }) })
    const client = await service.client({ ...encrypted(), userInfoSignAlg: undefined })
    const { accessToken: token } = await obtainTokens(service, client)
    const info = await service.api('/auth/userinfo/issue', { token })
    expect(info).toMatchObject({ action: 'JSON', responseContent: '{"sub":"alice"}' })
  })

  it('is told in warnings of the service and of its clients, and in the metadata', async () => {
    const off = await service.configure({ attributes: attributes({ 'ext.encrypt_out': 'false' }) })
    expect(off.warnings).toMatchObject([{ code: 'encryption-off', property: 'attributes' }])
    const client = await service.client(encrypted())
    expect(client.warnings.map(({ code, property }: Json) => `${code} ${property}`)).toEqual([
      'encryption-off idTokenEncryptionAlg',
      'encryption-off userInfoEncryptionAlg',
      'encryption-off authorizationEncryptionAlg',
    ])
    const listed = async () =>
      Object.keys(await service.get(`/api/${service.serviceId}/service/configuration`)).filter(
        (name) => name.includes('_encryption_') && !name.startsWith('request_object'),
      )
    expect(await listed()).toEqual([])
    expect((await service.configure({})).warnings).toBeUndefined()
    expect(await listed()).toHaveLength(8)
  })

  it('refuses a client that registers itself with encryption if false (RFC 7591 §2)', async () => {
    const json = JSON.stringify({
      redirect_uris: ['https://app.example.com/callback'],
      id_token_encrypted_response_alg: 'RSA-OAEP-256',
      jwks: { keys: [publicKey(rsa)] },
    })
    const registering = { supportsDynamicRegistration: true, dynamicRegistrationSupported: true }
    await service.configure(registering)
    const accepted = await service.api('/client/registration', { json })
    await service.configure({
      ...registering,
      attributes: attributes({ 'ext.encrypt_out': 'false' }),
    })
    const refused = await service.api('/client/registration', { json })
    expect([accepted.action, refused.action]).toEqual(['CREATED', 'BAD_REQUEST'])
    expect(refused.responseContent).toContain('id_token_encrypted_response_alg')
  })
})

describe('ext.enc.kid', () => {
  let keys: JWK[]
  beforeAll(async () => {
    const named = ['first', 'second', 'third'].map((kid) => encryptionPair('RSA-OAEP-256', kid))
    keys = [...(await Promise.all(named)), await encryptionPair('ECDH-ES', 'ec')].map(publicKey)
  })

  const kidsOf = async (client: Json) => {
    const { accessToken, idToken } = await obtainTokens(service, client)
    const info = await service.api('/auth/userinfo/issue', { token: accessToken })
    const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const response = new URL(issued.responseContent).searchParams.get('response') ?? ''
    return [idToken, info.responseContent, response].map((jwe) => decodeProtectedHeader(jwe).kid)
  }

  it.each([
    ['the named key', { 'ext.enc.kid': 'second' }, 'second'],
    ['the first key that fits, without the attribute', {}, 'first'],
  ])('chooses the key of all responses: %s (RFC 7517 §4.5)', async (_case, set, kid) => {
    const given = { ...encrypted(), jwks: jwksOf(...keys), attributes: attributes(set) }
    const client = await service.client(given)
    expect(client.warnings).toBeUndefined()
    expect(await kidsOf(client)).toEqual([kid, kid, kid])
  })

  it.each([
    ['that is not there', 'fourth'],
    ['of another key type', 'ec'],
  ])('refuses to issue with a key %s, and consumes no code', async (_case, kid) => {
    const idTokenEncryptionAlg = 'RSA_OAEP_256'
    const set = { jwks: jwksOf(...keys), attributes: attributes({ 'ext.enc.kid': kid }) }
    const client = await service.client({ idTokenEncryptionAlg, ...set })
    expect(client.warnings).toMatchObject([{ code: 'encryption-key-missing' }])
    const code = await obtainCode(service, client)
    const refused = await redeem(service, client, code)
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P015001' })
    const { clientId } = client
    const changed = { ...client, attributes: attributes({ 'ext.enc.kid': 'third' }) }
    await service.api(`/client/update/${clientId}`, changed)
    const { idToken } = await redeem(service, client, code)
    expect(decodeProtectedHeader(idToken).kid).toBe('third')
  })

  it('finds a key that was published after the key set was fetched', async () => {
    const jwksUri = 'https://app.example.com/rotating.jwks'
    const publish = (published: JWK[]) =>
      service.system.fetch.answer(jwksUri, { body: { keys: published } })
    publish(keys.slice(0, 1))
    const client = await service.client({
      ...{ idTokenEncryptionAlg: 'RSA_OAEP_256', jwksUri },
      attributes: attributes({ 'ext.enc.kid': 'second' }),
    })
    expect(await obtainTokens(service, client)).toMatchObject({ resultCode: 'P015001' })
    publish(keys)
    service.system.clock.advance(6_000)
    const { idToken } = await obtainTokens(service, client)
    expect(decodeProtectedHeader(idToken).kid).toBe('second')
  })

  it.each(['', 'ü', 'x'.repeat(257)])('must be a printable kid: %s', async (kid) => {
    const refused = await service.client({ attributes: attributes({ 'ext.enc.kid': kid }) })
    expect(refused.resultMessage).toContain('ext.enc.kid must be')
  })
})
