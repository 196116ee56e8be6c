/** The example frontend with a service that keeps no sessions: it keeps them in its memory. */
import type * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerOf,
  bob,
  configure,
  createUser,
  redeem,
  requestOf,
  startWorld,
  type World,
} from './world.ts'

let world: World
let configuration: openid.Configuration
let user: ReturnType<typeof createUser>
beforeAll(async () => {
  const attributes = [{ key: 'ext.session.registry', value: 'off' }]
  world = await startWorld({ service: { attributes } })
  const { clientId, clientSecret } = await world.client()
  configuration = await configure(world, clientId, clientSecret)
  user = createUser()
})
afterAll(() => world?.close())

const walk = async (more: Record<string, string> = {}, who = user) => {
  const request = await requestOf(configuration, more)
  const { shown, url } = await who.walk(request.url)
  return { shown, url, request }
}
const logOut = async () => {
  const page = await user.browser.open(`${world.issuer}/logout`)
  return user.browser.submit(page, { decision: 'logout_yes' })
}

describe('frontend of a service without sessions', () => {
  it('logs a user in once, until the user logs out', async () => {
    const first = await walk()
    expect(first.shown).toEqual(['login', 'consent'])
    const tokens = await redeem(configuration, first.request, first.url)
    const { auth_time } = tokens.claims() ?? {}
    const again = await walk({ prompt: 'none' })
    const silent = await redeem(configuration, again.request, again.url)
    expect(silent.claims()?.auth_time).toBe(auth_time)
    const out = await logOut()
    expect(out.text).toContain('id="logged_out"')
    expect(answerOf((await walk({ prompt: 'none' })).url)).toMatchObject({
      error: 'login_required',
    })
  })

  it('keeps the sessions of two users apart', async () => {
    await walk()
    const other = createUser(bob)
    const { request, url } = await walk({}, other)
    const tokens = await redeem(configuration, request, url)
    const mine = await walk({ prompt: 'none' })
    const own = await redeem(configuration, mine.request, mine.url)
    expect(own.claims()?.sub).not.toBe(tokens.claims()?.sub)
  })

  it('lists the sessions of the user, and ends them', async () => {
    await walk()
    const list = await user.browser.open(`${world.issuer}/sessions`)
    expect([list.status, list.text]).toEqual([200, expect.stringContaining('<h1>')])
  })
})
