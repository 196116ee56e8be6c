/** The device flow, RFC 8628: a device shows a code, and its user enters it on a page of this. */
import type { Hono } from 'hono'
import { askedAway, resultOf } from './away.ts'
import { clientCredentials } from './credentials.ts'
import { messagePage } from './layout.ts'
import { userCodePage } from './pages.ts'
import type { Parts } from './parts.ts'
import { sendRelay } from './postern.ts'

const alerts: Record<string, string> = {
  NOT_EXIST: 'There is no such code. Look at your device again.',
  EXPIRED: 'The code has expired. Begin again on your device.',
}

export function addDevice(app: Hono, { postern, interactions, publicUrl }: Parts): void {
  /** RFC 8628 §3.1. */
  app.post('/device_authorization', async (c) => {
    const parameters = await c.req.text()
    const credentials = clientCredentials(c, publicUrl)
    return sendRelay(await postern.call('device/authorization', { parameters, ...credentials }))
  })

  /** RFC 8628 §3.3; the complete verification URI fills in the code, and the user confirms it. */
  app.get('/device', (c) => userCodePage(c, c.req.query('user_code') ?? ''))

  app.post('/device', async (c) => {
    const { user_code } = await c.req.parseBody()
    const userCode = String(user_code ?? '').slice(0, 255)
    const answer = await postern.call('device/verification', { userCode })
    if (answer.action !== 'VALID') return userCodePage(c, userCode, alerts[answer.action])
    const { id } = interactions.hold({
      answer: askedAway(answer, userCode),
      async conclude(c, decision) {
        const body = { userCode, ...resultOf(decision) }
        const { action } = await postern.call('device/complete', body)
        if (action !== 'SUCCESS')
          return messagePage(c, 'Too late', 'The code has expired, or was decided already.')
        const outcome = 'reason' in decision ? 'was denied the access' : 'has the access'
        return messagePage(c, 'Done', `Your device ${outcome}. You may close this page.`)
      },
    })
    return c.redirect(`/continue/${id}`, 303)
  })
}
