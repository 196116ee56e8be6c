/**
 * The discovery document is accurate: each algorithm, type, mode and method that it lists works,
 * and each other one is refused (RFC 8414 §2).
 */
import { generateKeyPairSync } from 'node:crypto'
import {
  type CryptoKey,
  compactDecrypt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretKey } from '../../../src/jose/encrypt.ts'
import { jweAlgorithm, jweEncoding } from '../../../src/jose/encryption-algorithm.ts'
import { GrantType, JweAlg, JweEnc, JwsAlg, ResponseType } from '../../../src/model/enums.ts'
import { responseTypeWords } from '../../../src/oauth/authorization/response-type.ts'
import { grantTypeNames } from '../../../src/oauth/grants/grant-type.ts'
import { proof } from '../../support/dpop.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

const asymmetric = JwsAlg.options.filter((alg) => !/^(NONE|HS|ES256K)/.test(alg))
const wire = (alg: string) => (alg === 'NONE' ? 'none' : alg)
/** Signature algorithms of clients. EdDSA has two names (RFC 9864 §2.2), one in the contract. */
const signedBy = [...JwsAlg.options, 'Ed25519']
const inContract = (alg: string) => (alg === 'Ed25519' ? 'EdDSA' : alg)

let service: TestService
let metadata: Record<string, string[]>
let clientKeys: JWK[]
let encryptionKeys: JWK[]
beforeAll(async () => {
  const make = async (alg: string): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), kid: alg, alg, use: 'sig' }
  }
  const keys = await Promise.all(asymmetric.map(make))
  clientKeys = keys
  encryptionKeys = [
    await encryptionPair('RSA-OAEP-256', 'rsa-enc'),
    await encryptionPair('ECDH-ES', 'ec-enc'),
  ]
  service = await createService({
    jwks: jwksOf(...keys, ...encryptionKeys),
    pushedAuthReqEndpoint: `${issuer}/par`,
  })
  metadata = (await service.call('GET', `/api/${service.serviceId}/service/configuration`)).body
})
afterAll(() => service.close())

const listed = (name: string): string[] => metadata[name] ?? []
const both = () => ({ jwks: jwksOf(...clientKeys.map(publicKey)) })
const refusedAtConfiguration = (answer: Json) => answer.resultCode === 'P000206'

/** The algorithms that work, sorted, to be compared with those that the metadata lists. */
const works = async (algorithms: readonly string[], attempt: (alg: string) => Promise<boolean>) => {
  const working: string[] = []
  for (const alg of algorithms) if (await attempt(alg)) working.push(wire(alg))
  return working.sort()
}
const sorted = (name: string) => [...listed(name)].sort()

describe('listed signature algorithms', () => {
  it('work for ID Tokens, and others are refused (OpenID Connect Discovery §3)', async () => {
    const working = await works(JwsAlg.options, async (alg) => {
      const client = await service.client({ idTokenSignAlg: alg })
      if (refusedAtConfiguration(client)) return false
      const { idToken } = await obtainTokens(service, client)
      return idToken !== undefined && decodeProtectedHeader(idToken).alg === wire(alg)
    })
    expect(working).toEqual(sorted('id_token_signing_alg_values_supported'))
  })

  it('exclude none for ID Tokens of the authorization endpoint (OIDC Core §2)', async () => {
    const client = await service.client({ idTokenSignAlg: 'NONE' })
    for (const response_type of ['id_token', 'code id_token']) {
      expect(await authorize(service, client, { response_type })).toMatchObject({
        resultCode: 'P005010',
      })
    }
  })

  it('work for UserInfo, and others are refused (OpenID Connect Discovery §3)', async () => {
    const working = await works(JwsAlg.options, async (alg) => {
      const client = await service.client({ userInfoSignAlg: alg })
      if (refusedAtConfiguration(client)) return false
      const { accessToken: token } = await obtainTokens(service, client)
      const { action, responseContent } = await service.api('/auth/userinfo/issue', { token })
      return action === 'JWT' && decodeProtectedHeader(responseContent).alg === wire(alg)
    })
    expect(working).toEqual(sorted('userinfo_signing_alg_values_supported'))
  })

  it('work for authorization responses, and others are refused (JARM §3)', async () => {
    const working = await works(JwsAlg.options, async (alg) => {
      const client = await service.client({ authorizationSignAlg: alg })
      if (refusedAtConfiguration(client)) return false
      const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
      const { responseContent } = await service.api('/auth/authorization/issue', {
        ...{ ticket, subject: 'alice' },
      })
      const response = new URL(responseContent).searchParams.get('response') ?? ''
      return decodeProtectedHeader(response).alg === wire(alg)
    })
    expect(working).toEqual(sorted('authorization_signing_alg_values_supported'))
  })

  it('work for introspection responses, and others are refused (RFC 9701 §7)', async () => {
    const { accessToken } = await obtainTokens(service, await service.client())
    const working = await works([...JwsAlg.options, 'none'], async (alg) => {
      const { action } = await service.api('/auth/introspection/standard', {
        parameters: form({ token: accessToken }),
        ...{ httpAcceptHeader: 'application/token-introspection+jwt', introspectionSignAlg: alg },
        ...{ rsUri: 'https://api.example.com', sharedKeyForSign: 'x'.repeat(64) },
      })
      return action === 'JWT'
    })
    expect(working).toEqual(sorted('introspection_signing_alg_values_supported'))
  })

  it('work for request objects, and others are refused (RFC 9101 §10.5)', async () => {
    const working = await works(signedBy, async (alg) => {
      const client = await service.client({ ...both(), requestSignAlg: inContract(alg) })
      if (refusedAtConfiguration(client)) return false
      const claims = { response_type: 'code', redirect_uri: client.redirectUris[0], scope: 'read' }
      const { action } = await service.api('/auth/authorization', {
        parameters: form({
          client_id: String(client.clientId),
          request: await objectBy(alg, client, claims),
        }),
      })
      return action === 'INTERACTION'
    })
    expect(working).toEqual(sorted('request_object_signing_alg_values_supported'))
  })

  it('work for client assertions, and others are refused (RFC 7523 §3)', async () => {
    const working = await works(signedBy, async (alg) => {
      const isSecret = alg.startsWith('HS')
      const client = await service.client({
        ...both(),
        tokenAuthMethod: isSecret ? 'CLIENT_SECRET_JWT' : 'PRIVATE_KEY_JWT',
        tokenAuthSignAlg: inContract(alg),
      })
      if (refusedAtConfiguration(client)) return false
      const key = keyBy(alg, client)
      const by = await assertionFor(service, client, {}, { key, header: { alg } })
      const { action } = await service.api('/auth/token', {
        parameters: form({ ...by, grant_type: 'client_credentials' }),
      })
      return action === 'OK'
    })
    expect(working).toEqual(sorted('token_endpoint_auth_signing_alg_values_supported'))
  })

  it('work for DPoP proofs, and others are refused (RFC 9449 §5.1)', async () => {
    const client = await service.client()
    const working = await works(
      signedBy.filter((alg) => !/^(NONE|HS|ES256K)/.test(alg)),
      async (alg) => {
        const now = service.system.clock()
        const { kty, crv, x, y, n, e, d, ...primes } = keyBy(alg, client)
        const publicJwk = { kty, crv, x, y, n, e } as JWK
        const privateKey = await importJWK({ ...publicJwk, d, ...primes, alg } as JWK, alg)
        const key = { privateKey: privateKey as CryptoKey, publicJwk }
        const dpop = await proof(key, { htu: `${issuer}/token`, now, alg })
        const asked = { grant_type: 'client_credentials' }
        return (await requestToken(service, client, asked, { dpop })).action === 'OK'
      },
    )
    expect(working).toEqual(sorted('dpop_signing_alg_values_supported'))
  })
})

const keyBy = (alg: string, client: Json): JWK =>
  alg.startsWith('HS')
    ? { kty: 'oct', k: Buffer.from(client.clientSecret).toString('base64url') }
    : (clientKeys.find((key) => key.alg === inContract(alg)) ?? {})

async function objectBy(alg: string, client: Json, claims: Json): Promise<string> {
  if (alg !== 'NONE') {
    const key = keyBy(alg, client)
    return requestObjectFor(service, client, claims, { key, header: { alg } })
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'none' })}.${encode({ ...claims, aud: issuer })}.`
}

describe('listed encryption algorithms', () => {
  const decrypts = async (jwe: string, alg: string, enc: string, secret: string) => {
    const symmetric = !/^(RSA|ECDH)/.test(alg)
    const jwk = encryptionKeys.find(({ kty }) => (kty === 'RSA') === alg.startsWith('RSA'))
    const key = symmetric ? secretKey(secret, { alg, enc }) : await importJWK(jwk ?? {}, alg)
    const { protectedHeader } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [alg],
    })
    return protectedHeader.alg === alg && protectedHeader.enc === enc
  }
  const pairs = JweAlg.options.flatMap((alg) => JweEnc.options.map((enc) => [alg, enc] as const))

  it('work for ID Tokens in every pair, and others are refused', async () => {
    for (const [alg, enc] of pairs) {
      const registered = { idTokenEncryptionAlg: alg, idTokenEncryptionEnc: enc }
      const jwks = jwksOf(...encryptionKeys.map(publicKey))
      const client = await service.client({ ...registered, jwks })
      const isListed =
        listed('id_token_encryption_alg_values_supported').includes(jweAlgorithm(alg)) &&
        listed('id_token_encryption_enc_values_supported').includes(jweEncoding(enc))
      expect([alg, enc, refusedAtConfiguration(client)]).toEqual([alg, enc, !isListed])
      if (!isListed) continue
      const { idToken } = await obtainTokens(service, client)
      const [wireAlg, wireEnc] = [jweAlgorithm(alg), jweEncoding(enc)]
      expect(await decrypts(idToken, wireAlg, wireEnc, client.clientSecret)).toBe(true)
    }
  })

  it('of request objects match the keys of the service (RFC 9101 §10.5)', async () => {
    expect(listed('request_object_encryption_alg_values_supported')).toContain('RSA-OAEP')
    expect(listed('request_object_encryption_alg_values_supported')).toContain('ECDH-ES')
    expect(listed('request_object_encryption_alg_values_supported')).not.toContain('RSA1_5')
    const signingOnly = { jwks: jwksOf(...clientKeys), pushedAuthReqEndpoint: `${issuer}/par` }
    await service.configure(signingOnly)
    const path = `/api/${service.serviceId}/service/configuration`
    const { body } = await service.call('GET', path)
    expect(body.request_object_encryption_alg_values_supported).not.toContain('RSA-OAEP')
    await service.configure({ ...signingOnly, jwks: jwksOf(...clientKeys, ...encryptionKeys) })
  })
})

describe('algorithm that is not supported by choice', () => {
  const unsupported = /^(ES256K|RSA1_5)$/

  it.each([
    ['idTokenSignAlg', 'ES256K', /ES256K is not supported: use ES256 or EdDSA/],
    ['requestSignAlg', 'ES256K', /ES256K is not supported: use ES256 or EdDSA/],
    ['idTokenEncryptionAlg', 'RSA1_5', /RSA1_5 is not supported, .* use RSA_OAEP_256/],
    ['requestEncryptionAlg', 'RSA1_5', /RSA1_5 is not supported, .* use RSA_OAEP_256/],
  ])('is refused as %s of a client: %s (RFC 8725 §3.2)', async (property, alg, message) => {
    expect(await service.client({ ...both(), [property]: alg })).toMatchObject({
      resultCode: 'P000206',
      resultMessage: expect.stringMatching(message),
    })
  })

  it.each([
    ['id_token_signed_response_alg', 'ES256K'],
    ['id_token_encrypted_response_alg', 'RSA1_5'],
  ])('is refused as %s in dynamic registration: %s (RFC 7591 §3.2.2)', async (member, alg) => {
    const other = await createService({ dynamicRegistrationSupported: true })
    const redirect_uris = ['https://app.example.com/callback']
    const json = JSON.stringify({ redirect_uris, [member]: alg })
    const { action, responseContent } = await other.api('/client/registration', { json })
    const { error, error_description } = JSON.parse(responseContent)
    expect([action, error]).toEqual(['BAD_REQUEST', 'invalid_client_metadata'])
    expect(error_description).toContain(`${alg} is not supported`)
    await other.close()
  })

  it('is refused for access tokens, and not listed although the service has a key', async () => {
    expect(await service.configure({ accessTokenSignAlg: 'ES256K' })).toMatchObject({
      resultMessage: expect.stringContaining('ES256K is not supported: use ES256 or EdDSA'),
    })
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const key = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256K' } as JWK
    const other = await createService({ jwks: jwksOf(...clientKeys, ...encryptionKeys, key) })
    const { body } = await other.call('GET', `/api/${other.serviceId}/service/configuration`)
    const found = Object.values(body)
      .flat()
      .filter((value) => unsupported.test(String(value)))
    expect(found).toEqual([])
    await other.close()
  })
})

describe('listed request values', () => {
  it('are accepted as response_type, and others are rejected (RFC 6749 §3.1.1)', async () => {
    const supportedResponseTypes = ResponseType.options.filter((type) => type !== 'CODE_TOKEN')
    await service.configure({ supportedResponseTypes, jwks: jwksOf(...clientKeys) })
    const client = await service.client()
    const path = `/api/${service.serviceId}/service/configuration`
    const types = (await service.call('GET', path)).body.response_types_supported
    const working: string[] = []
    for (const type of ResponseType.options) {
      const response_type = responseTypeWords(type)
      const { action } = await authorize(service, client, { response_type })
      if (action === 'INTERACTION') working.push(response_type)
    }
    expect(working.sort()).toEqual([...types].sort())
    await service.configure({ jwks: jwksOf(...clientKeys) })
  })

  it('are accepted as response_mode, and others are rejected', async () => {
    const client = await service.client()
    for (const response_mode of [...listed('response_modes_supported'), 'web_message']) {
      const { action } = await authorize(service, client, { response_mode })
      const isListed = listed('response_modes_supported').includes(response_mode)
      expect([response_mode, action === 'INTERACTION']).toEqual([response_mode, isListed])
    }
  })

  it('are accepted as code_challenge_method, and others are rejected (RFC 7636 §4.3)', async () => {
    const client = await service.client()
    for (const code_challenge_method of ['S256', 'plain', 'S512', 's256', 'none']) {
      const { action } = await authorize(service, client, { code_challenge_method })
      const isListed = listed('code_challenge_methods_supported').includes(code_challenge_method)
      expect([code_challenge_method, action === 'INTERACTION']).toEqual([
        code_challenge_method,
        isListed,
      ])
    }
  })

  it('are accepted as grant_type, and others are unsupported (RFC 6749 §5.2)', async () => {
    const client = await service.client()
    for (const [name, type] of Object.entries(grantTypeNames)) {
      const { responseContent = '{}' } = await requestToken(service, client, { grant_type: name })
      const isUnsupported = JSON.parse(responseContent).error === 'unsupported_grant_type'
      const isListed = listed('grant_types_supported').includes(name)
      const isFrontChannel = type === 'IMPLICIT'
      expect([name, isUnsupported]).toEqual([name, !isListed || isFrontChannel])
    }
    expect(GrantType.options).toEqual(expect.arrayContaining(Object.values(grantTypeNames)))
  })

  it('are granted as scopes, and others are ignored (RFC 6749 §3.3)', async () => {
    const client = await service.client()
    const scope = [...listed('scopes_supported'), 'unlisted'].join(' ')
    const { scopes } = await authorize(service, client, { scope })
    expect(scopes.map(({ name }: Json) => name)).toEqual(listed('scopes_supported'))
  })
})

describe('listed client authentication methods', () => {
  it('work, and others are rejected', async () => {
    const names: Record<string, string> = {
      client_secret_basic: 'CLIENT_SECRET_BASIC',
      client_secret_post: 'CLIENT_SECRET_POST',
      client_secret_jwt: 'CLIENT_SECRET_JWT',
      private_key_jwt: 'PRIVATE_KEY_JWT',
    }
    for (const left of Object.keys(names)) {
      const supportedTokenAuthMethods = Object.values(names).filter((each) => each !== names[left])
      await service.configure({ supportedTokenAuthMethods, jwks: jwksOf(...clientKeys) })
      const path = `/api/${service.serviceId}/service/configuration`
      const { body } = await service.call('GET', path)
      for (const [name, tokenAuthMethod] of Object.entries(names)) {
        const client = await service.client({ ...both(), tokenAuthMethod })
        const isListed = body.token_endpoint_auth_methods_supported.includes(name)
        const { action } = await authenticateBy(name, client)
        expect([name, action]).toEqual([name, isListed ? 'OK' : 'INVALID_CLIENT'])
      }
    }
  })
})

async function authenticateBy(method: string, client: Json): Promise<Json> {
  const id = String(client.clientId)
  const asked = { grant_type: 'client_credentials', client_id: id }
  const secret = new TextEncoder().encode(client.clientSecret)
  const seconds = Math.floor(service.system.clock() / 1000)
  const claims = { iss: id, sub: id, aud: issuer, exp: seconds + 60, jti: `${method}-${id}` }
  const es256 = clientKeys.find(({ alg }) => alg === 'ES256') ?? {}
  const assertion = async (alg: string, key: CryptoKey | Uint8Array) => ({
    client_assertion: await new SignJWT(claims).setProtectedHeader({ alg }).sign(key),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  const proofs: Record<string, () => Promise<Record<string, string>>> = {
    client_secret_basic: async () => ({}),
    client_secret_post: async () => ({ client_secret: client.clientSecret }),
    client_secret_jwt: () => assertion('HS256', secret),
    private_key_jwt: async () => assertion('ES256', (await importJWK(es256)) as CryptoKey),
  }
  const header =
    method === 'client_secret_basic' ? { clientId: id, clientSecret: client.clientSecret } : {}
  const more = await proofs[method]?.()
  return service.api('/auth/token', { parameters: form({ ...asked, ...more }), ...header })
}
