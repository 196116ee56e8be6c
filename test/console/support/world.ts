/** The console in Chromium against a real Postern in memory. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { AccessRight } from '../../../src/model/api-token.ts'
import { executablePath, launchChromium } from '../../e2e/chromium.ts'
import { createServer, type TestServer } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'
import { createWatch, type Watch } from './watch.ts'

/** Undefined on a machine without Chromium: tests of the console are skipped, visibly. */
export { executablePath }

if (!executablePath) console.warn('SKIPPED: the console in a browser, for there is none.')

export interface Visitor {
  page: Page
  context: BrowserContext
  watch: Watch
  /** Opens a path below `/console`, and waits for its heading. */
  open(path: string): Promise<void>
  /** Answers calls whose path matches with this status from now on. */
  fail(path: RegExp, status: number): Promise<void>
  /** Fails if anything happened that the watch does not allow. */
  close(): Promise<void>
}

export interface VisitorOptions {
  /** The rights of the API token; by default, an administrator's token. */
  rights?: AccessRight[]
  /** The only service of the token. */
  serviceId?: number
  /** `null`: without a login. */
  token?: string | null
  width?: number
}

export interface ConsoleWorld {
  server: TestServer
  /** A person with a browser profile of its own, who is logged in. */
  visitor(options?: VisitorOptions): Promise<Visitor>
  close(): Promise<void>
}

export async function startConsole(): Promise<ConsoleWorld> {
  // Pages compare times with those of the browser.
  const system = testSystem({ now: Date.now() })
  const server = await createServer({ overHttp: true, system })
  const browser: Browser = await launchChromium()

  async function visitor(options: VisitorOptions = {}): Promise<Visitor> {
    const { rights, serviceId = 0, width = 1_280 } = options
    const context = await browser.newContext({ viewport: { width, height: 860 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const own = rights ? await server.tokenFor(serviceId, rights) : server.adminToken
    const token = options.token === undefined ? own : options.token
    if (token !== null) await logIn(context, token)
    const page = await context.newPage()
    // Servers, browsers and keys are slow while everything else is tested.
    page.setDefaultTimeout(90_000)
    const watch = await createWatch(page, server.url)
    return {
      page,
      context,
      watch,
      async open(path) {
        await page.goto(`${server.url}/console${path}`)
        await page.locator('h1').waitFor()
        await page.getByText('Loading', { exact: true }).waitFor({ state: 'detached' })
      },
      async fail(path, status) {
        watch.allow(status)
        const matches = ({ pathname }: URL) =>
          /^\/console\/api\//.test(pathname) && path.test(pathname)
        await page.route(matches, (route) =>
          route.fulfill({
            status,
            json: { resultCode: 'P000801', resultMessage: '[P000801] The database is away.' },
          }),
        )
      },
      async close() {
        await context.close()
        watch.verify()
      },
    }
  }

  /** The browser itself sends these header fields; a request beside its pages does not. */
  async function logIn(context: BrowserContext, token: string): Promise<void> {
    const answer = await context.request.post(`${server.url}/console/session`, {
      headers: { 'Postern-Console': '1', 'Sec-Fetch-Site': 'same-origin' },
      data: { token },
    })
    expect(answer.status(), await answer.text()).toBe(204)
  }

  return {
    server,
    visitor,
    async close() {
      await browser.close()
      await server.close()
    },
  }
}
