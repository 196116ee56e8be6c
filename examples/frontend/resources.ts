/** What access tokens are good for: UserInfo, and a tiny protected resource with its metadata. */
import { randomUUID } from 'node:crypto'
import type { Hono } from 'hono'
import { presentedToken } from './credentials.ts'
import type { Parts } from './parts.ts'
import { type Answer, sendRelay } from './postern.ts'
import { claimsAbout } from './users.ts'
import { baseOf } from './vci/documents.ts'

const methods = ['GET', 'POST']
const resourceMetadataPath = '/.well-known/oauth-protected-resource'

export function addResources(app: Hono, { postern, users, publicUrl }: Parts): void {
  /** OIDC Core §5.3. */
  app.on(methods, '/userinfo', async (c) => {
    const presented = await presentedToken(c, publicUrl)
    if (presented instanceof Response) return presented
    const answer = await postern.call('auth/userinfo', presented)
    if (answer.action !== 'OK') return sendRelay(answer)
    const claims = claimsAbout(users, answer.subject ?? '', answer)
    const issue = { token: presented.token, claims: JSON.stringify(claims) }
    return withNonce(answer, sendRelay(await postern.call('auth/userinfo/issue', issue)))
  })

  /** RFC 9728 §3.1: the rest of the path, with the query, is that of the resource. */
  app.get(`${resourceMetadataPath}/*`, async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const rest = pathname.slice(resourceMetadataPath.length) + search
    const resource = baseOf(c, publicUrl) + rest
    return sendRelay(await postern.call('resource/metadata', { resource }))
  })

  /** FAPI 1.0 Baseline §6.2.1: every answer carries the id of the interaction. */
  app.use('/resource', async (c, next) => {
    await next()
    c.header('x-fapi-interaction-id', c.req.header('x-fapi-interaction-id') ?? randomUUID())
  })

  app.on(methods, '/resource', async (c) => {
    if (c.req.query('access_token') !== undefined)
      return c.body(null, 400, { 'WWW-Authenticate': 'Bearer error="invalid_request"' })
    const presented = await presentedToken(c, publicUrl)
    if (presented instanceof Response) return presented
    const answer = await postern.call('auth/introspection', presented)
    if (answer.action !== 'OK') return sendRelay(answer)
    const { subject } = answer
    return withNonce(answer, c.json({ subject }, 200, { 'Cache-Control': 'no-store' }))
  })
}

/** RFC 9449 §8.2: the next nonce comes with the answer that a good proof gets. */
export function withNonce({ dpopNonce }: Answer, response: Response): Response {
  if (dpopNonce) response.headers.set('DPoP-Nonce', dpopNonce)
  return response
}
