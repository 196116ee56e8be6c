/**
 * The application of the demo: an OpenID Connect client made with `openid-client`. Its start page
 * sends the browser to log in; its callback page does all that a client does with what it gets.
 */
import { Hono } from 'hono'
import { html } from 'hono/html'
import * as openid from 'openid-client'

export interface TeaShopOptions {
  issuer: string
  url: string
  clientId: string
  clientSecret: string
  resourceServer: { id: string; secret: string }
  /** Told of every step that went well. */
  say(step: string): void
}

export async function createTeaShop(options: TeaShopOptions): Promise<Hono> {
  const { issuer, url, clientId, clientSecret, resourceServer } = options
  const configure = (id: string, secret: string) =>
    openid.discovery(new URL(issuer), id, secret, openid.ClientSecretBasic(secret), {
      // The demo runs on the loopback interface, without TLS.
      execute: [openid.allowInsecureRequests],
    })
  const shop = await configure(clientId, clientSecret)
  const api = await configure(resourceServer.id, resourceServer.secret)
  const pending = new Map<string, { verifier: string; nonce: string }>()
  const app = new Hono()

  app.get('/', async (c) => {
    const state = openid.randomState()
    const verifier = openid.randomPKCECodeVerifier()
    const nonce = openid.randomNonce()
    pending.set(state, { verifier, nonce })
    const target = openid.buildAuthorizationUrl(shop, {
      redirect_uri: `${url}/callback`,
      scope: 'openid profile email offline_access',
      prompt: 'consent',
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return c.redirect(target.href)
  })

  app.get('/callback', async (c) => {
    const state = c.req.query('state') ?? ''
    const request = pending.get(state)
    pending.delete(state)
    if (!request) return c.text('This login was not begun here.', 400)
    try {
      const callback = new URL(c.req.url)
      const { profile, idToken } = await useTokens(shop, api, callback, state, request, options.say)
      const logout = openid.buildEndSessionUrl(shop, {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${url}/out`,
      })
      return c.html(html`<!doctype html><title>Tea Shop</title><h1>Logged in</h1>
<pre>${JSON.stringify(profile, null, 2)}</pre>
<p><a href="/">Again</a> <a id="logout" href="${logout.href}">Log out</a></p>`)
    } catch (error) {
      return c.text(`The login failed: ${reasonOf(error)}`, 400)
    }
  })
  app.get('/out', (c) =>
    c.html(html`<!doctype html><title>Tea Shop</title><h1>Logged out</h1>
<p><a href="/">Log in</a></p>`),
  )
  return app
}

/**
 * An error of `openid-client` says in its cause what was wrong, or in the OAuth error that it met.
 */
function reasonOf(error: unknown): string {
  if (error instanceof openid.ResponseBodyError)
    return `${error.error}: ${error.error_description ?? error.message}`
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/** From the code to a revoked token. Every step throws if the server is at fault. */
async function useTokens(
  shop: openid.Configuration,
  api: openid.Configuration,
  callback: URL,
  state: string,
  { verifier, nonce }: { verifier: string; nonce: string },
  say: (step: string) => void,
): Promise<{ profile: openid.UserInfoResponse; idToken: string }> {
  const tokens = await openid.authorizationCodeGrant(shop, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const subject = tokens.claims()?.sub ?? ''
  say(`the code became tokens; the ID Token is of ${subject}`)
  if (!tokens.refresh_token) throw new Error('no refresh token was issued')
  const refreshed = await openid.refreshTokenGrant(shop, tokens.refresh_token)
  say('the tokens are refreshed')
  const profile = await openid.fetchUserInfo(shop, refreshed.access_token, subject)
  say(`UserInfo names ${profile.name}`)
  const before = await openid.tokenIntrospection(api, refreshed.access_token)
  if (!before.active) throw new Error('a fresh access token was introspected as inactive')
  say('introspection finds the access token active')
  await openid.tokenRevocation(shop, refreshed.refresh_token ?? tokens.refresh_token)
  const after = await openid.tokenIntrospection(api, refreshed.access_token)
  if (after.active) throw new Error('a revoked grant left its access token active')
  say('the grant is revoked, and its access token with it')
  return { profile, idToken: tokens.id_token ?? '' }
}
