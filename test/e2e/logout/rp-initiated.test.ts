/** The modules of the certification for RP-initiated logout, OIDC RP-Initiated Logout §2 and §3. */
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath } from '../chromium.ts'
import {
  askSilently,
  type Client,
  expectHttps,
  logIn,
  openFresh,
  openPhone,
  requestLogout,
  type Stage,
  startStage,
} from './stage.ts'

describe.skipIf(!executablePath)('RP-initiated logout in Chromium', () => {
  let stage: Stage
  let client: Client

  beforeAll(async () => {
    stage = await startStage()
    client = await stage.client()
  })
  afterAll(() => stage?.close())

  /** A browser whose user is logged in, with the parameters of a logout. */
  async function loggedIn() {
    const page = await openFresh(stage)
    const tokens = await logIn(page, client)
    const id_token_hint = tokens.id_token ?? ''
    return { page, id_token_hint, post_logout_redirect_uri: `${client.site.url}/out` }
  }

  const isAtClient = (page: Page) => page.url().startsWith(client.site.url)

  /** The page of the question, whose confirmation logs out without going to the client. */
  async function expectQuestionWithoutRedirect(page: Page): Promise<void> {
    expect(isAtClient(page)).toBe(false)
    expect(await page.textContent('h1')).toBe('Do you want to log out?')
    await page.click('#logout_yes')
    expect(await page.textContent('#logged_out')).toBe('You are logged out')
    expect(isAtClient(page)).toBe(false)
    expect(await askSilently(page, client)).toBe('login_required')
  }

  it('discovery: publishes the end session endpoint, and every endpoint by https', () => {
    expectHttps(stage)
    expect(stage.metadata.end_session_endpoint).toBe(`${stage.world.issuer}/logout`)
  })

  it('logout with hint and state: returns with the 128-character state alone (§3)', async () => {
    const { page, ...parameters } = await loggedIn()
    expect(await askSilently(page, client)).toBe('code')
    const state = '~!*()_-.&=+ %/?#"<>'.repeat(7).slice(0, 128)
    const url = openid.buildEndSessionUrl(client.configuration, { ...parameters, state })
    await page.goto(url.href)
    expect(new URL(page.url()).pathname).toBe('/out')
    expect(client.at('/out').at(-1)).toMatchObject({ method: 'GET', query: { state } })
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('logout without state: returns without parameters (§3)', async () => {
    const { page, ...parameters } = await loggedIn()
    await requestLogout(page, stage, parameters)
    expect(page.url()).toBe(`${client.site.url}/out`)
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it.each([
    ['another URI', '/elsewhere'],
    ['a query added to the registered URI', '/out?foo=bar'],
  ])('logout with %s: asks, and does not return to the client (§3)', async (_, path) => {
    const { page, id_token_hint } = await loggedIn()
    const post_logout_redirect_uri = `${client.site.url}${path}`
    await requestLogout(page, stage, { id_token_hint, post_logout_redirect_uri, state: 'state' })
    expect(await page.textContent('[role=alert]')).toContain('You will not be sent back.')
    await expectQuestionWithoutRedirect(page)
  })

  it('logout without post_logout_redirect_uri: says that the user is logged out', async () => {
    const { page, id_token_hint } = await loggedIn()
    await requestLogout(page, stage, { id_token_hint })
    expect(await page.textContent('#logged_out')).toBe('You are logged out')
    expect(await askSilently(page, client)).toBe('login_required')
  })

  const withoutSignature = (token: string) => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    return `${header}.${token.split('.')[1]}.`
  }
  const withOtherSignature = (token: string) => {
    const at = token.lastIndexOf('.') + 5
    return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  }
  it.each<[string, (token: string) => string]>([
    ['an id_token_hint of another signature', withOtherSignature],
    ['an id_token_hint that is no JWT', () => 'not a token'],
    ['an id_token_hint with alg none', withoutSignature],
  ])('logout with %s: asks, and does not return to the client (§4)', async (_, change) => {
    const { page, id_token_hint, post_logout_redirect_uri } = await loggedIn()
    const parameters = { id_token_hint: change(id_token_hint), post_logout_redirect_uri }
    await requestLogout(page, stage, { ...parameters, state: 'state' })
    await expectQuestionWithoutRedirect(page)
  })

  it('logout without id_token_hint: asks, and does not return to the client (§2)', async () => {
    const { page, post_logout_redirect_uri } = await loggedIn()
    await requestLogout(page, stage, { post_logout_redirect_uri, state: 'state' })
    await expectQuestionWithoutRedirect(page)
  })

  it.each([
    ['no parameters', {}],
    ['only state', { state: 'state' }],
  ])('logout with %s: asks, and logs out (§2)', async (_, parameters) => {
    const { page } = await loggedIn()
    await requestLogout(page, stage, parameters)
    expect(await page.textContent('main')).toContain('You are logged in as alice')
    expect(await page.textContent('li')).toBe('Client 1')
    await expectQuestionWithoutRedirect(page)
  })

  it('logout with a client_id that contradicts the hint: is an error page (§2)', async () => {
    const { page, ...parameters } = await loggedIn()
    await requestLogout(page, stage, { ...parameters, client_id: 'another' })
    expect(await page.textContent('main')).toContain('invalid_request')
    expect(await askSilently(page, client)).toBe('code')
  })

  it('logout that the user cancels: the user stays logged in, and is told so', async () => {
    const { page } = await loggedIn()
    await requestLogout(page, stage)
    await page.click('#logout_no')
    expect(await page.textContent('#still_logged_in')).toBe('You are still logged in')
    expect(await askSilently(page, client)).toBe('code')
  })

  it('logout on all devices: ends the sessions of other browsers', async () => {
    const { page } = await loggedIn()
    const phone = openPhone(client)
    await phone.logIn()
    await requestLogout(page, stage)
    await page.click('#logout_everywhere')
    expect(await page.textContent('#logged_out')).toBe('You are logged out')
    stage.world.shift(5_000)
    expect(await phone.askSilently()).toBe('login_required')
  })

  it('logout by POST from another site: ends the session of the browser (§2)', async () => {
    const { page, ...parameters } = await loggedIn()
    const origin = client.site.url.replace('127.0.0.1', 'localhost')
    await page.goto(`${origin}/page`)
    await page.evaluate(`{
      const form = document.body.appendChild(document.createElement('form'))
      form.method = 'post'
      form.action = ${JSON.stringify(stage.metadata.end_session_endpoint)}
      for (const [name, value] of Object.entries(${JSON.stringify(parameters)})) {
        const field = form.appendChild(document.createElement('input'))
        field.name = name
        field.value = value
      }
      form.submit()
    }`)
    await page.waitForURL(`${client.site.url}/out`)
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('logout with a hint of another browser: asks, and shows nothing about its user', async () => {
    const { id_token: id_token_hint = '' } = await openPhone(client).logIn()
    const stranger = await openFresh(stage)
    await requestLogout(stranger, stage, { id_token_hint })
    const text = await stranger.textContent('main')
    expect(text).toContain('It is about a login in another browser.')
    expect(text).not.toContain('alice')
    expect(await stranger.isVisible('li')).toBe(false)
  })

  it('a second logout with the same hint: returns to the client (§2)', async () => {
    const { page, ...parameters } = await loggedIn()
    await requestLogout(page, stage, parameters)
    await page.goto('about:blank')
    await requestLogout(page, stage, parameters)
    expect(page.url()).toBe(`${client.site.url}/out`)
  })

  it('form of another page: does not log out without the token of the form', async () => {
    const { page } = await loggedIn()
    await requestLogout(page, stage)
    await page.evaluate(`document.querySelector('[name=formToken]').value = 'guessed'`)
    await page.click('#logout_yes')
    expect(await page.textContent('main')).toContain('This page has expired')
    expect(await askSilently(page, client)).toBe('code')
  })

  it('browser state that a script has overwritten: is replaced, and breaks nothing', async () => {
    const { page } = await loggedIn()
    const forged = { name: 'op_browser_state', value: 'forged', url: stage.world.issuer }
    await page.context().addCookies([forged])
    expect(await askSilently(page, client)).toBe('code')
    const cookies = await page.context().cookies(stage.world.issuer)
    const state = cookies.find(({ name }) => name === 'op_browser_state')
    expect(state?.value).toMatch(/^[\w-]{22,}$/)
  })

  it('sid of the ID Token is not the cookie, and opens nothing', async () => {
    const { page, id_token_hint } = await loggedIn()
    const cookies = await page.context().cookies(stage.world.issuer)
    const session = cookies.find(({ name }) => name === 'session')
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
    const state = cookies.find(({ name }) => name === 'op_browser_state')
    expect(state).toMatchObject({ httpOnly: false, secure: true, sameSite: 'None' })
    const { sid } = decodeJwt(id_token_hint)
    expect(sid).toBeTypeOf('string')
    expect(session?.value).not.toBe(sid)
    const forged = { value: String(sid), url: stage.world.issuer }
    await page.context().addCookies([{ name: 'session', ...forged }])
    expect(await askSilently(page, client)).toBe('login_required')
  })
})
