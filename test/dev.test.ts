/** `postern dev`: an authorization server to try, for clients and frontends of one developer. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFormBrowser } from '../examples/demo/form-browser.ts'
import { type Dev, startDev } from '../src/dev/start.ts'
import { createProcesses, type Processes, type Started, stop } from './support/processes.ts'

const callback = 'http://localhost:4321/callback'

const discover = ({ issuer }: Pick<Dev, 'issuer'>, id: string, authentication: openid.ClientAuth) =>
  openid.discovery(new URL(issuer), id, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  })

/** Logs alice in, allows, and redeems the code. */
async function logIn(client: openid.Configuration) {
  const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()]
  const code_challenge = await openid.calculatePKCECodeChallenge(verifier)
  const url = openid.buildAuthorizationUrl(client, {
    ...{ redirect_uri: callback, scope: 'openid email offline_access', state },
    ...{ code_challenge, code_challenge_method: 'S256', prompt: 'consent' },
  })
  const browser = createFormBrowser(callback)
  const login = await browser.open(url.href)
  const alice = { username: 'alice', password: 'alice-password', decision: 'login' }
  const consent = await browser.submit(login, alice)
  const end = await browser.submit(consent, { decision: 'authorize' })
  return openid.authorizationCodeGrant(client, new URL(end.url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    idTokenExpected: true,
  })
}

describe('postern dev', () => {
  let dev: Dev
  beforeAll(async () => {
    dev = await startDev({ port: 0, frontendPort: 0 })
  })
  afterAll(() => dev.close())

  it.each([
    ['client_secret_basic', openid.ClientSecretBasic],
    ['client_secret_post', openid.ClientSecretPost],
  ])('logs a user in to a web application that uses %s', async (_, authenticate) => {
    const client = await discover(dev, 'dev-web', authenticate(dev.clientSecret))
    const tokens = await logIn(client)
    expect(tokens.claims()).toMatchObject({ sub: 'alice', aud: ['dev-web'] })
    const user = await openid.fetchUserInfo(client, tokens.access_token, 'alice')
    expect(user).toMatchObject({ email: expect.stringContaining('@') })
    const renewed = await openid.refreshTokenGrant(client, tokens.refresh_token ?? '')
    expect(renewed.access_token).toEqual(expect.any(String))
  })

  it('has a service whose clock can be moved', async () => {
    const path = `${dev.url}/api/${dev.serviceId}/testclock`
    const headers = { Authorization: `Bearer ${dev.apiToken}` }
    expect(await (await fetch(path, { headers })).json()).toMatchObject({ ahead: 0 })
  })

  it('logs a user in to an application without a secret, which must use PKCE', async () => {
    const client = await discover(dev, 'dev-app', openid.None())
    expect((await logIn(client)).claims()).toMatchObject({ sub: 'alice', aud: ['dev-app'] })
    const withoutChallenge = openid.buildAuthorizationUrl(client, { redirect_uri: callback })
    const refused = await createFormBrowser(callback).open(withoutChallenge.href)
    expect(new URL(refused.url).searchParams.get('error')).toBe('invalid_request')
  })

  it('has tokens for an administrator, and for frontends of the service only', async () => {
    const call = (path: string, token: string) =>
      fetch(`${dev.url}/api/${path}`, { headers: { Authorization: `Bearer ${token}` } })
    const own = `${dev.serviceId}/service/get`
    const statusOf = async (path: string, token: string) => (await call(path, token)).status
    expect(await statusOf(own, dev.apiToken)).toBe(200)
    expect(await statusOf(own, dev.adminToken)).toBe(200)
    expect(await statusOf('service/get/list', dev.adminToken)).toBe(200)
    expect(await statusOf('organizationtoken/list', dev.apiToken)).not.toBe(200)
  })

  it('is reached from this machine only, and by its names only', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    const outside = addresses.filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outside) {
      for (const url of [dev.url, dev.issuer]) {
        const from = fetch(`http://${address}:${new URL(url).port}/`)
        await expect(from).rejects.toThrow('fetch failed')
      }
    }
    const status = await new Promise((resolve) => {
      const headers = { Host: 'rebound.example.com' }
      request(`${dev.issuer}/sessions`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(421)
  })

  it('takes free ports where the usual ones are in use', async () => {
    const all = [await startDev(), await startDev()]
    const urls = all.flatMap(({ url, issuer }) => [url, issuer])
    expect(new Set(urls).size).toBe(4)
    for (const each of all) {
      expect((await fetch(`${each.issuer}/jwks`)).status).toBe(200)
      await each.close()
    }
  })

  it('does not start at a port that is asked for and in use', async () => {
    const port = Number(new URL(dev.url).port)
    await expect(startDev({ port })).rejects.toThrow('EADDRINUSE')
    await expect(startDev({ port: 0, frontendPort: port })).rejects.toThrow('EADDRINUSE')
  })
})

describe('command postern dev', () => {
  const processes: Processes = createProcesses()
  const ports = ['--port', '0', '--frontend-port', '0']
  let started: Started
  beforeAll(async () => {
    // Its database, token and level of the log come from no variable.
    const environment = {
      POSTERN_DATABASE_URL: 'file:dev.db',
      POSTERN_ADMIN_TOKEN: 'a-token-that-is-not-used',
      POSTERN_LOG_LEVEL: 'nonsense',
    }
    started = await processes.startedBy(['dev', ...ports], 'Ctrl-C stops it.', environment)
  })
  afterAll(() => processes.close())

  it('prints lines that work in a shell when they are pasted', () => {
    const pasted = started
      .output()
      .split('\n')
      .filter((line) => /^(export|curl) /.test(line))
    const calls = [
      'echo',
      'curl -s $POSTERN_URL/api/$POSTERN_SERVICE/service/get -H "Authorization: Bearer $POSTERN_TOKEN"',
      'echo',
      'curl -s $AUTHLETE_BASE_URL/api/$AUTHLETE_SERVICE_ID/client/get/list -H "Authorization: Bearer $AUTHLETE_BEARER"',
    ]
    const { stdout } = spawnSync('bash', ['-c', [...pasted, ...calls].join('\n')], {
      encoding: 'utf8',
    })
    const [token = '', service = '', clients = ''] = stdout.split('\n')
    expect(JSON.parse(token)).toMatchObject({ access_token: expect.any(String) })
    expect(JSON.parse(service)).toMatchObject({ serviceName: 'Development' })
    expect(JSON.parse(clients)).toMatchObject({ totalCount: 2 })
  })

  it('writes no file, logs no call, and stops at a signal', async () => {
    expect(readdirSync(processes.folder)).toEqual([])
    expect(started.output()).not.toContain('"message"')
    await stop(started)
  })

  it('logs calls if it is asked to', async () => {
    const verbose = await processes.startedBy(['dev', '--verbose', ...ports], 'Ctrl-C stops it.')
    expect(verbose.output()).toContain('"operation":"service_create_api"')
    await stop(verbose, 'SIGINT')
  })

  it('is refused in production', async () => {
    const { code, output } = await processes.run(['dev', ...ports], { NODE_ENV: 'production' })
    expect(code).toBe(1)
    expect(output).toBe(
      'Postern did not start: postern dev is refused with NODE_ENV=production: use postern serve.\n',
    )
  })

  it.each(['x', '65536', '-1'])('refuses the port %s', async (port) => {
    const { code, output } = await processes.run(['dev', `--port=${port}`])
    expect([code, output]).toEqual([1, expect.stringContaining('a number from 0 to 65535')])
  })
})
