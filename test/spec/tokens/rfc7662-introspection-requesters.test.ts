/** Who may introspect tokens: clients, where the call leaves their authentication to Postern. RFC 7662 §2.1 */
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'

let service: TestService
let client: Json
let other: Json
let own: Json
let foreign: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
  other = await service.client()
  own = await obtainTokens(service, client)
  foreign = await obtainTokens(service, other)
})
afterAll(() => service.close())

const introspect = (token: string, more: Json = {}, parameters: Json = {}): Promise<Json> =>
  service.api('/auth/introspection/standard', {
    parameters: form({ token, ...parameters }),
    ...more,
  })

const isActive = ({ responseContent }: Json): boolean => JSON.parse(responseContent).active

const credentialsOf = ({ clientId, clientSecret }: Json) => ({
  clientId: String(clientId),
  clientSecret,
})

describe('introspection by a client', () => {
  it('is granted for own tokens only, if the call says so (RFC 7662 §2.1)', async () => {
    const asked = { ...credentialsOf(client), ownTokensOnly: true }
    const tokens = [own.accessToken, own.refreshToken, foreign.accessToken, foreign.refreshToken]
    const answers = await Promise.all(tokens.map((token) => introspect(token, asked)))
    expect(answers.map(isActive)).toEqual([true, true, false, false])
    expect(answers[2]?.responseContent).toBe('{"active":false}')
  })

  it('is granted for all tokens without ownTokensOnly', async () => {
    const asked = credentialsOf(client)
    for (const token of [own.accessToken, foreign.refreshToken]) {
      expect(isActive(await introspect(token, asked))).toBe(true)
      expect(isActive(await introspect(token, { ...asked, ownTokensOnly: false }))).toBe(true)
    }
  })

  it('needs nothing of the client, if the caller authenticates it', async () => {
    expect(isActive(await introspect(foreign.accessToken))).toBe(true)
    const ignored = { client_id: String(client.clientId), client_secret: 'wrong' }
    expect(isActive(await introspect(foreign.accessToken, {}, ignored))).toBe(true)
  })

  it.each<[string, (asked: Json) => [Json, Json?], string]>([
    ['a wrong secret', (asked) => [{ ...asked, clientSecret: 'wrong' }], 'P010005'],
    ['an unknown client', (asked) => [{ ...asked, clientId: '1' }], 'P010005'],
    ['no client', () => [{ ownTokensOnly: true }], 'P010001'],
    ['two clients', (asked) => [asked, { client_id: '1' }], 'P010003'],
    ['two methods', (asked) => [asked, { client_secret: 'x' }], 'P010002'],
    ['a repeated parameter', (asked) => [{ ...asked, parameters: 'token=a&x=1&x=2' }], 'P001001'],
    ['a NUL in the secret', (asked) => [{ ...asked, clientSecret: '\0' }], 'P076002'],
  ])('is refused as BAD_REQUEST with %s (RFC 7662 §2.3)', async (_case, asking, resultCode) => {
    const [more, parameters] = asking(credentialsOf(client))
    const refused = await introspect(own.accessToken, more, parameters)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    const { error } = JSON.parse(refused.responseContent)
    expect(error).toMatch(/^invalid_(client|request)$/)
  })

  it('is refused for a public client, which anyone can be', async () => {
    const open = await service.publicClient()
    const asked = { clientId: String(open.clientId), ownTokensOnly: true }
    const refused = await introspect(own.accessToken, asked)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P102002' })
  })

  it('is refused for a locked client', async () => {
    const locked = await service.client()
    await service.api(`/client/lock_flag/update/${locked.clientId}`, { clientLocked: true })
    const refused = await introspect(own.accessToken, credentialsOf(locked))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010008' })
  })

  it('is limited to supportedIntrospectionAuthMethods (RFC 8414 §2)', async () => {
    const settings = (...methods: string[]) => ({ supportedIntrospectionAuthMethods: methods })
    await service.configure(settings('PRIVATE_KEY_JWT'))
    const refused = await introspect(own.accessToken, credentialsOf(client))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010007' })
    await service.configure(settings('CLIENT_SECRET_BASIC'))
    expect(isActive(await introspect(own.accessToken, credentialsOf(client)))).toBe(true)
    await service.configure({})
  })
})

describe('introspection by a client with parameters of its own', () => {
  it('authenticates by client_secret_post, if ownTokensOnly is given', async () => {
    const posting = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_POST' })
    const { accessToken } = await obtainTokens(service, posting)
    expect(accessToken).toBeUndefined()
    const secret = { client_id: String(posting.clientId), client_secret: posting.clientSecret }
    const asked = { ownTokensOnly: true }
    expect(isActive(await introspect(own.accessToken, asked, secret))).toBe(false)
    expect(isActive(await introspect(own.accessToken, { ownTokensOnly: false }, secret))).toBe(true)
    const wrong = { ...secret, client_secret: 'wrong' }
    expect((await introspect(own.accessToken, asked, wrong)).resultCode).toBe('P010005')
  })

  it.each([
    ['the issuer', issuer],
    ['the introspection endpoint', `${issuer}/introspect`],
  ])('accepts an assertion for %s once (RFC 7523 §3)', async (_case, audience) => {
    const asserting = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', tokenAuthSignAlg: 'ES256' },
      jwks: jwksOf(publicKey(clientKey)),
    })
    const parameters = await assertionFor(service, asserting, { aud: audience })
    const ask = () => introspect(own.accessToken, { ownTokensOnly: false }, parameters)
    const [first, second] = [await ask(), await ask()]
    expect(isActive(first)).toBe(true)
    expect(second).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P011010' })
  })
})

describe('introspection by a client with a certificate', () => {
  it('authenticates by the key of the certificate (RFC 8705 §2.2)', async () => {
    const [registered, unknown] = [certificate(), certificate()]
    const key = registered.publicKey.export({ format: 'jwk' }) as JWK
    const jwks = jwksOf({ ...key, kid: 'tls' })
    const bound = await service.client({ tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', jwks })
    const ask = (clientCertificate: string) =>
      introspect(own.accessToken, { clientId: String(bound.clientId), clientCertificate })
    expect(isActive(await ask(registered.pem))).toBe(true)
    const refused = await ask(unknown.pem)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010105' })
  })
})

describe('introspection with an access token', () => {
  const accepting = (value: string, more: Json = {}) =>
    service.configure({ attributes: [{ key: 'ext.introspection.bearer_scopes', value }], ...more })
  const tokenWith = async (scope: string, more: Json = {}): Promise<string> =>
    (await obtainTokens(service, client, { scope, ...more })).accessToken
  afterAll(() => service.configure({}))

  it('is refused if the service does not accept it (RFC 7662 §2.1)', async () => {
    await service.configure({})
    const bearerToken = await tokenWith('read write')
    const refused = await introspect(own.accessToken, { bearerToken })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P102004' })
  })

  it.each<[string, string, string, string]>([
    ['the scopes', 'read write', 'read write', 'P042901'],
    ['more scopes', 'read', 'read write openid', 'P042901'],
    ['any scopes, if none is required', '', 'openid', 'P042901'],
    ['too few scopes', 'read write', 'read', 'P040004'],
  ])('depends on its scopes: %s (RFC 6750 §3.1)', async (_case, required, scope, resultCode) => {
    await accepting(required)
    const bearerToken = await tokenWith(scope)
    expect(await introspect(foreign.accessToken, { bearerToken })).toMatchObject({ resultCode })
  })

  it('must be with an active one', async () => {
    await accepting('read')
    const tokens = ['', 'unknown', own.refreshToken]
    const answers = tokens.map((bearerToken) => introspect(own.accessToken, { bearerToken }))
    expect((await Promise.all(answers)).map(({ resultCode }) => resultCode)).toEqual([
      ...['P040001', 'P040002', 'P040002'],
    ])
  })

  it('is granted for tokens of its client only, with ownTokensOnly', async () => {
    await accepting('read')
    const asked = { bearerToken: await tokenWith('read'), ownTokensOnly: true }
    const [mine, yours] = [own.refreshToken, foreign.refreshToken]
    expect(isActive(await introspect(mine, asked))).toBe(true)
    expect(isActive(await introspect(yours, asked))).toBe(false)
    expect(isActive(await introspect(yours, { ...asked, ownTokensOnly: false }))).toBe(true)
  })

  it('is independent of the client authentication methods', async () => {
    await accepting('read', { supportedIntrospectionAuthMethods: ['PRIVATE_KEY_JWT'] })
    const bearerToken = await tokenWith('read')
    expect(isActive(await introspect(own.refreshToken, { bearerToken }))).toBe(true)
    const secret = await introspect(own.refreshToken, credentialsOf(client))
    expect(secret.resultCode).toBe('P010007')
    const both = await introspect(own.refreshToken, { ...credentialsOf(client), bearerToken })
    expect(both).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P102003' })
  })

  it('must be with one for the endpoint, if it has resources (RFC 8707 §2.2)', async () => {
    await accepting('read')
    const at = async (resource: string) => {
      const bearerToken = await tokenWith('read', { resource })
      return (await introspect(own.refreshToken, { bearerToken })).resultCode
    }
    expect(await at(`${issuer}/introspect`)).toBe('P042901')
    expect(await at('https://rs.example.com')).toBe('P040006')
  })

  it('requires the proof of a bound token (RFC 9449 §7)', async () => {
    await accepting('read')
    const key = await dpopKey()
    const now = service.system.clock()
    const code = await obtainCode(service, client, { scope: 'read' })
    const parameters = {
      ...{ grant_type: 'authorization_code', code },
      ...{ redirect_uri: redirectUri, code_verifier: verifier },
    }
    const dpop = await proof(key, { htu: `${issuer}/token`, now })
    const { accessToken } = await requestToken(service, client, parameters, { dpop })
    const ask = async (more: Json) =>
      introspect(own.refreshToken, { bearerToken: accessToken, ...more })
    const target = { htu: `${issuer}/introspect`, now, accessToken }
    expect(await ask({})).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P016011' })
    const once = { dpop: await proof(key, target) }
    expect(isActive(await ask(once))).toBe(true)
    expect((await ask(once)).action).toBe('BAD_REQUEST')
    const unasked = await ask({ dpop: await proof(key, target), dpopNonceRequired: true })
    expect(unasked.dpopNonce).toMatch(/.+/)
    const claims = { nonce: unasked.dpopNonce }
    const answered = { dpop: await proof(key, { ...target, claims }), dpopNonceRequired: true }
    expect(isActive(await ask(answered))).toBe(true)
  })
})
