/**
 * An OAuth 2.0 and OpenID Connect server in front of Postern: it owns the users, the cookies and
 * the pages, and relays everything else. This file puts the parts together.
 */
import { type Context, Hono } from 'hono'
import { contextStorage } from 'hono/context-storage'
import { addAuthorization } from './authorization.ts'
import { addCiba, type CibaOptions } from './ciba.ts'
import { addClientEndpoints } from './clients.ts'
import { passVerifiedOnly, refuseSeveralProofs } from './credentials.ts'
import { addDevice } from './device.ts'
import { addDeviceList } from './device-list.ts'
import { addFederation } from './federation.ts'
import { allowOtherOrigins, answerError, limitBody, requireForm, requireLoopback } from './http.ts'
import { addInteraction } from './interaction.ts'
import { below, pathOf } from './issuer-path.ts'
import { createLimiter } from './limiter.ts'
import { withLocalSessions } from './local-sessions.ts'
import { addLogout } from './logout.ts'
import { createPending, type Request } from './pending.ts'
import { createPostern, type Postern, type PosternOptions } from './postern.ts'
import { addRegistration } from './registration.ts'
import { addResources } from './resources.ts'
import { createSessions } from './session.ts'
import { addToken } from './token.ts'
import type { TokenPolicy } from './token-policy.ts'
import { demoResourceServers, demoUsers, type ResourceServer, type Users } from './users.ts'
import { addCredentialIssuer } from './vci/index.ts'

export interface FrontendOptions extends PosternOptions, CibaOptions, Partial<TokenPolicy> {
  users?: Users
  /** Resource servers that may introspect, by their id. */
  resourceServers?: Record<string, ResourceServer>
  /** Where clients reach this server; without it, on the loopback interface only. */
  publicUrl?: string
  clock?: () => number
  /** The TLS listener verifies client certificates: others are not handed on to Postern. */
  verifiedCertificatesOnly?: boolean
  /** Who may register clients; without it, anyone. */
  initialAccessToken?: string
  /** How often OP iframes ask whether the session lives: 30 to 3600, or 0 for never. */
  sessionRefreshSeconds?: number
}

export function createFrontend(options: FrontendOptions): Hono {
  const { users = demoUsers, clock = Date.now } = options
  const publicUrl = options.publicUrl?.replace(/\/$/, '')
  const { resourceServers = demoResourceServers, initialAccessToken } = options
  const { exchangeTargets = ['https://api.example.com'], trustedIssuers = {} } = options
  const postern = withLocalSessions(createPostern(options), clock)
  const app = new Hono()
  app.onError(answerError)
  app.use(contextStorage())
  if (publicUrl === undefined) app.use(requireLoopback)
  allowOtherOrigins(app)
  app.use(limitBody, requireForm, refuseSeveralProofs)
  if (options.verifiedCertificatesOnly) app.use(passVerifiedOnly)
  addDiscovery(app, postern)
  const isSecure = (c: Context) => (publicUrl ?? c.req.url).startsWith('https:')
  const refreshSeconds = options.sessionRefreshSeconds ?? 0
  const sessions = createSessions({ postern, clock, isSecure, refreshSeconds })
  const interactions = createPending<Request>({ clock, isSecure, max: 10_000 })
  const limiter = createLimiter(clock)
  const shared = { postern, sessions, interactions, users, limiter }
  const parts = { ...shared, clock, isSecure, publicUrl }
  addInteraction(app, parts)
  addAuthorization(app, parts)
  addLogout(app, parts)
  addDeviceList(app, parts)
  addCiba(app, parts, options)
  addDevice(app, parts)
  addToken(app, parts, { exchangeTargets, trustedIssuers })
  addRegistration(app, parts, initialAccessToken)
  addClientEndpoints(app, parts, resourceServers)
  addResources(app, parts)
  addCredentialIssuer(app, parts)
  addFederation(app, parts)
  const path = pathOf(publicUrl)
  return path ? below(path, app) : app
}

/** OpenID Connect Discovery §4, RFC 8414 §3 and RFC 7517 §5. */
function addDiscovery(app: Hono, postern: Postern): void {
  const document = (operation: string) => async (c: Context) =>
    c.body(await postern.read(operation), 200, { 'Content-Type': 'application/json' })
  app.get('/.well-known/openid-configuration', document('service/configuration'))
  app.get('/.well-known/oauth-authorization-server', document('service/configuration'))
  app.get('/jwks', document('service/jwks/get'))
}
