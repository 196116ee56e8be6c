/** The modules of the certification for session management, with the monitor of oidc-client-ts. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { UserManagerSettings } from 'oidc-client-ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi } from '../../../examples/demo/seed.ts'
import { executablePath } from '../chromium.ts'
import { requestOf } from '../world.ts'
import {
  type Client,
  expectHttps,
  openFresh,
  passPages,
  requestLogout,
  type Stage,
  startStage,
} from './stage.ts'

const library = dirname(createRequire(import.meta.url).resolve('oidc-client-ts/package.json'))
const settings = {
  scope: 'openid',
  monitorSession: true,
  checkSessionIntervalInSeconds: 1,
} satisfies Partial<UserManagerSettings>

/** The page of an application: it logs in, and then notes what its session monitor says. */
const application = (step: 'begin' | 'end' | 'silent') => `<!doctype html><body>
<script src="/oidc.js"></script><script>
const { issuer, clientId, more } = JSON.parse(localStorage.settings)
window.manager = new oidc.UserManager({
  ...more, authority: issuer, client_id: clientId, redirect_uri: location.origin + '/callback',
  silent_redirect_uri: location.origin + '/silent',
})
window.heard = []
for (const name of ['UserSignedIn', 'UserSignedOut', 'UserSessionChanged'])
  manager.events['add' + name](() => heard.push(name))
const step = ${JSON.stringify(step)}
if (step === 'begin' && !location.search) manager.signinRedirect()
if (step === 'end') manager.signinRedirectCallback().then((user) => { window.user = user })
if (step === 'silent') manager.signinSilentCallback()
</script>`

const pages = {
  '/': 'Settings',
  '/oidc.js': readFileSync(join(library, 'dist/browser/oidc-client-ts.min.js'), 'utf8'),
  '/app': application('begin'),
  '/callback': application('end'),
  '/silent': application('silent'),
}

describe.skipIf(!executablePath)('session management in Chromium', () => {
  let stage: Stage
  let client: Client

  beforeAll(async () => {
    stage = await startStage({ sessionRefreshSeconds: 30 })
    client = await stage.client({
      pages,
      metadata: (site) => ({
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${site}/callback`, `${site}/silent`],
      }),
    })
  })
  afterAll(() => stage?.close())

  async function openApplication(
    path: string,
    more: Partial<UserManagerSettings> = settings,
  ): Promise<Page> {
    const page = await openFresh(stage)
    await page.goto(client.site.url)
    const known = { issuer: stage.world.issuer, clientId: client.clientId, more }
    await page.evaluate(`{
      sessionStorage.clear()
      localStorage.settings = ${JSON.stringify(JSON.stringify(known))}
    }`)
    await page.goto(`${client.site.url}${path}`)
    return page
  }

  /** The application after a login, whose OP iframe is loaded. */
  async function loggedIn(): Promise<Page> {
    const page = await openApplication('/app')
    await page.waitForURL(`${stage.world.issuer}/login/*`)
    await passPages(page)
    await page.waitForFunction('window.user && frames.length > 0')
    return page
  }

  const heard = (page: Page) => page.evaluate('heard')

  /** What the OP iframe answers to a frame beside it, as the certification asks (§3.2). */
  const askIframe = (page: Page) =>
    page.evaluate(`new Promise((resolve) => {
      const sibling = document.body.appendChild(document.createElement('iframe'))
      sibling.contentWindow.addEventListener('message', ({ data, origin }) => {
        sibling.remove()
        resolve([data, origin])
      })
      const message = manager.settings.client_id + ' ' + user.session_state
      sibling.contentWindow.eval(
        'parent.frames[0].postMessage(' + JSON.stringify(message) + ', "*")',
      )
    })`)

  it('discovery: publishes the OP iframe at the origin of the issuer, by https', () => {
    expectHttps(stage)
    const { check_session_iframe } = stage.metadata
    expect(check_session_iframe).toBe(`${stage.world.issuer}/session/iframe`)
  })

  it('logout in another tab: the iframe says changed, and the application hears it (§3)', async () => {
    const page = await loggedIn()
    expect(await page.evaluate('user.session_state')).toMatch(/^[\w-]{43}\.[\w-]+$/)
    expect(await askIframe(page)).toEqual(['unchanged', stage.world.issuer])
    expect(await heard(page)).toEqual([])
    const tab = await page.context().newPage()
    await requestLogout(tab, stage)
    await tab.click('#logout_yes')
    expect(await tab.textContent('#logged_out')).toBe('You are logged out')
    expect(await askIframe(page)).toEqual(['changed', stage.world.issuer])
    await expect.poll(() => heard(page), { timeout: 10_000 }).toEqual(['UserSignedOut'])
  })

  it('login of another user in another tab: the application hears that its user is out', async () => {
    const page = await loggedIn()
    const tab = await page.context().newPage()
    const redirect_uri = `${client.site.url}/callback`
    const asked = await requestOf(client.configuration, { redirect_uri, prompt: 'login' })
    await tab.goto(asked.url.href)
    await passPages(tab, 'bob')
    await expect.poll(() => heard(page), { timeout: 10_000 }).toEqual(['UserSignedOut'])
  })

  it('new login of the same user: the iframe says unchanged', async () => {
    const page = await loggedIn()
    const tab = await page.context().newPage()
    const redirect_uri = `${client.site.url}/callback`
    const asked = await requestOf(client.configuration, { redirect_uri, prompt: 'login' })
    await tab.goto(asked.url.href)
    await passPages(tab)
    await tab.waitForURL(`${redirect_uri}?*`)
    expect(await askIframe(page)).toEqual(['unchanged', stage.world.issuer])
  })

  it('login in another tab: an application without a user hears of a change (§2)', async () => {
    const page = await openApplication('/app?idle', { ...settings, monitorAnonymousSession: true })
    await page.waitForFunction('frames.length > 0')
    const tab = await page.context().newPage()
    await tab.goto(`${stage.world.issuer}/sessions`)
    await passPages(tab)
    // The user has not consented to the client, so that it hears of a change only.
    await expect.poll(() => heard(page), { timeout: 10_000 }).toEqual(['UserSessionChanged'])
  })

  it('end on another device: the iframe asks the frontend, and the application hears it', async () => {
    // The shortest interval of the frontend is too long for a test.
    const context = stage.first
    await context.route('**/session/iframe', async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace('refresh-seconds="30"', 'refresh-seconds="1"')
      await route.fulfill({ response, body })
    })
    const page = await loggedIn()
    await page.waitForResponse((response) => response.status() === 204)
    expect(await askIframe(page)).toEqual(['unchanged', stage.world.issuer])
    const sessionId = await page.evaluate('user.profile.sid')
    const cookies = await context.cookies(stage.world.issuer)
    const session = cookies.find(({ name }) => name === 'session')
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'None' })
    const { api, serviceId } = stage.world
    await callApi(api, `${serviceId}/session/delete`, { sessionId })
    await expect.poll(() => heard(page), { timeout: 10_000 }).toEqual(['UserSignedOut'])
    await context.unrouteAll({ behavior: 'ignoreErrors' })
  })
})
