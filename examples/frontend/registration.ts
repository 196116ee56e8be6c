/** Clients that register themselves, RFC 7591, and manage their registration, RFC 7592. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { clientCredentials } from './credentials.ts'
import type { Parts } from './parts.ts'
import { type Answer, sendRelay } from './postern.ts'

/** Postern leaves it to the frontend who may register: whoever has the token, or else anyone. */
export function addRegistration(
  app: Hono,
  { postern, publicUrl }: Parts,
  initialAccessToken: string | undefined,
): void {
  app.post('/register', async (c) => {
    const presented = presentedBy(c)
    if (initialAccessToken && !isSame(presented.token ?? '', initialAccessToken))
      return c.json({ error: 'invalid_token' }, 401, { 'WWW-Authenticate': 'Bearer' })
    // Without a token of its own, Postern checks the client's if the service requires scopes.
    const proofs = initialAccessToken ? {} : presented
    const json = await c.req.text()
    return answerTo(await postern.call('client/registration', { json, ...proofs }))
  })

  const manage = async (c: Context, operation: string) => {
    const json = c.req.method === 'PUT' ? { json: await c.req.text() } : {}
    const about = { ...presentedBy(c), clientId: c.req.param('clientId') }
    return answerTo(await postern.call(`client/registration/${operation}`, { ...about, ...json }))
  }
  /** A token, or the secret if the service accepts it. A DPoP proof counts with its scheme only. */
  function presentedBy(c: Context) {
    const { dpop, ...proofs } = clientCredentials(c, publicUrl)
    const header = c.req.header('Authorization') ?? ''
    const [, scheme = '', token] = /^(Bearer|DPoP) +(\S+)$/i.exec(header) ?? []
    return { ...proofs, token, ...(scheme.toLowerCase() === 'dpop' ? { dpop } : {}) }
  }
  app.get('/register/:clientId', (c) => manage(c, 'get'))
  app.put('/register/:clientId', (c) => manage(c, 'update'))
  app.delete('/register/:clientId', (c) => manage(c, 'delete'))
}

/** The result code where the service does not support registration: then nothing is here. */
const unsupported = 'P088001'

const answerTo = (answer: Answer & { resultCode?: string }) =>
  answer.resultCode === unsupported
    ? Response.json({ error: 'not_found' }, { status: 404 })
    : sendRelay(answer)

const digest = (text: string) => createHash('sha256').update(text).digest()

const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
