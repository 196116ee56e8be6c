/** Credentials with the claims of UserInfo, UserInfo VC §5. */
import type { Hono } from 'hono'
import { presentedToken } from '../credentials.ts'
import type { Parts } from '../parts.ts'
import { type Answer, sendRelay } from '../postern.ts'
import { withNonce } from '../resources.ts'
import { claimsAbout } from '../users.ts'

export function addUserInfoCredentials(app: Hono, { postern, users, publicUrl }: Parts): void {
  app.post('/credentials', async (c) => {
    const presented = await presentedToken(c, publicUrl)
    if (presented instanceof Response) return presented
    const request = { requestContent: await c.req.text(), ...presented }
    const answer = await postern.call<Answer>('userinfovc/parse', request)
    if (answer.action !== 'OK') return sendRelay(answer)
    const { ticket, subject = '' } = answer
    const claims = JSON.stringify(claimsAbout(users, subject, answer))
    return withNonce(answer, sendRelay(await postern.call('userinfovc/issue', { ticket, claims })))
  })
}
