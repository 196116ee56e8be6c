/** The authorization endpoint, OIDC Core §3.1.2: what the user decides ends it, by issue or fail. */
import type { Context, Hono } from 'hono'
import { errorPage } from './layout.ts'
import type { Parts } from './parts.ts'
import { type Answer, sendRelay } from './postern.ts'

export function addAuthorization(app: Hono, { postern, sessions }: Parts): void {
  app.on(['GET', 'POST'], '/authorize', async (c) => {
    const query = new URL(c.req.url).search.slice(1)
    const parameters = c.req.method === 'POST' ? await c.req.text() : query
    const answer = await postern.call('auth/authorization', { parameters })
    if (answer.relay) return show(c, answer)
    const { ticket } = answer
    const { id } = sessions.hold(answer, async (c, decision) => {
      const operation = `auth/authorization/${'reason' in decision ? 'fail' : 'issue'}`
      return show(c, await postern.call(operation, { ticket, ...decision }))
    })
    // A POST from the client's site comes without the session's cookie; this redirect brings it.
    return c.redirect(`/continue/${id}`, 303)
  })
}

/** Towards a browser: a redirect or a form goes out as it is, an error becomes a page. */
function show(c: Context, answer: Answer) {
  const { relay } = answer
  if (!relay || relay.status < 400) return sendRelay(answer)
  return errorPage(c, relay.status === 400 ? 400 : 500, relay.body ?? '')
}
