/** The OP iframe in Chromium, OIDC Session Management §3. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../examples/demo/listen.ts'
import { type SessionIframe, sessionIframe } from '../../src/oauth/logout/session-iframe.ts'
import { sessionState } from '../../src/oauth/logout/session-state.ts'
import { executablePath, launchProfile } from './chromium.ts'

const cookieName = 'op_browser_state'
const state = 'c29tZSBicm93c2VyIHN0YXRl'
const salt = 'c29tZSBzYWx0'
const clientId = 'tea shop'

type SameSite = 'Lax' | 'None'

describe.skipIf(!executablePath)('OP iframe in Chromium', () => {
  let browser: BrowserContext
  /** A browser that hides the cookies of other sites. */
  let strict: BrowserContext
  let op: Listening
  let rp: Listening
  let settings: SessionIframe
  let refreshed = 0

  beforeAll(async () => {
    browser = await launchProfile('shown')
    strict = await launchProfile('hidden')
    op = await listen(({ url }) => {
      if (url.endsWith('?refresh')) {
        refreshed += 1
        const cookie = `${cookieName}=fresh; Path=/session`
        return new Response(null, { status: 204, headers: { 'Set-Cookie': cookie } })
      }
      const { responseContent, contentSecurityPolicy } = sessionIframe(settings)
      const headers = {
        'Content-Type': 'text/html',
        'Content-Security-Policy': contentSecurityPolicy,
      }
      return new Response(responseContent, { headers })
    })
    rp = await listen(({ url }) => {
      const isPage = new URL(url).pathname === '/page'
      const frames = `<iframe name="op" src="${op.url}/session/iframe"></iframe><iframe name="rp" src="/sibling"></iframe>`
      const headers = { 'Content-Type': 'text/html' }
      return new Response(isPage ? frames : 'sibling', { headers })
    })
  })
  afterAll(async () => {
    await browser?.close()
    await strict?.close()
    await op?.close()
    await rp?.close()
  })

  afterEach(async () => {
    for (const each of [browser, strict]) {
      for (const page of each.pages().slice(1)) await page.close()
      await each.clearCookies()
    }
  })

  /** A page of the client with the iframe, at 127.0.0.1 (the site of the OP) or localhost. */
  async function open(
    {
      cookie = state as string | null,
      host = '127.0.0.1',
      sameSite = 'Lax' as SameSite,
      from = browser,
    } = {},
    more: Partial<SessionIframe> = {},
  ): Promise<{ page: Page; origin: string; problems: string[] }> {
    const absent = { refreshSeconds: 0, refreshPath: undefined, redirectUris: undefined }
    settings = { cookieName, ...absent, ...more }
    const page = await from.newPage()
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    if (cookie !== null) await setCookie(page, cookie, sameSite)
    const origin = rp.url.replace('127.0.0.1', host)
    await page.goto(`${origin}/page`)
    return { page, origin, problems }
  }

  const setCookie = (page: Page, value: string, sameSite: SameSite = 'Lax') => {
    const secure = sameSite === 'None'
    const place = { domain: '127.0.0.1', path: '/session', sameSite, secure }
    return page.context().addCookies([{ name: cookieName, value, ...place }])
  }

  /** What the iframe answers to a message of the page, or of the iframe beside it. */
  const ask = (page: Page, message: unknown, from: 'page' | 'sibling' = 'page') =>
    page.evaluate(`new Promise((resolve) => {
      const asking = ${from === 'page' ? 'window' : 'frames.rp'}
      asking.addEventListener('message', ({ data, origin }) => resolve([data, origin]), { once: true })
      const post = 'parent.frames.op.postMessage(' + ${JSON.stringify(JSON.stringify(message))} + ', "*")'
      asking.eval(post)
      setTimeout(() => resolve('silence'), 3000)
    })`)

  const messageFor = (origin: string, browserState = state) =>
    `${clientId} ${sessionState(clientId, origin, browserState, salt)}`

  it.each(['page', 'sibling'] as const)(
    'OP iframe: the %s hears unchanged, and changed after a logout (OIDC Session Management §3.2)',
    async (from) => {
      const { page, origin, problems } = await open()
      const message = messageFor(origin)
      expect(await ask(page, message, from)).toEqual(['unchanged', op.url])
      expect(await ask(page, message, from)).toEqual(['unchanged', op.url])
      await setCookie(page, 'another')
      expect(await ask(page, message, from)).toEqual(['changed', op.url])
      await setCookie(page, state)
      expect(await ask(page, message, from)).toEqual(['unchanged', op.url])
      expect(problems).toEqual([])
    },
  )

  it('OP iframe: the session_state of another origin, client or salt has changed', async () => {
    const { page, origin } = await open()
    const other = messageFor('https://other.example')
    expect(await ask(page, other)).toEqual(['changed', op.url])
    const message = messageFor(origin)
    expect(await ask(page, message.replace('tea', 'coffee'))).toEqual(['changed', op.url])
    expect(await ask(page, `${message}x`)).toEqual(['changed', op.url])
  })

  const hash = 'a'.repeat(43)
  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['a word', 'hello'],
    ['two words', 'hello world'],
    ['no client', ` ${hash}.salt`],
    ['no salt', `1 ${hash}.`],
    ['no dot', `1 ${hash}`],
    ['two dots', `1 ${hash}.salt.pepper`],
    ['a short hash', '1 abc.salt'],
    ['a space at the end', `1 ${hash}.salt `],
    ['much text', `${'x'.repeat(5_000)} ${hash}.salt`],
    ['a number', 1],
    ['null', null],
    ['an object', { toString: 'x' }],
  ])(
    'OP iframe: %s is answered with error (OIDC Session Management §3.2)',
    async (_case, message) => {
      const { page, problems } = await open()
      expect(await ask(page, message)).toEqual(['error', op.url])
      expect(problems).toEqual([])
    },
  )

  it('OP iframe: without a cookie the user is logged out', async () => {
    const { page, origin } = await open({ cookie: null })
    expect(await ask(page, messageFor(origin))).toEqual(['changed', op.url])
  })

  it('OP iframe: a client of another site hears unchanged where the browser shows the cookie', async () => {
    const { page, origin } = await open({ host: 'localhost', sameSite: 'None' })
    expect(await ask(page, messageFor(origin))).toEqual(['unchanged', op.url])
  })

  it('OP iframe: a cookie that the browser hides is answered with error', async () => {
    const { page, origin } = await open({ host: 'localhost', sameSite: 'None', from: strict })
    expect(await ask(page, messageFor(origin))).toEqual(['error', op.url])
  })

  it('OP iframe: a cookie with SameSite=Lax is no cookie for a client of another site', async () => {
    const { page, origin } = await open({ host: 'localhost', sameSite: 'Lax' })
    expect(await ask(page, messageFor(origin))).toEqual(['changed', op.url])
  })

  it('OP iframe: a browser that hides cookies shows those of the same site', async () => {
    const { page, origin } = await open({ from: strict })
    expect(await ask(page, messageFor(origin))).toEqual(['unchanged', op.url])
  })

  it('OP iframe: a window that is gone is not answered, and breaks nothing', async () => {
    const { page, origin, problems } = await open()
    await page.evaluate(`{
      const frame = document.body.appendChild(document.createElement('iframe'))
      frame.contentWindow.eval('parent.frames.op.postMessage("hello", "*")')
      frame.remove()
      const opaque = document.body.appendChild(document.createElement('iframe'))
      opaque.sandbox = 'allow-scripts'
      opaque.srcdoc = '<script>parent.frames.op.postMessage("hello", "*")</script>'
    }`)
    await page.waitForTimeout(200)
    expect(await ask(page, messageFor(origin))).toEqual(['unchanged', op.url])
    expect(problems).toEqual([])
  })

  it('OP iframe: a remote end is seen when the iframe asks the frontend', async () => {
    const refresh = { refreshSeconds: 1, refreshPath: '/session/iframe?refresh' }
    const { page, origin, problems } = await open({}, refresh)
    const message = messageFor(origin)
    await expect.poll(() => ask(page, message), { timeout: 10_000 }).toEqual(['changed', op.url])
    expect(refreshed).toBeGreaterThan(0)
    expect(await ask(page, messageFor(origin, 'fresh'))).toEqual(['unchanged', op.url])
    expect(problems).toEqual([])
  })

  it('OP iframe: it does not ask the frontend by itself', async () => {
    const before = refreshed
    const { page } = await open()
    await page.waitForTimeout(1_500)
    expect(refreshed).toBe(before)
  })

  it('OP iframe: only pages of the client may embed it', async () => {
    const redirectUris = [`${rp.url}/callback`, 'com.example.app:/callback']
    const { page, origin } = await open({}, { redirectUris })
    expect(await ask(page, messageFor(origin))).toEqual(['unchanged', op.url])
    const other = await open({}, { redirectUris: ['https://other.example/callback'] })
    expect(other.page.frame('op')?.url()).toMatch(/^chrome-error:/)
  })
})
