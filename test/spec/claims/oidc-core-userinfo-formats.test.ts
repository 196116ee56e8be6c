/** UserInfo as JSON or as a JWT, by registration or by the Accept header. OIDC Core §5.3.2 */
import {
  compactDecrypt,
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const jwt = 'application/jwt'
const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

async function userInfo(client: Json, httpAcceptHeader?: string): Promise<Json> {
  const { accessToken: token } = await obtainTokens(service, client)
  const claims = '{"name":"A"}'
  return service.api('/auth/userinfo/issue', { token, claims, httpAcceptHeader })
}

const verified = async (text: string, client: Json) =>
  (
    await jwtVerify(text, keys, {
      ...{ issuer, audience: String(client.clientId) },
      currentDate: new Date(service.system.clock()),
    })
  ).payload

describe('UserInfo of a client without registered algorithms', () => {
  it.each([
    ['no header', undefined],
    ['any type', '*/*'],
    ['JSON', 'application/json'],
    ['rather JSON', 'application/jwt;q=0.5, application/json;q=0.9'],
    ['no JWT', 'application/jwt;q=0'],
  ])('is JSON with %s (OIDC Core §5.3.2)', async (_case, accept) => {
    const answer = await userInfo(await service.client(), accept)
    expect(answer).toMatchObject({ action: 'JSON' })
    expect(JSON.parse(answer.responseContent)).toEqual({ sub: 'alice', name: 'A' })
  })

  it.each([
    ['a JWT', jwt],
    ['rather a JWT', 'application/json;q=0.5, application/jwt;q=0.9'],
  ])('is a JWT signed by the default algorithm with %s', async (_case, accept) => {
    const client = await service.client()
    const { action, responseContent } = await userInfo(client, accept)
    expect(action).toBe('JWT')
    expect(decodeProtectedHeader(responseContent).alg).toBe('RS256')
    const payload = await verified(responseContent, client)
    expect(payload).toMatchObject({ sub: 'alice', name: 'A' })
    expect(payload).not.toHaveProperty('exp')
  })

  it('is signed by an algorithm that the service has a key for', async () => {
    await service.configure({ jwks: jwksOf(...serviceKeys.slice(1)) })
    const { responseContent } = await userInfo(await service.client(), jwt)
    expect(['ES256', 'PS256']).toContain(decodeProtectedHeader(responseContent).alg)
    await service.configure({})
  })
})

describe('UserInfo of a client with registered algorithms', () => {
  it('is signed as registered, whatever the header says (OIDC Core §5.3.2)', async () => {
    const client = await service.client({ userInfoSignAlg: 'ES256' })
    for (const accept of [undefined, 'application/json', jwt]) {
      const { action, responseContent } = await userInfo(client, accept)
      expect(action).toBe('JWT')
      expect(decodeProtectedHeader(responseContent).alg).toBe('ES256')
      expect((await verified(responseContent, client)).sub).toBe('alice')
    }
  })

  it('is encrypted as registered, and not signed in addition', async () => {
    const rsa = await encryptionPair('RSA-OAEP-256', 'enc')
    const client = await service.client({
      ...{ userInfoEncryptionAlg: 'RSA_OAEP_256', jwks: jwksOf(publicKey(rsa)) },
    })
    const { action, responseContent } = await userInfo(client, jwt)
    expect(action).toBe('JWT')
    const { plaintext, protectedHeader } = await compactDecrypt(
      responseContent,
      await importJWK(rsa, 'RSA-OAEP-256'),
    )
    expect(protectedHeader.cty).toBeUndefined()
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({ sub: 'alice', name: 'A' })
  })
})
