/** The code flow by `oauth4webapi` for a public client, and the endpoints of the frontend. */
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callback, createUser, resourceServer, startWorld, type World } from './world.ts'

let world: World
let as: oauth.AuthorizationServer

const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  world = await startWorld()
  const issuer = new URL(world.issuer)
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  as = await oauth.processDiscoveryResponse(issuer, response)
})
afterAll(() => world?.close())

describe('oauth4webapi', () => {
  it('completes the flow for a public client with PKCE', async () => {
    const { clientId } = await world.client({ clientType: 'PUBLIC', tokenAuthMethod: 'NONE' })
    const client = { client_id: clientId, id_token_signed_response_alg: 'ES256' }
    const code = await authorize(client, 'openid profile email')
    const granted = await oauth.authorizationCodeGrantRequest(
      ...([as, client, oauth.None(), code.parameters, callback, code.verifier, insecure] as const),
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, granted, {
      ...{ expectedNonce: code.nonce, requireIdToken: true },
    })
    await oauth.validateApplicationLevelSignature(as, granted, insecure)
    const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
    expect(subject).toBe('alice')

    const again = await oauth.refreshTokenGrantRequest(
      ...([as, client, oauth.None(), tokens.refresh_token ?? '', insecure] as const),
    )
    const refreshed = await oauth.processRefreshTokenResponse(as, client, again)

    const info = await oauth.userInfoRequest(as, client, refreshed.access_token, insecure)
    const profile = await oauth.processUserInfoResponse(as, client, subject, info)
    expect(profile.name).toBe('Alice Marie Ashdown')

    expect(await introspect(refreshed.access_token)).toMatchObject({ active: true })
    const revoked = await oauth.revocationRequest(
      ...([as, client, oauth.None(), refreshed.access_token, insecure] as const),
    )
    await oauth.processRevocationResponse(revoked)
    expect(await introspect(refreshed.access_token)).toEqual({ active: false })
  })

  it('gets tokens by the password grant, decided by the frontend (RFC 6749 §4.3)', async () => {
    const more = { grantTypes: ['PASSWORD'], responseTypes: [] }
    const { clientId, clientSecret } = await world.client(more)
    const client = { client_id: clientId }
    const auth = oauth.ClientSecretBasic(clientSecret)
    const ask = (password: string) =>
      oauth.genericTokenEndpointRequest(
        ...([as, client, auth, 'password', { username: 'bob', password }, insecure] as const),
      )
    const tokens = await oauth.processGenericTokenEndpointResponse(
      ...([as, client, await ask('bob-password')] as const),
    )
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true, sub: 'bob' })
    await expect(
      oauth.processGenericTokenEndpointResponse(as, client, await ask('wrong')),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })
})

describe('endpoints of the frontend', () => {
  it('require POST where the specifications do', async () => {
    for (const path of ['/token', '/revoke', '/introspect', '/par']) {
      const response = await fetch(world.issuer + path)
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, 'POST'])
    }
  })

  it('pass client attestations to Postern', async () => {
    const headers = { 'OAuth-Client-Attestation': 'a.b.c', 'OAuth-Client-Attestation-PoP': 'd.e.f' }
    for (const path of ['/token', '/revoke', '/par']) {
      await fetch(world.issuer + path, { method: 'POST', headers })
      expect(world.asked.at(-1)?.body).toMatchObject({
        ...{ oauthClientAttestation: 'a.b.c', oauthClientAttestationPop: 'd.e.f' },
      })
    }
  })

  it('publish the same metadata for OpenID Connect and OAuth (RFC 8414 §3)', async () => {
    const [openid, oauth2] = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) => {
        const response = await fetch(`${world.issuer}/.well-known/${name}`)
        expect(response.headers.get('content-type')).toMatch(/^application\/json/)
        return response.json()
      }),
    )
    expect(openid).toEqual(oauth2)
    expect(openid).toMatchObject({ issuer: world.issuer, jwks_uri: `${world.issuer}/jwks` })
  })

  it('publish keys without private members (RFC 7517 §9.3)', async () => {
    const { keys } = (await (await fetch(`${world.issuer}/jwks`)).json()) as oauth.JWKS
    expect(keys.map(({ kid }) => kid)).toEqual(['es256-1', 'rs256-1'])
    for (const key of keys) expect(key).not.toHaveProperty('d')
  })

  it('require an authenticated resource server for introspection (RFC 7662 §2.1)', async () => {
    for (const headers of [{}, { Authorization: `Basic ${btoa('resource-server:wrong')}` }]) {
      const body = new URLSearchParams({ token: 'x' })
      const response = await fetch(`${world.issuer}/introspect`, { method: 'POST', headers, body })
      expect(response.status).toBe(401)
    }
  })

  it('answer UserInfo without a token by a bare challenge (RFC 6750 §3.1)', async () => {
    const response = await fetch(`${world.issuer}/userinfo?access_token=x`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer, DPoP')
  })
})

async function introspect(token: string): Promise<oauth.IntrospectionResponse> {
  const client = { client_id: resourceServer.id }
  const auth = oauth.ClientSecretBasic(resourceServer.secret)
  const response = await oauth.introspectionRequest(as, client, auth, token, insecure)
  return oauth.processIntrospectionResponse(as, client, response)
}

/** Alice logs in and consents. */
async function authorize(client: oauth.Client, scope: string) {
  const verifier = oauth.generateRandomCodeVerifier()
  const nonce = oauth.generateRandomNonce()
  const state = oauth.generateRandomState()
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    ...{ client_id: client.client_id, redirect_uri: callback, response_type: 'code' },
    ...{ scope, state, nonce },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  const end = await createUser().walk(url)
  return {
    parameters: oauth.validateAuthResponse(as, client, new URL(end.url), state),
    verifier,
    nonce,
  }
}
