/** Postern, a seeded service and the example frontend, each on a loopback socket of its own. */
import type { ServerOptions } from 'node:https'
import * as openid from 'openid-client'
import { startPostern } from '../../examples/demo/embedded-postern.ts'
import { createFormBrowser, type Page } from '../../examples/demo/form-browser.ts'
import { type Fetch, listen } from '../../examples/demo/listen.ts'
import { type Api, type SeededClient, seedClient, seedService } from '../../examples/demo/seed.ts'
import type { PosternOptions } from '../../examples/frontend/postern.ts'
import { createFrontend, type FrontendOptions } from '../../examples/frontend/server.ts'

/** No server listens there: the form browser stops at this address. */
export const callback = 'http://127.0.0.1:9/callback'

export const alice = { username: 'alice', password: 'alice-password' }
export const bob = { username: 'bob', password: 'bob-password' }
export const resourceServer = { id: 'resource-server', secret: 'rs-secret' }

export interface World {
  api: Api
  serviceId: string
  /** The URL of the frontend, which is the issuer. */
  issuer: string
  /** The frontend's clock runs this much ahead of the real one. */
  shift(milliseconds: number): void
  /** The calls of the frontend to Postern: their bodies by operation, in order. */
  asked: { operation: string; body: Record<string, unknown> }[]
  client(more?: Record<string, unknown>, redirectUri?: string): Promise<SeededClient>
  /** A new process of the frontend: nothing in its memory is left. */
  restart(): void
  close(): Promise<void>
}

type Settings = Record<string, unknown>

interface WorldOptions extends Omit<FrontendOptions, keyof PosternOptions | 'clock'> {
  /** The path of the issuer, such as `/op`. */
  issuerPath?: string
  /** The port of the frontend; a free one if it is absent. */
  port?: number
  /** Settings of the service, or how they follow from its issuer. */
  service?: Settings | ((issuer: string) => Settings)
  /** If it is set, the frontend uses HTTPS. */
  tls?: ServerOptions
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { service, tls, issuerPath = '', port = 0, ...more } = options
  let app: { fetch: Fetch } | undefined
  let ahead = 0
  const asked: World['asked'] = []
  const postern = await startPostern()
  const frontend = await listen((...call) => app?.fetch(...call) ?? Response.error(), port, tls)
  const issuer = frontend.url + issuerPath
  const serviceId = await seedService(
    postern,
    issuer,
    typeof service === 'function' ? service(issuer) : service,
  )
  const restart = () => {
    app = createFrontend({
      ...{ posternUrl: postern.url, serviceId, apiToken: postern.token },
      ...{ ...(issuerPath ? { publicUrl: issuer } : {}), ...more },
      clock: () => Date.now() + ahead,
      fetch: (url, init) => {
        const operation = String(url).split(`/api/${serviceId}/`)[1] ?? ''
        if (init?.body) asked.push({ operation, body: JSON.parse(String(init.body)) })
        return fetch(url, init)
      },
    })
  }
  restart()
  return {
    api: postern,
    serviceId,
    issuer,
    asked,
    restart,
    shift: (milliseconds) => {
      ahead += milliseconds
    },
    client: (more, redirectUri = callback) => seedClient(postern, serviceId, redirectUri, more),
    close: async () => {
      await frontend.close()
      await postern.close()
    },
  }
}

/** `openid-client` set up for a client by discovery; plain HTTP, since all of it is loopback. */
export const configure = ({ issuer }: World, id: string, secret: string) =>
  openid.discovery(new URL(issuer), id, secret, openid.ClientSecretBasic(secret), {
    execute: [openid.allowInsecureRequests],
  })

export interface Asked {
  url: URL
  verifier: string
  state: string
  nonce: string
}

/** An authorization request with PKCE, state and nonce. */
export async function requestOf(
  configuration: openid.Configuration,
  more: Record<string, string> = {},
): Promise<Asked> {
  const verifier = openid.randomPKCECodeVerifier()
  const state = more['state'] ?? openid.randomState()
  const nonce = openid.randomNonce()
  const url = openid.buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: callback, scope: 'openid', nonce },
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
    state,
  })
  return { url, verifier, state, nonce }
}

export const redeem = (
  configuration: openid.Configuration,
  request: Asked,
  url: string,
  more: { maxAge?: number } = {},
) =>
  openid.authorizationCodeGrant(configuration, new URL(url), {
    pkceCodeVerifier: request.verifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
    idTokenExpected: true,
    ...more,
  })

/** A user with a form browser, who passes all pages of the frontend. */
export function createUser(credentials = alice, browser = createFormBrowser(callback)) {
  return {
    browser,
    /**
     * The titles of the pages that were shown, and the address of the client that it ended at, or
     * the last page.
     */
    async walk(
      from: URL | string | Page,
      decision: 'authorize' | 'deny' = 'authorize',
    ): Promise<{ shown: string[]; url: string; text: string }> {
      const shown: string[] = []
      let page = typeof from === 'object' && 'text' in from ? from : await browser.open(`${from}`)
      while (page.status === 200 && shown.length < 5) {
        const isLogin = page.text.includes('id="password"')
        if (!isLogin && !page.text.includes('id="authorize"')) break
        shown.push(isLogin ? 'login' : 'consent')
        const fields = isLogin ? { ...credentials, decision: 'login' } : { decision }
        page = await browser.submit(page, fields)
      }
      if (page.status >= 400) shown.push(`error ${page.status}`)
      return { shown, url: page.url, text: page.text }
    },
  }
}

/** The parameters of the redirect to the client. */
export const answerOf = (url: string) => Object.fromEntries(new URL(url).searchParams)
