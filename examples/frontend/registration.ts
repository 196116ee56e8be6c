/** Clients that register themselves, RFC 7591, and manage their registration, RFC 7592. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { type Answer, type Postern, sendRelay } from './postern.ts'

/** Postern leaves it to the frontend who may register: whoever has the token, or else anyone. */
export function addRegistration(
  app: Hono,
  postern: Postern,
  initialAccessToken: string | undefined,
): void {
  app.post('/register', async (c) => {
    if (initialAccessToken && !isSame(bearerToken(c) ?? '', initialAccessToken))
      return c.json({ error: 'invalid_token' }, 401, { 'WWW-Authenticate': 'Bearer' })
    // Without a token of its own, Postern checks the client's if the service requires scopes.
    const token = initialAccessToken ? undefined : bearerToken(c)
    const json = await c.req.text()
    return answerTo(await postern.call('client/registration', { json, token }))
  })

  const manage = async (c: Context, operation: string) => {
    const json = c.req.method === 'PUT' ? { json: await c.req.text() } : {}
    const about = { clientId: c.req.param('clientId'), token: bearerToken(c) }
    return answerTo(await postern.call(`client/registration/${operation}`, { ...about, ...json }))
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

const bearerToken = (c: Context) =>
  /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]

const digest = (text: string) => createHash('sha256').update(text).digest()

const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
