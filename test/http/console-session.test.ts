/** The session of the console: who gets one, what it permits, and when it ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLoginCodes } from '../../src/http/console/login-codes.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'
import { testSystem } from '../support/system.ts'

const own = { 'Postern-Console': '1', 'Sec-Fetch-Site': 'same-origin', Host: '127.0.0.1:7678' }
const minute = 60_000

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

const logIn = (body: object, headers: Record<string, string> = own) =>
  server.call('POST', '/console/session', body, { token: null, headers })

/** The cookie as the browser sends it back. */
async function cookieFor(token: string, headers = own): Promise<string> {
  const { status, headers: fields } = await logIn({ token }, headers)
  expect(status).toBe(204)
  return fields.get('set-cookie')?.split(';')[0] ?? ''
}

const called = (path: string, cookie: string, headers: Record<string, string> = own) =>
  server.call('GET', `/console${path}`, undefined, {
    token: null,
    headers: { ...headers, Cookie: cookie },
  })

const self = (cookie: string, headers?: Record<string, string>) =>
  called('/api/self', cookie, headers)

describe('login to the console', () => {
  it('answers an API token with a cookie that scripts and other sites cannot use', async () => {
    const { headers } = await logIn({ token: server.adminToken })
    expect(headers.get('set-cookie')).toMatch(
      /^postern-7678=v1\.[\w.-]+; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    const { headers: remote } = await logIn(
      { token: server.adminToken },
      { ...own, Host: 'console.example' },
    )
    expect(remote.get('set-cookie')).toMatch(
      /^__Host-postern=v1\.[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    )
    const { headers: proxied } = await logIn(
      { token: server.adminToken },
      { ...own, 'X-Forwarded-Proto': 'https' },
    )
    expect(proxied.get('set-cookie')).toContain('__Host-postern=')
  })

  it('is recorded for the audit log', async () => {
    await cookieFor(server.adminToken)
    const { records } = await server.get('/api/audit?type=console.logged_in&limit=1')
    expect(records).toMatchObject([
      {
        type: 'console.logged_in',
        operation: 'console_login',
        actor: { kind: 'api_token' },
        target: { kind: 'api_token' },
      },
    ])
  })

  it('refuses unknown tokens, and counts them as calls with unknown tokens', async () => {
    const other = await createServer()
    const attempt = () =>
      other.call('POST', '/console/session', { token: 'unknown' }, { token: null, headers: own })
    const answers = [] as string[]
    for (let round = 0; round < 101; round += 1) answers.push((await attempt()).body.resultCode)
    expect(answers[0]).toBe('P000102')
    expect(answers.at(-1)).toBe('P077003')
    const refused = await other.call('GET', '/api/self', undefined, { token: 'unknown' })
    expect(refused.body.resultCode).toBe('P077003')
    const { records } = await other.get('/api/audit?type=caller.refused')
    expect(records.map(({ operation }: Json) => operation)).toContain('console_login')
    await other.close()
  })

  it.each([{}, { token: '' }, { code: 7 }, { token: 'a', code: 'b' }, { token: ['a'] }])(
    'refuses the body %j',
    async (body) => expect((await logIn(body)).status).toBe(400),
  )

  it('accepts the code of a link once, and for ten minutes', async () => {
    const system = testSystem()
    const codes = createLoginCodes(system)
    const [first, second] = [codes.issue('token'), codes.issue('token')]
    expect(codes.take(first)).toBeDefined()
    expect(codes.take(first)).toBeUndefined()
    system.clock.advance(10 * minute)
    expect(codes.take(second)).toBeUndefined()
    const { status, body } = await logIn({ code: 'unknown' })
    expect([status, body.resultCode]).toEqual([401, 'P148003'])
  })
})

describe('call with the session of the console', () => {
  it('has the rights of its API token', async () => {
    const cookie = await cookieFor(await server.tokenFor(0, ['view_service']))
    expect((await self(cookie)).body.rights).toEqual(['view_client', 'view_service'])
    expect((await called('/api/services', cookie)).status).toBe(200)
    expect((await called('/api/organizationtoken/all', cookie)).status).not.toBe(200)
  })

  it('is refused without the header fields of the page, so that other sites cannot make it', async () => {
    const cookie = await cookieFor(server.adminToken)
    const { Host } = own
    for (const headers of [
      { Host },
      { Host, 'Postern-Console': '1' },
      { Host, 'Postern-Console': '1', 'Sec-Fetch-Site': 'same-site' },
      { Host, 'Postern-Console': '1', 'Sec-Fetch-Site': 'cross-site' },
      { Host, 'Sec-Fetch-Site': 'same-origin' },
    ]) {
      const { status, body } = await self(cookie, headers)
      expect([status, body.resultCode]).toEqual([403, 'P148002'])
    }
    expect((await logIn({ token: server.adminToken }, { Host })).status).toBe(403)
  })

  it('is refused without a session, and API tokens are not looked at', async () => {
    const { status, body } = await server.call('GET', '/console/api/self', undefined, {
      headers: own,
    })
    expect([status, body.resultCode]).toEqual([401, 'P148001'])
    const altered = `${await cookieFor(server.adminToken)}x`
    expect((await self(altered)).status).toBe(401)
  })

  it('is never accepted by the API itself', async () => {
    const cookie = await cookieFor(server.adminToken)
    const headers = { ...own, Cookie: cookie }
    const { body } = await server.call('GET', '/api/self', undefined, { token: null, headers })
    expect(body.resultCode).toBe('P000101')
  })

  it('ends at once when the API token is revoked', async () => {
    const { accessToken, tokenId } = await server.post('/api/organizationtoken/create', {
      description: 'Short',
      rights: ['view_service'],
    })
    const cookie = await cookieFor(accessToken)
    expect((await self(cookie)).status).toBe(200)
    await server.post('/api/organizationtoken/revoke', { tokenId })
    expect((await self(cookie)).body.resultCode).toBe('P148001')
  })

  it('ends after 30 minutes without use, and each use renews it', async () => {
    const first = await cookieFor(server.adminToken)
    server.system.clock.advance(29 * minute)
    const used = await self(first)
    const renewed = used.headers.get('set-cookie')?.split(';')[0] ?? ''
    server.system.clock.advance(29 * minute)
    expect((await self(first)).status).toBe(401)
    expect((await self(renewed)).status).toBe(200)
  })

  it('is not renewed by calls that no person makes', async () => {
    const cookie = await cookieFor(server.adminToken)
    server.system.clock.advance(20 * minute)
    const { status, headers } = await self(cookie, { ...own, 'Postern-Console': 'background' })
    expect([status, headers.get('set-cookie')]).toEqual([200, null])
  })

  it('ends after eight hours, however it is used', async () => {
    let cookie = await cookieFor(server.adminToken)
    for (let used = 0; used < 23; used += 1) {
      server.system.clock.advance(20 * minute)
      const { status, headers } = await self(cookie)
      expect(status).toBe(200)
      cookie = headers.get('set-cookie')?.split(';')[0] ?? cookie
    }
    server.system.clock.advance(20 * minute)
    expect((await self(cookie)).status).toBe(401)
  })

  it('ends with logout in this browser', async () => {
    const { status, headers } = await server.call('DELETE', '/console/session', undefined, {
      token: null,
      headers: own,
    })
    expect(status).toBe(204)
    expect(headers.get('set-cookie')).toMatch(/^postern-7678=; .*Max-Age=0$/)
  })
})

describe('pages of the console', () => {
  const page = (path: string, headers: Record<string, string> = {}) =>
    server.call('GET', path, undefined, { token: null, headers })

  it.each(['/console', '/console/', '/console/services/7/clients'])(
    'are one document with a strict policy at %s',
    async (path) => {
      const { status, headers, text } = await page(path)
      expect(status).toBe(200)
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
          "require-trusted-types-for 'script'",
      )
      expect(headers.get('cache-control')).toBe('no-cache')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(text).not.toMatch(/<style|style=|<script>|onload=|https?:/)
    },
  )

  it('have files that are kept, and compressed for browsers that read it', async () => {
    const { text } = await page('/console/')
    const [, script = ''] = /src="(\/console\/assets\/[\w-]+\.js)"/.exec(text) ?? []
    const plain = await page(script)
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    for (const encoding of ['br', 'gzip']) {
      const packed = await page(script, { 'Accept-Encoding': encoding })
      expect(packed.headers.get('content-encoding')).toBe(encoding)
      expect(packed.headers.get('vary')).toBe('Accept-Encoding')
    }
  })

  it.each(['/console/assets/none.js', '/console/../package.json', '/console/%2e%2e/main.js'])(
    'do not include %s',
    async (path) => expect((await page(path)).status).toBe(404),
  )
})
