/** The devices on which the user is logged in, and the button that logs out. */
import type { Context, Hono } from 'hono'
import { logInFor } from './interaction.ts'
import { expired } from './layout.ts'
import { showLogout } from './logout.ts'
import { deviceListPage } from './logout-pages.ts'
import type { Parts } from './parts.ts'

export function addDeviceList(app: Hono, parts: Parts): void {
  const { postern, sessions } = parts

  async function devicesOf(subject: string) {
    const body = { subject, withClients: true, start: 0, end: 100 }
    return (await postern.call('session/list', body)).sessions ?? []
  }

  app.get('/sessions', async (c) => {
    const session = await sessions.current(c)
    if (!session) return logInFor(c, parts, '/sessions')
    const devices = await devicesOf(session.subject)
    return deviceListPage(c, devices, session.id, sessions.formToken(c))
  })

  app.post('/sessions', async (c) => {
    const session = await sessions.current(c)
    const { formToken, decision, sessionId } = await c.req.parseBody()
    if (!session || formToken !== sessions.formToken(c)) return expired(c)
    const { subject, id } = session
    if (decision === 'log_out') return logOut(c, id)
    if (decision === 'end_others')
      await postern.call('session/delete', { subject, exceptSessionId: id })
    // Another user's session is not ended, whatever the form says.
    const owned = (await devicesOf(subject)).find((device) => device.sessionId === sessionId)
    if (owned) await postern.call('session/delete', { sessionId: owned.sessionId })
    return c.redirect('/sessions', 303)
  })

  /** The form token was the confirmation, so that the ticket is used at once. */
  async function logOut(c: Context, sessionId: string) {
    const answer = await postern.call('logout', { parameters: '', sessionId })
    const { ticket } = answer
    return showLogout(c, parts, ticket ? await postern.call('logout/issue', { ticket }) : answer)
  }
}
