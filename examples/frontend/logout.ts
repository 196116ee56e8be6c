/** Logout requests of clients, OIDC RP-Initiated Logout §2, and the OP iframe. */
import type { Context, Hono } from 'hono'
import { pathOf } from './issuer-path.ts'
import { expired, showRelay } from './layout.ts'
import { loggedOutPage, logoutPage, stillLoggedInPage } from './logout-pages.ts'
import type { Parts } from './parts.ts'
import { createPending } from './pending.ts'
import type { Answer } from './postern.ts'

/** A logout request, with what Postern asks the user about it. */
interface LogoutRequest {
  parameters: string
  question?: Answer
}

/** Shows what came of a logout. The session of the browser is over, if it was about that. */
export function showLogout(c: Context, { sessions }: Parts, answer: Answer) {
  const isDone = ['LOCATION', 'PAGE', 'OK'].includes(answer.action)
  sessions.follow(c, answer, isDone && answer.current !== false)
  return answer.relay ? showRelay(c, answer) : loggedOutPage(c)
}

export function addLogout(app: Hono, parts: Parts): void {
  const { postern, sessions, clock, isSecure } = parts
  const requests = createPending<LogoutRequest>({ clock, isSecure, max: 1_000 })

  app.on(['GET', 'POST'], '/logout', async (c) => {
    const query = new URL(c.req.url).search.slice(1)
    const parameters = c.req.method === 'POST' ? await c.req.text() : query
    // A POST from the client's site comes without the session's cookie; this redirect brings it.
    return c.redirect(`/logout/${requests.hold({ parameters }).id}`, 303)
  })

  app.get('/logout/:id', async (c) => {
    const request = requests.find(c, c.req.param('id'))
    if (!request) return expired(c)
    const { parameters, question } = request
    if (question) return logoutPage(c, question, request.formToken)
    const sessionId = sessions.idOf(c)
    const answer = await postern.call('logout', { parameters, sessionId })
    if (answer.action === 'INTERACTION') {
      request.question = answer
      return logoutPage(c, answer, request.formToken)
    }
    requests.drop(request)
    return showLogout(c, parts, answer)
  })

  app.post('/logout/:id', async (c) => {
    const request = requests.find(c, c.req.param('id'))
    const { formToken, decision } = await c.req.parseBody()
    if (!request?.question || formToken !== request.formToken) return expired(c)
    requests.drop(request)
    const { ticket } = request.question
    if (decision === 'logout_yes' || decision === 'logout_everywhere') {
      const scope = decision === 'logout_yes' ? 'SESSION' : 'SUBJECT'
      return showLogout(c, parts, await postern.call('logout/issue', { ticket, scope }))
    }
    const answer = await postern.call('logout/fail', { ticket })
    return answer.relay ? showRelay(c, answer) : stillLoggedInPage(c)
  })

  /** OIDC Session Management §3.2. With `refresh`, the iframe asks whether the session lives. */
  app.get('/session/iframe', async (c) => {
    const { refreshSeconds } = sessions
    const refreshPath = `${pathOf(parts.publicUrl)}/session/iframe?refresh`
    const body = { sessionId: sessions.idOf(c), refreshSeconds, refreshPath }
    const answer = await postern.call('session/iframe', body)
    sessions.follow(c, answer, answer.live === false)
    return c.req.query('refresh') === undefined ? showRelay(c, answer) : c.body(null, 204)
  })
}
