/** FAPI 2.0 Message Signing: signed request objects, and responses as JWTs. */
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  algs,
  callResource,
  codeRequest,
  createBrowser,
  fapi2Service,
  type Party,
  push,
  redeem,
  redirectUri,
  register,
  signingKey,
  startFapiWorld,
  visit,
} from './fapi.ts'
import { createUser, type World } from './world.ts'

let world: World
let party: Party
beforeAll(async () => {
  world = await startFapiWorld({
    ...fapi2Service,
    fapiModes: [
      ...['FAPI2_SECURITY', 'FAPI2_MESSAGE_SIGNING_AUTH_REQ', 'FAPI2_MESSAGE_SIGNING_AUTH_RES'],
    ],
    requestObjectRequired: true,
    requestObjectAudienceChecked: true,
  })
  party = await signingParty()
})
afterAll(() => world?.close())

async function signingParty(alg: 'ES256' | 'PS256' = 'ES256'): Promise<Party> {
  const more = { requestSignAlg: alg, authorizationSignAlg: alg, requestObjectRequired: true }
  const own = await register(world, { alg, dpop: true, more })
  return { ...own, client: { ...own.client, authorization_signed_response_alg: alg } }
}

const jarm = { response_mode: 'jwt' }

/** Pushes the request as a signed request object. */
async function pushSigned(by: Party, parameters: Record<string, string>): Promise<string> {
  const { as, client, signing } = by
  const request = await oauth.issueRequestObject(as, client, parameters, signing)
  return push(by, { client_id: client.client_id, request })
}

async function answered(by: Party, decision: 'allow' | 'cancel' = 'allow') {
  const request = await codeRequest(by, jarm)
  const parameters = {
    client_id: by.client.client_id,
    request_uri: await pushSigned(by, request.parameters),
  }
  if (decision === 'allow') return { ...request, ...(await visit(by, parameters)) }
  const browser = createBrowser()
  const page = await browser.open(
    `${by.as.authorization_endpoint}?${new URLSearchParams(parameters)}`,
  )
  const { url } = await browser.submit(page, { decision: 'cancel' })
  return { ...request, url: new URL(url) }
}

const read = (by: Party, url: URL, state: string) =>
  oauth.validateJwtAuthResponse(by.as, by.client, url, state, by.sending)

/** The response with a modified JWT. */
function tampered(url: URL, change: (parts: string[]) => void): URL {
  const changed = new URL(url)
  const parts = (url.searchParams.get('response') ?? '').split('.')
  change(parts)
  changed.searchParams.set('response', parts.join('.'))
  return changed
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())

describe('FAPI 2.0 Message Signing client', () => {
  it.each(algs)('signs its request and verifies a signed response by %s', async (alg) => {
    const client = await signingParty(alg)
    const { url, state, verifier, nonce } = await answered(client)
    expect([...url.searchParams.keys()]).toEqual(['response'])
    const answer = await read(client, url, state)
    const tokens = await redeem(client, { answer, verifier, nonce })
    expect((await callResource(client, tokens.access_token)).status).toBe(200)
  })

  it('completes the flow with openid-client', async () => {
    const { client, signing, sending } = await signingParty()
    const configuration = await openid.discovery(
      new URL(world.issuer),
      client.client_id,
      { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' },
      openid.PrivateKeyJwt(signing),
      { [openid.customFetch]: sending[oauth.customFetch] },
    )
    openid.useJwtResponseMode(configuration)
    const [state, nonce] = [openid.randomState(), openid.randomNonce()]
    const verifier = openid.randomPKCECodeVerifier()
    const signed = await openid.buildAuthorizationUrlWithJAR(
      configuration,
      {
        ...{ redirect_uri: redirectUri, scope: 'openid', state, nonce },
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      signing,
    )
    const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair())
    const url = await openid.buildAuthorizationUrlWithPAR(configuration, signed.searchParams, {
      DPoP,
    })
    const end = await createUser(undefined, createBrowser()).walk(url)
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
    const tokens = await openid.authorizationCodeGrant(
      ...([configuration, new URL(end.url), checks, undefined, { DPoP }] as const),
    )
    expect(tokens.claims()?.sub).toBe('alice')
  })
})

describe('signed authorization response', () => {
  it('has iss, aud and exp (JARM §2.1)', async () => {
    const { url } = await answered(party)
    const [header, payload] = (url.searchParams.get('response') ?? '').split('.')
    expect(decoded(header)).toMatchObject({ alg: 'ES256', kid: 'es256-1' })
    const claims = decoded(payload)
    expect(claims).toMatchObject({ iss: world.issuer, aud: party.client.client_id })
    expect(claims.exp - Date.now() / 1000).toBeLessThanOrEqual(600)
  })

  it('contains the error if the user cancels (JARM §2.1)', async () => {
    const { url, state } = await answered(party, 'cancel')
    expect([...url.searchParams.keys()]).toEqual(['response'])
    await expect(read(party, url, state)).rejects.toMatchObject({ error: 'access_denied' })
  })

  it.each<[string, (parts: string[]) => void]>([
    [
      'whose code was exchanged',
      (parts) => {
        parts[1] = encoded({ ...decoded(parts[1]), code: 'stolen' })
      },
    ],
    [
      'whose signature was taken off',
      (parts) => {
        parts[0] = encoded({ alg: 'none' })
        parts[2] = ''
      },
    ],
    [
      'whose signature is another',
      (parts) => {
        parts[2] = Buffer.alloc(64, 1).toString('base64url')
      },
    ],
  ])('is rejected by the client %s', async (_, change) => {
    const { url, state } = await answered(party)
    await expect(read(party, tampered(url, change), state)).rejects.toThrow()
  })

  it('is rejected by another client, and with another state', async () => {
    const { url, state } = await answered(party)
    await expect(read(await signingParty(), url, state)).rejects.toThrow('aud')
    await expect(read(party, url, oauth.generateRandomState())).rejects.toThrow('state')
  })
})

describe('signed pushed request', () => {
  it('is required (FAPI 2.0 Message Signing §5.3.1)', async () => {
    const { parameters } = await codeRequest(party, jarm)
    await expect(push(party, parameters)).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid_request/),
    })
  })

  it('provides all parameters: an outer state is ignored (RFC 9101 §6.3)', async () => {
    const { state: _, ...parameters } = (await codeRequest(party, jarm)).parameters
    const { as, client, signing } = party
    const request = await oauth.issueRequestObject(as, client, parameters, signing)
    const request_uri = await push(party, {
      ...{ client_id: client.client_id, request, state: 'outside' },
    })
    const { url } = await visit(party, { client_id: client.client_id, request_uri })
    const answer = await oauth.validateJwtAuthResponse(
      ...([as, client, url, oauth.expectNoState, party.sending] as const),
    )
    expect(answer.has('state')).toBe(false)
  })

  /** Pushes a valid request object except for these members or the algorithm. */
  async function pushObject(members: Record<string, unknown>, alg?: string): Promise<string> {
    const { as, client, signing } = party
    const { parameters } = await codeRequest(party, jarm)
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ ...parameters, iss: client.client_id, aud: as.issuer, nbf: now, exp: now + 60 },
      ...members,
    }
    const header = { alg: alg ?? 'ES256', kid: signing.kid, typ: 'oauth-authz-req+jwt' }
    const key = alg && alg !== 'none' ? (await signingKey(alg)).key : signing.key
    const request =
      alg === 'none'
        ? `${encoded({ alg })}.${encoded(claims)}.`
        : await new SignJWT(claims).setProtectedHeader(header).sign(key)
    return push(party, { client_id: client.client_id, request })
  }

  it('is accepted with several audiences that include the issuer', async () => {
    const aud = ['https://other.example.com', party.as.issuer]
    await expect(pushObject({ aud })).resolves.toMatch(/^urn:/)
  })

  it.each<[string, Record<string, unknown>, string?]>([
    ['is for another server', { aud: 'https://evil.example.com' }],
    ['has expired', { exp: 1_700_000_000 }],
    ['is not valid yet', { nbf: 4_000_000_000, exp: 4_000_000_060 }],
    ['is by another client', { iss: 'another' }],
    ['names another client', { client_id: 'another' }],
    ['holds another request', { request: 'x.y.z' }],
    ['is signed by RS256', {}, 'RS256'],
    ['is signed by a key that is not the client’s', {}, 'ES256'],
    ['is not signed', {}, 'none'],
  ])('is rejected if its request object %s (RFC 9101 §6)', async (_, members, alg) => {
    await expect(pushObject(members, alg)).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid_request/),
    })
  })
})
