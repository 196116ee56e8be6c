/** The frame of the console: login, navigation by rights, themes, and what its pages may not do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('console in Chromium', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await startConsole()
    await world.server.post('/api/service/create', {
      serviceName: 'Bank',
      issuer: 'https://as.example',
    })
  })
  afterAll(() => world?.close())

  it('asks for an API token, opens a session with it, and ends it', async () => {
    const { page, watch, open, close } = await world.visitor({ token: null })
    watch.allow(401)
    await open('/')
    await expectAccessible(page)
    await takePicture(page, 'login')
    const field = page.getByLabel('API token')
    await field.fill('wrong-token-of-a-stranger')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This token cannot be used').waitFor()
    await field.fill(world.server.adminToken)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Services' }).waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await field.waitFor()
    await close()
  })

  it('shows the screens that the rights of the session include', async () => {
    const all = await world.visitor()
    await all.open('/')
    const names = () => all.page.getByRole('navigation').getByRole('link').allInnerTexts()
    expect(await names()).toEqual(expect.arrayContaining(['Services', 'API tokens', 'Health']))
    await all.close()
    const few = await world.visitor({ rights: ['view_service'] })
    await few.open('/')
    expect(await few.page.getByRole('navigation').getByRole('link').allInnerTexts()).not.toContain(
      'API tokens',
    )
    await few.open('/tokens')
    await few.page.getByText('does not have the right for this').waitFor()
    await few.close()
  })

  it('moves the focus to the heading of the next screen, and has a link to skip to', async () => {
    const { page, open, close } = await world.visitor()
    await open('/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the content',
    )
    await page.getByRole('link', { name: 'Health' }).press('Enter')
    await page.getByRole('heading', { name: 'Health' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await page.title()).toBe('Health · Postern')
    await close()
  })

  it('keeps the theme, and nothing else, in the browser', async () => {
    const { page, open, close } = await world.visitor()
    await open('/')
    const shows = (theme: string) => page.locator(`html[data-theme="${theme}"]`).waitFor()
    await page.locator('label', { hasText: 'Dark' }).click()
    await open('/')
    await shows('dark')
    await page.locator('label', { hasText: 'System' }).click()
    await page.emulateMedia({ colorScheme: 'dark' })
    await shows('dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await shows('light')
    await page.locator('label', { hasText: 'Light' }).click()
    const stored = await page.evaluate(() => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
    ])
    expect(stored).toEqual(['postern-theme'])
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await close()
  })

  it('finds services by typing, without a mouse', async () => {
    const { page, open, close } = await world.visitor()
    await open('/')
    await takePicture(page, 'shell')
    await page.getByRole('button', { name: 'Choose a service' }).press('Enter')
    await page.keyboard.type('Bankk')
    await page
      .getByRole('dialog')
      .getByRole('link', { name: 'Bank' })
      .waitFor({ state: 'detached' })
    await page.keyboard.press('Backspace')
    await page.getByRole('dialog').getByRole('link', { name: 'Bank' }).waitFor()
    await expectAccessible(page)
    await takePicture(page, 'switch')
    // The first one empties the field.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await close()
  })

  it('folds its navigation on a narrow screen', async () => {
    const { page, open, close } = await world.visitor({ width: 420 })
    await open('/')
    expect(await page.getByRole('navigation').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Menu' }).press('Enter')
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Health' }).waitFor()
    expect(await page.getByRole('navigation').isVisible()).toBe(false)
    await close()
  })

  it('has all its texts in its files of messages', async () => {
    const { page, watch, open, close } = await world.visitor({ token: null })
    watch.allow(401)
    await open('/?locale=pseudo')
    expect(await foreignTexts(page)).toEqual([])
    await close()
  })
})
