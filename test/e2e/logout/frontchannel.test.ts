/** The modules of the certification for front-channel logout, OIDC Front-Channel Logout §2. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath } from '../chromium.ts'
import {
  askSilently,
  type Client,
  expectHttps,
  logIn,
  openBrowser,
  openFresh,
  requestLogout,
  type Stage,
  startStage,
} from './stage.ts'

describe.skipIf(!executablePath)('front-channel logout in Chromium', () => {
  let stage: Stage
  let client: Client
  let other: Client

  beforeAll(async () => {
    stage = await startStage()
    const metadata = (site: string) => ({
      frontchannel_logout_uri: `${site}/frontchannel?client=own`,
      frontchannel_logout_session_required: true,
    })
    client = await stage.client({ metadata })
    other = await stage.client({ metadata })
  })
  afterAll(() => stage?.close())

  it('discovery: publishes the support with iss and sid, and every endpoint by https', () => {
    expectHttps(stage)
    expect(stage.metadata).toMatchObject({
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    })
  })

  it('logout at one client: the browser tells both with iss and sid, and returns (§3)', async () => {
    const page = await openFresh(stage)
    const tokens = await logIn(page, client)
    const others = await logIn(page, other)
    await requestLogout(page, stage, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${client.site.url}/out`,
      state: 'state',
    })
    await page.waitForURL(`${client.site.url}/out?state=state`)
    for (const [each, { claims }] of [[client, tokens] as const, [other, others] as const]) {
      const sid = claims()?.['sid']
      expect(sid).toBeTypeOf('string')
      const query = { client: 'own', iss: stage.world.issuer, sid }
      expect(each.at('/frontchannel')).toMatchObject([{ method: 'GET', query, body: '' }])
    }
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('logout without scripts: the pages ask, tell the clients, and return (§3)', async () => {
    const page = await openBrowser(stage, { javaScriptEnabled: false })
    await logIn(page, client)
    const before = client.at('/frontchannel').length
    const post_logout_redirect_uri = `${client.site.url}/out`
    const { clientId: client_id } = client
    await requestLogout(page, stage, { client_id, post_logout_redirect_uri })
    await page.click('#logout_yes')
    await page.waitForURL(post_logout_redirect_uri)
    expect(client.at('/frontchannel')).toHaveLength(before + 1)
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('logout without a client: the browser tells the clients, and the page stays', async () => {
    const page = await openFresh(stage)
    await logIn(page, client)
    const before = client.at('/frontchannel').length
    await requestLogout(page, stage)
    await page.click('#logout_yes')
    expect(await page.textContent('#logged_out')).toBe('You are logged out')
    await expect.poll(() => client.at('/frontchannel').length).toBe(before + 1)
  })
})
