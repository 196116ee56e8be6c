/** The modules of the certification for back-channel logout, OIDC Back-Channel Logout §2. */
import { jwtVerify } from 'jose'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi } from '../../../examples/demo/seed.ts'
import { executablePath } from '../chromium.ts'
import {
  askSilently,
  type Client,
  expectHttps,
  logIn,
  openFresh,
  openPhone,
  publishedKeys,
  type Received,
  requestLogout,
  type Stage,
  startStage,
} from './stage.ts'

describe.skipIf(!executablePath)('back-channel logout in Chromium', () => {
  let stage: Stage
  let client: Client
  let other: Client

  beforeAll(async () => {
    stage = await startStage()
    const metadata = (site: string) => ({
      backchannel_logout_uri: `${site}/backchannel`,
      backchannel_logout_session_required: true,
    })
    client = await stage.client({ metadata, tls: false })
    other = await stage.client({ metadata, tls: false })
  })
  afterAll(() => stage?.close())

  /** The claims of a Logout Token that a client received and verified (§2.6). */
  async function verify({ clientId }: Client, { body }: Received) {
    const fields = Object.fromEntries(new URLSearchParams(body))
    expect(Object.keys(fields)).toEqual(['logout_token'])
    const { payload } = await jwtVerify(fields['logout_token'] ?? '', await publishedKeys(stage), {
      ...{ issuer: stage.world.issuer, audience: clientId, typ: 'logout+jwt' },
      ...{ algorithms: ['ES256'], maxTokenAge: 10 },
    })
    return payload
  }

  /** Ends the session of the browser by a request of the client. */
  async function logOut(page: Page, hint: string | undefined) {
    await requestLogout(page, stage, {
      id_token_hint: hint ?? '',
      post_logout_redirect_uri: `${client.site.url}/out`,
      state: 'state',
    })
    await page.waitForURL(`${client.site.url}/out?state=state`)
  }

  it('discovery: publishes the support with sid, and every endpoint by https', () => {
    expectHttps(stage)
    expect(stage.metadata).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })

  it('logout at one client: both get a Logout Token before the browser returns (§2.5)', async () => {
    const page = await openFresh(stage)
    const tokens = await logIn(page, client)
    const others = await logIn(page, other)
    await logOut(page, tokens.id_token)
    const jtis = new Set<unknown>()
    for (const [each, { claims }] of [[client, tokens] as const, [other, others] as const]) {
      const idToken = claims()
      const [request, ...more] = each.at('/backchannel')
      expect(more).toEqual([])
      expect(request).toMatchObject({ method: 'POST', query: {} })
      expect(request?.type).toMatch(/^application\/x-www-form-urlencoded/)
      const { jti, iat = 0, exp = 0, ...payload } = await verify(each, request as Received)
      expect(payload).toEqual({
        iss: stage.world.issuer,
        aud: [each.clientId],
        sub: idToken?.sub,
        sid: idToken?.['sid'],
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      })
      expect(jti).toBeTypeOf('string')
      expect(exp - iat).toBe(120)
      jtis.add(jti)
    }
    expect(jtis.size).toBe(2)
    const order = client.received.map(({ path }) => path)
    expect(order.indexOf('/backchannel')).toBeLessThan(order.indexOf('/out'))
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('logout in one browser: nothing is told of the session in another', async () => {
    const page = await openFresh(stage)
    const phone = openPhone(other)
    const tokens = await logIn(page, client)
    await phone.logIn()
    const before = other.at('/backchannel').length
    await logOut(page, tokens.id_token)
    expect(other.at('/backchannel')).toHaveLength(before)
    expect(await phone.askSilently()).toBe('code')
  })

  it('end of a session by an administrator: the client is told, and the browser is out', async () => {
    const page = await openFresh(stage)
    const tokens = await logIn(page, client)
    const before = client.at('/backchannel').length
    const sessionId = tokens.claims()?.['sid']
    const { api, serviceId } = stage.world
    const answer = await callApi(api, `${serviceId}/session/delete`, { sessionId, waitMs: 5_000 })
    expect(answer).toMatchObject({ count: 1, deliveries: [{ status: 'DELIVERED' }] })
    const told = client.at('/backchannel')
    expect(told).toHaveLength(before + 1)
    expect(await verify(client, told.at(-1) as Received)).toMatchObject({ sid: sessionId })
    stage.world.shift(5_000)
    expect(await askSilently(page, client)).toBe('login_required')
  })
})
