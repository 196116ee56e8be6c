/** Encryption that clients registered: ID Token, UserInfo, JARM. OIDC Core §10.2 */
import { createHash } from 'node:crypto'
import { compactDecrypt, decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, obtainTokens, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
interface Pair {
  secret: JWK
  jwk: JWK
}
let rsa: Pair
let ec: Pair
beforeAll(async () => {
  service = await createService()
  rsa = await pair('RSA-OAEP-256', 'rsa-enc')
  ec = await pair('ECDH-ES+A128KW', 'ec-enc')
})
afterAll(() => service.close())

async function pair(alg: string, kid: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const secret = await exportJWK(privateKey)
  return { secret, jwk: { ...publicKey(secret), kid, use: 'enc' } }
}

const open = async (jwe: string, key: JWK | Uint8Array) => {
  const keyFor = ({ alg = '' }: { alg?: string }) =>
    key instanceof Uint8Array ? key : importJWK(key, alg)
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, keyFor)
  return { text: new TextDecoder().decode(plaintext), header: protectedHeader }
}

describe('encrypted ID Token', () => {
  it.each(['RSA_OAEP_256', 'RSA_OAEP', 'ECDH_ES', 'ECDH_ES_A128KW', 'ECDH_ES_A256KW'])(
    'is encrypted by %s to the key of the client (RFC 7516)',
    async (alg) => {
      const { secret, jwk } = alg.startsWith('RSA') ? rsa : ec
      const registered = { idTokenEncryptionAlg: alg, idTokenEncryptionEnc: 'A256GCM' }
      const client = await service.client({ ...registered, jwks: jwksOf(jwk) })
      const { idToken } = await obtainTokens(service, client)
      const { text, header } = await open(idToken, secret)
      expect(header).toMatchObject({ enc: 'A256GCM', cty: 'JWT', kid: jwk.kid })
      expect(decodeJwt(text).sub).toBe('alice')
    },
  )

  it.each([
    ['DIR', 'A128CBC_HS256', 32, 'sha256'],
    ['DIR', 'A256CBC_HS512', 64, 'sha512'],
    ['A128KW', 'A128GCM', 16, 'sha256'],
    ['A256GCMKW', 'A256GCM', 32, 'sha256'],
  ])(
    'is encrypted by %s and %s with the client secret (OIDC Core §10.2)',
    async (alg, enc, bytes, hash) => {
      const client = await service.client({ idTokenEncryptionAlg: alg, idTokenEncryptionEnc: enc })
      const { idToken } = await obtainTokens(service, client)
      const key = createHash(hash).update(client.clientSecret).digest().subarray(0, bytes)
      expect(decodeJwt((await open(idToken, key)).text).sub).toBe('alice')
    },
  )

  it('is not issued if the client has no encryption key', async () => {
    const client = await service.client({ idTokenEncryptionAlg: 'RSA_OAEP_256' })
    expect(await obtainTokens(service, client)).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P015001',
    })
  })

  it('is never encrypted by RSA1_5, which cannot be registered', async () => {
    const client: Json = await service.client({ idTokenEncryptionAlg: 'RSA1_5' })
    expect(client).toMatchObject({ resultCode: 'P000206' })
  })
})

describe('UserInfo and authorization responses', () => {
  it('are encrypted, signed or unsigned (OIDC Core §5.3.2, JARM §2.2)', async () => {
    const client = await service.client({
      ...{ userInfoEncryptionAlg: 'RSA_OAEP_256', authorizationEncryptionAlg: 'RSA_OAEP_256' },
      ...{ authorizationSignAlg: 'ES256', jwks: jwksOf(rsa.jwk) },
    })
    const { accessToken: token } = await obtainTokens(service, client)
    const info = await service.api('/auth/userinfo/issue', { token, claims: '{"name":"A"}' })
    expect(info.action).toBe('JWT')
    const plain = await open(info.responseContent, rsa.secret)
    expect(JSON.parse(plain.text)).toEqual({ sub: 'alice', name: 'A' })
    const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const jwe = new URL(issued.responseContent).searchParams.get('response') ?? ''
    const nested = await open(jwe, rsa.secret)
    expect(decodeJwt(nested.text)).toMatchObject({ code: issued.authorizationCode })
  })
})
