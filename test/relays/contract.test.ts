/**
 * The relays of `examples/relays`, each as a process before a Postern: the same exchanges, whatever
 * language the relay is written in.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceSettings } from '../../examples/frontend/service.ts'
import { createPostern } from '../../src/embedded/postern.ts'
import type { Postern } from '../../src/embedded/types.ts'
import { type DpopKey, dpopKey, proof } from '../support/dpop.ts'
import { challenge, verifier } from '../support/flows.ts'
import { absence, freePort, installed, type Runtime, runtimes, started } from './runtimes.ts'

const callback = 'https://client.example.com/callback'
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`

/** Lines of code: without blank lines, comments, imports and lone brackets. */
function linesOfCode(text: string): number {
  const noCode =
    /^\s*(\/\/.*|\/?\*.*|#.*|(import|from|package|module) .*|"[a-z/]*"|["\])}({;,>=]*)$/
  return text.split('\n').filter((line) => !noCode.test(line)).length
}

describe.each(runtimes)('relay in $name', (runtime) => {
  const { name, source } = runtime

  it('has its endpoints in at most 60 lines of code', () => {
    const text = readFileSync(join('examples/relays', name, source), 'utf8')
    expect(linesOfCode(text)).toBeLessThanOrEqual(60)
  })

  const missing = absence(runtime)
  if (missing) console.warn(`SKIPPED: the relay in ${name}: ${missing}.`)
  describe.skipIf(missing)('before a running Postern', () => exchanges(runtime))
})

function exchanges(runtime: Runtime): void {
  let postern: Postern
  let child: ChildProcess | undefined
  let issuer: string
  let client: { clientId: string; authorization: string }
  let key: DpopKey

  beforeAll(async () => {
    const folder = await installed(runtime)
    if (!folder) {
      console.warn(`SKIPPED: the relay in ${runtime.name}: its registry cannot be reached.`)
      return
    }
    const port = await freePort()
    issuer = `http://127.0.0.1:${port}`
    postern = await createPostern()
    const { url } = await postern.listen()
    const { apiKey } = await postern.api.post('service/create', {
      ...(await serviceSettings(issuer)),
      dpopNonceRequired: true,
    })
    const { clientId, clientSecret } = await postern.api.post(`${apiKey}/client/create`, {
      ...{ clientType: 'CONFIDENTIAL', tokenAuthMethod: 'CLIENT_SECRET_BASIC' },
      ...{ grantTypes: ['AUTHORIZATION_CODE'], responseTypes: ['CODE'], redirectUris: [callback] },
    })
    client = {
      clientId: `${clientId}`,
      authorization: basic(`${clientId}`, `${clientSecret}`),
    }
    key = await dpopKey()
    const environment = {
      ...{ POSTERN_URL: url, POSTERN_SERVICE: `${apiKey}`, POSTERN_TOKEN: postern.api.token },
      ...{ ISSUER: issuer, PORT: `${port}`, RESOURCE_SERVER: 'rs:a secret' },
    }
    child = await started(runtime, folder, environment)
  }, 600_000)
  afterAll(async () => {
    if (child && child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    await postern?.close()
  })

  const exchange = (title: string, play: () => Promise<void>) =>
    it(title, async (context) => {
      context.skip(!child, 'not installed')
      await play()
    })

  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${issuer}${path}`, { redirect: 'manual', ...init })
  const post = (path: string, form: Record<string, string>, headers: HeadersInit = {}) =>
    send(path, { method: 'POST', body: new URLSearchParams(form), headers })
  const asClient = (path: string, form: Record<string, string>, headers = {}) =>
    post(path, form, { Authorization: client.authorization, ...headers })
  const asResourceServer = (token: string) =>
    post('/introspect', { token }, { Authorization: `Basic ${btoa('rs:a secret')}` })

  const request = (more: Record<string, string> = {}) => ({
    ...{ response_type: 'code', client_id: client.clientId, redirect_uri: callback },
    ...{ scope: 'openid', state: 'a state & more', code_challenge: challenge },
    ...{ code_challenge_method: 'S256', ...more },
  })
  const query = (more?: Record<string, string>) => new URLSearchParams(request(more)).toString()

  /** The ticket in the login page. */
  async function ticketOf(page: Response): Promise<string> {
    expect(page.status).toBe(200)
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html/)
    return /name="ticket" value="([\w-]+)"/.exec(await page.text())?.[1] ?? ''
  }
  async function logIn(page: Response): Promise<URL> {
    const ticket = await ticketOf(page)
    const end = await post('/login', { ticket, subject: 'alice', decision: 'allow' })
    expect([302, 303]).toContain(end.status)
    return new URL(end.headers.get('Location') ?? '')
  }
  async function redemption() {
    const end = await logIn(await send(`/authorize?${query()}`))
    return {
      ...{ grant_type: 'authorization_code', code: end.searchParams.get('code') ?? '' },
      ...{ redirect_uri: callback, code_verifier: verifier },
    }
  }
  async function token(headers = {}): Promise<string> {
    const response = await asClient('/token', await redemption(), headers)
    return JSON.parse(await response.text()).access_token
  }
  const proofFor = async (path: string, claims: Record<string, unknown>, accessToken?: string) =>
    proof(key, {
      ...{ htu: `${issuer}${path}`, htm: path === '/userinfo' ? 'GET' : 'POST' },
      ...{ now: Date.now(), claims, ...(accessToken && { accessToken }) },
    })
  /** The nonce that a refused proof is told to use. */
  async function nonce(): Promise<string> {
    const refused = await asClient('/token', await redemption(), {
      DPoP: await proofFor('/token', {}),
    })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: 'use_dpop_nonce' })
    return refused.headers.get('DPoP-Nonce') ?? ''
  }

  exchange('publishes the metadata of the server (RFC 8414 §3)', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const response = await send(`/.well-known/${name}`)
      expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
      expect(await response.json()).toMatchObject({ issuer, token_endpoint: `${issuer}/token` })
    }
  })

  exchange('publishes the public keys (RFC 7517 §5)', async () => {
    const { keys } = JSON.parse(await (await send('/jwks')).text())
    expect(keys.length).toBeGreaterThan(0)
    for (const each of keys) expect(each).not.toHaveProperty('d')
  })

  exchange('shows an error of an unknown client to the user (RFC 6749 §4.1.2.1)', async () => {
    const response = await send(`/authorize?${query({ client_id: 'unknown' })}`)
    expect(response.status).toBe(400)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.json()).toHaveProperty('error')
  })

  exchange('redirects with login_required for prompt=none (OIDC Core §3.1.2.6)', async () => {
    const response = await send(`/authorize?${query({ prompt: 'none' })}`)
    expect(response.status).toBe(302)
    const { searchParams } = new URL(response.headers.get('Location') ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ error: 'login_required', state: 'a state & more', iss: issuer },
    })
  })

  exchange('redirects with a code after the login (RFC 6749 §4.1.2)', async () => {
    const end = await logIn(await send(`/authorize?${query()}`))
    expect(end.href.startsWith(`${callback}?`)).toBe(true)
    expect(end.searchParams.get('code')).toBeTruthy()
    expect(end.searchParams.get('state')).toBe('a state & more')
  })

  exchange('takes the request by POST, and posts the response as a form', async () => {
    const page = await post('/authorize', request({ response_mode: 'form_post' }))
    const ticket = await ticketOf(page)
    const form = await post('/login', { ticket, subject: 'alice', decision: 'allow' })
    expect(form.status).toBe(200)
    expect(form.headers.get('Content-Type')).toMatch(/^text\/html/)
    const html = await form.text()
    expect(html).toContain(`action="${callback}"`)
    expect(html).toContain('name="code"')
  })

  exchange('redirects with access_denied when the user refuses', async () => {
    const ticket = await ticketOf(await send(`/authorize?${query()}`))
    const response = await post('/login', { ticket, subject: '' })
    expect(response.status).toBe(302)
    expect(response.headers.get('Location')).toContain('error=access_denied')
  })

  exchange('keeps a pushed request for the authorization endpoint (RFC 9126 §2)', async () => {
    const pushed = await asClient('/par', request())
    expect(pushed.status).toBe(201)
    const { request_uri } = JSON.parse(await pushed.text())
    const uri = new URLSearchParams({ client_id: client.clientId, request_uri })
    const end = await logIn(await send(`/authorize?${uri}`))
    expect(end.searchParams.get('code')).toBeTruthy()
  })

  exchange('exchanges the code for tokens that must not be cached (RFC 6749 §5.1)', async () => {
    const response = await asClient('/token', await redemption())
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(await response.json()).toMatchObject({
      ...{ token_type: 'Bearer', id_token: expect.any(String), scope: 'openid' },
    })
  })

  exchange('challenges a client with a wrong secret (RFC 6749 §5.2)', async () => {
    const wrong = { Authorization: basic(client.clientId, 'wrong: + %') }
    const response = await asClient('/token', await redemption(), wrong)
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toMatch(/^Basic /)
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })

  exchange('demands a nonce of a DPoP proof, and takes it once (RFC 9449 §8)', async () => {
    const given = await nonce()
    expect(given).toBeTruthy()
    const DPoP = await proofFor('/token', { nonce: given })
    const response = await asClient('/token', await redemption(), { DPoP })
    expect(await response.json()).toMatchObject({ token_type: 'DPoP' })
    const both = new Headers({ Authorization: client.authorization, DPoP })
    both.append('DPoP', await proofFor('/token', { nonce: given }))
    const refused = await post('/token', await redemption(), both)
    expect(await refused.json()).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  exchange('gives the claims of the user to the owner of the token', async () => {
    const bearer = await send('/userinfo', {
      headers: { Authorization: `Bearer ${await token()}` },
    })
    expect(bearer.status).toBe(200)
    expect(await bearer.json()).toEqual({ sub: 'alice' })
    const given = { nonce: await nonce() }
    const bound = await token({ DPoP: await proofFor('/token', given) })
    const DPoP = await proofFor('/userinfo', given, bound)
    const owner = await send('/userinfo', { headers: { Authorization: `DPoP ${bound}`, DPoP } })
    expect([owner.status, await owner.json()]).toEqual([200, { sub: 'alice' }])
    const stolen = await send('/userinfo', { headers: { Authorization: `Bearer ${bound}`, DPoP } })
    expect(stolen.status).toBe(401)
  })

  exchange('challenges an unknown access token (RFC 6750 §3)', async () => {
    const response = await send('/userinfo', { headers: { Authorization: 'Bearer unknown' } })
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
  })

  exchange('tells resource servers about a token until it is revoked (RFC 7009 §2)', async () => {
    const accessToken = await token()
    const anyone = await asClient('/introspect', { token: accessToken })
    expect(anyone.status).toBe(401)
    expect(anyone.headers.get('WWW-Authenticate')).toMatch(/^Basic /)
    const active = await asResourceServer(accessToken)
    expect(await active.json()).toMatchObject({ active: true, sub: 'alice' })
    const revoked = await asClient('/revoke', { token: accessToken })
    expect([revoked.status, await revoked.text()]).toEqual([200, ''])
    expect(await (await asResourceServer(accessToken)).json()).toEqual({ active: false })
  })
}
