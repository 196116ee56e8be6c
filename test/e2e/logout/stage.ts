/** A frontend with TLS, clients that register themselves, and a user in Chromium. */
import { createLocalJWKSet } from 'jose'
import * as openid from 'openid-client'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import { type Listening, listen } from '../../../examples/demo/listen.ts'
import { launchChromium } from '../chromium.ts'
import { fetchWith, serverTls } from '../tls.ts'
import { answerOf, createUser, redeem, requestOf, startWorld, type World } from '../world.ts'

/** What a client's site was asked. */
export interface Received {
  method: string
  path: string
  query: Record<string, string>
  type: string | null
  body: string
}

/** A client with a site, registered by itself with a secret, as the certification does it. */
export interface Client {
  site: Listening
  configuration: openid.Configuration
  clientId: string
  received: Received[]
  /** The requests to this path so far. */
  at(path: string): Received[]
}

interface ClientOptions {
  /** Metadata, by the URL of the site. */
  metadata?: (site: string) => Partial<openid.ClientMetadata>
  /** Pages of the site by their path. */
  pages?: Record<string, string>
  /** Whether the site uses TLS. Postern trusts no certificate of a test. */
  tls?: boolean
}

type Tokens = Awaited<ReturnType<typeof redeem>>

export interface Stage {
  world: World
  browser: Browser
  first: BrowserContext
  metadata: openid.ServerMetadata
  /** A client with `/callback`, and `/out` as the address after a logout. */
  client(options?: ClientOptions): Promise<Client>
  close(): Promise<void>
}

const send = fetchWith()
const overTls = { [openid.customFetch]: send }

export async function startStage(options: Parameters<typeof startWorld>[0] = {}): Promise<Stage> {
  const world = await startWorld({ tls: serverTls, ...options })
  const browser = await launchChromium()
  const first = await browser.newContext({ ignoreHTTPSErrors: true })
  const sites: Listening[] = []
  const { issuer } = world
  const discovered = await openid.discovery(new URL(issuer), 'none', undefined, undefined, overTls)
  return {
    world,
    browser,
    first,
    metadata: discovered.serverMetadata(),
    client: async ({ metadata = () => ({}), pages = {}, tls = true } = {}) => {
      const received: Received[] = []
      const site = await listen(recordingSite(received, pages), 0, tls ? serverTls : undefined)
      sites.push(site)
      const own = {
        client_name: `Client ${sites.length}`,
        redirect_uris: [`${site.url}/callback`],
        post_logout_redirect_uris: [`${site.url}/out`],
        id_token_signed_response_alg: 'ES256',
        ...metadata(site.url),
      }
      const configuration = await openid.dynamicClientRegistration(
        new URL(issuer),
        own,
        openid.ClientSecretBasic(),
        overTls,
      )
      const clientId = configuration.clientMetadata().client_id
      const at = (path: string) => received.filter((request) => request.path === path)
      return { site, configuration, clientId, received, at }
    },
    close: async () => {
      await browser.close()
      for (const site of sites) await site.close()
      await world.close()
    },
  }
}

/** A site that takes down what it is asked. */
const recordingSite =
  (received: Received[], pages: Record<string, string>) => async (request: Request) => {
    const { pathname: path, searchParams } = new URL(request.url)
    const { method, headers } = request
    const query = Object.fromEntries(searchParams)
    received.push({
      ...{ method, path, query },
      type: headers.get('Content-Type'),
      body: await request.text(),
    })
    const answered = { 'Content-Type': path.endsWith('.js') ? 'text/javascript' : 'text/html' }
    return new Response(pages[path] ?? 'A page of the client', { headers: answered })
  }

/** A page in a browser of its own. */
export const openBrowser = async ({ browser }: Stage, options: BrowserContextOptions = {}) =>
  (await browser.newContext({ ...options, ignoreHTTPSErrors: true })).newPage()

/** A page in the first browser, which forgets what it knew: quicker than a browser of its own. */
export async function openFresh({ first }: Stage): Promise<Page> {
  for (const page of first.pages().slice(1)) await page.close()
  const page = first.pages()[0] ?? (await first.newPage())
  await page.goto('about:blank')
  await first.clearCookies()
  return page
}

/** Passes the pages of the frontend that are shown: login and consent. */
export async function passPages(page: Page, username = 'alice'): Promise<void> {
  if (await page.isVisible('#username')) {
    await page.fill('#username', username)
    await page.fill('#password', `${username}-password`)
    await page.click('#login')
  }
  if (await page.isVisible('#authorize')) await page.click('#authorize')
}

/** Logs the user in to a client, which redeems the code. */
export async function logIn(page: Page, client: Client, username?: string): Promise<Tokens> {
  const redirect_uri = `${client.site.url}/callback`
  const request = await requestOf(client.configuration, { redirect_uri })
  await page.goto(request.url.href)
  await passPages(page, username)
  await page.waitForURL(`${redirect_uri}?*`)
  return redeem(client.configuration, request, page.url())
}

/** What `prompt=none` results in: a code if the user is logged in. */
export async function askSilently(page: Page, client: Client): Promise<string> {
  const redirect_uri = `${client.site.url}/callback`
  const request = await requestOf(client.configuration, { redirect_uri, prompt: 'none' })
  await page.goto(request.url.href)
  return outcomeOf(page.url())
}

function outcomeOf(url: string): string {
  const { code, error = '' } = answerOf(url)
  return code ? 'code' : error
}

/** Another device of a user. It has no scripts, and is quicker than a second browser. */
export function openPhone({ site, configuration }: Client, username = 'alice') {
  const redirect_uri = `${site.url}/callback`
  const browser = createFormBrowser(redirect_uri, (url, { headers, ...init }) =>
    send(url, { ...init, headers: { ...headers, 'User-Agent': 'Safari on an iPhone' } }),
  )
  const user = createUser({ username, password: `${username}-password` }, browser)
  return {
    async logIn(): Promise<Tokens> {
      const request = await requestOf(configuration, { redirect_uri })
      const { url } = await user.walk(request.url)
      return redeem(configuration, request, url)
    },
    async askSilently(): Promise<string> {
      const request = await requestOf(configuration, { redirect_uri, prompt: 'none' })
      return outcomeOf((await user.walk(request.url)).url)
    },
  }
}

/** Opens the end session endpoint with exactly these parameters. */
export async function requestLogout(
  page: Page,
  { metadata }: Stage,
  parameters: Record<string, string> = {},
): Promise<void> {
  const query = new URLSearchParams(parameters)
  await page.goto(`${metadata.end_session_endpoint}?${query}`)
}

/** The keys that the server publishes. */
export async function publishedKeys({ metadata }: Stage) {
  const response = await send(metadata.jwks_uri ?? '')
  return createLocalJWKSet(await response.json())
}

/** Every endpoint of the discovery document uses HTTPS, on the host of the issuer. */
export function expectHttps({ metadata, world }: Stage): void {
  const urls = Object.entries(metadata).filter(([name]) =>
    /_(endpoint|uri|iframe)$|^issuer$/.test(name),
  )
  expect(urls.length).toBeGreaterThan(8)
  for (const [name, url] of urls)
    expect([name, url]).toEqual([name, expect.stringMatching(/^https:/)])
  expect(metadata.issuer).toBe(world.issuer)
}
