/** The device flow by `openid-client`, with the user at the pages of the frontend. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configure, createUser, startWorld, type World } from './world.ts'

let world: World
let device: openid.Configuration

beforeAll(async () => {
  world = await startWorld()
  const more = { clientName: 'Kettle', grantTypes: ['DEVICE_CODE', 'REFRESH_TOKEN'] }
  const { clientId, clientSecret } = await world.client(more)
  device = await configure(world, clientId, clientSecret)
})
afterAll(() => world?.close())

const ask = () => openid.initiateDeviceAuthorization(device, { scope: 'openid profile' })

/** Opens the page and enters this user code. */
async function enter(user: ReturnType<typeof createUser>, url: string, user_code?: string) {
  const page = await user.browser.open(url)
  const filled = /id="user_code" name="user_code" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
  return user.browser.submit(page, { user_code: user_code ?? filled })
}

it('device flow: the device gets tokens after the user allowed it (RFC 8628 §3.5)', async () => {
  const asked = await ask()
  const polling = openid.pollDeviceAuthorizationGrant(device, asked)
  const user = createUser()
  const typed = ` ${asked.user_code.toLowerCase()} `
  const login = await enter(user, asked.verification_uri, typed)
  expect(login.text).toContain('Log in to continue to Kettle')
  const walked = await user.walk(login)
  expect(walked.shown).toEqual(['login', 'consent'])
  expect(walked.text).toContain('Your device has the access.')

  const tokens = await polling
  expect(tokens.claims()).toMatchObject({ iss: world.issuer, sub: 'alice' })
  const info = await openid.fetchUserInfo(device, tokens.access_token, 'alice')
  expect(info.name).toBe('Alice Marie Ashdown')
  const refreshed = await openid.refreshTokenGrant(device, tokens.refresh_token ?? '')
  expect(refreshed.access_token).toBeTypeOf('string')
})

it('device flow: each device needs a consent with its user code (RFC 8628 §3.3.1)', async () => {
  const user = createUser()
  for (const pages of [['login', 'consent'], ['consent']]) {
    const asked = await ask()
    const page = await enter(user, asked.verification_uri_complete ?? '')
    expect(page.text).toContain(`<strong id="binding">${asked.user_code}</strong>`)
    expect((await user.walk(page)).shown).toEqual(pages)
  }
})

it.each(['deny', 'cancel'])(
  'device flow: the device gets access_denied after %s (RFC 8628 §3.5)',
  async (by) => {
    const asked = await ask()
    const user = createUser()
    const login = await enter(user, asked.verification_uri, asked.user_code)
    const end =
      by === 'deny'
        ? await user.walk(login, 'deny')
        : await user.browser.submit(login, { decision: 'cancel' })
    expect(end.text).toContain('Your device was denied the access.')
    await expect(openid.pollDeviceAuthorizationGrant(device, asked)).rejects.toMatchObject({
      ...{ error: 'access_denied', status: 400 },
    })
  },
)

it('device flow: the user can correct a wrong user code (RFC 8628 §3.3)', async () => {
  const asked = await ask()
  const user = createUser()
  const wrong = await enter(user, asked.verification_uri, 'WRONG<CODE>')
  expect(wrong.status).toBe(400)
  expect(wrong.text).toContain('There is no such code.')
  expect(wrong.text).toContain('value="WRONG&lt;CODE&gt;"')
  const login = await user.browser.submit(wrong, { user_code: asked.user_code })
  expect((await user.walk(login)).text).toContain('Your device has the access.')
  const again = await enter(user, asked.verification_uri, asked.user_code)
  expect(again.text).toContain('There is no such code.')
})

it('device flow: the first decision about a user code counts (RFC 8628 §3.3)', async () => {
  const asked = await ask()
  const [one, two] = [createUser(), createUser()]
  const pages = [
    await enter(one, asked.verification_uri, asked.user_code),
    await enter(two, asked.verification_uri, asked.user_code),
  ]
  await one.walk(pages[0] ?? '', 'deny')
  expect((await two.walk(pages[1] ?? '')).text).toContain('Too late')
  await expect(openid.pollDeviceAuthorizationGrant(device, asked)).rejects.toThrow()
})
