/** FAPI 2.0 with DPoP: pushed requests, private_key_jwt and DPoP-bound tokens. */
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  algs,
  callResource,
  codeRequest,
  createBrowser,
  dpopHandle,
  fapi2Service,
  obtainCode,
  type Party,
  push,
  redeem,
  redirectUri,
  refresh,
  refusalOf,
  register,
  signingKey,
  startFapiWorld,
  visit,
} from './fapi.ts'
import { createUser, type World } from './world.ts'

let world: World
let party: Party
let other: Party
beforeAll(async () => {
  world = await startFapiWorld({ ...fapi2Service, dpopNonceRequired: true })
  party = await register(world, { dpop: true })
  other = await register(world, { dpop: true, alg: 'PS256' })
})
afterAll(() => world?.close())
afterEach(() => void vi.useRealTimers())

/** Advances the clocks of Postern, the frontend and the client. */
function wait(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

const tokensOf = async (by = party) => redeem(by, await obtainCode(by))

/** The client assertion of the party with other members. */
const as = (by: Party, more: Partial<Party>): Party => ({ ...by, ...more })

describe('FAPI 2.0 client with DPoP', () => {
  it.each(algs)('gets, uses and refreshes tokens by %s', async (alg) => {
    const client = await register(world, { dpop: true, alg })
    const granted = await obtainCode(client)
    expect(granted.answer.get('iss')).toBe(world.issuer)
    const tokens = await redeem(client, granted)
    expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: expect.any(Number) })
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('alice')

    for (const method of ['GET', 'POST']) {
      const response = await callResource(client, tokens.access_token, method)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ subject: 'alice' })
    }
    const refreshed = await refresh(client, tokens.refresh_token)
    expect((await callResource(client, refreshed.access_token)).status).toBe(200)
    // The refresh token is not rotated (FAPI 2.0 §5.3.2.1).
    await expect(refresh(client, tokens.refresh_token)).resolves.toBeDefined()
  })

  it('completes the flow with openid-client', async () => {
    const { clientId, configuration } = await openIdClient()
    const verifier = openid.randomPKCECodeVerifier()
    const [state, nonce] = [openid.randomState(), openid.randomNonce()]
    const keys = await openid.randomDPoPKeyPair()
    const options = { DPoP: openid.getDPoPHandle(configuration, keys) }
    const parameters = {
      ...{ redirect_uri: redirectUri, scope: 'openid', state, nonce },
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const url = await openid.buildAuthorizationUrlWithPAR(configuration, parameters, options)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const end = await createUser(undefined, createBrowser()).walk(url)
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
    const tokens = await openid.authorizationCodeGrant(
      ...([configuration, new URL(end.url), checks, undefined, options] as const),
    )
    expect(tokens.claims()).toMatchObject({ aud: [clientId], sub: 'alice' })
    const info = await openid.fetchUserInfo(configuration, tokens.access_token, 'alice', options)
    expect(info.sub).toBe('alice')
  })

  it('rejects a response of another issuer (RFC 9207 §2.4)', async () => {
    const { answer, state } = await obtainCode(party)
    const mixed = new URLSearchParams(Object.fromEntries(answer))
    mixed.set('iss', 'https://evil.example.com')
    mixed.set('state', state)
    expect(() => oauth.validateAuthResponse(party.as, party.client, mixed, state)).toThrow('iss')
  })

  it('gets the next DPoP nonce in each successful response (RFC 9449 §8.2)', async () => {
    const tokens = await tokensOf()
    const response = await callResource(party, tokens.access_token)
    expect(response.headers.get('dpop-nonce')).toBeTruthy()
  })
})

async function openIdClient() {
  const { client, signing, sending } = await register(world, { dpop: true })
  const configuration = await openid.discovery(
    new URL(world.issuer),
    client.client_id,
    { id_token_signed_response_alg: 'ES256' },
    openid.PrivateKeyJwt(signing),
    { [openid.customFetch]: sending[oauth.customFetch] },
  )
  openid.enableNonRepudiationChecks(configuration)
  return { clientId: client.client_id, configuration }
}

describe('FAPI 2.0 authorization request', () => {
  it('is rejected if it was not pushed (FAPI 2.0 §5.3.2.2)', async () => {
    const { parameters } = await codeRequest(party)
    const { error } = await visit(party, parameters)
    expect(error).toBe('invalid_request')
  })

  it('can be used once by its request_uri (RFC 9126 §4)', async () => {
    const { request_uri } = await obtainCode(party)
    const { client_id } = party.client
    const { error } = await visit(party, { client_id, request_uri })
    expect(error).toMatch(/^invalid_request/)
  })

  it('is rejected for a client that did not push it (RFC 9126 §2.2)', async () => {
    const request_uri = await push(party, (await codeRequest(party)).parameters)
    const { error } = await visit(other, { client_id: other.client.client_id, request_uri })
    expect(error).toMatch(/^invalid_request/)
  })

  it('is rejected after expires_in (RFC 9126 §4)', async () => {
    const request_uri = await push(party, (await codeRequest(party)).parameters)
    wait(601)
    const { error } = await visit(party, { client_id: party.client.client_id, request_uri })
    expect(error).toMatch(/^invalid_request/)
  })

  it.each<[string, Record<string, string>]>([
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['another redirect URI', { redirect_uri: 'https://evil.example.com/' }],
    ['another key for its code', { dpop_jkt: 'x'.repeat(43) }],
  ])('is rejected with %s', async (_, more) => {
    const { parameters } = await codeRequest(party, more)
    await expect(push(party, parameters)).rejects.toMatchObject({ status: 400 })
  })

  it.each(['token', 'code id_token'])('is rejected for response_type=%s', async (response_type) => {
    const { parameters } = await codeRequest(party, { response_type })
    await expect(push(party, parameters)).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/^(unsupported_response_type|invalid_request)$/),
    })
  })
})

describe('FAPI 2.0 client assertion', () => {
  const refused = { status: 401, error: 'invalid_client' }
  const pushAs = async (auth: oauth.ClientAuth) =>
    push(as(party, { auth }), (await codeRequest(party)).parameters)
  const changed = (change: (payload: Record<string, oauth.JsonValue | undefined>) => void) =>
    oauth.PrivateKeyJwt(party.signing, { [oauth.modifyAssertion]: (_, payload) => change(payload) })

  it.each<[string, (own: Party) => string | string[]]>([
    ['the token endpoint', (own) => own.as.token_endpoint ?? ''],
    ['the endpoint itself', (own) => own.as.pushed_authorization_request_endpoint ?? ''],
    ['a list with the issuer', (own) => [own.as.issuer]],
    ['another server', () => 'https://evil.example.com'],
  ])('is rejected with the aud %s (FAPI 2.0 §5.3.2.1)', async (_, audience) => {
    const auth = changed((payload) => {
      payload['aud'] = audience(party)
    })
    expect(await refusalOf(pushAs(auth))).toEqual(refused)
  })

  it.each<[string, Record<string, oauth.JsonValue>]>([
    ['has expired', { exp: 1_700_000_000 }],
    ['names another subject', { sub: 'somebody-else' }],
    ['is not valid yet', { nbf: 4_000_000_000 }],
  ])('is rejected if it %s (RFC 7523 §3)', async (_, members) => {
    const auth = changed((payload) => void Object.assign(payload, members))
    expect(await refusalOf(pushAs(auth))).toEqual(refused)
  })

  it.each(['RS256', 'none', 'ES256 by another key'])('is rejected by %s', async (alg) => {
    expect(await refusalOf(pushAs(await assertionBy(alg)))).toEqual(refused)
  })

  it('is accepted once (FAPI 2.0 §5.3.2.1)', async () => {
    const auth = changed((payload) => {
      payload['jti'] = 'the-same'
    })
    await pushAs(auth)
    expect(await refusalOf(pushAs(auth))).toEqual(refused)
  })
})

/** A client authentication with a valid assertion except for the algorithm or the key. */
async function assertionBy(kind: string): Promise<oauth.ClientAuth> {
  const { client } = party
  const now = Math.floor(Date.now() / 1000)
  const members = { iss: client.client_id, sub: client.client_id, aud: party.as.issuer }
  const claims = { ...members, jti: kind, iat: now, exp: now + 60 }
  const alg = kind.split(' ')[0] ?? ''
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const assertion =
    alg === 'none'
      ? `${encoded({ alg })}.${encoded(claims)}.`
      : await new SignJWT(claims)
          .setProtectedHeader({ alg, kid: party.signing.kid })
          .sign((await signingKey(alg)).key)
  return (_as, _client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', assertion)
  }
}

describe('FAPI 2.0 authorization code', () => {
  const refused = { status: 400, error: 'invalid_grant' }

  it('is rejected with another verifier (RFC 7636 §4.6)', async () => {
    const granted = await obtainCode(party)
    const verifier = oauth.generateRandomCodeVerifier()
    await expect(redeem(party, { ...granted, verifier })).rejects.toMatchObject(refused)
  })

  it('is rejected for another client (RFC 6749 §4.1.3)', async () => {
    const granted = await obtainCode(party)
    const answer = oauth.validateAuthResponse(other.as, other.client, granted.answer, granted.state)
    await expect(redeem(other, { ...granted, answer })).rejects.toMatchObject(refused)
    await expect(redeem(party, granted)).resolves.toBeDefined()
  })

  it('is rejected with another DPoP key than that of the request (RFC 9449 §10)', async () => {
    const granted = await obtainCode(party)
    const sending = { ...party.sending, DPoP: await dpopHandle(party.client) }
    await expect(redeem(as(party, { sending }), granted)).rejects.toMatchObject({ status: 400 })
  })

  it('is redeemed once, and a replay revokes its tokens (RFC 6749 §4.1.2)', async () => {
    const granted = await obtainCode(party)
    const tokens = await redeem(party, granted)
    await expect(redeem(party, granted)).rejects.toMatchObject(refused)
    wait(5)
    await expect(redeem(party, granted)).rejects.toMatchObject(refused)
    await expect(callResource(party, tokens.access_token)).rejects.toMatchObject({ status: 401 })
  })

  it('expires after a minute (FAPI 2.0 §5.3.2.1)', async () => {
    const granted = await obtainCode(party)
    wait(61)
    await expect(redeem(party, granted)).rejects.toMatchObject(refused)
  })
})

describe('DPoP-bound token', () => {
  let token: string
  let refreshToken: string | undefined
  beforeAll(async () => {
    const tokens = await tokensOf()
    token = tokens.access_token
    refreshToken = tokens.refresh_token
  })

  it('is rejected with a proof by another key (RFC 9449 §7.1)', async () => {
    const sending = { ...party.sending, DPoP: await dpopHandle(party.client) }
    await expect(callResource({ ...party, sending }, token)).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'dpop', parameters: { error: 'invalid_token' } }],
    })
  })

  it('is rejected as a bearer token (RFC 9449 §7.2)', async () => {
    const { DPoP: _, ...sending } = party.sending
    await expect(callResource({ ...party, sending }, token)).rejects.toMatchObject({ status: 401 })
    const good = await capture(token)
    expect((await replay({ ...good, authorization: `Bearer ${token}` })).status).toBe(401)
  })

  it('is rejected with a replayed proof (RFC 9449 §11.1)', async () => {
    const good = await capture(token)
    expect((await replay(good)).status).toBe(200)
    expect((await replay(good)).status).toBe(401)
  })

  it('is rejected with several proofs (RFC 9449 §4.3)', async () => {
    const [one, two] = [await capture(token), await capture(token)]
    const joined = { ...one, dpop: `${one['dpop']}, ${two['dpop']}` }
    expect((await replay(joined)).status).toBe(400)
    const twice = Object.entries(one).concat([['DPoP', two['dpop'] ?? '']])
    expect((await replay(twice)).status).toBe(400)
  })

  it('is accepted with the scheme in any case, and with an interaction ID', async () => {
    const id = 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a'
    const good = await capture(token)
    const response = await replay({
      ...{ ...good, authorization: `dpOP ${token}`, 'x-fapi-interaction-id': id },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-fapi-interaction-id')).toBe(id)
    expect(Date.parse(response.headers.get('date') ?? '')).not.toBeNaN()
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })

  it('is rejected in the query (RFC 6750 §2.3)', async () => {
    const response = await replay(await capture(token), `?access_token=${token}`)
    expect(response.status).toBe(400)
  })

  it('is not refreshed by another client, or without a proof', async () => {
    await expect(refresh(other, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
    const { DPoP: _, ...sending } = party.sending
    await expect(refresh(as(party, { sending }), refreshToken)).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid_(dpop_proof|grant|request)$/),
    })
  })
})

/** The headers of a valid request, which is not sent. */
async function capture(token: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  const keep = async (_: unknown, init?: object) => {
    const sent = (init as { headers: Record<string, string> }).headers
    Object.assign(headers, Object.fromEntries(new Headers(sent)))
    return new Response()
  }
  await callResource({ ...party, sending: { ...party.sending, [oauth.customFetch]: keep } }, token)
  return headers
}

const replay = (headers: Record<string, string> | string[][], query = '') =>
  party.sending[oauth.customFetch](`${world.issuer}/resource${query}`, { headers })
