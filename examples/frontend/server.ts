/**
 * An OAuth 2.0 and OpenID Connect server in front of Postern: it owns the users, the session and
 * the pages, and relays everything else. This file holds what clients and resource servers call.
 */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { addAuthorization, pick } from './authorization.ts'
import { errorPage } from './pages.ts'
import { createPostern, type Postern, type PosternOptions, sendRelay } from './postern.ts'
import { createSessions } from './session.ts'
import { demoResourceServers, demoUsers, matchesHash, type Users } from './users.ts'

export interface FrontendOptions extends PosternOptions {
  users?: Users
  /** Resource servers that may introspect: the hash of each one's secret, by its id. */
  resourceServers?: Record<string, string>
  /** Where clients reach this server, if a proxy in front hides it. */
  publicUrl?: string
  clock?: () => number
}

export function createFrontend(options: FrontendOptions): Hono {
  const { users = demoUsers, clock = Date.now, publicUrl = '' } = options
  const postern = createPostern(options)
  const app = new Hono()
  app.use(bodyLimit({ maxSize: 128 * 1024 }))
  app.onError((error, c) => {
    console.error(error.message)
    const forBrowser = c.req.header('Accept')?.includes('text/html')
    return forBrowser
      ? errorPage(c, 500, 'Something broke.')
      : c.json({ error: 'server_error' }, 500)
  })
  addDiscovery(app, postern)
  const sessions = createSessions(clock, publicUrl.startsWith('https:'))
  addAuthorization(app, postern, sessions, users, clock)
  addTokens(app, postern, users, options)
  addUserInfo(app, postern, users, options)
  addIntrospection(app, postern, options.resourceServers ?? demoResourceServers)
  for (const path of ['/token', '/revoke', '/introspect', '/par'])
    app.all(path, (c) => c.body(null, 405, { Allow: 'POST' }))
  return app
}

/** OpenID Connect Discovery §4, RFC 8414 §3 and RFC 7517 §5. */
function addDiscovery(app: Hono, postern: Postern): void {
  const document = (operation: string) => async (c: Context) =>
    c.body(await postern.read(operation), 200, { 'Content-Type': 'application/json' })
  app.get('/.well-known/openid-configuration', document('service/configuration'))
  app.get('/.well-known/oauth-authorization-server', document('service/configuration'))
  app.get('/jwks', document('service/jwks/get'))
}

/** What clients call with their credentials: RFC 6749 §3.2, RFC 7009 §2 and RFC 9126 §2. */
function addTokens(app: Hono, postern: Postern, users: Users, options: FrontendOptions): void {
  const relay = async (c: Context, operation: string) =>
    postern.call(operation, {
      parameters: await c.req.text(),
      ...basicCredentials(c),
      ...proof(c, options),
      oauthClientAttestation: c.req.header('OAuth-Client-Attestation'),
      oauthClientAttestationPop: c.req.header('OAuth-Client-Attestation-PoP'),
    })

  app.post('/token', async (c) => {
    const answer = await relay(c, 'auth/token')
    if (answer.action !== 'PASSWORD') return sendRelay(answer)
    const { ticket, username = '', password = '' } = answer
    const subject = await users.check(username, password)
    const decided = subject
      ? await postern.call('auth/token/issue', { ticket, subject })
      : await postern.call('auth/token/fail', {
          ticket,
          reason: 'INVALID_RESOURCE_OWNER_CREDENTIALS',
        })
    return sendRelay(decided)
  })
  app.post('/revoke', async (c) => sendRelay(await relay(c, 'auth/revocation')))
  app.post('/par', async (c) => sendRelay(await relay(c, 'pushed_auth_req')))
}

/** OIDC Core §5.3. The token comes in the header or in a form, RFC 6750 §2, never in the query. */
function addUserInfo(app: Hono, postern: Postern, users: Users, options: FrontendOptions): void {
  app.on(['GET', 'POST'], '/userinfo', async (c) => {
    const header = /^(?:Bearer|DPoP) +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
    const field = c.req.method === 'POST' ? (await c.req.parseBody())['access_token'] : undefined
    const token = header ?? field
    if (typeof token !== 'string') return c.body(null, 401, { 'WWW-Authenticate': 'Bearer' })
    const answer = await postern.call('auth/userinfo', { token, ...proof(c, options) })
    if (answer.action !== 'OK') return sendRelay(answer)
    const claims = pick(users.claims(answer.subject ?? ''), answer.claims)
    const issue = { token, claims: JSON.stringify(claims) }
    return sendRelay(await postern.call('auth/userinfo/issue', issue))
  })
}

/**
 * RFC 7662 §2.1: whoever introspects has to say who it is; here, a resource server by HTTP Basic.
 */
function addIntrospection(app: Hono, postern: Postern, servers: Record<string, string>): void {
  app.post('/introspect', async (c) => {
    const { clientId = '', clientSecret = '' } = basicCredentials(c)
    const hash = Object.hasOwn(servers, clientId) ? servers[clientId] : undefined
    if (!hash || !(await matchesHash(clientSecret, hash)))
      return c.body(null, 401, { 'WWW-Authenticate': 'Basic realm="introspection"' })
    const parameters = await c.req.text()
    return sendRelay(await postern.call('auth/introspection/standard', { parameters }))
  })
}

/** RFC 6749 §2.3.1: client id and secret are form-encoded before they are joined by a colon. */
function basicCredentials(c: Context): { clientId?: string; clientSecret?: string } {
  const encoded = /^Basic +(\S*)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (encoded === undefined) return {}
  const [, clientId, clientSecret] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return { clientId: formDecoded(clientId), clientSecret: formDecoded(clientSecret) }
}

function formDecoded(text = ''): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/**
 * What a DPoP proof is checked against, RFC 9449 §4.3. Several DPoP headers arrive joined by a
 * comma, which no proof contains, and so are refused.
 */
function proof(c: Context, { publicUrl }: FrontendOptions): Record<string, string | undefined> {
  const { origin, pathname } = new URL(c.req.url)
  const htu = (publicUrl ?? origin) + pathname
  return { dpop: c.req.header('DPoP'), htm: c.req.method, htu }
}
