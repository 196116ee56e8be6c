/** What clients and resource servers call with their credentials. */
import type { Context, Hono } from 'hono'
import { basicCredentials, clientCredentials } from './credentials.ts'
import type { Parts } from './parts.ts'
import { sendRelay } from './postern.ts'
import { matchesHash, type ResourceServer } from './users.ts'

export function addClientEndpoints(
  app: Hono,
  { postern, publicUrl }: Parts,
  resourceServers: Record<string, ResourceServer>,
): void {
  const call = async (c: Context, operation: string) =>
    postern.call(operation, {
      parameters: await c.req.text(),
      ...clientCredentials(c, publicUrl),
    })

  app.post('/par', async (c) => sendRelay(await call(c, 'pushed_auth_req')))
  app.post('/revoke', async (c) => sendRelay(await call(c, 'auth/revocation')))

  /** RFC 7662 §2.1: whoever introspects says who it is; here, a resource server by HTTP Basic. */
  app.post('/introspect', async (c) => {
    const { clientId = '', clientSecret = '' } = basicCredentials(c)
    const server = Object.hasOwn(resourceServers, clientId) ? resourceServers[clientId] : undefined
    if (!server || !(await matchesHash(clientSecret, server.secretHash)))
      return c.body(null, 401, { 'WWW-Authenticate': 'Basic realm="introspection"' })
    const answer = await postern.call('auth/introspection/standard', {
      parameters: await c.req.text(),
      httpAcceptHeader: c.req.header('Accept'),
      rsUri: clientId,
      ...server.jwtResponse,
    })
    return sendRelay(answer)
  })

  for (const path of postOnly) app.all(path, (c) => c.body(null, 405, { Allow: 'POST' }))
}

const postOnly = [
  ...['/token', '/revoke', '/introspect', '/par', '/register'],
  ...['/backchannel/authentication', '/device_authorization'],
]
