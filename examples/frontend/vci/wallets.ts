/** What wallets call: nonces, credentials, deferred credentials and notifications. */
import type { Context, Hono } from 'hono'
import { presentedToken } from '../credentials.ts'
import type { Parts } from '../parts.ts'
import { type Answer, sendRelay } from '../postern.ts'
import { withNonce } from '../resources.ts'
import type { Orders, RequestInfo } from './orders.ts'

interface Parsed extends Answer {
  info?: RequestInfo
}

export function addWallets(app: Hono, { postern, publicUrl }: Parts, orders: Orders): void {
  /** OpenID4VCI §7. */
  app.post('/nonce', async () => sendRelay(await postern.call('vci/nonce', {})))

  /** The request as Postern takes it: with the token, and what shows whose token it is. */
  async function requestOf(c: Context) {
    const presented = await presentedToken(c, publicUrl)
    if (presented instanceof Response) return presented
    const { token: accessToken, ...sender } = presented
    return { accessToken, requestContent: await c.req.text(), ...sender }
  }

  /** OpenID4VCI §8: Postern checks the request, this frontend decides, Postern issues. */
  app.post('/credential', async (c) => {
    const request = await requestOf(c)
    if (request instanceof Response) return request
    const parsed = await postern.call<Parsed>('vci/single/parse', request)
    if (parsed.action !== 'OK' || !parsed.info) return sendRelay(parsed)
    const { accessToken } = request
    const order = orders.orderFor(parsed.info)
    const issued = await postern.call('vci/single/issue', { accessToken, order })
    return withNonce(parsed, sendRelay(issued))
  })

  /** OpenID4VCI §9. */
  app.post('/deferred_credential', async (c) => {
    const request = await requestOf(c)
    if (request instanceof Response) return request
    const parsed = await postern.call<Parsed>('vci/deferred/parse', request)
    if (parsed.action !== 'OK' || !parsed.info) return sendRelay(parsed)
    const order = orders.orderFor(parsed.info)
    return withNonce(parsed, sendRelay(await postern.call('vci/deferred/issue', { order })))
  })

  /** OpenID4VCI §11. */
  app.post('/notification', async (c) => {
    const request = await requestOf(c)
    if (request instanceof Response) return request
    return sendRelay(await postern.call('vci/notification', request))
  })
}
