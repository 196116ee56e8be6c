/**
 * The second application of the demo. It logs its users in by the same server, and out when the
 * server says so: OIDC Back-Channel Logout §2.6.
 */
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openid from 'openid-client'

export interface CakeShopOptions {
  issuer: string
  url: string
  clientId: string
  clientSecret: string
  /** Told of every step that went well. */
  say(step: string): void
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

interface LogoutClaims {
  events?: Record<string, object>
  nonce?: string
  sid?: string
}

export async function createCakeShop(options: CakeShopOptions): Promise<Hono> {
  const { issuer, url, clientId, clientSecret, say } = options
  const authentication = openid.ClientSecretBasic(clientSecret)
  const shop = await openid.discovery(new URL(issuer), clientId, clientSecret, authentication, {
    // The demo runs on the loopback interface, without TLS.
    execute: [openid.allowInsecureRequests],
  })
  const keys = createRemoteJWKSet(new URL(shop.serverMetadata().jwks_uri ?? ''))
  const pending = new Map<string, string>()
  /** The user of each session, by the secret in the cookie. */
  const users = new Map<string, { sub: string; sid: unknown }>()
  const app = new Hono()

  app.get('/', (c) => {
    const cookie = getCookie(c, 'cake')
    const user = users.get(cookie ?? '')
    const text = user ? `You are logged in as ${user.sub}` : 'You are logged out'
    return c.html(html`<!doctype html><title>Cake Shop</title><h1 id="state">${text}</h1>
<p><a href="/login">Log in</a></p>`)
  })

  app.get('/login', async (c) => {
    const [state, verifier] = [openid.randomState(), openid.randomPKCECodeVerifier()]
    pending.set(state, verifier)
    const target = openid.buildAuthorizationUrl(shop, {
      ...{ redirect_uri: `${url}/callback`, scope: 'openid', state },
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return c.redirect(target.href)
  })

  app.get('/callback', async (c) => {
    const expectedState = c.req.query('state') ?? ''
    const pkceCodeVerifier = pending.get(expectedState)
    if (!pkceCodeVerifier) return c.text('This login was not begun here.', 400)
    pending.delete(expectedState)
    const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true }
    const tokens = await openid.authorizationCodeGrant(shop, new URL(c.req.url), checks)
    const claims = tokens.claims()
    const cookie = openid.randomState()
    users.set(cookie, { sub: claims?.sub ?? '', sid: claims?.['sid'] })
    // Ports share cookies, so that the name has to be its own.
    setCookie(c, 'cake', cookie, { httpOnly: true, sameSite: 'Lax' })
    return c.redirect('/')
  })

  app.post('/backchannel', async (c) => {
    const { logout_token } = await c.req.parseBody()
    const expected = { issuer, audience: clientId, typ: 'logout+jwt' }
    const verified = await jwtVerify<LogoutClaims>(String(logout_token), keys, expected)
      .then(({ payload }) => payload)
      .catch(() => undefined)
    const isLogout = verified?.events?.[logoutEvent] && verified.nonce === undefined
    if (!isLogout) return c.json({ error: 'invalid_request' }, 400)
    for (const [cookie, { sid }] of users) if (sid === verified.sid) users.delete(cookie)
    say(`the cake shop is told that the session of ${verified.sub} has ended`)
    return c.body(null, 200)
  })
  return app
}
