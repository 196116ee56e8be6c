/** G: request objects, algorithms and encryption at Glewlwyd. */
import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { expect } from 'vitest'
import { JweAlg, JwsAlg } from '../../../src/model/enums.ts'
import {
  authorize,
  obtainTokens,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { requestObjectFor } from '../../support/signing-client.ts'
import { decrypt, discovery, type Row, refusalOf, userInfo } from './world.ts'

const requests: Row[] = [
  {
    row: 'G28',
    title: 'a request object comes by value or from a registered URL, and can be required',
    async check({ service }) {
      const at = await service()
      const request_uri = 'https://app.example.com/request.jwt'
      const signer = { jwks: jwksOf(publicKey(clientKey)), requestUris: [request_uri] }
      const client = await at.client(signer)
      const request = await requestObjectFor(at, client, {
        ...{ response_type: 'code', redirect_uri: redirectUri, scope: 'openid read' },
      })
      at.system.fetch.answer(request_uri, { body: request })
      for (const more of [{ request }, { request_uri }]) {
        const { action, scopes } = await authorize(at, client, more)
        expect(action).toBe('INTERACTION')
        expect(scopes.map(({ name }: Json) => name)).toEqual(['openid', 'read'])
      }
      const other = { request_uri: 'https://app.example.com/other.jwt' }
      expect(refusalOf(await authorize(at, client, other))).toBe('LOCATION invalid_request_uri')
      const strict = await at.client({ ...signer, requestObjectRequired: true })
      expect(refusalOf(await authorize(at, strict))).toBe('LOCATION invalid_request')
    },
  },
  {
    row: 'G30',
    title: 'a request object cannot live longer than the service allows',
    async check({ service }) {
      const outcomeAt = async (more: Json, lifetime: number) => {
        const at = await service(more)
        const client = await at.client({ jwks: jwksOf(publicKey(clientKey)) })
        const now = Math.floor(at.system.clock() / 1000)
        const request = await requestObjectFor(at, client, {
          ...{ response_type: 'code', redirect_uri: redirectUri, scope: 'openid' },
          ...{ nbf: now, iat: now, exp: now + lifetime },
        })
        const answer = await authorize(at, client, { request })
        return answer.action === 'INTERACTION' ? answer.action : refusalOf(answer)
      }
      const limited = { 'ext.request_object.max_lifetime': '600' }
      expect(await outcomeAt(limited, 600)).toBe('INTERACTION')
      expect(await outcomeAt(limited, 601)).toBe('LOCATION invalid_request_object')
      expect(await outcomeAt({}, 601)).toBe('INTERACTION')
    },
  },
  {
    row: 'G38',
    title: 'PKCE works with S256 and plain, or with S256 only, and the verifier is checked',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const plain = { code_challenge: verifier, code_challenge_method: 'plain' }
      const none = { code_challenge: undefined, code_challenge_method: undefined }
      expect((await obtainTokens(at, client)).action).toBe('OK')
      expect((await obtainTokens(at, client, plain)).action).toBe('OK')
      const wrong = await obtainTokens(at, client, { ...plain, code_challenge: 'y'.repeat(43) })
      expect(refusalOf(wrong)).toBe('BAD_REQUEST invalid_grant')
      expect((await authorize(at, client, none)).action).toBe('INTERACTION')
      const strict = await service({ pkceRequired: true, pkceS256Required: true })
      const other = await strict.client()
      for (const more of [plain, none])
        expect(refusalOf(await authorize(strict, other, more))).toBe('LOCATION invalid_request')
    },
  },
]

const encryption: Row[] = [
  {
    row: 'G34',
    title: 'ID Tokens and UserInfo are encrypted for a client that registered it, each alone',
    async check({ service }) {
      const at = await service()
      const pair = await encryptionPair('RSA-OAEP-256', 'enc-1')
      const jwks = jwksOf(publicKey(pair))
      const ofIdToken = await at.client({ jwks, idTokenEncryptionAlg: 'RSA_OAEP_256' })
      const first = await obtainTokens(at, ofIdToken)
      expect(decodeJwt(await decrypt(first.idToken, pair)).sub).toBe('alice')
      expect((await userInfo(at, first.accessToken)).action).toBe('JSON')
      const ofUserInfo = await at.client({ jwks, userInfoEncryptionAlg: 'RSA_OAEP_256' })
      const second = await obtainTokens(at, ofUserInfo)
      expect(decodeJwt(second.idToken).sub).toBe('alice')
      const { responseContent } = await userInfo(at, second.accessToken)
      expect(JSON.parse(await decrypt(responseContent, pair)).sub).toBe('alice')
    },
  },
  {
    row: 'G36',
    title: 'symmetric encryption uses the first bytes of the hash of the client secret',
    async check({ service }) {
      const at = await service()
      const cases: [string, string, string, number][] = [
        ['A128KW', 'A128GCM', 'sha256', 16],
        ['A192KW', 'A128GCM', 'sha256', 24],
        ['A256KW', 'A128GCM', 'sha256', 32],
        ['A128GCMKW', 'A128GCM', 'sha256', 16],
        ['DIR', 'A128CBC_HS256', 'sha256', 32],
        ['DIR', 'A192CBC_HS384', 'sha384', 48],
        ['DIR', 'A256CBC_HS512', 'sha512', 64],
      ]
      for (const [idTokenEncryptionAlg, idTokenEncryptionEnc, hash, bytes] of cases) {
        const client = await at.client({ idTokenEncryptionAlg, idTokenEncryptionEnc })
        const { idToken } = await obtainTokens(at, client)
        const digest = createHash(hash).update(client.clientSecret).digest()
        expect(decodeJwt(await decrypt(idToken, digest.subarray(0, bytes))).sub).toBe('alice')
      }
    },
  },
]

/** Keys for all signature algorithms of services. */
async function allKeys(): Promise<JWK[]> {
  const make = async (alg: string): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), kid: alg, alg, use: 'sig' }
  }
  const [rsa = {}] = serviceKeys
  const ofRsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
  const others = await Promise.all(['ES256', 'ES384', 'ES512', 'EdDSA'].map(make))
  return [...ofRsa.map((alg) => ({ ...rsa, kid: alg, alg }) as JWK), ...others]
}

/** The algorithms of ID Tokens that a client can register and gets. */
async function workingAt(
  at: TestService,
  algorithms: readonly string[],
  client: (alg: string) => Json,
): Promise<string[]> {
  const working: string[] = []
  for (const alg of algorithms) {
    const made = await at.client(client(alg))
    if (!made.clientId) continue
    const { idToken } = await obtainTokens(at, made)
    if (idToken) working.push(String(decodeProtectedHeader(idToken).alg))
  }
  return working.sort()
}

const algorithms: Row[] = [
  {
    row: 'G37',
    title:
      'each algorithm that discovery lists works, and RSA1_5 and ES256K are refused when a client asks for them',
    async check({ service }) {
      const pairs = [
        await encryptionPair('RSA-OAEP-256', 'rsa-enc'),
        await encryptionPair('ECDH-ES', 'ec-enc'),
      ]
      const at = await service({ jwks: jwksOf(...(await allKeys())) })
      const listed = await discovery(at)
      const signing = await workingAt(at, JwsAlg.options, (idTokenSignAlg) => ({ idTokenSignAlg }))
      expect(signing).toEqual([...listed.id_token_signing_alg_values_supported].sort())
      expect(signing).toHaveLength(14)
      const encrypting = await workingAt(at, JweAlg.options, (idTokenEncryptionAlg) => ({
        ...{ idTokenEncryptionAlg, jwks: jwksOf(...pairs.map(publicKey)) },
      }))
      expect(encrypting).toEqual([...listed.id_token_encryption_alg_values_supported].sort())
      expect(encrypting).toHaveLength(16)
      const path = `/api/${at.serviceId}/client/create`
      for (const more of [{ idTokenEncryptionAlg: 'RSA1_5' }, { idTokenSignAlg: 'ES256K' }])
        expect((await at.call('POST', path, more)).status).toBe(400)
    },
  },
]

export const glewlwydJose: readonly Row[] = [...requests, ...encryption, ...algorithms]
