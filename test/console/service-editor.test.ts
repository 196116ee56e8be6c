/** The editor of a service: its forms, lints while typing, saving, and changes by others. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA'
const jwks = JSON.stringify({ keys: [{ kty: 'oct', kid: 'hidden', alg: 'HS256', k: secret }] })

describe.skipIf(!executablePath)('editor of a service', () => {
  let world: ConsoleWorld
  let id = 0
  beforeAll(async () => {
    world = await startConsole()
  })
  beforeEach(async () => {
    const made = await world.server.post('/api/service/create', {
      ...{ serviceName: 'Bank', issuer: 'https://as.example', pairwiseSubjectSalt: 'salty' },
      ...{ accessTokenDuration: 3_600, jwks },
      supportedScopes: [{ name: 'openid' }, { name: 'profile' }],
      attributes: [
        { key: 'ext.refresh.window', value: '30' },
        { key: 'team', value: 'payments' },
      ],
    })
    id = made.apiKey
  })
  afterAll(() => world?.close())

  const stored = (): Promise<Json> => world.server.get(`/api/${id}/service/get`)
  const patch = (changes: object) =>
    world.server.call('PATCH', `/api/${id}/service`, changes, {
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
  const family = (page: Page, name: string): Locator =>
    page.getByRole('navigation', { name: 'Families' }).getByRole('button', { name })
  const review = async (page: Page): Promise<Locator> => {
    await page.getByRole('button', { name: 'Review and save' }).click()
    return page.getByRole('dialog')
  }
  const row = (page: Page, name: string) => page.locator(`[id="setting-${name}"]`)

  it('changes what was changed, and nothing else, with the reason in the audit log', async () => {
    const { page, open, close } = await world.visitor()
    const before = await stored()
    await open(`/services/${id}`)
    await family(page, 'Access tokens').click()
    await page.getByRole('textbox', { name: 'accessTokenDuration' }).fill('2')
    await page.getByRole('checkbox', { name: /^singleAccessTokenPerSubject/ }).press('Space')
    await page.getByText('2 unsaved changes').waitFor()
    const dialog = await review(page)
    await dialog.getByText('7200').waitFor()
    await takePicture(page, 'service-save')
    await dialog.getByLabel('Reason').fill('Größere Fenster, ticket 7')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { modifiedAt: _, ...now } = await stored()
    const changed = { accessTokenDuration: 7_200, singleAccessTokenPerSubject: true }
    expect(now).toEqual({ ...before, modifiedAt: undefined, ...changed })
    const { records } = await world.server.get(`/api/${id}/audit?type=service.updated`)
    expect(records.at(-1)).toMatchObject({
      reason: 'Größere Fenster, ticket 7',
      changes: [{ property: 'accessTokenDuration' }, { property: 'singleAccessTokenPerSubject' }],
    })
    expect(await page.getByText('unsaved').count()).toBe(0)
    await close()
  })

  it('has neither private keys nor secrets in the page, and reads none', async () => {
    const { page, open, close } = await world.visitor()
    const answers: string[] = []
    page.on('response', async (response) => {
      if (/\/console\/api\//.test(response.url())) answers.push(await response.text())
    })
    await open(`/services/${id}`)
    await family(page, 'Keys').click()
    await page.getByText('Replace the key set').waitFor()
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page.getByLabel('Settings as JSON').waitFor()
    const seen = answers.join() + (await page.content())
    expect(seen).toContain('Bank')
    expect(seen).not.toMatch(new RegExp(`${secret}|salty`))
    const { records } = await world.server.get(`/api/audit?type=private_keys.read&limit=1000`)
    expect(records.filter(({ target }: Json) => target.id === String(id))).toEqual([])
    await close()
  })

  it('checks settings while they are typed, and applies a fix', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await family(page, 'Authorization requests').click()
    const finding = row(page, 'pkceRequired').getByText('Authorization requests may come without')
    await finding.waitFor()
    await expectAccessible(page)
    await takePicture(page, 'service')
    await page.getByRole('button', { name: 'Apply the fix of L1003' }).click()
    await finding.waitFor({ state: 'detached' })
    expect(await page.getByRole('checkbox', { name: /^pkceRequired/ }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Undo the change of pkceRequired' }).click()
    await finding.waitFor()
    expect((await stored()).pkceRequired).toBe(false)
    await close()
  })

  it('shows three versions after a change by others, and merges them', async () => {
    const { page, watch, open, close } = await world.visitor()
    watch.allow(412)
    await open(`/services/${id}`)
    await page.getByRole('textbox', { name: 'serviceName' }).fill('My bank')
    await family(page, 'Access tokens').click()
    await page.getByRole('textbox', { name: 'accessTokenDuration' }).fill('2')
    await patch({ serviceName: 'Their bank', parRequired: true })
    await review(page)
    const dialog = page.getByRole('dialog', { name: 'changed since you opened them' })
    await dialog.getByText('Before both').waitFor()
    await dialog.getByText('parRequired').waitFor()
    for (const text of ['My bank', 'Their bank', 'Bank']) {
      expect(await dialog.getByText(text, { exact: true }).count()).toBe(1)
    }
    await expectAccessible(page)
    await takePicture(page, 'service-merge')
    await dialog.getByText('Theirs').click()
    await dialog.getByRole('button', { name: 'Merge' }).click()
    await page.getByText('1 unsaved change', { exact: true }).waitFor()
    await (await review(page)).getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await stored()).toMatchObject({
      ...{ serviceName: 'Their bank', parRequired: true, accessTokenDuration: 7_200 },
    })
    await close()
  })

  it('sets attributes by their names, each with its own help', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await page.getByLabel('Search settings').fill('ext.cc.openid')
    await page.getByRole('button', { name: /ext\.cc\.openid/ }).click()
    await page.getByRole('option', { name: 'reject' }).click()
    await page.getByLabel('Search settings').fill('ext.refresh.window')
    await page.getByRole('textbox', { name: 'ext.refresh.window' }).fill('45')
    const dialog = await review(page)
    await dialog.getByText('ext.cc.openid').waitFor()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await stored()).attributes).toEqual([
      { key: 'ext.refresh.window', value: '45' },
      { key: 'team', value: 'payments' },
      { key: 'ext.cc.openid', value: 'reject' },
    ])
    await close()
  })

  it('says what the server refuses, and keeps the changes', async () => {
    const { page, watch, open, close } = await world.visitor()
    watch.allow(400)
    await open(`/services/${id}`)
    await page.getByRole('textbox', { name: 'issuer', exact: true }).fill('not a URL')
    const dialog = await review(page)
    await dialog.getByRole('alert').getByText('issuer').waitFor()
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByRole('textbox', { name: 'issuer', exact: true }).inputValue()).toBe(
      'not a URL',
    )
    await close()
  })

  it('edits the document as JSON, and keeps what it does not show', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await page.getByRole('tab', { name: 'JSON' }).click()
    const area = page.getByLabel('Settings as JSON')
    await area.fill('{ "serviceName": ')
    await page.getByText('This is no JSON').waitFor()
    const document = { serviceName: 'Bank 2', issuer: 'https://as.example' }
    await area.fill(JSON.stringify(document))
    await (await review(page)).getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const now = await stored()
    expect(now).toMatchObject({ ...document, accessTokenDuration: 0, pairwiseSubjectSalt: 'salty' })
    expect(now).not.toHaveProperty('attributes')
    await close()
  })

  it('asks before unsaved changes are left, and finds them again after the back button', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await page.getByRole('textbox', { name: 'serviceName' }).fill('Unsaved')
    await page.getByRole('link', { name: 'Lint' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByRole('button', { name: 'Stay here' }).press('Enter')
    expect(await page.getByRole('textbox', { name: 'serviceName' }).inputValue()).toBe('Unsaved')
    await page.getByRole('link', { name: 'Lint' }).click()
    await dialog.getByRole('button', { name: 'Discard and leave' }).click()
    await page.getByRole('heading', { name: 'Lint', level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole('textbox', { name: 'serviceName' }).fill('Kept')
    await page.goForward()
    await page.getByRole('heading', { name: 'Lint', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('unsaved changes from before').waitFor()
    expect(await page.getByRole('textbox', { name: 'serviceName' }).inputValue()).toBe('Kept')
    await close()
  })

  it('is read with the right to view, and not changed', async () => {
    const { page, open, close } = await world.visitor({ rights: ['view_service'] })
    await open(`/services/${id}`)
    await page.getByText('may read these settings and not change them').waitFor()
    expect(
      await page.getByRole('textbox', { name: 'serviceName' }).getAttribute('readonly'),
    ).not.toBeNull()
    await family(page, 'Authorization requests').click()
    expect(await page.getByRole('checkbox', { name: /^pkceRequired/ }).isDisabled()).toBe(true)
    await page.getByText('Authorization requests may come without').waitFor()
    expect(await page.getByRole('button', { name: /^Apply/ }).count()).toBe(0)
    await expectAccessible(page)
    await close()
  })

  it('is used by keyboard alone', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await page.getByLabel('Search settings').focus()
    await page.keyboard.type('parRequired')
    await page.getByText('1 setting', { exact: true }).waitFor()
    const box = page.getByRole('checkbox', { name: /^parRequired/ })
    const isOnBox = () => box.evaluate((element) => element === document.activeElement)
    for (let tabs = 0; tabs < 40 && !(await isOnBox()); tabs++) await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Review and save' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Reason').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await stored()).parRequired).toBe(true)
    await close()
  })

  it('says that a search finds nothing', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}`)
    await page.getByLabel('Search settings').fill('no such setting')
    await page.getByText('No setting has these words').waitFor()
    await close()
  })

  it('says that the server cannot answer, and reads again', async () => {
    const { page, fail, close } = await world.visitor()
    await fail(/\/service\/get$/, 503)
    await page.goto(`${world.server.url}/console/services/${id}`)
    await page.getByText('The server cannot answer at present').waitFor()
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('textbox', { name: 'serviceName' }).waitFor()
    await close()
  })

  it('has all its texts in its files of messages', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}?locale=pseudo`)
    await page.getByRole('textbox', { name: 'serviceName' }).fill('Other')
    const names = ['Bank']
    const texts = await foreignTexts(page)
    expect(texts.filter((text) => !names.includes(text))).toEqual([])
    await close()
  })
})
