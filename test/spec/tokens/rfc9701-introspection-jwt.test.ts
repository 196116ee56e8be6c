/** A JWT as introspection response, RFC 9701. */
import {
  compactDecrypt,
  createLocalJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { publicKey, serviceKeys } from '../../support/keys.ts'

const rsUri = 'https://rs.example.com'
const httpAcceptHeader = 'application/token-introspection+jwt'
const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })

let service: TestService
let token: string
beforeAll(async () => {
  service = await createService()
  token = (await obtainTokens(service, await service.client())).accessToken
})
afterAll(() => service.close())

const introspect = (more: Record<string, unknown>, parameters = `token=${token}`) =>
  service.api('/auth/introspection/standard', { parameters, httpAcceptHeader, rsUri, ...more })

describe('introspection JWT', () => {
  it.each(['RS256', 'ES256', 'PS256'])(
    'is signed by %s for the resource server (RFC 9701 §5)',
    async (alg) => {
      const answer = await introspect({ introspectionSignAlg: alg })
      expect(answer.action).toBe('JWT')
      const { payload, protectedHeader } = await jwtVerify(answer.responseContent, keys, {
        ...{ issuer, audience: rsUri, typ: 'token-introspection+jwt', algorithms: [alg] },
        currentDate: new Date(service.system.clock()),
      })
      expect(protectedHeader.alg).toBe(alg)
      expect(payload['token_introspection']).toMatchObject({ active: true, sub: 'alice' })
    },
  )

  it('contains only active=false for an invalid token (RFC 9701 §5)', async () => {
    const { responseContent } = await introspect({}, 'token=unknown')
    expect(decodeJwt(responseContent)['token_introspection']).toEqual({ active: false })
  })

  it('is encrypted by a shared key or by the key of the resource server', async () => {
    const shared = 'a shared key of more than thirty-two bytes'
    const symmetric = await introspect({
      ...{ introspectionSignAlg: 'HS256', sharedKeyForSign: shared },
      ...{ introspectionEncryptionAlg: 'DIR', sharedKeyForEncryption: shared },
    })
    expect(symmetric.responseContent.split('.')).toHaveLength(5)
    const { privateKey, publicKey: open } = await generateKeyPair('ECDH-ES', { extractable: true })
    const asymmetric = await introspect({
      ...{ introspectionEncryptionAlg: 'ECDH_ES', introspectionEncryptionEnc: 'A256GCM' },
      publicKeyForEncryption: JSON.stringify(await exportJWK(open)),
    })
    const { plaintext } = await compactDecrypt(asymmetric.responseContent, privateKey)
    expect(decodeJwt(new TextDecoder().decode(plaintext)).aud).toBe(rsUri)
  })
})

describe('BAD_REQUEST of an introspection JWT', () => {
  it.each([
    ['no resource server', 'P042003', { rsUri: undefined }],
    ['no algorithm', 'P042004', { introspectionSignAlg: 'none' }],
    ['no shared key', 'P042005', { introspectionSignAlg: 'HS256' }],
    ['no public key', 'P042005', { introspectionEncryptionAlg: 'RSA-OAEP' }],
    ['an insecure encryption algorithm', 'P042004', { introspectionEncryptionAlg: 'RSA1_5' }],
  ])('is the answer to %s', async (_what, resultCode, more) => {
    expect(await introspect(more)).toMatchObject({ action: 'BAD_REQUEST', resultCode })
  })
})

describe('rsUri of an introspection JWT', () => {
  it('must be a resource of the token, or the token is inactive', async () => {
    const bound = await obtainTokens(service, await service.client(), { resource: rsUri })
    const ask = async (uri: string) => {
      const parameters = `token=${bound.accessToken}`
      const { responseContent } = await service.api('/auth/introspection/standard', {
        ...{ parameters, rsUri: uri },
      })
      return JSON.parse(responseContent).active
    }
    expect(await ask(rsUri)).toBe(true)
    expect(await ask('https://other.example.com')).toBe(false)
  })
})
