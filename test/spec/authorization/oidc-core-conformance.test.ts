/**
 * What the certification of OpenID providers tests at the endpoints of the engine: OIDC Core and
 * the RFCs that its profiles rely on. Tests of pages are in test/e2e.
 */
import { createHash } from 'node:crypto'
import {
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DpopKey, dpopKey, proof } from '../../support/dpop.ts'
import {
  authorizationRequest,
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

const pushedAuthReqEndpoint = `${issuer}/par`
const supportedClaims = ['sub', 'name', 'email', 'email_verified']
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ pushedAuthReqEndpoint, supportedClaims })
  client = await service.client()
})
afterAll(() => service.close())

const seconds = () => Math.floor(service.system.clock() / 1000)
const issue = async (more: Record<string, string | undefined>, by = client) => {
  const { ticket } = await authorize(service, by, more)
  return service.api('/auth/authorization/issue', { ticket, subject: 'alice', authTime: 1 })
}
const fail = async (more: Record<string, string | undefined>, reason: string) => {
  const { ticket } = await authorize(service, client, more)
  return service.api('/auth/authorization/fail', { ticket, reason })
}
const query = ({ responseContent }: Json) => new URL(responseContent).searchParams
const fragment = ({ responseContent }: Json) =>
  new URLSearchParams(new URL(responseContent).hash.slice(1))
const metadata = async () =>
  (await service.call('GET', `/api/${service.serviceId}/service/configuration`)).body
const relayed = async (operation: string, body: object) =>
  (await service.api(operation, body, { Prefer: 'relay' })).relay
const info = (accessToken: string) => service.api('/auth/userinfo', { token: accessToken })
const leftHalf = (text: string | null) =>
  createHash('sha256').update(String(text)).digest().subarray(0, 16).toString('base64url')

/** Bits of entropy of a text by the frequency of its characters, as the certification does. */
function shannonBits(text: string): number {
  const counts = new Map<string, number>()
  for (const each of text) counts.set(each, (counts.get(each) ?? 0) + 1)
  const perCharacter = [...counts.values()]
    .map((count) => count / text.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0)
  return perCharacter * text.length
}

describe('responses of every flow', () => {
  it('ID Tokens contain the required claims and no others (OIDC Core §2)', async () => {
    const { idToken } = await obtainTokens(service, client, { scope: 'openid' })
    expect(decodeProtectedHeader(idToken)).toEqual({ alg: 'RS256', kid: 'rs256' })
    const claims = decodeJwt(idToken)
    const id = String(client.clientId)
    expect(claims).toMatchObject({ iss: issuer, aud: [id], nonce: 'some-nonce', iat: seconds() })
    expect(claims.exp).toBeGreaterThan(seconds())
    expect(Object.keys(claims).sort()).toEqual(
      ['at_hash', 'aud', 'exp', 'iat', 'iss', 'nonce', 'sub'].sort(),
    )
    const empty = await obtainTokens(service, client, {}, { acr: '' })
    expect(decodeJwt(empty.idToken)).not.toHaveProperty('acr')
  })

  it('ID Tokens have sid for logout clients only (OIDC Back-Channel Logout §2.1)', async () => {
    const issue = { sessionId: 'session-1' }
    const backchannelLogoutUri = 'https://app.example.com/logout'
    const told = await service.client({ backchannelLogoutUri })
    const inBrowser = await service.client({ frontchannelLogoutUri: redirectUri })
    for (const response_type of ['code', 'code id_token']) {
      const asked = { response_type, claims: '{"id_token":{"sid":null}}' }
      const sidOf = async (by: Json) => {
        const { ticket } = await authorize(service, by, asked)
        const body = { ticket, subject: 'alice', ...issue, claims: '{"sid":"from the caller"}' }
        const { authorizationCode } = await service.api('/auth/authorization/issue', body)
        return decodeJwt((await redeem(service, by, authorizationCode)).idToken)['sid']
      }
      const sids = [await sidOf(client), await sidOf(told), await sidOf(inBrowser)]
      expect([response_type, ...sids]).toEqual([
        ...[response_type, undefined, 'session-1', 'session-1'],
      ])
    }
  })

  it('the key set has distinct key IDs and no private members (RFC 7517 §4.5)', async () => {
    const path = `/api/${service.serviceId}/service/jwks/get`
    const { keys } = (await service.call('GET', path)).body
    const ids = keys.map(({ kid }: Json) => kid)
    expect(new Set(ids).size).toBe(serviceKeys.length)
    for (const key of keys) {
      expect(key).not.toHaveProperty('d')
      await importJWK(key, key.alg)
    }
    const same = [serviceKeys[0], serviceKeys[0]]
    const twice = await service.configure({ jwks: JSON.stringify({ keys: same }) })
    expect(twice.resultMessage).toContain('jwks')
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    expect(privateKey.algorithm).toMatchObject({ modulusLength: 2048 })
  })

  it.each([
    ['code', 'query'],
    ['code token', 'fragment'],
    ['id_token', 'fragment'],
    ['code id_token token', 'fragment'],
  ])(
    'an error of response_type=%s is sent in the %s with state (OIDC Core §3.1.2.6)',
    async (response_type, where) => {
      const state = `${'s'.repeat(100)} ~!@#$%^&*()_+-=[]{}|;:,.<>?/"'`
      const refused = await fail({ response_type, state }, 'DENIED')
      const parameters = where === 'query' ? query(refused) : fragment(refused)
      expect(Object.fromEntries(parameters)).toEqual({
        error: 'access_denied',
        error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
        state,
        iss: issuer,
      })
    },
  )

  it('an error of form_post is in the form (OAuth 2.0 Form Post Response Mode §2)', async () => {
    const refused = await fail({ response_mode: 'form_post', state: 'a"b' }, 'DENIED')
    expect(refused.action).toBe('FORM')
    expect(refused.responseContent).toContain('name="error" value="access_denied"')
    expect(refused.responseContent).toContain('name="state" value="a&quot;b"')
  })

  it('token errors are JSON with status 400 or 401, and no-store (RFC 6749 §5.2)', async () => {
    const bad = await relayed('/auth/token', {
      parameters: form({ grant_type: 'authorization_code', code: 'unknown' }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    expect(bad).toMatchObject({ status: 400 })
    const unknown = await relayed('/auth/token', { parameters: 'grant_type=password&client_id=1' })
    expect(unknown).toMatchObject({ status: 401 })
    for (const { headers } of [bad, unknown]) {
      expect(headers['Cache-Control']).toContain('no-store')
      expect(headers['Content-Type']).toMatch(/^application\/json/)
    }
  })

  it('metadata has https endpoints and no unregistered members (RFC 8414 §2)', async () => {
    const document = await metadata()
    for (const [name, value] of Object.entries(document)) {
      if (/_(endpoint|uri)$/.test(name)) expect(String(value)).toMatch(/^https:/)
    }
    expect(document.claims_supported).toEqual(supportedClaims)
    expect(document.scopes_supported).toContain('openid')
    expect(Object.keys(document).filter((name) => !isRegistered(name))).toEqual([])
  })

  it('metadata omits defaults and features that the service lacks (RFC 8414 §2)', async () => {
    const bare = await createService({
      ...{ userInfoEndpoint: undefined, introspectionEndpoint: undefined },
      ...{ issSuppressed: true, grantManagementEndpoint: `${issuer}/gm` },
      ...{ supportedGrantTypes: ['AUTHORIZATION_CODE', 'CIBA'] },
      supportedBackchannelTokenDeliveryModes: ['POLL'],
    })
    const document = await bare.get(`/api/${bare.serviceId}/service/configuration`)
    const isEmpty = (value: unknown) => value === false || (Array.isArray(value) && !value.length)
    const names = Object.keys(document)
    expect(names.filter((name) => isEmpty(document[name]) || document[name] === null)).toEqual([])
    expect(names.filter((name) => /^(userinfo|introspection|transformed)/.test(name))).toEqual([])
    expect(document).not.toHaveProperty('request_uri_parameter_supported')
    expect(document.require_request_uri_registration).toBe(true)
    await bare.close()
  })

  it('codes, tokens and request URIs have at least 128 bits (RFC 6749 §10.10)', async () => {
    const code = await obtainCode(service, client)
    const { accessToken, refreshToken } = await redeem(service, client, code)
    const pushed = await service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    for (const value of [code, accessToken, refreshToken, pushed.requestUri.split(':').at(-1)]) {
      expect(Buffer.from(value, 'base64url').length * 8).toBeGreaterThanOrEqual(128)
      expect(shannonBits(value)).toBeGreaterThan(96)
    }
  })
})

/** The registry of authorization server metadata, RFC 8414 §7.1, and newer registrations. */
const isRegistered = (name: string): boolean =>
  /^(issuer|.*_endpoint|jwks_uri|.*_supported|op_(policy|tos)_uri|service_documentation)$/.test(
    name,
  ) || /^(require_.*|tls_client_certificate_bound_access_tokens|mtls_endpoint_aliases)$/.test(name)

describe('OpenID Connect', () => {
  it.each([
    ['another', 'https://app.example.com/other'],
    ['one with a query added', `${redirectUri}?a=b`],
    ['none', undefined],
  ])(
    'a redirect URI that is %s gets no redirect (OIDC Core §3.1.2.1)',
    async (_what, redirect_uri) => {
      expect((await authorize(service, client, { redirect_uri })).action).toBe('BAD_REQUEST')
    },
  )

  it('a missing response_type is an error in the query (RFC 6749 §4.1.2.1)', async () => {
    const refused = await authorize(service, client, { response_type: undefined })
    expect(query(refused).get('error')).toBe('invalid_request')
  })

  it('a code replay after 30 s revokes the tokens of the code (RFC 6749 §4.1.2)', async () => {
    const code = await obtainCode(service, client)
    const { accessToken } = await redeem(service, client, code)
    expect((await info(accessToken)).action).toBe('OK')
    service.system.clock.advance(30_000)
    const again = await redeem(service, client, code)
    expect(again.action).toBe('BAD_REQUEST')
    expect(JSON.parse(again.responseContent).error).toBe('invalid_grant')
    expect((await info(accessToken)).action).toBe('UNAUTHORIZED')
  })

  it.each([
    ['NOT_LOGGED_IN', 'login_required'],
    ['CONSENT_REQUIRED', 'consent_required'],
    ['INTERACTION_REQUIRED', 'interaction_required'],
    ['ACCOUNT_SELECTION_REQUIRED', 'account_selection_required'],
  ])('a failure of prompt=none for %s is %s (OIDC Core §3.1.2.6)', async (reason, error) => {
    expect(query(await fail({ prompt: 'none' }, reason)).get('error')).toBe(error)
  })

  it('prompt=none returns the auth_time and sub of the session (OIDC Core §3.1.2.1)', async () => {
    const first = await obtainTokens(service, client, {}, { authTime: 100 })
    const id_token_hint = first.idToken
    const asked = await authorize(service, client, { prompt: 'none', id_token_hint })
    expect(asked).toMatchObject({ action: 'NO_INTERACTION', subject: 'alice' })
    const { authorizationCode } = await service.api('/auth/authorization/issue', {
      ...{ ticket: asked.ticket, subject: 'alice', authTime: 100 },
    })
    const second = await redeem(service, client, authorizationCode)
    const [one, other] = [decodeJwt(first.idToken), decodeJwt(second.idToken)]
    expect([other.sub, other['auth_time']]).toEqual([one.sub, one['auth_time']])
  })

  it('the caller gets prompt and max_age, the client auth_time (OIDC Core §3.1.2.1)', async () => {
    expect((await authorize(service, client, { prompt: 'login' })).prompts).toEqual(['LOGIN'])
    const asked = await authorize(service, client, { max_age: '10000' })
    expect(asked.maxAge).toBe(10_000)
    const issued = await issue({ max_age: '10000' })
    const { idToken } = await redeem(service, client, issued.authorizationCode)
    expect(decodeJwt(idToken)['auth_time']).toBe(1)
  })

  it('front-channel ID Tokens have at_hash and c_hash (OIDC Core §3.3.2.11)', async () => {
    const all = fragment(await issue({ response_type: 'code id_token token' }))
    expect(decodeJwt(all.get('id_token') ?? '')).toMatchObject({
      at_hash: leftHalf(all.get('access_token')),
      c_hash: leftHalf(all.get('code')),
    })
    const alone = decodeJwt(
      fragment(await issue({ response_type: 'id_token' })).get('id_token') ?? '',
    )
    expect(alone).not.toHaveProperty('at_hash')
    expect(alone).not.toHaveProperty('c_hash')
    const { idToken } = await redeem(service, client, all.get('code') ?? '')
    expect(decodeJwt(idToken).sub).toBe(alone.sub)
  })

  it.each([
    ['id_token', false],
    ['id_token token', false],
    ['code id_token', false],
    ['code id_token token', false],
    ['code', true],
    ['code token', true],
  ])(
    'response_type=%s without a nonce is accepted: %s (OIDC Core §3.2.2.1)',
    async (response_type, optional) => {
      const { action } = await authorize(service, client, { response_type, nonce: undefined })
      expect(action === 'INTERACTION').toBe(optional)
    },
  )

  it('scope claims are in UserInfo, or in the ID Token of id_token (OIDC Core §5.4)', async () => {
    await service.configure({ claimShortcutRestrictive: true })
    const asked = async (response_type: string) =>
      (await authorize(service, client, { response_type, scope: 'openid email' })).claims
    expect(await asked('code')).toEqual([])
    expect(await asked('id_token')).toEqual(['email', 'email_verified'])
    const { accessToken } = await obtainTokens(service, client, { scope: 'openid email' })
    expect((await info(accessToken)).claims).toEqual(['email', 'email_verified'])
    await service.configure({})
  })

  it('an unsigned request object is accepted with its redirect_uri (OIDC Core §6.1)', async () => {
    const plain = await service.client({
      ...{ requestSignAlg: 'NONE', redirectUris: [redirectUri, `${redirectUri}/2`] },
    })
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { response_type: 'code', redirect_uri: `${redirectUri}/2`, scope: 'openid' }
    const request = `${encode({ alg: 'none' })}.${encode({ ...claims, aud: issuer })}.`
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(plain.clientId), request }),
    })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    expect(issued.responseContent).toContain(`${redirectUri}/2?`)
    expect((await metadata()).request_object_signing_alg_values_supported).toContain('none')
  })

  it('UserInfo has the sub of the ID Token (OIDC Core §5.3.2)', async () => {
    const { accessToken: token, idToken } = await obtainTokens(service, client)
    const claims = JSON.stringify({ sub: 'mallory', updated_at: 1_700_000_000 })
    const { responseContent } = await service.api('/auth/userinfo/issue', { token, claims })
    const { sub, updated_at } = JSON.parse(responseContent)
    expect([sub, updated_at]).toEqual([decodeJwt(idToken).sub, 1_700_000_000])
  })

  it('a refresh keeps the client, and iss, sub, aud and auth_time (OIDC Core §12.2)', async () => {
    const first = await obtainTokens(
      service,
      client,
      { scope: 'openid offline_access' },
      { authTime: 100 },
    )
    const stranger = await refresh(service, await service.client(), first.refreshToken)
    expect(JSON.parse(stranger.responseContent).error).toBe('invalid_grant')
    service.system.clock.advance(2_000)
    const second = await refresh(service, client, first.refreshToken)
    const [before, after] = [decodeJwt(first.idToken), decodeJwt(second.idToken)]
    for (const name of ['iss', 'sub', 'aud', 'auth_time']) expect(after[name]).toEqual(before[name])
    expect(after.iat).toBeGreaterThan(before.iat ?? 0)
  })
})

describe('OpenID client keys and configuration', () => {
  it('metadata lists what every provider must support (OpenID Connect Discovery §3)', async () => {
    const document = await metadata()
    expect(document.response_types_supported).toEqual(
      expect.arrayContaining(['code', 'id_token', 'id_token token']),
    )
    expect(document.grant_types_supported).toEqual(
      expect.arrayContaining(['authorization_code', 'implicit']),
    )
    expect(document.id_token_signing_alg_values_supported).toContain('RS256')
  })

  it('an unknown kid makes the service fetch the client keys (OIDC Core §10.1.1)', async () => {
    const jwksUri = 'https://app.example.com/rotating'
    const by = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwksUri })
    const ask = async (key: typeof clientKey) => {
      const proven = await assertionFor(service, by, {}, { key })
      const parameters = form({ ...proven, grant_type: 'client_credentials' })
      return (await service.api('/auth/token', { parameters })).action
    }
    const next = serviceKeys[1] ?? {}
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(clientKey)] } })
    expect(await ask(clientKey)).toBe('OK')
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(next)] } })
    service.system.clock.advance(6_000)
    expect(await ask(next)).toBe('OK')
  })

  it('a new service key signs, and the old one stays published (OIDC Core §10.1.1)', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })

    const fresh = { ...(await exportJWK(privateKey)), kid: 'fresh', alg: 'RS256', use: 'sig' }
    const { idToken } = await obtainTokens(service, client)
    await service.configure({
      ...{ jwks: jwksOf(...serviceKeys, fresh), idTokenSignatureKeyId: 'fresh' },
    })
    const path = `/api/${service.serviceId}/service/jwks/get`
    const { keys } = (await service.call('GET', path)).body
    const old = keys.find(({ kid }: Json) => kid === decodeProtectedHeader(idToken).kid)
    expect(
      (
        await jwtVerify(idToken, await importJWK(old, 'RS256'), {
          currentDate: new Date(service.system.clock()),
        })
      ).payload.sub,
    ).toBe('alice')
    const newer = await obtainTokens(service, client)
    expect(decodeProtectedHeader(newer.idToken).kid).toBe('fresh')
    await service.configure({})
  })

  it('a refresh token is issued for the scope offline_access (OIDC Core §11)', async () => {
    const by = await service.client({ grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'] })
    const scope = 'openid offline_access'
    expect(
      (await obtainTokens(service, by, { scope, prompt: 'consent' })).refreshToken,
    ).toBeTruthy()
  })

  it('a registered request_uri with a fragment is fetched (OIDC Core §6.2)', async () => {
    const key = serviceKeys[0] ?? {}
    const by = await service.client({
      jwks: jwksOf(publicKey(key)),
      requestUris: ['https://app.example.com/request#hash'],
    })
    const claims = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
    const body = await requestObjectFor(service, by, claims, { key })
    service.system.fetch.answer('https://app.example.com/request', {
      ...{ body, contentType: 'application/jwt' },
    })
    const { action } = await service.api('/auth/authorization', {
      parameters: form({
        client_id: String(by.clientId),
        request_uri: 'https://app.example.com/request#hash',
      }),
    })
    expect(action).toBe('INTERACTION')
  })

  it('signed UserInfo has iss and aud, and no nonce (OIDC Core §5.3.2)', async () => {
    const by = await service.client({ userInfoSignAlg: 'RS256' })
    const { accessToken: token } = await obtainTokens(service, by)
    const { headers, body } = await relayed('/auth/userinfo/issue', { token })
    expect(headers['Content-Type']).toBe('application/jwt')
    const claims = decodeJwt(body)
    expect(claims).toMatchObject({ iss: issuer, aud: String(by.clientId), sub: 'alice' })
    expect(claims).not.toHaveProperty('nonce')
  })

  it('a client assertion whose aud is the issuer is accepted (OIDC Core §9)', async () => {
    const by = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)) },
    })
    const proven = await assertionFor(service, by, { aud: issuer })
    const parameters = form({ ...proven, grant_type: 'client_credentials' })
    expect((await service.api('/auth/token', { parameters })).action).toBe('OK')
  })
})

describe('pushed authorization requests', () => {
  const proven = () => ({
    ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
  })
  const push = (more: Record<string, string | undefined> = {}) =>
    service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client, more),
      ...proven(),
    })
  const go = (requestUri: string, by = client) =>
    service.api('/auth/authorization', {
      parameters: form({ client_id: String(by.clientId), request_uri: requestUri }),
    })

  it('are answered 201 with a lifetime, and 400 with a request_uri (RFC 9126 §2.2)', async () => {
    const { relay } = await service.api(
      '/pushed_auth_req',
      { parameters: authorizationRequest(client), ...proven() },
      { Prefer: 'relay' },
    )
    expect(relay.status).toBe(201)
    const { expires_in } = JSON.parse(relay.body)
    expect(expires_in).toBeGreaterThanOrEqual(5)
    const nested = await push({ request_uri: 'urn:x' })
    expect(JSON.parse(nested.responseContent).error).toBe('invalid_request')
  })

  it('are consumed when the authorization completes, and not before (RFC 9126 §4)', async () => {
    const { requestUri } = await push()
    const [first, second] = [await go(requestUri), await go(requestUri)]
    expect([first.action, second.action]).toEqual(['INTERACTION', 'INTERACTION'])
    await service.api('/auth/authorization/issue', { ticket: first.ticket, subject: 'alice' })
    const again = await go(requestUri)
    expect(JSON.parse(again.responseContent).error).toBe('invalid_request_uri')
  })

  it('are bound to their client, and expire (RFC 9126 §2.2)', async () => {
    const { requestUri } = await push()
    const foreign = await go(requestUri, await service.client())
    expect(JSON.parse(foreign.responseContent).error).toBe('invalid_request_uri')
    service.system.clock.advance(601_000)
    const expired = await go(requestUri)
    expect(JSON.parse(expired.responseContent).error).toBe('invalid_request_uri')
  })

  it('are optional under FAPI 1.0 (RFC 9126 §5)', async () => {
    await service.configure({ fapiModes: ['FAPI1_ADVANCED'] })
    expect(await metadata()).not.toHaveProperty('require_pushed_authorization_requests')
    await service.configure({})
  })
})

describe('long request values', () => {
  it('a denied request is access_denied with its long state (RFC 6749 §4.1.2.1)', async () => {
    const state = 'x'.repeat(128)
    const parameters = query(await fail({ state }, 'DENIED'))
    expect([parameters.get('error'), parameters.get('state')]).toEqual(['access_denied', state])
  })

  it('a nonce of 64 or 384 characters is returned unchanged (OIDC Core §3.1.2.1)', async () => {
    for (const nonce of ['n'.repeat(64), 'n'.repeat(384)]) {
      const { idToken } = await obtainTokens(service, client, { nonce })
      expect(decodeJwt(idToken)['nonce']).toBe(nonce)
    }
  })
})

describe('DPoP proof at a protected resource', () => {
  const htu = 'https://api.example.com/resource'
  let key: DpopKey
  let token: string
  beforeAll(async () => {
    key = await dpopKey()
    const dpop = await proof(key, { htu: `${issuer}/token`, now: service.system.clock() })
    const asked = { grant_type: 'client_credentials' }
    token = (await requestToken(service, client, asked, { dpop })).accessToken
  })
  const present = async (more: object = {}, claims: object = {}, by = key) => {
    const now = service.system.clock()
    const own = { htm: 'GET', htu, now, accessToken: token, claims: { ...claims }, ...more }
    const dpop = await proof(by, own)
    return service.api('/auth/introspection', { token, dpop, htm: 'GET', htu })
  }

  it('is accepted with all required claims (RFC 9449 §4.3)', async () => {
    expect((await present()).action).toBe('OK')
    expect((await present({}, { extra: 'ignored' })).action).toBe('OK')
    for (const spelled of [`${htu}?a=b`, `${htu}#x`, 'HTTPS://API.example.com:443/resource']) {
      expect((await present({ htu: spelled })).action).toBe('OK')
    }
    for (const iat of [seconds() - 10, seconds() + 8]) {
      expect((await present({}, { iat })).action).toBe('OK')
    }
  })

  it.each<[string, () => Promise<Json>]>([
    ['no proof', () => service.api('/auth/introspection', { token })],
    ['another method', () => present({ htm: 'POST' })],
    ['another URL', () => present({ htu: 'https://api.example.com/other' })],
    ['another token', () => present({ accessToken: 'other' })],
    ['no ath', () => present({}, { ath: undefined })],
    ['no jti', () => present({}, { jti: undefined })],
    ['no htm', () => present({}, { htm: undefined })],
    ['no htu', () => present({}, { htu: undefined })],
    ['no iat', () => present({}, { iat: undefined })],
    ['an iat of an hour ago', () => present({}, { iat: seconds() - 3_600 })],
    ['an iat in an hour', () => present({}, { iat: seconds() + 3_600 })],
    ['another typ', () => present({ header: { typ: 'jwt' } })],
    ['no jwk', () => present({ header: { jwk: undefined } })],
    ['another key', async () => present({}, {}, await dpopKey())],
  ])('is rejected with %s (RFC 9449 §4.3)', async (_what, attempt) => {
    expect(['UNAUTHORIZED', 'BAD_REQUEST']).toContain((await attempt()).action)
  })

  it('is rejected if it is replayed (RFC 9449 §11.1)', async () => {
    const dpop = await proof(key, {
      ...{ htm: 'GET', htu, now: service.system.clock(), accessToken: token },
    })
    const call = { token, dpop, htm: 'GET', htu }
    expect((await service.api('/auth/introspection', call)).action).toBe('OK')
    expect((await service.api('/auth/introspection', call)).action).toBe('UNAUTHORIZED')
  })

  it('binds the code by dpop_jkt at PAR and the token endpoint (RFC 9449 §10)', async () => {
    const now = service.system.clock()
    const other = await dpopKey()
    const pushed = await service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client, { dpop_jkt: 'x'.repeat(43) }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      dpop: await proof(key, { htu: pushedAuthReqEndpoint, now }),
    })
    expect(JSON.parse(pushed.responseContent).error).toBe('invalid_request')

    const dpop_jkt = await calculateJwkThumbprint(key.publicJwk)
    const code = await obtainCode(service, client, { dpop_jkt })
    const wrong = await requestToken(
      service,
      client,
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      { dpop: await proof(other, { htu: `${issuer}/token`, now }) },
    )
    expect(['invalid_grant', 'invalid_request', 'invalid_dpop_proof']).toContain(
      JSON.parse(wrong.responseContent).error,
    )
  })
})

describe('client credentials grant', () => {
  it('issues no refresh token (RFC 6749 §4.4.3)', async () => {
    const { refreshToken, responseContent } = await requestToken(service, client, {
      ...{ grant_type: 'client_credentials', scope: 'read offline_access' },
    })
    expect(refreshToken).toBeUndefined()
    expect(JSON.parse(responseContent)).not.toHaveProperty('refresh_token')
  })
})
