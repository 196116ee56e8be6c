/** The list of devices in Chromium: how a user ends sessions of other browsers. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callApi } from '../../../examples/demo/seed.ts'
import { executablePath } from '../chromium.ts'
import {
  askSilently,
  type Client,
  logIn,
  openFresh,
  openPhone,
  passPages,
  type Stage,
  startStage,
} from './stage.ts'

describe.skipIf(!executablePath)('device list in Chromium', () => {
  let stage: Stage
  let client: Client

  beforeAll(async () => {
    stage = await startStage()
    client = await stage.client()
  })
  afterAll(() => stage?.close())
  beforeEach(async () => {
    const { api, serviceId } = stage.world
    await callApi(api, `${serviceId}/session/delete`, { subject: 'alice' })
  })

  it('device list: shows the clients of each device, and ends the session of one', async () => {
    const page = await openFresh(stage)
    const phone = openPhone(client)
    await logIn(page, client)
    await phone.logIn()
    await page.goto(`${stage.world.issuer}/sessions`)
    expect(await page.textContent('#this_device')).toContain('on Linux')
    expect(await page.textContent('.device')).toContain('Safari on iPhone')
    expect(await page.textContent('.device')).toContain('Logged in to Client 1')
    await page.click('.device button')
    expect(await page.isVisible('.device')).toBe(false)
    stage.world.shift(5_000)
    expect(await phone.askSilently()).toBe('login_required')
    expect(await askSilently(page, client)).toBe('code')
  })

  it('device list: ends all other sessions, and then its own', async () => {
    const page = await openFresh(stage)
    const phones = [openPhone(client), openPhone(client)]
    await logIn(page, client)
    for (const phone of phones) await phone.logIn()
    await page.goto(`${stage.world.issuer}/sessions`)
    await page.click('#end_others')
    expect(await page.isVisible('.device')).toBe(false)
    stage.world.shift(5_000)
    for (const phone of phones) expect(await phone.askSilently()).toBe('login_required')
    await page.goto(`${stage.world.issuer}/sessions`)
    await page.click('#log_out')
    expect(await page.textContent('#logged_out')).toBe('You are logged out')
    expect(await askSilently(page, client)).toBe('login_required')
  })

  it('device list: asks for a login first, and ends no session of another user', async () => {
    const phone = openPhone(client)
    const tokens = await phone.logIn()
    const page = await openFresh(stage)
    await page.goto(`${stage.world.issuer}/sessions`)
    await passPages(page, 'bob')
    expect(await page.textContent('h1')).toBe('You are logged in on these devices')
    await page.evaluate(`{
      const { form } = document.querySelector('#log_out')
      const field = form.appendChild(document.createElement('input'))
      field.name = 'sessionId'
      field.value = ${JSON.stringify(tokens.claims()?.['sid'])}
      document.querySelector('#log_out').value = 'end'
    }`)
    await page.click('#log_out')
    await page.waitForURL(/sessions$/)
    stage.world.shift(5_000)
    expect(await phone.askSilently()).toBe('code')
  })

  it('device list: ends nothing without the token of its form', async () => {
    const page = await openFresh(stage)
    await logIn(page, client)
    await page.goto(`${stage.world.issuer}/sessions`)
    await page.evaluate(`document.querySelector('#log_out').form.formToken.value = 'guessed'`)
    await page.click('#log_out')
    expect(await page.textContent('main')).toContain('This page has expired')
    expect(await askSilently(page, client)).toBe('code')
  })
})
