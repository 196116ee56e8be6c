/**
 * When the user interacts, and where errors of a request are shown, as the certification of OpenID
 * providers tests it.
 */
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  alice,
  answerOf,
  bob,
  callback,
  configure,
  createUser,
  redeem,
  requestOf,
  startWorld,
  type World,
} from './world.ts'

let world: World
let configuration: openid.Configuration

beforeAll(async () => {
  world = await startWorld()
  const { clientId, clientSecret } = await world.client()
  configuration = await configure(world, clientId, clientSecret)
})
afterAll(() => world?.close())

type User = ReturnType<typeof createUser>

/** One authorization code flow: which pages were shown, and the claims of the ID Token. */
async function logIn(user: User, more: Record<string, string> = {}) {
  const request = await requestOf(configuration, more)
  const { shown, url } = await user.walk(request.url)
  const tokens = await redeem(configuration, request, url)
  return { shown, claims: tokens.claims(), tokens, request, url }
}

describe('unregistered redirect URI', () => {
  it.each([
    ['another one', { redirect_uri: 'http://127.0.0.1:9/elsewhere' }],
    ['one with a query added', { redirect_uri: `${callback}?a=b` }],
  ])('shows an error page without a redirect: %s', async (_, more) => {
    const { url } = await requestOf(configuration, more)
    const { shown, text } = await createUser().walk(url)
    expect(shown).toEqual(['error 400'])
    expect(text).toContain('invalid_request')
    expect(text).toContain('<p>The redirect_uri does not match a redirect URI')
  })

  it('shows an error page if it is missing (OIDC Core §3.1.2.1)', async () => {
    const { url } = await requestOf(configuration)
    url.searchParams.delete('redirect_uri')
    expect((await createUser().walk(url)).shown).toEqual(['error 400'])
  })

  it('is shown as text, not as HTML', async () => {
    const redirect_uri = 'https://x.example/<script>alert(1)</script>'
    const { url } = await requestOf(configuration, { redirect_uri })
    expect((await createUser().walk(url)).text).not.toContain('<script>')
  })
})

it('a missing response_type is an error in the query (RFC 6749 §4.1.2.1)', async () => {
  const { url, state } = await requestOf(configuration)
  url.searchParams.delete('response_type')
  const end = await createUser().walk(url)
  const { error, state: returned } = answerOf(end.url)
  expect(['invalid_request', 'unsupported_response_type']).toContain(error)
  expect(returned).toBe(state)
})

it('a replayed code is rejected, and its tokens are revoked (RFC 6749 §4.1.2)', async () => {
  const { tokens, request, url } = await logIn(createUser())
  // A second use within a second counts as a retry.
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  await expect(redeem(configuration, request, url)).rejects.toMatchObject({
    ...{ error: 'invalid_grant', status: 400 },
  })
  const headers = { Authorization: `Bearer ${tokens.access_token}` }
  const response = await fetch(`${world.issuer}/userinfo`, { headers })
  expect(response.status).toBe(401)
})

describe('prompt=none', () => {
  it('fails with login_required if no user is logged in (OIDC Core §3.1.2.6)', async () => {
    const { url } = await requestOf(configuration, { prompt: 'none' })
    expect(answerOf((await createUser().walk(url)).url)['error']).toBe('login_required')
  })

  it('succeeds after login and consent, with the same sub and auth_time', async () => {
    const user = createUser()
    const first = await logIn(user)
    const second = await logIn(user, { prompt: 'none' })
    expect(first.shown).toEqual(['login', 'consent'])
    expect(second.shown).toEqual([])
    expect(second.claims?.sub).toBe(first.claims?.sub)
    expect(second.claims?.auth_time).toBe(first.claims?.auth_time)
  })

  it('fails with consent_required if the request exceeds the consent', async () => {
    const user = createUser()
    await logIn(user)
    const { url } = await requestOf(configuration, { prompt: 'none', scope: 'openid email' })
    expect(answerOf((await user.walk(url)).url)['error']).toBe('consent_required')
  })

  it('succeeds for the user of the id_token_hint, and fails for another user', async () => {
    const user = createUser()
    const first = await logIn(user)
    const hint = { prompt: 'none', id_token_hint: first.tokens.id_token ?? '' }
    expect((await logIn(user, hint)).claims?.sub).toBe('alice')
    const other = createUser(bob)
    await logIn(other)
    const { url } = await requestOf(configuration, hint)
    expect(answerOf((await other.walk(url)).url)['error']).toBe('login_required')
  })

  it('fails if the login is older than max_age', async () => {
    const user = createUser()
    await logIn(user)
    world.shift(60_000)
    const { url } = await requestOf(configuration, { prompt: 'none', max_age: '30' })
    expect(answerOf((await user.walk(url)).url)['error']).toBe('login_required')
  })
})

describe('logged-in user', () => {
  it('sees no page for the same request', async () => {
    const user = createUser()
    await logIn(user)
    expect((await logIn(user)).shown).toEqual([])
  })

  it('stays logged in when the frontend restarts, and consents again', async () => {
    const user = createUser()
    const first = await logIn(user)
    world.restart()
    const second = await logIn(user)
    expect(second.shown).toEqual(['consent'])
    expect(second.claims?.auth_time).toBe(first.claims?.auth_time)
  })

  it('logs in again for prompt=login, and gets a later auth_time', async () => {
    const user = createUser()
    const first = await logIn(user, { max_age: '10000' })
    world.shift(5_000)
    const second = await logIn(user, { prompt: 'login' })
    expect(second.shown).toEqual(['login'])
    expect(second.claims?.auth_time).toBeGreaterThan(Number(first.claims?.auth_time))
  })

  it('logs in again after max_age, and not before', async () => {
    const user = createUser()
    await logIn(user)
    world.shift(2_000)
    const relaxed = await logIn(user, { max_age: '10000' })
    expect(relaxed.shown).toEqual([])
    expect(relaxed.claims?.auth_time).toBeTypeOf('number')
    const strict = await logIn(user, { max_age: '1' })
    expect(strict.shown).toEqual(['login'])
    expect(strict.claims?.auth_time).toBeGreaterThan(Number(relaxed.claims?.auth_time))
    expect((await logIn(user, { max_age: '0' })).shown).toEqual(['login'])
  })

  it('consents again for prompt=consent, and logs in for select_account', async () => {
    const user = createUser()
    await logIn(user)
    expect((await logIn(user, { prompt: 'consent' })).shown).toEqual(['consent'])
    expect((await logIn(user, { prompt: 'select_account' })).shown).toEqual(['login'])
  })

  it('logs in as the user of the id_token_hint, or the request fails', async () => {
    const hint = { id_token_hint: (await logIn(createUser(bob))).tokens.id_token ?? '' }
    const user = createUser(alice)
    await logIn(user)
    const { url } = await requestOf(configuration, hint)
    const end = await user.walk(url)
    expect(end.shown).toEqual(['login'])
    expect(answerOf(end.url)['error']).toBe('login_required')
  })

  it('is recognized in an authorization request by POST (OIDC Core §3.1.2.1)', async () => {
    const user = createUser()
    await logIn(user)
    const { url } = await requestOf(configuration)
    // Browsers do not send a SameSite=Lax cookie with such a POST.
    const response = await fetch(`${world.issuer}/authorize`, {
      ...{ method: 'POST', body: url.searchParams, redirect: 'manual' },
    })
    expect(response.status).toBe(303)
    const next = new URL(response.headers.get('location') ?? '', world.issuer)
    expect((await user.walk(next)).url).toContain(`${callback}?`)
  })
})

describe('pages of the frontend', () => {
  it('say that the login failed, and allow another attempt', async () => {
    const { url } = await requestOf(configuration)
    const { browser } = createUser()
    const login = await browser.open(url.href)
    const again = await browser.submit(login, { ...alice, password: 'x', decision: 'login' })
    expect(again.text).toContain('password is wrong')
    const consent = await browser.submit(again, { ...alice, decision: 'login' })
    expect(consent.text).toContain('id="authorize"')
  })

  it('show the logo, the policy and the terms of the client (OIDC Registration §2)', async () => {
    const [logoUri, policyUri, tosUri] = ['logo.png', 'policy?a=1&b=2', 'terms'].map(
      (path) => `https://cake.example.com/${path}`,
    )
    const about = { clientName: 'Cake Shop', logoUri, policyUri, tosUri }
    const { clientId, clientSecret } = await world.client(about)
    const { url } = await requestOf(await configure(world, clientId, clientSecret))
    const { browser } = createUser()
    const login = await browser.open(url.href)
    const consent = await browser.submit(login, { ...alice, decision: 'login' })
    expect([login, consent].map((page) => page.text.includes('id="password"'))).toEqual([
      true,
      false,
    ])
    for (const { text } of [login, consent]) {
      expect(text).toContain('Cake Shop')
      expect(text).toContain('<img src="https://cake.example.com/logo.png"')
      expect(text).toContain(
        '<a href="https://cake.example.com/policy?a=1&amp;b=2">Privacy policy<',
      )
      expect(text).toContain('<a href="https://cake.example.com/terms">Terms of service<')
    }
  })

  it('are bound to the browser, and have forms with their own token', async () => {
    const { url } = await requestOf(configuration)
    const { browser } = createUser()
    const login = await browser.open(url.href)
    expect((await createUser().browser.open(login.url)).status).toBe(400)
    expect((await createUser().browser.submit(login, { ...alice, decision: 'login' })).status).toBe(
      400,
    )
    const forged = { ...alice, decision: 'login', formToken: 'x' }
    expect((await browser.submit(login, forged)).status).toBe(400)
  })

  it('cannot be framed, cached or scripted', async () => {
    const { url } = await requestOf(configuration)
    const { browser } = createUser()
    const login = await browser.open(url.href)
    expect(login.text).not.toContain('<script')
    const { headers } = await fetch(`${world.issuer}/authorize`)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'`)
  })
})

describe('UserInfo endpoint of the frontend (OIDC Core §5.3.1)', () => {
  it('accepts the token in the header, by GET and POST, and in a form (RFC 6750 §2)', async () => {
    const { tokens } = await logIn(createUser(), { scope: 'openid profile' })
    const { access_token } = tokens
    const headers = { Authorization: `Bearer ${access_token}` }
    const requests = [
      { headers },
      { method: 'POST', headers },
      { method: 'POST', body: new URLSearchParams({ access_token }) },
    ]
    for (const request of requests) {
      const response = await fetch(`${world.issuer}/userinfo`, request)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      const profile = await response.json()
      expect(profile).toMatchObject({ sub: 'alice', updated_at: 1_767_225_600 })
      expect(profile).not.toHaveProperty('email')
    }
  })

  it('returns a claim that was requested by name', async () => {
    const claims = JSON.stringify({ userinfo: { nickname: { essential: true } } })
    const { tokens } = await logIn(createUser(), { claims })
    const info = await openid.fetchUserInfo(configuration, tokens.access_token, 'alice')
    expect(info).toEqual({ sub: 'alice', nickname: 'Ali' })
  })

  it('rejects an unknown token with a challenge (RFC 6750 §3.1)', async () => {
    const headers = { Authorization: 'Bearer wrong' }
    const response = await fetch(`${world.issuer}/userinfo`, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})
