/** The authorization code flow by `openid-client` through the example frontend. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SeededClient } from '../../examples/demo/seed.ts'
import {
  answerOf,
  configure,
  createUser,
  redeem,
  requestOf,
  resourceServer,
  startWorld,
  type World,
} from './world.ts'

let world: World
let client: SeededClient
let configuration: openid.Configuration

beforeAll(async () => {
  world = await startWorld()
  client = await world.client()
  configuration = await configure(world, client.clientId, client.clientSecret)
})
afterAll(() => world?.close())

const everything = 'openid profile email address phone offline_access'

describe('openid-client', () => {
  it('completes code with PKCE, refresh, UserInfo, introspection and revocation', async () => {
    const request = await requestOf(configuration, { scope: everything, prompt: 'consent' })
    const walked = await createUser().walk(request.url)
    expect(walked.shown).toEqual(['login', 'consent'])

    const tokens = await redeem(configuration, request, walked.url)
    const idToken = tokens.claims()
    expect(idToken).toMatchObject({ iss: world.issuer, sub: 'alice', nonce: request.nonce })
    expect(idToken).not.toHaveProperty('email')

    const refreshed = await openid.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    expect(refreshed.claims()?.auth_time).toBe(idToken?.auth_time)

    const info = await openid.fetchUserInfo(configuration, refreshed.access_token, 'alice')
    expect(info).toMatchObject({ email: 'alice@example.com', address: { country: 'Ireland' } })
    expect(info.updated_at).toBeTypeOf('number')

    const { id, secret } = resourceServer
    const api = await configure(world, id, secret)
    const introspected = await openid.tokenIntrospection(api, refreshed.access_token)
    expect(introspected).toMatchObject({ active: true, sub: 'alice' })

    await openid.tokenRevocation(configuration, refreshed.refresh_token ?? '')
    const after = await openid.tokenIntrospection(api, refreshed.access_token)
    expect(after).toEqual({ active: false })
    await expect(
      openid.refreshTokenGrant(configuration, refreshed.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })

  it('gets its response in a form with form_post', async () => {
    const request = await requestOf(configuration, { response_mode: 'form_post' })
    const { browser } = createUser()
    const login = await browser.open(request.url.href)
    const decision = { username: 'alice', password: 'alice-password', decision: 'login' }
    const consent = await browser.submit(login, decision)
    const form = await browser.submit(consent, { decision: 'authorize' })
    expect(form.status).toBe(200)
    expect(form.text).toContain('action="http://127.0.0.1:9/callback"')
    expect(form.text).toMatch(/name="code"/)
  })

  it('gets access_denied with its 128-character state unchanged', async () => {
    const state = `${'~!*()_-.&=+ %/?#"<>'.repeat(7)}`.slice(0, 128)
    const request = await requestOf(configuration, { state })
    const { browser } = createUser()
    const login = await browser.open(request.url.href)
    const end = await browser.submit(login, { decision: 'cancel' })
    expect(answerOf(end.url)).toMatchObject({
      ...{ error: 'access_denied', state, iss: world.issuer },
    })
  })

  it('gets invalid_client with a challenge for a wrong secret (RFC 6749 §5.2)', async () => {
    const wrong = await configure(world, client.clientId, 'wrong')
    await expect(openid.refreshTokenGrant(wrong, 'x')).rejects.toThrow()
    const response = await fetch(`${world.issuer}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${client.clientId}:wrong`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' }),
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })
})
