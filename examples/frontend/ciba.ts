/**
 * Client-initiated backchannel authentication, CIBA: a client names a user, who logs in here with a
 * device of her own, and decides.
 */
import type { Context, Hono } from 'hono'
import { LRUCache } from 'lru-cache'
import { askedAway, resultOf } from './away.ts'
import { clientCredentials } from './credentials.ts'
import { findUser } from './hints.ts'
import { grantOf, logInFor } from './interaction.ts'
import { messagePage } from './layout.ts'
import type { Parts } from './parts.ts'
import type { Decision } from './pending.ts'
import { type Answer, sendRelay } from './postern.ts'

export interface CibaOptions {
  /** Lets anyone decide by `POST /ciba/approve`: for tests, and for nothing else. */
  automatedApproval?: boolean
  /** Sends the notifications to clients. */
  sendNotification?: typeof fetch
}

/** A request that waits for its user. */
interface Waiting {
  answer: Answer
  subject: string
}

export function addCiba(app: Hono, parts: Parts, options: CibaOptions): void {
  const { postern, sessions, interactions, users, clock, publicUrl } = parts
  const { automatedApproval = false, sendNotification = fetch } = options
  const waiting = new LRUCache<string, Waiting>({ max: 10_000, perf: { now: clock } })

  /** CIBA §7.1. A real frontend would now send a message to the user's phone. */
  app.post('/backchannel/authentication', async (c) => {
    const parameters = await c.req.text()
    const credentials = clientCredentials(c, publicUrl)
    const answer = await postern.call('backchannel/authentication', { parameters, ...credentials })
    if (answer.action !== 'USER_IDENTIFICATION') return sendRelay(answer)
    const { ticket } = answer
    const found = await findUser(c, answer, parts)
    if ('reason' in found)
      return sendRelay(await postern.call('backchannel/authentication/fail', { ticket, ...found }))
    const issued = await postern.call('backchannel/authentication/issue', { ticket })
    const { authReqId, expiresIn = 0 } = issued
    if (authReqId) waiting.set(authReqId, { answer, ...found }, { ttl: expiresIn * 1000 })
    return sendRelay(issued)
  })

  /** Whoever takes the request out decides it, so that it is decided once. */
  async function decide(authReqId: string, decision: Decision): Promise<boolean> {
    const request = waiting.get(authReqId)
    if (!request || !waiting.delete(authReqId)) return false
    const { ticket } = request.answer
    const body = { ticket, ...resultOf(decision) }
    const told = await postern.call('backchannel/authentication/complete', body)
    if (told.action === 'NOTIFICATION') await notify(told)
    else if (told.action !== 'NO_ACTION') throw new Error(`The decision met ${told.action}`)
    return true
  }

  /** CIBA §10.2, §10.3: sent once, whatever the client answers, and never to somewhere else. */
  async function notify({ responseContent = '', ...told }: Answer): Promise<void> {
    const headers = {
      Authorization: `Bearer ${told.clientNotificationToken}`,
      'Content-Type': 'application/json',
    }
    const init = { method: 'POST', headers, body: responseContent, redirect: 'manual' } as const
    const signal = AbortSignal.timeout(10_000)
    await sendNotification(told.clientNotificationEndpoint ?? '', { ...init, signal })
      .then(({ status }) => status >= 300 && console.error(`A client was notified: ${status}`))
      .catch(({ message }) => console.error(`A client was not notified: ${message}`))
  }

  /** The page for the user's own device: after the login, the oldest request that waits for her. */
  app.get('/ciba', async (c) => {
    const { subject } = (await sessions.current(c)) ?? {}
    if (!subject) return logInFor(c, parts, '/ciba')
    const [oldest] = [...waiting.entries()].reverse().filter(([, own]) => own.subject === subject)
    if (!oldest) return messagePage(c, 'Nothing waits for you', 'No request waits for you.')
    const [authReqId, { answer }] = oldest
    const asked = { ...askedAway(answer, answer.bindingMessage), subject }
    const conclude = async (c: Context, decision: Decision) => {
      if (!(await decide(authReqId, decision)))
        return messagePage(c, 'Too late', 'The request has expired, or was decided already.')
      const outcome = 'reason' in decision ? 'You denied the request.' : 'You allowed the request.'
      return messagePage(c, 'Done', `${outcome} Go on with the device where it began.`)
    }
    const { id } = interactions.hold({ answer: asked, conclude })
    return c.redirect(`/continue/${id}`, 303)
  })

  if (!automatedApproval) return
  app.post('/ciba/approve', async (c) => {
    const { token = '', type } = c.req.query()
    if (type !== 'allow' && type !== 'deny') return c.json({ error: 'type: allow or deny' }, 400)
    const { answer, subject } = waiting.get(token) ?? {}
    if (!answer || !subject) return c.json({ error: 'No such request waits.' }, 404)
    const authTime = Math.floor(clock() / 1000)
    const granted = grantOf(users, { subject, authTime }, answer)
    const done = await decide(token, type === 'allow' ? granted : { reason: 'DENIED' })
    return c.json({ done })
  })
}
