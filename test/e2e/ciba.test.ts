/** CIBA by `openid-client`, with the user at the page of the example frontend. */
import { SignJWT } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../examples/demo/listen.ts'
import { alice, bob, configure, createUser, startWorld, type World } from './world.ts'

let world: World
let site: Listening
let notified: { path: string; authorization: string | null; type: string | null; body: unknown }[]

beforeAll(async () => {
  world = await startWorld({ automatedApproval: true })
  site = await listen(async (request) => {
    const { pathname: path } = new URL(request.url)
    const { headers } = request
    const [authorization, type] = [headers.get('authorization'), headers.get('content-type')]
    notified.push({ path, authorization, type, body: await request.json() })
    const redirect = { status: 307, headers: { Location: `${site.url}/elsewhere` } }
    if (path === '/moved') return new Response(null, redirect)
    return new Response(null, { status: path === '/forbidden' ? 403 : 204 })
  })
})
beforeEach(() => {
  notified = []
})
afterAll(async () => {
  await site?.close()
  await world?.close()
})

async function clientFor(bcDeliveryMode: string, more: Record<string, unknown> = {}) {
  const bcNotificationEndpoint = `${site.url}/notify`
  const { clientId, clientSecret } = await world.client({
    ...{ grantTypes: ['CIBA', 'REFRESH_TOKEN'], bcDeliveryMode, bcNotificationEndpoint },
    ...more,
  })
  return configure(world, clientId, clientSecret)
}

const ask = (client: openid.Configuration, more: Record<string, string> = {}) =>
  openid.initiateBackchannelAuthentication(client, {
    ...{ scope: 'openid email', login_hint: 'alice', binding_message: 'W4SCT', ...more },
  })

const decideAway = (authReqId: string, type: string) =>
  fetch(`${world.issuer}/ciba/approve?token=${authReqId}&type=${type}`, { method: 'POST' })

const page = () => `${world.issuer}/ciba`

describe('CIBA client in poll mode', () => {
  it('gets tokens after the user has allowed the request (CIBA §10.1)', async () => {
    const client = await clientFor('POLL')
    const asked = await ask(client)
    const polling = openid.pollBackchannelAuthenticationGrant(client, asked)
    const user = createUser()
    const login = await user.browser.open(page())
    expect(login.text).not.toContain('W4SCT')
    const consent = await user.browser.submit(login, { ...alice, decision: 'login' })
    for (const shown of ['Tea Shop', 'W4SCT', 'email']) expect(consent.text).toContain(shown)
    expect((await user.walk(consent)).text).toContain('You allowed the request.')

    const tokens = await polling
    expect(tokens.claims()).toMatchObject({ iss: world.issuer, sub: 'alice' })
    expect(tokens.claims()?.auth_time).toBeTypeOf('number')
    expect(tokens.claims()).not.toHaveProperty('email')
    const info = await openid.fetchUserInfo(client, tokens.access_token, 'alice')
    expect(info.email).toBe('alice@example.com')
    const refreshed = await openid.refreshTokenGrant(client, tokens.refresh_token ?? '')
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    expect((await user.walk(page())).text).toContain('No request waits for you.')
  })

  it('gets access_denied if the user denied (CIBA §11)', async () => {
    const client = await clientFor('POLL')
    const asked = await ask(client)
    const denied = await createUser().walk(page(), 'deny')
    expect(denied.shown).toEqual(['login', 'consent'])
    expect(denied.text).toContain('You denied the request.')
    await expect(openid.pollBackchannelAuthenticationGrant(client, asked)).rejects.toMatchObject({
      error: 'access_denied',
      status: 400,
    })
  })

  it('gets expired_token for an undecided request after its expiry (CIBA §11)', async () => {
    const client = await clientFor('POLL')
    const asked = await ask(client, { requested_expiry: '1' })
    expect(asked.expires_in).toBe(1)
    await expect(
      openid.pollBackchannelAuthenticationGrant(client, { ...asked, expires_in: 60 }),
    ).rejects.toMatchObject({ error: 'expired_token' })
    world.shift(1_000)
    expect((await createUser().walk(page())).text).toContain('No request waits for you.')
  })

  it('makes requests that only their user can see', async () => {
    const client = await clientFor('POLL')
    const { auth_req_id } = await ask(client, { login_hint: 'bob@example.com' })
    expect((await createUser(alice).walk(page())).text).toContain('No request waits for you.')
    const first = createUser(bob)
    const consent = await first.browser.submit(await first.browser.open(page()), {
      ...{ ...bob, decision: 'login' },
    })
    await decideAway(auth_req_id, 'deny')
    expect((await first.walk(consent)).text).toContain('Too late')
  })
})

describe('CIBA client in ping or push mode', () => {
  const client_notification_token = 'a-token-of-the-client-0123456789'

  it('is notified of the decision and gets tokens then (CIBA §10.2)', async () => {
    const client = await clientFor('PING')
    const asked = await ask(client, { client_notification_token })
    expect(notified).toEqual([])
    await createUser().walk(page())
    expect(notified).toEqual([
      {
        path: '/notify',
        authorization: `Bearer ${client_notification_token}`,
        type: 'application/json',
        body: { auth_req_id: asked.auth_req_id },
      },
    ])
    const tokens = await openid.pollBackchannelAuthenticationGrant(client, asked)
    expect(tokens.claims()?.sub).toBe('alice')
  })

  it.each(['/moved', '/forbidden', ':1'])(
    'is notified once, also if its endpoint fails: %s (CIBA §10.2)',
    async (path) => {
      const url = path === ':1' ? 'http://127.0.0.1:1/closed' : `${site.url}${path}`
      const client = await clientFor('PING', { bcNotificationEndpoint: url })
      const asked = await ask(client, { client_notification_token })
      expect((await decideAway(asked.auth_req_id, 'allow')).status).toBe(200)
      expect(notified.map((each) => each.path)).toEqual(path === ':1' ? [] : [path])
      await openid.pollBackchannelAuthenticationGrant(client, asked)
    },
  )

  it('gets tokens by push (CIBA §10.3)', async () => {
    const client = await clientFor('PUSH')
    const asked = await ask(client, { client_notification_token })
    await decideAway(asked.auth_req_id, 'allow')
    expect(notified).toMatchObject([
      { body: { auth_req_id: asked.auth_req_id, access_token: expect.any(String) } },
    ])
  })
})

describe('user of a CIBA request', () => {
  const hint = (claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32))

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['email address', async () => ({ login_hint: 'alice@example.com' })],
    ['telephone number', async () => ({ login_hint: '+353 1 555 0100' })],
    ['login_hint_token', async () => ({ login_hint_token: await hint({ sub: 'alice' }) })],
  ])('is identified by %s (CIBA §7.1)', async (_, hints) => {
    const client = await clientFor('POLL')
    const asked = await openid.initiateBackchannelAuthentication(client, {
      ...{ scope: 'openid', ...(await hints()) },
    })
    await decideAway(asked.auth_req_id, 'allow')
    const tokens = await openid.pollBackchannelAuthenticationGrant(client, asked)
    expect(tokens.claims()?.sub).toBe('alice')
    const again = await openid.initiateBackchannelAuthentication(client, {
      ...{ scope: 'openid', id_token_hint: tokens.id_token ?? '' },
    })
    expect((await decideAway(again.auth_req_id, 'deny')).status).toBe(200)
  })

  it('is reported to the client as unknown or invalid (CIBA §13)', async () => {
    const client = await clientFor('POLL')
    const refused = (hints: Record<string, string>) =>
      openid.initiateBackchannelAuthentication(client, { scope: 'openid', ...hints }).then(
        () => 'accepted',
        ({ error }) => error,
      )
    expect(await refused({ login_hint: 'nobody' })).toBe('unknown_user_id')
    expect(await refused({ login_hint_token: 'no-jwt' })).toBe('unknown_user_id')
    const late = await hint({ sub: 'alice', exp: 1_700_000_000 })
    expect(await refused({ login_hint_token: late })).toBe('expired_login_hint_token')
  })

  it('has a user code, which is verified if the client must send it (CIBA §7.1)', async () => {
    const client = await clientFor('POLL', { bcUserCodeRequired: true })
    await expect(ask(client, { user_code: 'bob-code' })).rejects.toMatchObject({
      error: 'invalid_user_code',
    })
    const { auth_req_id } = await ask(client, { user_code: 'alice-code' })
    expect(auth_req_id).toBeTypeOf('string')
  })
})

describe('POST /ciba/approve', () => {
  it('decides a pending request once, by allow or deny', async () => {
    const client = await clientFor('POLL')
    const { auth_req_id } = await ask(client)
    expect((await decideAway(auth_req_id, 'perhaps')).status).toBe(400)
    expect((await decideAway(auth_req_id, 'deny')).status).toBe(200)
    expect((await decideAway(auth_req_id, 'allow')).status).toBe(404)
  })

  it('is disabled by default, since a client could approve its own request', async () => {
    const other = await startWorld()
    const url = `${other.issuer}/ciba/approve?token=x&type=allow`
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
    await other.close()
  })
})
