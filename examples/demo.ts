/**
 * `npm run demo`: Postern on an in-memory database, the example frontend before it, and clients
 * that run through both: the authorization code flow, a logout that reaches a second client, CIBA in
 * poll and in ping mode, the device flow, a wallet that obtains credentials, and relying parties of
 * a federation. `--once` stops after the run.
 */
import { createCakeShop } from './demo/cake-shop.ts'
import { runCibaPing, runCibaPoll, runDevice } from './demo/decoupled.ts'
import { startPostern } from './demo/embedded-postern.ts'
import { runFederation } from './demo/federation/run.ts'
import { createFormBrowser, type Page } from './demo/form-browser.ts'
import { type Listening, listen } from './demo/listen.ts'
import { type Api, safeProfile, seedClient, seedService } from './demo/seed.ts'
import { createTeaShop } from './demo/tea-shop.ts'
import { runCredentials } from './demo/vci/run.ts'
import { credentialIssuer } from './demo/vci/settings.ts'
import { createFrontend } from './frontend/server.ts'

const resourceServer = { id: 'resource-server', secret: 'rs-secret' }
const credentials = { username: 'alice', password: 'alice-password' }

const say = (line: string) => console.log(line)

/** Prints the operation that is called, and the action that it answers. */
const printingFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const operation = new URL(String(input)).pathname.split('/').slice(3).join('/')
  const answer = await response.clone().json()
  say(`    ${operation.padEnd(36)} ${answer.action ?? response.status}`)
  return response
}

/** A server that listens before it knows what to serve, so that its address can be registered. */
async function reserve(port: number) {
  let serve: (request: Request) => Response | Promise<Response> = () =>
    new Response('Starting', { status: 503 })
  const listening: Listening = await listen((request) => serve(request), port)
  return {
    url: listening.url,
    use(app: { fetch(request: Request): Response | Promise<Response> }) {
      serve = (request) => app.fetch(request)
    },
  }
}

async function start(api: Api) {
  const frontend = await reserve(3000)
  const shop = await reserve(3001)
  const { settings, attributes: ofIssuer, root } = await credentialIssuer(frontend.url)
  const attributes = [...(safeProfile.attributes ?? []), ...ofIssuer]
  const serviceId = await seedService(api, frontend.url, { ...settings, attributes })
  const client = await seedClient(api, serviceId, `${shop.url}/callback`, {
    postLogoutRedirectUris: [`${shop.url}/out`],
  })
  say(`Service ${serviceId} and client ${client.clientId} are created.`)
  const { url: posternUrl, token: apiToken } = api
  frontend.use(createFrontend({ posternUrl, serviceId, apiToken, fetch: printingFetch }))
  shop.use(
    await createTeaShop({
      ...{ issuer: frontend.url, url: shop.url, resourceServer, ...client },
      say: (step) => say(`  ${step}`),
    }),
  )
  const cakes = await startCakeShop(api, serviceId, frontend.url)
  say(`The frontend listens on ${frontend.url}, client applications on ${shop.url} and ${cakes}.`)
  return { frontend, shop, cakes, serviceId, root }
}

/** A second client, which Postern tells when the session of its user has ended. */
async function startCakeShop(api: Api, serviceId: string, issuer: string): Promise<string> {
  const { url, use } = await reserve(3002)
  const client = await seedClient(api, serviceId, `${url}/callback`, {
    ...{ clientName: 'Cake Shop', backchannelLogoutUri: `${url}/backchannel` },
    backchannelLogoutSessionRequired: true,
  })
  use(await createCakeShop({ issuer, url, ...client, say: (step) => say(`  ${step}`) }))
  return url
}

const browser = createFormBrowser()

/** Does with the pages what a user does: opens the application, logs in, allows. */
async function runFlow(shopUrl: string): Promise<Page> {
  const login = await browser.open(shopUrl)
  if (!login.text.includes('id="password"')) throw new Error(`no login page: ${login.text}`)
  say('  the user logs in')
  const consent = await browser.submit(login, { ...credentials, decision: 'login' })
  if (!consent.text.includes('id="authorize"')) throw new Error(`no consent page: ${consent.text}`)
  say('  the user allows the access')
  const end = await browser.submit(consent, { decision: 'authorize' })
  if (end.status !== 200) throw new Error(end.text)
  return end
}

/** The user logs in to the second client, where no password is asked for, and out of the first. */
async function runLogout(teaShop: Page, cakes: string): Promise<void> {
  const consent = await browser.open(`${cakes}/login`)
  await browser.submit(consent, { decision: 'authorize' })
  const cakeShopSays = async () =>
    / id="state">([^<]*)/.exec((await browser.open(cakes)).text)?.[1] ?? ''
  say(`  the cake shop says: ${await cakeShopSays()}`)
  say('  the user logs out of the tea shop')
  const out = await browser.follow(teaShop, 'logout')
  if (!out.text.includes('Logged out')) throw new Error(out.text)
  say(`  the cake shop says: ${await cakeShopSays()}`)
}

/** The clients of the flows whose user is elsewhere, one after the other. */
async function runDecoupled(api: Api, serviceId: string, issuer: string): Promise<void> {
  const stage = { issuer, credentials, say: (step: string) => say(`  ${step}`) }
  const register = (clientName: string, more: Record<string, unknown>) =>
    seedClient(api, serviceId, issuer, { clientName, ...more })
  const grantTypes = ['CIBA']

  say('CIBA in poll mode begins: a till asks a customer who looks at her phone')
  await runCibaPoll(stage, await register('Till', { grantTypes, bcDeliveryMode: 'POLL' }))

  say('CIBA in ping mode begins: the till does not poll, but is told')
  let notify: (ping: { authorization: string | null; body: string }) => void = () => undefined
  const notified = new Promise<Parameters<typeof notify>[0]>((resolve) => {
    notify = resolve
  })
  const { url: bcNotificationEndpoint, close } = await listen(async (request) => {
    notify({ authorization: request.headers.get('Authorization'), body: await request.text() })
    return new Response(null, { status: 204 })
  })
  const told = { grantTypes, bcDeliveryMode: 'PING', bcNotificationEndpoint }
  await runCibaPing(stage, await register('Till that is told', told), notified)
  await close()

  say('The device flow begins: a kettle without a browser')
  await runDevice(stage, await register('Kettle', { grantTypes: ['DEVICE_CODE'] }))
}

try {
  const api = await startPostern(7678)
  say(`Postern listens on ${api.url}, on an in-memory database.`)
  const { shop, cakes, frontend, serviceId, root } = await start(api)
  say('The authorization code flow with PKCE begins: operation and action of every call of the API')
  const teaShop = await runFlow(shop.url)
  say('The flow finished: code, tokens, refresh, UserInfo, introspection and revocation all work.')
  say('A logout begins: the user has used two applications, and leaves one')
  await runLogout(teaShop, cakes)
  await runDecoupled(api, serviceId, frontend.url)
  say('Credential issuance begins: a wallet obtains an SD-JWT VC, and then an mDL')
  const { clientId } = await seedClient(api, serviceId, frontend.url, {
    ...{ clientName: 'Wallet', clientType: 'PUBLIC', tokenAuthMethod: 'NONE' },
    grantTypes: ['PRE_AUTHORIZED_CODE'],
  })
  const stage = { issuer: frontend.url, root, clientId, credentials }
  await runCredentials({ ...stage, say: (step) => say(`  ${step}`) })
  say('A federation begins: two relying parties that the provider has never heard of')
  await runFederation({ api, credentials, fetch: printingFetch, say: (step) => say(`  ${step}`) })
  say('All flows finished.')
  if (process.argv.includes('--once')) process.exit(0)
  say(`\nOpen ${shop.url} in a browser: ${credentials.username} / ${credentials.password}`)
  say('Ctrl-C stops.')
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
