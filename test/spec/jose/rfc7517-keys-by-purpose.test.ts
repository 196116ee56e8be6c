/** Keys of services and clients are chosen by use, key_ops, alg and kid, RFC 7517 §4.2 to §4.5. */
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, obtainTokens, requestToken, type TestService } from '../../support/flows.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import { assertionFor } from '../../support/signing-client.ts'

let service: TestService
let first: JWK
let second: JWK
beforeAll(async () => {
  service = await createService()
  first = bare(await encryptionPair('RSA-OAEP-256', 'first'))
  second = bare(await encryptionPair('RSA-OAEP-256', 'second'))
})
afterAll(() => service.close())

/** A key without use, key_ops and alg. */
const bare = ({ use: _, alg: _alg, ...key }: JWK): JWK => key as JWK

const encrypted = { idTokenEncryptionAlg: 'RSA_OAEP_256', idTokenEncryptionEnc: 'A256GCM' }
const kidOf = (jwe: string) => decodeProtectedHeader(jwe).kid

async function idTokenFor(...keys: JWK[]) {
  const jwks = jwksOf(...keys.map(publicKey))
  return obtainTokens(service, await service.client({ ...encrypted, jwks }))
}

describe('key set of a client', () => {
  it.each<[string, Partial<JWK>]>([
    ['encrypt and wrapKey', { key_ops: ['encrypt', 'wrapKey'] }],
    ['use and key_ops', { use: 'enc', alg: 'RSA-OAEP-256', key_ops: ['encrypt'] }],
    ['every operation', { key_ops: ['sign', 'verify', 'wrapKey', 'unwrapKey', 'encrypt'] }],
    ['the operations of its private half', { key_ops: ['decrypt', 'unwrapKey'] }],
    ['no operation at all, as Web Crypto writes it', { key_ops: [] }],
    ['ext, which is text', { ext: 'true' as unknown as boolean }],
  ])('encrypts ID Tokens by a key with %s (RFC 7517 §4.3)', async (_, says) => {
    expect(kidOf((await idTokenFor({ ...first, ...says })).idToken)).toBe('first')
  })

  it('does not encrypt by a verification key, and causes no 500 (RFC 7517 §4.3)', async () => {
    const verifying = { ...first, key_ops: ['verify'] }
    expect(kidOf((await idTokenFor(verifying, { ...second, use: 'enc' })).idToken)).toBe('second')
    expect(await idTokenFor(verifying)).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P015001',
    })
  })

  it('prefers a key for encryption to a key without a purpose (RFC 7517 §4.2)', async () => {
    expect(kidOf((await idTokenFor(first, { ...second, use: 'enc' })).idToken)).toBe('second')
    const named = { ...second, key_ops: ['wrapKey'] }
    expect(kidOf((await idTokenFor(first, named)).idToken)).toBe('second')
  })

  it('ignores malformed keys if it comes from a URL (OIDC Core §10.1.1)', async () => {
    const broken = { ...publicKey(first), kid: 'broken', n: 'AQAB', use: 'enc' }
    const url = 'https://app.example.com/jwks'
    service.system.fetch.answer(url, {
      body: jwksOf(broken as JWK, { ...publicKey(second), use: 'enc' }),
    })
    const client = await service.client({ ...encrypted, jwksUri: url })
    expect(kidOf((await obtainTokens(service, client)).idToken)).toBe('second')
  })

  it('can repeat a kid with another kty or alg, chosen by alg (RFC 7517 §4.5)', async () => {
    const rsa = { ...publicKey(first), kid: 'same', alg: 'PS256' }
    const ec = { ...publicKey(clientKey), kid: 'same' }
    const client = await service.client({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      jwks: jwksOf(rsa as JWK, ec as JWK),
    })
    const by = await assertionFor(service, client, {}, { key: { ...clientKey, kid: 'same' } })
    const answer = await service.api('/auth/token', {
      parameters: new URLSearchParams({ grant_type: 'client_credentials', ...by }).toString(),
    })
    expect(answer.action).toBe('OK')
  })

  it('cannot repeat a kid with the same kty and alg, nor have malformed key_ops', async () => {
    const twice = await service.client({
      jwks: jwksOf(publicKey(first), { ...publicKey(second), kid: 'first' }),
    })
    expect(twice).toMatchObject({ resultCode: 'P000206' })
    const text = { ...publicKey(first), key_ops: 'verify' } as unknown as JWK
    expect(await service.client({ jwks: jwksOf(text) })).toMatchObject({ resultCode: 'P000206' })
  })

  it.each([[['verify']], [['sign']], [['verify', 'sign']]])(
    'verifies by a key with key_ops %j (RFC 7517 §4.3)',
    async (key_ops) => {
      const jwks = jwksOf({ ...publicKey(clientKey), key_ops })
      const client = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks })
      const parameters = {
        grant_type: 'client_credentials',
        ...(await assertionFor(service, client)),
      }
      const answer = await service.api('/auth/token', {
        parameters: new URLSearchParams(parameters).toString(),
      })
      expect(answer.action).toBe('OK')
    },
  )
})

describe('key set of a service', () => {
  const [rs256, es256] = serviceKeys as [JWK, JWK, JWK]

  it('signs by a key that may sign, published with public key_ops (RFC 7517 §4.3)', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const never = { ...(await exportJWK(privateKey)), kid: 'never', key_ops: ['verify'] }
    const signing = { ...rs256, key_ops: ['sign', 'verify'] }
    const decrypting = { ...first, use: 'enc', key_ops: ['decrypt', 'unwrapKey'] }
    const other = await createService({ jwks: jwksOf(never, signing, es256, decrypting) })
    const { idToken } = await obtainTokens(other, await other.client())
    expect(kidOf(idToken)).toBe('rs256')
    const { keys } = await other.get(`/api/${other.serviceId}/service/jwks/get`)
    expect(keys.map(({ kid, key_ops }: JWK) => [kid, key_ops])).toEqual([
      ['never', ['verify']],
      ['rs256', ['verify']],
      ['es256', undefined],
      ['first', ['encrypt', 'wrapKey']],
    ])
    const metadata = await other.get(`/api/${other.serviceId}/service/configuration`)
    expect(metadata.request_object_encryption_alg_values_supported).toContain('RSA-OAEP-256')
    await other.close()
  })

  it('verifies by the public half of a key that may only sign (RFC 7517 §4.3)', async () => {
    const other = await createService({ jwks: jwksOf({ ...rs256, key_ops: ['sign'] }) })
    const client = await other.client()
    const { idToken } = await obtainTokens(other, client)
    const answer = await other.api('/jose/verify', { jose: idToken })
    expect(answer).toMatchObject({ valid: true, signatureValid: true })
    expect(await requestToken(other, client, { grant_type: 'client_credentials' })).toMatchObject({
      action: 'OK',
    })
    await other.close()
  })
})
