/** Requests to the example frontend: size limits, media types, hosts, origins, throttling. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFrontend } from '../../examples/frontend/server.ts'
import {
  alice,
  answerOf,
  bob,
  configure,
  createUser,
  redeem,
  requestOf,
  startWorld,
  type World,
} from './world.ts'

let world: World
let configuration: openid.Configuration
let credentials: { clientId: string; clientSecret: string }

beforeAll(async () => {
  world = await startWorld({
    service: { pushedAuthReqEndpoint: 'https://as.example.com/par' },
  })
  credentials = await world.client({
    grantTypes: ['AUTHORIZATION_CODE', 'PASSWORD', 'CIBA'],
    bcDeliveryMode: 'POLL',
    bcUserCodeRequired: true,
  })
  configuration = await configure(world, credentials.clientId, credentials.clientSecret)
})
afterAll(() => world?.close())

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${world.issuer}${path}`, { redirect: 'manual', ...init })
const post = (path: string, body: RequestInit['body'], headers = {}) =>
  call(path, { method: 'POST', body: body ?? null, headers })
const errorOf = async (response: Response) => (await response.json()).error
const basic = () =>
  `Basic ${btoa(`${credentials.clientId}:${encodeURIComponent(credentials.clientSecret)}`)}`

async function accessToken(): Promise<string> {
  const request = await requestOf(configuration)
  const { url } = await createUser().walk(request.url)
  return (await redeem(configuration, request, url)).access_token
}

const posted = [
  ...['/token', '/par', '/revoke', '/introspect', '/userinfo', '/authorize', '/device'],
  ...['/backchannel/authentication', '/device_authorization'],
]

/** Request objects with a trust chain are longer than what other requests have. */
const kilobytesAt = (path: string) => (/^\/(par|authorize)$/.test(path) ? 128 : 64)

describe('request body to the frontend', () => {
  it.each(posted)('that is too long is 413 at %s (RFC 9110 §15.5.14)', async (path) => {
    const most = kilobytesAt(path)
    const response = await post(path, new URLSearchParams({ x: 'x'.repeat(most * 1_024 + 5_000) }))
    expect([response.status, await errorOf(response)]).toEqual([413, 'invalid_request'])
    const page = await post(path, new URLSearchParams({ x: 'x'.repeat(200_000) }), {
      Accept: 'text/html',
    })
    expect(page.status).toBe(413)
    expect(await page.text()).toContain(`${most} KB`)
  })

  it.each(posted)('that is no form is 415 at %s (RFC 9110 §15.5.16)', async (path) => {
    const multipart = new FormData()
    multipart.set('grant_type', 'client_credentials')
    for (const body of [multipart, new Blob(['{}'], { type: 'application/json' })]) {
      const response = await post(path, body)
      expect([response.status, await errorOf(response)]).toEqual([415, 'invalid_request'])
    }
  })

  it('that Postern rejects is an invalid_request (RFC 6749 §5.2)', async () => {
    const response = await post(
      '/token',
      new URLSearchParams({ grant_type: 'x', device_secret: 'x'.repeat(60_000) }),
      { Authorization: basic() },
    )
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })
})

describe('access token of a request (RFC 6750 §2)', () => {
  const refused = 'Bearer error="invalid_request"'

  it('is rejected with invalid_request if it is sent twice', async () => {
    const token = await accessToken()
    const headers = { Authorization: `Bearer ${token}` }
    const form = new URLSearchParams({ access_token: token })
    const twice = new URLSearchParams(`${form}&${form}`)
    for (const path of ['/userinfo', '/resource']) {
      for (const response of [
        await post(path, form, headers),
        await post(path, twice),
        await call(`${path}?${form}`, { headers }),
        await post(`${path}?${form}`, form),
      ]) {
        expect(response.status).toBe(400)
        expect(response.headers.get('WWW-Authenticate')).toContain(refused)
      }
      expect((await call(path, { headers })).status).toBe(200)
      expect((await post(path, form)).status).toBe(200)
      const none = await call(path)
      expect([none.status, none.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer, DPoP'])
    }
  })
})

describe('request of another origin (Fetch §3.2)', () => {
  const origin = 'https://spa.example.com'
  const preflight = (path: string, method: string) =>
    call(path, {
      method: 'OPTIONS',
      headers: {
        ...{ Origin: origin, 'Access-Control-Request-Method': method },
        'Access-Control-Request-Headers': 'authorization, dpop',
      },
    })
  const allowed = (response: Response) => response.headers.get('Access-Control-Allow-Origin')

  it.each([
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/jwks'],
    ['POST', '/token'],
    ['GET', '/userinfo'],
    ['POST', '/revoke'],
    ['POST', '/par'],
  ])('is allowed for %s %s, also to read errors', async (method, path) => {
    const asked = await preflight(path, method)
    expect([asked.status, allowed(asked)]).toEqual([204, '*'])
    expect(asked.headers.get('Access-Control-Allow-Headers')).toContain('DPoP')
    expect(asked.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    const init = { method, headers: { Origin: origin } }
    const answer = await call(path, init)
    expect(allowed(answer)).toBe('*')
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('DPoP-Nonce')
    if (method === 'POST') {
      const long = await post(path, new URLSearchParams({ x: 'x'.repeat(70_000) }), init.headers)
      expect([long.status, allowed(long)]).toEqual([413, '*'])
    }
  })

  it.each([
    '/authorize',
    '/login/x',
    '/consent/x',
    '/continue/x',
    '/ciba',
    '/device',
    '/introspect',
  ])('is not allowed for %s, which is for browsers or servers only', async (path) => {
    for (const response of [
      await preflight(path, 'POST'),
      await call(path, { headers: { Origin: origin } }),
    ]) {
      expect(allowed(response)).toBeNull()
    }
  })
})

describe('Host of a request (RFC 9449 §4.3)', () => {
  const frontend = (publicUrl?: string) => {
    const seen: Record<string, unknown>[] = []
    const app = createFrontend({
      ...{ posternUrl: 'http://127.0.0.1:9', serviceId: '1', apiToken: 'x' },
      ...(publicUrl ? { publicUrl } : {}),
      fetch: async (_url, init) => {
        seen.push(JSON.parse(String(init?.body)))
        return Response.json({ action: 'OK', relay: { status: 200, headers: {} } })
      },
    })
    return { app, seen }
  }
  const ask = (app: ReturnType<typeof createFrontend>, url: string) =>
    app.request(url, {
      ...{ method: 'POST', body: new URLSearchParams({ a: 'b' }), headers: { DPoP: 'a.b.c' } },
    })

  it('is used for htu only if it is a loopback host and FRONTEND_URL is not set', async () => {
    const { app, seen } = frontend()
    expect((await ask(app, 'http://evil.example.com/token')).status).toBe(421)
    expect((await ask(app, 'http://127.0.0.1:3000/token')).status).toBe(200)
    expect((await ask(app, 'http://localhost:3000/token')).status).toBe(200)
    expect(seen.map(({ htu }) => htu)).toEqual([
      ...['http://127.0.0.1:3000/token', 'http://localhost:3000/token'],
    ])
  })

  it('is not trusted beyond the loopback: the start requires FRONTEND_URL', async () => {
    const env = { ...process.env, FRONTEND_HOST: '0.0.0.0', FRONTEND_URL: '' }
    const main = ['--import', 'tsx', 'examples/frontend/main.ts']
    const ended = await promisify(execFile)(process.execPath, main, { env }).catch((error) => error)
    expect([ended.code, ended.stderr]).toEqual([1, 'FRONTEND_URL is not set\n'])
  })

  it('is replaced by FRONTEND_URL', async () => {
    const { app, seen } = frontend('https://login.example.com/')
    expect((await ask(app, 'http://evil.example.com/token?x=y')).status).toBe(200)
    expect(seen[0]?.['htu']).toBe('https://login.example.com/token')
  })
})

describe('guesses of credentials (RFC 6749 §4.3.2, OWASP ASVS 2.2.1)', () => {
  const grant = async (username: string, password: string) => {
    const body = new URLSearchParams({ grant_type: 'password', username, password })
    const response = await post('/token', body, { Authorization: basic() })
    return response.status
  }

  it('of a password are limited per account, on the page and at the token endpoint', async () => {
    const { url } = await requestOf(configuration)
    const { browser } = createUser()
    const login = await browser.open(url.href)
    const wrong = () => browser.submit(login, { ...alice, password: 'x', decision: 'login' })
    const guesses = await Promise.all(Array.from({ length: 8 }, wrong))
    const statuses = guesses.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
    const right = await browser.submit(login, { ...alice, decision: 'login' })
    expect([right.status, right.text.includes('too many')]).toEqual([429, true])
    expect(await grant(alice.username, alice.password)).toBe(400)
    expect(await grant(bob.username, bob.password)).toBe(200)
    world.shift(16 * 60_000)
    const later = await requestOf(configuration)
    expect(answerOf((await createUser().walk(later.url)).url)).toHaveProperty('code')
  })

  it('that are right are not counted', async () => {
    for (let count = 0; count < 8; count++)
      expect(await grant(bob.username, bob.password)).toBe(200)
  })

  it('of a CIBA user code are limited (CIBA §7.1)', async () => {
    const ask = async (user_code: string) => {
      const parameters = { scope: 'openid', login_hint: 'bob', user_code }
      const asked = openid.initiateBackchannelAuthentication(configuration, parameters)
      return asked.then(
        () => 'taken',
        ({ error }) => error as string,
      )
    }
    expect(await ask('bob-code')).toBe('taken')
    for (let count = 0; count < 5; count++) expect(await ask('wrong')).toBe('invalid_user_code')
    expect(await ask('bob-code')).toBe('invalid_user_code')
    world.shift(16 * 60_000)
    expect(await ask('bob-code')).toBe('taken')
  })
})
