/** The page of front-channel logout in Chromium, OIDC Front-Channel Logout §2 and §3. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../examples/demo/listen.ts'
import { frontchannelPage, frontchannelUris } from '../../src/oauth/logout/frontchannel-page.ts'
import { postLogoutTarget } from '../../src/oauth/logout/redirect.ts'
import { executablePath, launchChromium } from './chromium.ts'

const issuer = 'https://as.example.com'

describe.skipIf(!executablePath)('front-channel page in Chromium', () => {
  let browser: Browser
  let clients: Listening
  let server: Listening
  let page: ReturnType<typeof frontchannelPage>
  /** The requests to the clients, by their path. */
  let asked: Map<string, Request>

  beforeAll(async () => {
    browser = await launchChromium()
    clients = await listen(respond)
    server = await listen((request) => {
      if (new URL(request.url).pathname !== '/') return respond(request)
      const { responseContent, contentSecurityPolicy } = page
      const headers = {
        'Content-Type': 'text/html',
        'Content-Security-Policy': contentSecurityPolicy,
      }
      return new Response(responseContent, { headers })
    })
  })
  afterAll(async () => {
    await browser?.close()
    await clients?.close()
    await server?.close()
  })
  beforeEach(() => {
    asked = new Map()
  })

  function respond(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url)
    asked.set(pathname, request)
    if (pathname === '/never') return new Promise(() => {})
    const headers = { 'Content-Type': 'text/html' }
    return new Response(bodies[pathname] ?? 'logged out', { headers })
  }
  const script = (text: string) => `<script>${text}; new Image().src = '/ran'</script>`
  const bodies: Record<string, string> = {
    '/top': script(`try { top.location = '/stolen' } catch (e) {}`),
    '/parent': script(`try { parent.location.href = '/stolen' } catch (e) {}`),
    '/self': '<script>onload = () => setTimeout(() => location.reload(), 20)</script>',
    '/stolen': 'stolen',
  }

  const problems: string[] = []
  async function open(
    paths: string[],
    more: { state?: string; timeoutMs?: number; target?: undefined; at?: string } = {},
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const participants = paths.map((path) => ({
      frontchannelLogoutUri: `${more.at ?? clients.url}${path}`,
      sid: `sid of ${path}`,
    }))
    page = frontchannelPage({
      uris: frontchannelUris(participants, issuer).uris,
      target: postLogoutTarget(`${clients.url}/out`, more.state ?? 'state'),
      timeoutMs: 20_000,
      uiLocales: [],
      ...more,
    })
    problems.length = 0
    const opened = await (await browser.newContext(options)).newPage()
    opened.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text())
    })
    await opened.goto(server.url, { waitUntil: 'commit' })
    return opened
  }
  const arrival = async (opened: Page) => {
    await opened.waitForURL(`${clients.url}/out**`)
    return new URL(opened.url()).searchParams.get('state')
  }

  it('front-channel page: every client is told, without a referrer, before the page goes on', async () => {
    expect(await arrival(await open(['/one', '/two']))).toBe('state')
    for (const path of ['/one', '/two']) {
      const { url, headers } = asked.get(path) as Request
      const query = Object.fromEntries(new URL(url).searchParams)
      expect(query).toEqual({ iss: issuer, sid: `sid of ${path}` })
      expect(headers.get('referer')).toBeNull()
    }
    expect(asked.get('/out')?.headers.get('referer')).toBeNull()
    expect(problems).toEqual([])
  })

  it('front-channel page: a client that never answers is not waited for beyond the timeout', async () => {
    const began = performance.now()
    expect(await arrival(await open(['/never', '/one'], { timeoutMs: 1_500 }))).toBe('state')
    expect(performance.now() - began).toBeGreaterThan(1_400)
    expect([...asked.keys()]).toEqual(expect.arrayContaining(['/never', '/one', '/out']))
  })

  // Chromium itself protects the page against other origins, so the client is on the same one.
  it.each(['/top', '/parent'])(
    'front-channel page: a client at %s cannot navigate it away',
    async (path) => {
      expect(await arrival(await open([path, '/one'], { at: server.url }))).toBe('state')
      expect(asked.has('/ran')).toBe(true)
      expect(asked.has('/one')).toBe(true)
      expect(asked.has('/stolen')).toBe(false)
    },
  )

  it('front-channel page: a client that loads again and again counts once', async () => {
    const opened = await open(['/self', '/never'], { timeoutMs: 2_500 })
    const began = performance.now()
    await arrival(opened)
    expect(performance.now() - began).toBeGreaterThan(1_500)
  })

  it('front-channel page: without scripts it tells the clients, and goes on', async () => {
    const options = { javaScriptEnabled: false }
    const opened = await open(['/one', '/two'], { timeoutMs: 2_000 }, options)
    expect(await opened.isVisible('#continue')).toBe(true)
    expect(await arrival(opened)).toBe('state')
    expect([...asked.keys()]).toEqual(expect.arrayContaining(['/one', '/two']))
  })

  it('front-channel page: a hostile state arrives as it was', async () => {
    const state = `"><script>document.title='stolen'</script>' onload='x' &amp; \r\n é`
    const opened = await open(['/one'], { state })
    expect(await arrival(opened)).toBe(state)
  })

  it('front-channel page: without a target it stays, and its iframes are invisible', async () => {
    const opened = await open(['/one'], { target: undefined })
    await opened.waitForFunction('frames.length === 1')
    await expect.poll(() => asked.has('/one')).toBe(true)
    expect(await opened.textContent('#logged_out')).toBe('You are logged out')
    const style = 'getComputedStyle(document.querySelector("iframe"))'
    expect(await opened.evaluate(`${style}.position`)).toBe('absolute')
    expect(await opened.evaluate(`${style}.display`)).not.toBe('none')
    expect(new URL(opened.url()).origin).toBe(server.url)
    expect(problems).toEqual([])
  })
})
