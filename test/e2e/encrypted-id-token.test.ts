/** Encrypted ID Tokens, and signed or encrypted responses, as the client libraries read them. */
import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoResourceServers, type ResourceServer } from '../../examples/frontend/users.ts'
import { alice, callback, createUser, resourceServer, startWorld, type World } from './world.ts'

interface EncryptionKey {
  key: CryptoKey
  jwk: JWK
  /** The decryption keys for the library. */
  decrypt: oauth.JweDecryptFunction
  /** The protected headers of decrypted JWEs, in order. */
  seen: object[]
}

async function encryptionKey(alg: string): Promise<EncryptionKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: `${alg}-1`, use: 'enc', alg }
  const seen: object[] = []
  const decrypt = async (jwe: string) => {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey)
    seen.push(protectedHeader)
    return new TextDecoder().decode(plaintext)
  }
  return { key: privateKey, jwk, decrypt, seen }
}

const insecure = { [oauth.allowInsecureRequests]: true }

let world: World
let as: oauth.AuthorizationServer
let sealing: EncryptionKey
beforeAll(async () => {
  sealing = await encryptionKey('ECDH-ES+A256KW')
  const demo = demoResourceServers['resource-server'] as ResourceServer
  const jwtResponse = {
    introspectionSignAlg: 'ES256',
    introspectionEncryptionAlg: 'ECDH-ES+A256KW',
    introspectionEncryptionEnc: 'A256GCM',
    publicKeyForEncryption: JSON.stringify(sealing.jwk),
  }
  const resourceServers = { 'resource-server': demo, sealed: { ...demo, jwtResponse } }
  world = await startWorld({ resourceServers })
  const issuer = new URL(world.issuer)
  const response = await oauth.discoveryRequest(issuer, insecure)
  as = await oauth.processDiscoveryResponse(issuer, response)
})
afterAll(() => world?.close())

/** Alice logs in at a client with this metadata, whose requests have these parameters. */
async function logIn(
  document: Record<string, unknown>,
  metadata: Partial<oauth.Client>,
  decrypt?: oauth.JweDecryptFunction,
) {
  const { clientId, clientSecret } = await world.client({ idTokenSignAlg: 'ES256', ...document })
  const client = { client_id: clientId, id_token_signed_response_alg: 'ES256', ...metadata }
  const auth = oauth.ClientSecretBasic(clientSecret)
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, expectedNonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const isJarm = metadata['authorization_signed_response_alg'] !== undefined
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    ...{ client_id: clientId, redirect_uri: callback, response_type: 'code', state },
    ...{ scope: 'openid profile email', nonce: expectedNonce, code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    ...(isJarm ? { response_mode: 'jwt' } : {}),
  }).toString()
  const end = new URL((await createUser().walk(url)).url)
  const opening = decrypt ? { [oauth.jweDecrypt]: decrypt } : {}
  const answer = isJarm
    ? await oauth.validateJwtAuthResponse(as, client, end, state, { ...insecure, ...opening })
    : oauth.validateAuthResponse(as, client, end, state)
  const response = await oauth.authorizationCodeGrantRequest(
    ...([as, client, auth, answer, callback, verifier, insecure] as const),
  )
  const sent = (await response.clone().json()) as { id_token: string }
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    ...{ expectedNonce, requireIdToken: true, ...opening },
  })
  await oauth.validateApplicationLevelSignature(as, response, insecure)
  return { client, tokens, sent, opening }
}

describe('encrypted ID Token', () => {
  it.each([
    ['RSA_OAEP_256', 'RSA-OAEP-256', 'A256GCM', 'A256GCM'],
    ['ECDH_ES', 'ECDH-ES', 'A256GCM', 'A256GCM'],
    ['ECDH_ES_A128KW', 'ECDH-ES+A128KW', 'A128CBC_HS256', 'A128CBC-HS256'],
  ])('is signed, then encrypted to the client by %s (OIDC Core §10.2)', async (...names) => {
    const [idTokenEncryptionAlg, alg, idTokenEncryptionEnc, enc] = names
    const { jwk, decrypt, seen } = await encryptionKey(alg)
    const jwks = JSON.stringify({ keys: [jwk] })
    const document = { jwks, idTokenEncryptionAlg, idTokenEncryptionEnc }
    const { tokens, sent } = await logIn(document, {}, decrypt)
    expect(sent.id_token.split('.')).toHaveLength(5)
    expect(seen).toMatchObject([{ alg, enc, kid: jwk.kid, cty: 'JWT' }])
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('alice')
  })

  it('cannot be decrypted by another key', async () => {
    const [one, two] = [await encryptionKey('ECDH-ES'), await encryptionKey('ECDH-ES')]
    const jwks = JSON.stringify({ keys: [one.jwk] })
    const document = { jwks, idTokenEncryptionAlg: 'ECDH_ES', idTokenEncryptionEnc: 'A256GCM' }
    await expect(logIn(document, {}, two.decrypt)).rejects.toThrow('decryption operation failed')
  })

  it('is decrypted by openid-client', async () => {
    const { key, jwk } = await encryptionKey('RSA-OAEP-256')
    const { clientId, clientSecret } = await world.client({
      ...{ idTokenSignAlg: 'ES256', idTokenEncryptionAlg: 'RSA_OAEP_256' },
      ...{ idTokenEncryptionEnc: 'A256GCM', jwks: JSON.stringify({ keys: [jwk] }) },
    })
    const configuration = await openid.discovery(
      new URL(world.issuer),
      clientId,
      { id_token_signed_response_alg: 'ES256' },
      openid.ClientSecretBasic(clientSecret),
      { execute: [openid.allowInsecureRequests] },
    )
    openid.enableDecryptingResponses(configuration, ['A256GCM'], { key, kid: jwk.kid ?? '' })
    const state = openid.randomState()
    const parameters = { redirect_uri: callback, scope: 'openid', state }
    const url = openid.buildAuthorizationUrl(configuration, parameters)
    const end = await createUser().walk(url)
    const tokens = await openid.authorizationCodeGrant(configuration, new URL(end.url), {
      expectedState: state,
    })
    expect(tokens.claims()?.sub).toBe('alice')
  })
})

describe('UserInfo response', () => {
  it('is signed by the service (OIDC Core §5.3.2)', async () => {
    const metadata = { userinfo_signed_response_alg: 'ES256' }
    const { client, tokens } = await logIn({ userInfoSignAlg: 'ES256' }, metadata)
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    expect(response.headers.get('content-type')).toMatch(/^application\/jwt/)
    const info = await oauth.processUserInfoResponse(as, client, 'alice', response)
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    expect(info).toMatchObject({ iss: world.issuer, email: 'alice@example.com' })
  })

  it('is signed, then encrypted to the client (OIDC Core §5.3.2)', async () => {
    const { jwk, decrypt } = await encryptionKey('RSA-OAEP-256')
    const { client, tokens, opening } = await logIn(
      {
        ...{ jwks: JSON.stringify({ keys: [jwk] }), userInfoSignAlg: 'ES256' },
        ...{ userInfoEncryptionAlg: 'RSA_OAEP_256', userInfoEncryptionEnc: 'A256GCM' },
      },
      { userinfo_signed_response_alg: 'ES256' },
      decrypt,
    )
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    expect((await response.clone().text()).split('.')).toHaveLength(5)
    const info = await oauth.processUserInfoResponse(as, client, 'alice', response, opening)
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    expect(info.name).toBe('Alice Marie Ashdown')
  })
})

describe('encrypted authorization response', () => {
  it('is signed, then encrypted to the client (JARM §2.2)', async () => {
    const { jwk, decrypt, seen } = await encryptionKey('ECDH-ES')
    const document = {
      ...{ jwks: JSON.stringify({ keys: [jwk] }), authorizationSignAlg: 'ES256' },
      ...{ authorizationEncryptionAlg: 'ECDH_ES', authorizationEncryptionEnc: 'A256GCM' },
    }
    const metadata = { authorization_signed_response_alg: 'ES256' }
    const { tokens } = await logIn(document, metadata, decrypt)
    expect(tokens.access_token).toBeTruthy()
    expect(seen).toMatchObject([{ alg: 'ECDH-ES', enc: 'A256GCM' }])
  })
})

describe('authorization response with form_post.jwt', () => {
  it('is one JWT that the page posts to the client (JARM §2.3.3)', async () => {
    const { clientId } = await world.client({ authorizationSignAlg: 'ES256' })
    const client = { client_id: clientId, authorization_signed_response_alg: 'ES256' }
    const [state, { browser }] = [oauth.generateRandomState(), createUser()]
    const parameters = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: callback, response_type: 'code', state },
      ...{ scope: 'openid', response_mode: 'form_post.jwt' },
    })
    const login = await browser.open(`${as.authorization_endpoint}?${parameters}`)
    const consent = await browser.submit(login, { ...alice, decision: 'login' })
    const form = await browser.submit(consent, { decision: 'authorize' })
    expect(form.text).toContain(`action="${callback}"`)
    const [, response = ''] = /name="response" value="([^"]+)"/.exec(form.text) ?? []
    const posted = new URLSearchParams({ response })
    const answer = await oauth.validateJwtAuthResponse(as, client, posted, state, insecure)
    expect(answer.get('code')).toBeTruthy()
  })
})

describe('introspection response', () => {
  /** Introspection by a resource server that accepts a JWT, RFC 9701 §4. */
  async function introspect(token: string, id: string, decrypt?: oauth.JweDecryptFunction) {
    const server = { client_id: id, introspection_signed_response_alg: 'ES256' }
    const auth = oauth.ClientSecretBasic(resourceServer.secret)
    const response = await oauth.introspectionRequest(as, server, auth, token, {
      ...insecure,
      requestJwtResponse: true,
    })
    const text = await response.clone().text()
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    const opening = decrypt ? { [oauth.jweDecrypt]: decrypt } : {}
    const answer = await oauth.processIntrospectionResponse(as, server, response, opening)
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    return { answer, text }
  }

  it('is a JWT for the requesting resource server (RFC 9701 §5)', async () => {
    const { client, tokens } = await logIn({}, {})
    const { answer } = await introspect(tokens.access_token, resourceServer.id)
    expect(answer).toMatchObject({ active: true, client_id: client.client_id, sub: 'alice' })
    expect((await introspect('unknown', resourceServer.id)).answer).toEqual({ active: false })
  })

  it('is signed, then encrypted to the resource server (RFC 9701 §6)', async () => {
    const { tokens } = await logIn({}, {})
    const { answer, text } = await introspect(tokens.access_token, 'sealed', sealing.decrypt)
    expect(text.split('.')).toHaveLength(5)
    expect(answer).toMatchObject({ active: true, sub: 'alice' })
  })
})
