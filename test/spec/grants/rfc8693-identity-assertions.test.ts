/** Identity assertions (ID-JAG) that a service issues: Identity Assertion Grant §3 and §4.3. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createService,
  issuer,
  obtainTokens,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const audience = 'https://chat.example.com'
const attribute = (key: string, value: unknown) => ({
  key,
  value: typeof value === 'string' ? value : JSON.stringify(value),
})
const audiences = attribute('ext.id_jag.audiences', `${audience} https://files.example.com`)

let service: TestService
let client: Json
let tokens: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client({ clientIdAlias: 'wiki', clientIdAliasEnabled: true })
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.configure({ attributes: [audiences] })
  tokens = await obtainTokens(service, client)
})

const ask = (more: Record<string, string | undefined> = {}, by: Json = client): Promise<Json> =>
  requestToken(service, by, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...{ requested_token_type: type('id-jag'), audience },
    ...{ subject_token: tokens.idToken, subject_token_type: type('id_token') },
    ...more,
  })
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const issued = async (...given: Parameters<typeof ask>) => {
  const answer = await ask(...given)
  expect(answer).toMatchObject({ action: 'OK', resultCode: 'P035901' })
  const response = JSON.parse(answer.responseContent)
  return { answer, response, claims: decodeJwt<Json>(response.access_token) }
}
const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more

describe('token exchange for an ID-JAG', () => {
  it('is answered at once with a signed assertion that is no access token (§4.3.4)', async () => {
    const scope = 'chat.read chat.history'
    const resource = 'https://api.chat.example.com'
    const { answer, response, claims } = await issued({ scope, resource })
    expect(answer).not.toHaveProperty('requestedTokenType')
    expect(answer).not.toHaveProperty('ticket')
    expect(response).toEqual({
      ...{ access_token: expect.any(String), issued_token_type: type('id-jag') },
      ...{ token_type: 'N_A', expires_in: 300, scope },
    })
    expect(decodeProtectedHeader(response.access_token)).toMatchObject({
      ...{ typ: 'oauth-id-jag+jwt', alg: 'RS256', kid: 'rs256' },
    })
    const { sub } = decodeJwt(tokens.idToken)
    expect(claims).toEqual({
      ...{ iss: issuer, sub, aud: audience, client_id: String(client.clientId) },
      ...{ jti: expect.any(String), iat: seconds(), exp: seconds(300), scope, resource },
    })
    const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
    const currentDate = new Date(service.system.clock())
    await jwtVerify(response.access_token, keys, { audience, issuer, currentDate })
    const introspected = await service.api('/auth/introspection', { token: response.access_token })
    expect(introspected).toMatchObject({ action: 'UNAUTHORIZED', existent: false })
  })

  it('tells when and how the user authenticated, and has another jti each time', async () => {
    const login = { authTime: seconds(-9), acr: 'gold', claims: '{"amr":["pwd"]}' }
    tokens = await obtainTokens(service, client, {}, login)
    const first = await issued()
    expect(first.claims).toMatchObject({ auth_time: seconds(-9), acr: 'gold', amr: ['pwd'] })
    expect((await issued()).claims.jti).not.toBe(first.claims.jti)
  })

  it('accepts a refresh token of the client, too (§4.3.2)', async () => {
    const refresh = {
      subject_token: tokens.refreshToken,
      subject_token_type: type('refresh_token'),
    }
    expect((await issued(refresh)).claims).toMatchObject({ sub: 'alice', aud: audience })
    const other = await service.client()
    expect(await ask(refresh, other)).toMatchObject({ resultCode: 'P027018' })
    const unknown = { ...refresh, subject_token: 'unknown' }
    expect(await ask(unknown)).toMatchObject({ resultCode: 'P027016' })
  })

  it('has the details of the request as they are, and tells them (RFC 9396 §7)', async () => {
    const details = '[{"type":"payment","amount":1.50,"actions":["initiate"]}]'
    const { claims, response } = await issued({ authorization_details: details })
    expect(claims.authorization_details).toEqual(JSON.parse(details))
    expect(response.authorization_details).toEqual(JSON.parse(details))
    const [, payload = ''] = response.access_token.split('.')
    expect(Buffer.from(payload, 'base64url').toString()).toContain('"amount":1.50')
    for (const wrong of ['{', '{}', '[{}]', '["payment"]']) {
      const refused = await ask({ authorization_details: wrong })
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P012101' })
    }
  })

  it('says who acts for the user already (RFC 8693 §4.1)', async () => {
    const act = { sub: 'agent', act: { sub: 'former-agent' } }
    const [, key] = serviceKeys
    if (!key) throw new Error('A second key is expected.')
    const subject_token = await new SignJWT({ ...decodeJwt(tokens.idToken), act })
      .setProtectedHeader({ alg: 'ES256', kid: 'es256' })
      .sign(await importJWK(key, 'ES256'))
    expect((await issued({ subject_token })).claims.act).toEqual(act)
    expect((await issued()).claims).not.toHaveProperty('act')
  })

  it('lives as long as the service says', async () => {
    const lifetime = attribute('ext.id_jag.duration', '60')
    await service.configure({ attributes: [audiences, lifetime] })
    const { response, claims } = await issued()
    expect(response.expires_in).toBe(60)
    expect(claims).toMatchObject({ exp: seconds(60) })
  })

  it('is unknown to a service without audiences, as every other type', async () => {
    await service.configure({ attributes: [] })
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P027004' })
  })

  it.each<[string, string, string, Record<string, string | undefined>]>([
    ['no audience', 'P162102', 'invalid_target', { audience: undefined }],
    ['an unlisted audience', 'P162102', 'invalid_target', { audience: 'https://x.example.com' }],
    [
      'an actor token',
      'P162104',
      'invalid_request',
      { actor_token: 'x', actor_token_type: type('jwt') },
    ],
    [
      'an access token',
      'P162103',
      'invalid_request',
      { subject_token: 'x', subject_token_type: type('access_token') },
    ],
    ['a subject token that is no JWT', 'P027009', 'invalid_request', { subject_token: 'x' }],
    ['no subject token', 'P027005', 'invalid_request', { subject_token: undefined }],
  ])('is refused with %s (§4.3)', async (_what, resultCode, error, more) => {
    const refused = await ask(more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe(error)
  })

  it('is refused to public clients, and with the ID Token of another client', async () => {
    const app = await service.publicClient()
    const { idToken: subject_token } = await obtainTokens(service, app)
    const refused = await ask({ subject_token }, app)
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P162101' })
    const foreign = await ask({ subject_token })
    expect(foreign).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162105' })
    expect(errorOf(foreign)).toBe('invalid_grant')
  })

  it('is refused with an ID Token that is expired, unsigned or not signed by the service', async () => {
    const claims = decodeJwt(tokens.idToken)
    const sign = async (key: JWK, more: Json = {}) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'ES256', kid: 'es256' })
        .sign(await importJWK(key, 'ES256'))
    const { privateKey } = await crypto.subtle
      .generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
      .then((pair) => pair as CryptoKeyPair)
    const strange = (await crypto.subtle.exportKey('jwk', privateKey)) as JWK
    expect(await ask({ subject_token: await sign(strange) })).toMatchObject({
      resultCode: 'P027015',
    })
    const [, own = strange] = serviceKeys
    const expired = await sign(own, { exp: seconds(-10) })
    expect(await ask({ subject_token: expired })).toMatchObject({ resultCode: 'P027012' })
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${base64({ alg: 'none' })}.${base64(claims)}.`
    expect(await ask({ subject_token: unsigned })).toMatchObject({ resultCode: 'P162105' })
  })

  it('is refused after the session of the ID Token has ended', async () => {
    await service.configure({ ...withSessions({ [audiences.key]: audiences.value }) })
    const session = await openSession(service)
    tokens = await obtainTokens(service, client, {}, session)
    expect(decodeJwt(tokens.idToken)).toHaveProperty('sid')
    await issued()
    await service.api('/session/delete', { sessionId: session.sessionId })
    const refused = await ask()
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P162106' })
  })
})

describe('targets of a client', () => {
  it('limit the types of details (RFC 9396 §5)', async () => {
    const limited = await service.client({
      attributes: [
        attribute('ext.id_jag.targets', [{ audience, authorizationDetailsTypes: ['payment'] }]),
      ],
    })
    tokens = await obtainTokens(service, limited)
    const details = (type: string) => ({ authorization_details: JSON.stringify([{ type }]) })
    expect((await issued(details('payment'), limited)).claims).toMatchObject({
      authorization_details: [{ type: 'payment' }],
    })
    const refused = await ask(details('files'), limited)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P165001' })
    expect(errorOf(refused)).toBe('invalid_authorization_details')
  })

  it('limit audiences, scopes and resources, and name the client there (§5)', async () => {
    const resource = 'https://api.chat.example.com'
    const other = await service.client({
      attributes: [
        attribute('ext.id_jag.targets', [
          { audience, clientId: 'wiki-at-chat', scopes: ['chat.read'], resources: [resource] },
        ]),
      ],
    })
    tokens = await obtainTokens(service, other)
    const { claims, response } = await issued({ scope: 'chat.read chat.write', resource }, other)
    expect(claims).toMatchObject({ client_id: 'wiki-at-chat', scope: 'chat.read', resource })
    expect(response.scope).toBe('chat.read')
    const wrong: [string, Record<string, string>][] = [
      ['P162102', { audience: 'https://files.example.com' }],
      ['P162107', { resource: 'https://other.example.com' }],
      ['P162108', { scope: 'chat.write' }],
    ]
    for (const [resultCode, more] of wrong) {
      expect(await ask(more, other)).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    }
  })

  it('are refused with the place of the mistake', async () => {
    const attributes = [attribute('ext.id_jag.targets', [{ audience }, { audience: 1 }])]
    const refused = await service.client({ attributes })
    expect(refused.resultMessage).toContain('ext.id_jag.targets is wrong: [1].audience: ')
  })
})

describe('metadata of a service', () => {
  it('tells whether it issues and accepts ID-JAGs (§7)', async () => {
    const metadata = () => service.get(`/api/${service.serviceId}/service/configuration`)
    const issuing = 'identity_chaining_requested_token_types_supported'
    const accepting = 'authorization_grant_profiles_supported'
    expect(await metadata()).toMatchObject({ [issuing]: [type('id-jag')] })
    expect(await metadata()).not.toHaveProperty(accepting)
    const jwks = { keys: serviceKeys.map(publicKey) }
    const trusted = [{ issuer: audience, jwks, grants: ['id-jag'] }]
    await service.configure({ attributes: [attribute('ext.trustedIssuers', trusted)] })
    const profile = 'urn:ietf:params:oauth:grant-profile:id-jag'
    expect(await metadata()).toMatchObject({ [accepting]: [profile] })
    expect(await metadata()).not.toHaveProperty(issuing)
    await service.configure({
      attributes: [audiences, attribute('ext.trustedIssuers', trusted)],
      supportedGrantTypes: ['AUTHORIZATION_CODE'],
    })
    for (const name of [issuing, accepting]) expect(await metadata()).not.toHaveProperty(name)
  })
})

describe('key of an ID-JAG', () => {
  it('has the algorithm of the ID Tokens of the client, if that is asymmetric', async () => {
    for (const [idTokenSignAlg, alg] of [
      ['PS256', 'PS256'],
      ['RS256', 'RS256'],
    ]) {
      const other = await service.client({ idTokenSignAlg })
      tokens = await obtainTokens(service, other)
      const { response } = await issued({}, other)
      expect(decodeProtectedHeader(response.access_token)).toMatchObject({ alg })
    }
  })

  it('is required: a service without one fails as with other signatures', async () => {
    const refresh = {
      subject_token: tokens.refreshToken,
      subject_token_type: type('refresh_token'),
    }
    await service.configure({ attributes: [audiences], jwks: jwksOf() })
    const failed = await ask(refresh)
    expect(failed).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P008001' })
  })
})
