/** FAPI 1.0 Advanced: signed requests by value, ID Tokens as detached signatures, bound tokens. */
import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  algs,
  answerIn,
  callResource,
  codeRequest,
  createBrowser,
  type Party,
  redeem,
  redirectUri,
  refresh,
  refusalOf,
  register,
  signingKey,
  startFapiWorld,
  visit,
} from './fapi.ts'
import { certify, fetchWith } from './tls.ts'
import { createUser, type World } from './world.ts'

const certificate = certify('/CN=client')

let world: World
let party: Party
beforeAll(async () => {
  world = await startFapiWorld({
    fapiModes: ['FAPI1_ADVANCED'],
    requestObjectRequired: true,
    requestObjectAudienceChecked: true,
    tlsClientCertificateBoundAccessTokens: true,
    supportedGrantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT', 'REFRESH_TOKEN'],
    supportedResponseTypes: ['CODE', 'CODE_ID_TOKEN'],
    supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'],
  })
  party = await hybridParty()
})
afterAll(() => world?.close())

function hybridParty(alg: 'ES256' | 'PS256' = 'ES256'): Promise<Party> {
  const more = {
    responseTypes: ['CODE_ID_TOKEN'],
    grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT', 'REFRESH_TOKEN'],
    requestSignAlg: alg,
    requestObjectRequired: true,
  }
  return register(world, { alg, certificate, more })
}

const hybrid = { response_type: 'code id_token' }

/** A request with signed parameters, of which OpenID Connect requires some outside, too. */
async function signedRequest(by: Party, more: Record<string, string> = {}) {
  const { parameters, ...kept } = await codeRequest(by, { ...hybrid, ...more })
  const { client, signing, as } = by
  const request = await oauth.issueRequestObject(as, client, parameters, signing)
  return { ...kept, sent: outside(client, request, parameters['response_type']) }
}

const outside = (client: oauth.Client, request: string, response_type = 'code id_token') => ({
  ...{ client_id: client.client_id, redirect_uri: redirectUri, response_type, scope: 'openid' },
  request,
})

async function answered(by: Party, more: Record<string, string> = {}) {
  const { sent, ...kept } = await signedRequest(by)
  const { url } = await visit(by, { ...sent, ...more })
  return { ...kept, url }
}

type Answered = Awaited<ReturnType<typeof answered>>

/** The library verifies the ID Token: signature, `nonce`, `c_hash`, `s_hash`. */
const read = (by: Party, { url, nonce, state }: Omit<Answered, 'verifier'>) =>
  oauth.validateDetachedSignatureResponse(
    ...([by.as, by.client, url, nonce, state, undefined, by.sending] as const),
  )

async function granted(by = party) {
  const response = await answered(by)
  return { ...response, answer: await read(by, response) }
}

const claimsOf = (idToken: string | null | undefined) =>
  JSON.parse(Buffer.from((idToken ?? '').split('.')[1] ?? '', 'base64url').toString())

describe('FAPI 1.0 Advanced client', () => {
  it.each(algs)('signs its request by %s, and gets a signed response and tokens', async (alg) => {
    const by = await hybridParty(alg)
    const response = await answered(by)
    expect(response.url.search).toBe('')
    const front = claimsOf(answerIn(response.url.href).get('id_token'))
    expect(front).toMatchObject({ c_hash: expect.any(String), s_hash: expect.any(String) })

    const answer = await read(by, response)
    const tokens = await redeem(by, { ...response, answer })
    expect(claimsOf(tokens.id_token)).toMatchObject({
      ...{ sub: front.sub, iss: front.iss, at_hash: halfHash(tokens.access_token) },
    })
    expect((await callResource(by, tokens.access_token)).status).toBe(200)
    const refreshed = await refresh(by, tokens.refresh_token)
    expect((await callResource(by, refreshed.access_token)).status).toBe(200)
  })

  it('completes the flow with openid-client', async () => {
    const { client, signing, sending } = party
    const configuration = await openid.discovery(
      new URL(world.issuer),
      client.client_id,
      { id_token_signed_response_alg: 'ES256' },
      openid.PrivateKeyJwt(signing),
      { [openid.customFetch]: sending[oauth.customFetch] },
    )
    openid.useCodeIdTokenResponseType(configuration)
    openid.enableDetachedSignatureResponseChecks(configuration)
    const [state, nonce] = [openid.randomState(), openid.randomNonce()]
    const parameters = { redirect_uri: redirectUri, scope: 'openid', state, nonce }
    const url = await openid.buildAuthorizationUrlWithJAR(configuration, parameters, signing)
    const end = await createUser(undefined, createBrowser()).walk(url)
    const checks = { expectedState: state, expectedNonce: nonce }
    const tokens = await openid.authorizationCodeGrant(configuration, new URL(end.url), checks)
    expect(tokens.claims()?.sub).toBe('alice')
  })

  it('can use the token endpoint as aud of its assertion (OIDC Core §9)', async () => {
    const to = (aud: oauth.JsonValue): Party => ({
      ...party,
      auth: oauth.PrivateKeyJwt(party.signing, {
        [oauth.modifyAssertion]: (_, payload) => {
          payload['aud'] = aud
        },
      }),
    })
    const { token_endpoint = '', issuer } = party.as
    for (const aud of [token_endpoint, [issuer, 'https://other.example.com']])
      await expect(redeem(to(aud), await granted())).resolves.toBeDefined()
    const refused = redeem(to('https://other.example.com'), await granted())
    expect(await refusalOf(refused)).toEqual({ status: 401, error: 'invalid_client' })
  })
})

/** OIDC Core §3.1.3.6, for an algorithm with SHA-256. */
const halfHash = (text: string) =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')

describe('response with a detached signature', () => {
  /** The response with one member of its fragment changed. */
  function changed<T extends Answered>(response: T, name: string, value: string): T {
    const members = answerIn(response.url.href)
    members.set(name, value)
    return { ...response, url: new URL(`${redirectUri}#${members}`) }
  }

  it('is rejected with another code (c_hash, OIDC Core §3.3.2.10)', async () => {
    const response = changed(await answered(party), 'code', 'stolen')
    await expect(read(party, response)).rejects.toThrow('c_hash')
  })

  it('is rejected with another state (s_hash, FAPI 1.0 Advanced §5.1.1)', async () => {
    const state = oauth.generateRandomState()
    const response = { ...changed(await answered(party), 'state', state), state }
    await expect(read(party, response)).rejects.toThrow('s_hash')
  })

  it('is rejected by the client with the ID Token of another response', async () => {
    const [one, two] = [await answered(party), await answered(party)]
    const idToken = answerIn(two.url.href).get('id_token') ?? ''
    await expect(read(party, changed(one, 'id_token', idToken))).rejects.toThrow()
  })

  it('uses the signed parameters, not the outer ones (FAPI 1.0 Advanced §5.2.2)', async () => {
    const evil = { state: 'outside', nonce: 'outside' }
    await expect(read(party, await answered(party, evil))).resolves.toBeDefined()
  })
})

describe('FAPI 1.0 Advanced request', () => {
  it('is rejected if it is unsigned (FAPI 1.0 Advanced §5.2.2)', async () => {
    const { parameters } = await codeRequest(party, hybrid)
    const { error } = await visit(party, parameters)
    expect(error).toMatch(/^invalid_request/)
  })

  it('is rejected for response_type=code without JARM (FAPI 1.0 Advanced §5.2.2)', async () => {
    const { sent } = await signedRequest(party, { response_type: 'code' })
    const { error } = await visit(party, sent)
    expect(error).toMatch(/^(unsupported_response_type|unauthorized_client|invalid_request)$/)
  })

  it('is not answered in the query (OAuth 2.0 Multiple Response Types §3)', async () => {
    const { sent } = await signedRequest(party, { response_mode: 'query' })
    const { url, error } = await visit(party, sent)
    expect(error).toBe('invalid_request')
    expect(url.search).not.toContain('code=')
  })

  it.each<[string, Record<string, unknown>, string?]>([
    ['is for another server', { aud: 'https://evil.example.com' }],
    ['has expired', { exp: 1_700_000_000 }],
    ['is signed by a key that is not the client’s', {}, 'ES256'],
    ['is signed by RS256', {}, 'RS256'],
    ['is not signed', {}, 'none'],
  ])('is rejected if its request object %s (FAPI 1.0 Advanced §5.2.2)', async (_, members, alg) => {
    const { client, signing, as } = party
    const { parameters } = await codeRequest(party, hybrid)
    const now = Math.floor(Date.now() / 1000)
    const about = { iss: client.client_id, aud: as.issuer, nbf: now, exp: now + 60 }
    const claims = { ...parameters, ...about, ...members }
    const key = alg && alg !== 'none' ? (await signingKey(alg)).key : signing.key
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const request =
      alg === 'none'
        ? `${encoded({ alg })}.${encoded(claims)}.`
        : await new SignJWT(claims)
            .setProtectedHeader({ alg: alg ?? 'ES256', kid: signing.kid })
            .sign(key)
    const { error } = await visit(party, outside(client, request))
    expect(error).toMatch(/^invalid_request/)
  })
})

describe('FAPI 1.0 Advanced token', () => {
  it('is not issued without a certificate (FAPI 1.0 Advanced §5.2.2)', async () => {
    const bare = { ...party, sending: { [oauth.customFetch]: fetchWith() } }
    expect(await refusalOf(redeem(bare, await granted()))).toMatchObject({
      error: expect.stringMatching(/^invalid_(request|client|grant)$/),
    })
  })

  it('is rejected with another certificate (RFC 8705 §3)', async () => {
    const { access_token } = await redeem(party, await granted())
    const stolen = { ...party, sending: { [oauth.customFetch]: fetchWith(certify('/CN=thief')) } }
    await expect(callResource(stolen, access_token)).rejects.toMatchObject({ status: 401 })
  })

  it('is not issued to another client for the code (RFC 6749 §4.1.3)', async () => {
    const other = await hybridParty('PS256')
    const refused = redeem(other, await granted())
    expect(await refusalOf(refused)).toEqual({ status: 400, error: 'invalid_grant' })
  })
})

describe('FAPI resource server', () => {
  const id = 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a'
  let token: string
  beforeAll(async () => {
    token = (await redeem(party, await granted())).access_token
  })
  const call = (headers: Record<string, string>) =>
    fetchWith(certificate)(new URL('/resource', world.issuer), { headers })

  it.each<[string, Record<string, string>]>([
    ['a scheme in inverted case', {}],
    ['any type of text', { accept: 'text/*, */*;q=0.1' }],
    ['a type with a parameter', { accept: 'application/json;charset=utf-8;q=0.5' }],
    ['a type that it does not have', { accept: 'image/webp' }],
    ['an address of IPv4', { 'x-fapi-customer-ip-address': '198.51.100.119' }],
    ['an address of IPv6', { 'x-fapi-customer-ip-address': '2001:db8::1893:25c8:1946' }],
    ['a date of login', { 'x-fapi-auth-date': 'Tue, 11 Sep 2012 19:43:31 GMT' }],
  ])(
    'answers %s with x-fapi-interaction-id and Date (FAPI 1.0 Baseline §6.2.1)',
    async (_, more) => {
      const sent = { authorization: `bEARER ${token}`, 'x-fapi-interaction-id': id, ...more }
      const response = await call(sent)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ subject: 'alice' })
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(response.headers.get('x-fapi-interaction-id')).toBe(id)
      const age = Date.now() - Date.parse(response.headers.get('date') ?? '')
      expect(Math.abs(age)).toBeLessThan(10_000)
    },
  )

  it('generates a missing x-fapi-interaction-id (FAPI 1.0 Baseline §6.2.1)', async () => {
    const good = await call({ authorization: `Bearer ${token}` })
    expect(good.headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/)
    const refused = await call({ authorization: 'Bearer wrong', 'x-fapi-interaction-id': id })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('x-fapi-interaction-id')).toBe(id)
  })
})
