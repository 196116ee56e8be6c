/**
 * Flows whose user is not where the client is: CIBA and the device flow, each with a client made
 * with `openid-client`, and with a user who opens the frontend's page on a device of her own.
 */
import * as openid from 'openid-client'
import { createFormBrowser, type Page } from './form-browser.ts'
import type { SeededClient } from './seed.ts'

export interface Stage {
  issuer: string
  credentials: { username: string; password: string }
  /** Told of every step that went well. */
  say(step: string): void
}

function configure({ issuer }: Stage, { clientId, clientSecret }: SeededClient) {
  const authentication = openid.ClientSecretBasic(clientSecret)
  return openid.discovery(new URL(issuer), clientId, clientSecret, authentication, {
    // The demo runs on the loopback interface, without TLS.
    execute: [openid.allowInsecureRequests],
  })
}

/** CIBA in poll mode: the client asks again and again until the user has decided. */
export async function runCibaPoll(stage: Stage, client: SeededClient): Promise<void> {
  const till = await configure(stage, client)
  const asked = await openid.initiateBackchannelAuthentication(till, payment)
  stage.say(`the client asks for ${payment.login_hint}, and polls`)
  const polling = openid.pollBackchannelAuthenticationGrant(till, asked)
  await Promise.all([allow(stage, `${stage.issuer}/ciba`), polling])
  stage.say(`the ID Token is of ${(await polling).claims()?.sub}`)
}

/** CIBA in ping mode: the client waits to be told. `notified` ends with the notification. */
export async function runCibaPing(
  stage: Stage,
  client: SeededClient,
  notified: Promise<{ authorization: string | null; body: string }>,
): Promise<void> {
  const till = await configure(stage, client)
  const client_notification_token = openid.randomState()
  const parameters = { ...payment, client_notification_token }
  const asked = await openid.initiateBackchannelAuthentication(till, parameters)
  stage.say(`the client asks for ${payment.login_hint}, and waits`)
  const [ping] = await Promise.all([notified, allow(stage, `${stage.issuer}/ciba`)])
  if (ping.authorization !== `Bearer ${client_notification_token}`)
    throw new Error('the notification does not carry the token of the client')
  if (JSON.parse(ping.body).auth_req_id !== asked.auth_req_id)
    throw new Error('the notification is about another request')
  stage.say('the frontend has told the client that the user decided')
  const tokens = await openid.pollBackchannelAuthenticationGrant(till, asked)
  stage.say(`the ID Token is of ${tokens.claims()?.sub}`)
}

/** The device flow: the device shows a code, which the user enters elsewhere. */
export async function runDevice(stage: Stage, client: SeededClient): Promise<void> {
  const kettle = await configure(stage, client)
  const asked = await openid.initiateDeviceAuthorization(kettle, { scope: 'openid' })
  stage.say(`the device shows ${asked.user_code}, and polls`)
  const polling = openid.pollDeviceAuthorizationGrant(kettle, asked)
  await Promise.all([allow(stage, asked.verification_uri, asked.user_code), polling])
  stage.say(`the ID Token is of ${(await polling).claims()?.sub}`)
}

const payment = { scope: 'openid', login_hint: 'alice', binding_message: 'TEA-4711' }

/** Does with the pages what a user does: enters a code if there is one, logs in, allows. */
async function allow({ credentials }: Stage, url: string, user_code?: string): Promise<void> {
  const browser = createFormBrowser()
  let page: Page = await browser.open(url)
  if (user_code) page = await browser.submit(page, { user_code })
  const consent = await browser.submit(page, { ...credentials, decision: 'login' })
  if (!consent.text.includes('id="authorize"')) throw new Error(`no consent page: ${consent.text}`)
  const end = await browser.submit(consent, { decision: 'authorize' })
  if (end.status !== 200) throw new Error(end.text)
}
