/** The server as an entity of a federation, OpenID Federation §9, §12.2, §5.2.1, §8.7 and §8.3. */
import type { Hono } from 'hono'
import { fault } from './http.ts'
import type { Parts } from './parts.ts'
import { sendRelay } from './postern.ts'

/** Those that are off in the service are left out. */
const entityTypes = ['OPENID_PROVIDER', 'OPENID_CREDENTIAL_ISSUER']

/** What a relying party registers with, by the type of the body, §12.2.1. */
const registrations: Record<string, 'entityConfiguration' | 'trustChain'> = {
  'application/entity-statement+jwt': 'entityConfiguration',
  'application/trust-chain+json': 'trustChain',
}

export function addFederation(app: Hono, { postern }: Parts): void {
  app.get('/.well-known/openid-federation', async () =>
    sendRelay(await postern.call('federation/configuration', { entityTypes })),
  )
  app.post('/federation/register', async (c) => {
    const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? ''
    const member = Object.hasOwn(registrations, type) ? registrations[type] : undefined
    if (!member)
      return fault(c, 415, `The body has to be ${Object.keys(registrations).join(' or ')}.`)
    const body = { [member]: await c.req.text() }
    return sendRelay(await postern.call('federation/registration', body))
  })
  app.get('/federation/jwks.jwt', async () => sendRelay(await postern.call('federation/jwks', {})))
  app.get('/federation/historical-keys', async () =>
    sendRelay(await postern.call('federation/historical-keys', {})),
  )
  app.get('/federation/resolve', async (c) => {
    const parameters = new URL(c.req.url).search.slice(1)
    return sendRelay(await postern.call('federation/resolve', { parameters }))
  })
}
