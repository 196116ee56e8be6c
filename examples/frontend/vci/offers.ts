/** Credential offers, OpenID4VCI §4: a page where users choose what their wallets are offered. */
import type { Hono } from 'hono'
import { logInFor } from '../interaction.ts'
import { expired, messagePage } from '../layout.ts'
import type { Parts } from '../parts.ts'
import type { Answer } from '../postern.ts'
import { baseOf } from './documents.ts'
import { chooseOfferPage, offerPage, waitingPage } from './offer-pages.ts'
import type { Orders } from './orders.ts'

interface OfferAnswer extends Answer {
  info?: { identifier: string; credentialOffer: string; txCode?: string }
}

export function addOffers(app: Hono, parts: Parts, orders: Orders): void {
  const { postern, sessions, publicUrl } = parts

  /** OpenID4VCI §4.1.3: the offer alone. What else Postern knows of it is not for wallets. */
  app.get('/offer/:identifier', async (c) => {
    const { identifier } = c.req.param()
    const { action, info } = await postern.call<OfferAnswer>('vci/offer/info', { identifier })
    c.header('Cache-Control', 'no-store')
    if (action !== 'OK' || !info) return c.json({ error: 'not_found' }, 404)
    return c.body(info.credentialOffer, 200, { 'Content-Type': 'application/json' })
  })

  async function offered(): Promise<string[]> {
    const { responseContent = '{}' } = await postern.call('vci/metadata', {})
    return Object.keys(JSON.parse(responseContent).credential_configurations_supported ?? {})
  }

  app.get('/offers', async (c) => {
    if (!(await sessions.current(c))) return logInFor(c, parts, '/offers')
    return chooseOfferPage(c, await offered(), sessions.formToken(c))
  })

  app.post('/offers', async (c) => {
    const session = await sessions.current(c)
    const { formToken, grant, wallet, ...form } = await c.req.parseBody({ all: true })
    if (!session || formToken !== sessions.formToken(c)) return expired(c)
    const isPreAuthorized = grant !== 'authorization_code'
    const { action, info } = await postern.call<OfferAnswer>('vci/offer/create', {
      subject: session.subject,
      credentialConfigurationIds: [form['configuration'] ?? []].flat(),
      preAuthorizedCodeGrantIncluded: isPreAuthorized,
      authorizationCodeGrantIncluded: !isPreAuthorized,
      issuerStateIncluded: !isPreAuthorized,
      ...(isPreAuthorized && form['code'] ? { txCodeGenerated: true } : {}),
    })
    if (action !== 'CREATED' || !info)
      return messagePage(c, 'No offer', 'Choose at least one credential.')
    const uri = `${baseOf(c, publicUrl)}/offer/${info.identifier}`
    const query = `credential_offer_uri=${encodeURIComponent(uri)}`
    // A wallet with an endpoint for offers, OpenID4VCI §4.1, gets this one at once.
    if (typeof wallet === 'string' && /^https?:/.test(wallet))
      return c.redirect(`${wallet}${wallet.includes('?') ? '&' : '?'}${query}`, 303)
    return offerPage(c, query, info.txCode)
  })

  /** Where users whose credentials are deferred say that they are ready. */
  app.get('/waiting', async (c) => {
    if (!(await sessions.current(c))) return logInFor(c, parts, '/waiting')
    return waitingPage(c, sessions.formToken(c))
  })

  app.post('/waiting', async (c) => {
    const session = await sessions.current(c)
    const { formToken } = await c.req.parseBody()
    if (!session || formToken !== sessions.formToken(c)) return expired(c)
    orders.release(session.subject)
    return messagePage(c, 'Done', 'Your wallet gets the credentials when it next asks for them.')
  })
}
