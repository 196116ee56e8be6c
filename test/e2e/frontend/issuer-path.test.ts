/** The example frontend below a path: the issuer is https://host/path (RFC 8414 §3.1). */
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SeededClient } from '../../../examples/demo/seed.ts'
import { createUser, redeem, requestOf, startWorld, type World } from '../world.ts'

const path = '/a/op'

let world: World
let client: SeededClient
beforeAll(async () => {
  const describing = (issuer: string) => [
    { key: 'ext.resources', value: JSON.stringify([{ resource: `${issuer}/resource` }]) },
  ]
  world = await startWorld({
    ...{ issuerPath: path, sessionRefreshSeconds: 30 },
    service: (issuer) => ({ attributes: describing(issuer) }),
  })
  client = await world.client()
})
afterAll(() => world?.close())

const discover = (algorithm: 'oidc' | 'oauth2') => {
  const { clientId: id, clientSecret: secret } = client
  return openid.discovery(new URL(world.issuer), id, secret, openid.ClientSecretBasic(secret), {
    ...{ algorithm, execute: [openid.allowInsecureRequests] },
  })
}
const origin = () => new URL(world.issuer).origin

describe('issuer with a path', () => {
  it.each([
    ['oidc', 'OpenID Connect Discovery §4'],
    ['oauth2', 'RFC 8414 §3.1'],
  ] as const)(
    'serves discovery by %s and the whole code flow (%s)',
    async (algorithm, _specification) => {
      const configuration = await discover(algorithm)
      expect(configuration.serverMetadata().issuer).toBe(`${origin()}${path}`)
      const scope = 'openid email offline_access'
      const request = await requestOf(configuration, { scope, prompt: 'consent' })
      expect(request.url.pathname).toBe(`${path}/authorize`)
      const walked = await createUser().walk(request.url)
      expect(walked.shown).toEqual(['login', 'consent'])
      const tokens = await redeem(configuration, request, walked.url)
      expect(tokens.claims()).toMatchObject({ iss: world.issuer, sub: 'alice' })
      const refreshed = await openid.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
      const info = await openid.fetchUserInfo(configuration, refreshed.access_token, 'alice')
      expect(info.email).toBe('alice@example.com')
      await openid.tokenRevocation(configuration, refreshed.access_token)
    },
  )

  it('publishes one document at all places of both specifications', async () => {
    const places = ['openid-configuration', 'oauth-authorization-server'].flatMap((name) => [
      `${path}/.well-known/${name}`,
      `/.well-known/${name}${path}`,
    ])
    const documents = await Promise.all(
      places.map(async (place) => (await fetch(origin() + place)).json()),
    )
    for (const document of documents) expect(document).toEqual(documents[0])
    expect(documents[0]).toMatchObject({ issuer: world.issuer, jwks_uri: `${world.issuer}/jwks` })
  })

  it('publishes the metadata of its resource before the path (RFC 9728 §3.1)', async () => {
    const place = `${origin()}/.well-known/oauth-protected-resource${path}/resource`
    expect(await (await fetch(place)).json()).toMatchObject({
      resource: `${world.issuer}/resource`,
      authorization_servers: [world.issuer],
    })
  })

  it('serves nothing outside of the path', async () => {
    for (const place of ['/authorize', '/jwks', '/.well-known/openid-configuration', '/a', '/'])
      expect((await fetch(origin() + place)).status).toBe(404)
  })

  it('keeps its cookies below the path', async () => {
    const request = await requestOf(await discover('oidc'))
    const first = await fetch(request.url, { redirect: 'manual' })
    expect(first.headers.get('location')).toMatch(/^\/a\/op\/continue\//)
    const page = await fetch(new URL(first.headers.get('location') ?? '', request.url), {
      redirect: 'manual',
    })
    for (const cookie of page.headers.getSetCookie()) expect(cookie).toContain('; Path=/a/op;')
    expect(page.headers.getSetCookie()).toHaveLength(1)
  })

  it('verifies DPoP proofs for the URL with the path (RFC 9449 §4.3)', async () => {
    const configuration = await discover('oidc')
    const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair())
    const request = await requestOf(configuration, { prompt: 'consent' })
    const { url } = await createUser().walk(request.url)
    const checks = {
      ...{ pkceCodeVerifier: request.verifier, expectedState: request.state },
      expectedNonce: request.nonce,
    }
    const tokens = await openid.authorizationCodeGrant(
      configuration,
      new URL(url),
      checks,
      {},
      { DPoP },
    )
    expect(tokens.token_type).toBe('dpop')
  })

  it('serves device codes, the OP iframe and logout below the path', async () => {
    const { browser } = createUser()
    const codes = await browser.open(`${world.issuer}/device`)
    const wrong = await browser.submit(codes, { user_code: 'XXXX' })
    expect([wrong.status, new URL(wrong.url).pathname]).toEqual([400, `${path}/device`])
    const iframe = await browser.open(`${world.issuer}/session/iframe`)
    expect(iframe.text).toContain(`data-refresh-path="${path}/session/iframe?refresh"`)
    const logout = await browser.open(`${world.issuer}/logout`)
    expect(new URL(logout.url).pathname).toMatch(/^\/a\/op\/logout\//)
  })
})
