/** The authorization endpoint, OIDC Core §3.1.2: what the user decides ends it, by issue or fail. */
import type { Context, Hono } from 'hono'
import { showRelay } from './layout.ts'
import type { Parts } from './parts.ts'
import type { Decision } from './pending.ts'

export function addAuthorization(app: Hono, { postern, sessions, interactions }: Parts): void {
  app.on(['GET', 'POST'], '/authorize', async (c) => {
    const query = new URL(c.req.url).search.slice(1)
    const parameters = c.req.method === 'POST' ? await c.req.text() : query
    const answer = await postern.call('auth/authorization', { parameters })
    if (answer.relay) return showRelay(c, answer)
    const { ticket } = answer
    const conclude = async (c: Context, decision: Decision) => {
      const operation = `auth/authorization/${'reason' in decision ? 'fail' : 'issue'}`
      const browserState = sessions.browserState(c)
      return showRelay(c, await postern.call(operation, { ticket, browserState, ...decision }))
    }
    const { id } = interactions.hold({ answer, conclude })
    // A POST from the client's site comes without the session's cookie; this redirect brings it.
    return c.redirect(`/continue/${id}`, 303)
  })
}
