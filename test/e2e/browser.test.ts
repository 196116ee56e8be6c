/** The pages as Chromium shows them. Skipped, visibly, on a machine that has no Chromium. */
import type { Configuration } from 'openid-client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../examples/demo/listen.ts'
import { executablePath, launchChromium } from './chromium.ts'
import { configure, requestOf, startWorld, type World } from './world.ts'

/** The redirect URI of the client, which records the responses. */
function createClientSite(received: Record<string, string>[]) {
  return async (request: Request) => {
    const query = new URL(request.url).searchParams
    const answer = request.method === 'POST' ? new URLSearchParams(await request.text()) : query
    if (new URL(request.url).pathname === '/callback') received.push(Object.fromEntries(answer))
    return new Response('Welcome back')
  }
}

describe.skipIf(!executablePath)('user in Chromium', () => {
  const received: Record<string, string>[] = []
  let world: World
  let site: Listening
  let browser: Browser
  let configuration: Configuration

  beforeAll(async () => {
    world = await startWorld({ service: { supportedAuthorizationDetailsTypes: ['payment'] } })
    site = await listen(createClientSite(received))
    const { clientId, clientSecret } = await world.client(
      { authorizationDetailsTypes: ['payment'] },
      `${site.url}/callback`,
    )
    configuration = await configure(world, clientId, clientSecret)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    await world?.close()
  })

  /** Opens an authorization request in a new browser profile. */
  async function open(more: Record<string, string> = {}): Promise<Page> {
    const redirect_uri = `${site.url}/callback`
    const { url } = await requestOf(configuration, { redirect_uri, ...more })
    const page = await (await browser.newContext()).newPage()
    await page.goto(url.href)
    return page
  }

  async function logIn(page: Page, password = 'alice-password'): Promise<void> {
    await page.fill('#username', 'alice')
    await page.fill('#password', password)
    await page.click('#login')
  }

  const answered = async (page: Page) => {
    await page.waitForURL(`${site.url}/**`)
    return received.at(-1)
  }

  it('logs in, consents, and returns to the client with a code', async () => {
    const page = await open({ scope: 'openid email' })
    expect(await page.textContent('main')).toContain('Tea Shop')
    expect(await page.getAttribute('text=Privacy policy', 'href')).toMatch(/^https:/)
    await logIn(page)
    expect(await page.textContent('ul')).toContain('See your email address')
    await page.click('#authorize')
    expect(await answered(page)).toMatchObject({ iss: world.issuer, code: expect.any(String) })
  })

  it('sees payments and resources, and consents again to others (RFC 9396 §11.1)', async () => {
    const payment = (amount: string) => JSON.stringify([{ type: 'payment', amount }])
    const asked = { authorization_details: payment('123.45'), resource: 'https://api.example.com' }
    const page = await open(asked)
    await logIn(page)
    expect(await page.textContent('.detail')).toContain('"amount": "123.45"')
    expect(await page.textContent('main')).toContain('https://api.example.com')
    await page.click('#authorize')
    await answered(page)
    const again = async (more: Record<string, string>) => {
      const redirect_uri = `${site.url}/callback`
      await page.goto((await requestOf(configuration, { redirect_uri, ...more })).url.href)
      return page.isVisible('#authorize')
    }
    expect(await again(asked)).toBe(false)
    expect(await again({ ...asked, authorization_details: payment('9000') })).toBe(true)
  })

  it('opens a client page that reads discovery and UserInfo only (Fetch §3.2)', async () => {
    const page = await open()
    await page.goto(`${site.url}/client`)
    const statusOf = (path: string, init: object = {}) =>
      page.evaluate(
        `fetch(${JSON.stringify(world.issuer + path)}, ${JSON.stringify(init)}).then((r) => r.status, () => 'blocked')`,
      )
    expect(await statusOf('/.well-known/openid-configuration')).toBe(200)
    const headers = { Authorization: 'Bearer x', DPoP: 'y' }
    expect(await statusOf('/userinfo', { headers })).toBe(401)
    expect(await statusOf('/authorize')).toBe('blocked')
    expect(await statusOf('/device')).toBe('blocked')
  })

  it('denies on the consent page', async () => {
    const page = await open()
    await logIn(page)
    await page.click('#deny')
    expect(await answered(page)).toMatchObject({ error: 'access_denied' })
  })

  it('cancels on the login page', async () => {
    const page = await open()
    await page.click('#cancel')
    expect(await answered(page)).toMatchObject({ error: 'access_denied' })
  })

  it('sees that the password is wrong, and logs in then', async () => {
    const page = await open()
    await logIn(page, 'wrong')
    expect(await page.textContent('[role=alert]')).toContain('wrong')
    await logIn(page)
    expect(await page.isVisible('#authorize')).toBe(true)
  })

  it('passes the form of form_post without a click', async () => {
    const page = await open({ response_mode: 'form_post' })
    await logIn(page)
    await page.click('#authorize')
    expect(await answered(page)).toMatchObject({ code: expect.any(String) })
  })

  it('sees the error of an invalid authorization request', async () => {
    const page = await open({ redirect_uri: 'https://elsewhere.example/' })
    expect(await page.textContent('main')).toContain('invalid_request')
  })

  it('sees styled pages, since the Content-Security-Policy allows the style', async () => {
    const page = await open()
    const colour = await page.evaluate(
      `getComputedStyle(document.querySelector('#login')).backgroundColor`,
    )
    expect(colour).toBe('rgb(29, 78, 216)')
  })
})
