/** The list of services: search, pages, and a first service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, takePicture } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of services', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await startConsole()
  })
  afterAll(() => world?.close())

  it('offers to create the first service, by keyboard only', async () => {
    const { page, open, close } = await world.visitor()
    await open('/services')
    await page.getByText('There is no service yet').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create service' }).first().press('Enter')
    await page.keyboard.type('Payments')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not a url')
    await page.getByText('An issuer is an https URL').waitFor()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('https://pay.example')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await expectAccessible(page)
    await takePicture(page, 'create-service')
    await page.keyboard.press('Enter')
    await page.getByText('“Payments” was created').waitFor()
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor()
    const { services } = await world.server.get('/api/services?query=Payments')
    const settings = await world.server.get(`/api/${services[0].apiKey}/service/get`)
    expect(settings).toMatchObject({ issuer: 'https://pay.example', fapiModes: ['FAPI2_SECURITY'] })
    const keys = JSON.parse(settings.jwks).keys as { alg: string }[]
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'PS256'])
    await close()
  })

  it.each(['OpenID provider', 'Machine to machine', 'Defaults only'])(
    'creates a service that begins as “%s”, with keys, without other warnings of the server',
    async (preset) => {
      const { page, open, close } = await world.visitor()
      await open('/services')
      await page.getByRole('button', { name: 'Create service' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: /^Name/ }).fill(preset)
      await dialog.getByRole('textbox', { name: /^Issuer/ }).fill('https://as.example')
      await dialog.getByText(preset).click()
      const created = page.waitForResponse(/service\/create/)
      await dialog.getByRole('button', { name: 'Create' }).click()
      const { warnings = [] } = await (await created).json()
      const codes = warnings.map(({ code }: { code: string }) => code)
      expect(codes.filter((code: string) => code !== 'signing-key-missing')).toEqual([])
      await page.getByText(`“${preset}” was created`).waitFor()
      await close()
    },
  )

  it('shows what the server refused', async () => {
    const { page, watch, open, close } = await world.visitor({
      rights: ['create_service', 'view_service'],
    })
    watch.allow(403)
    await open('/services')
    await page.getByRole('button', { name: 'Create service' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: /^Name/ }).fill('Without keys')
    await dialog.getByRole('textbox', { name: /^Issuer/ }).fill('https://as.example')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await dialog.getByRole('alert').getByRole('link', { name: 'Code P000103' }).waitFor()
    await close()
  })

  it('finds services by the beginning of a name and by label, in pages of 50', async () => {
    for (let count = 0; count < 60; count += 1) {
      await world.server.post('/api/service/create', {
        serviceName: `Tenant ${count}`,
        issuer: `https://tenant-${count}.example`,
        attributes: [{ key: 'ext.labels', value: count === 7 ? 'gold' : 'silver' }],
      })
    }
    const { page, open, close } = await world.visitor()
    await open('/services')
    const rows = page.getByRole('row')
    await page.getByRole('searchbox', { name: 'Search services' }).fill('Tenant')
    await page.getByRole('rowheader', { name: 'Payments' }).waitFor({ state: 'detached' })
    expect(await rows.count()).toBe(51)
    await page.getByRole('button', { name: 'Show more' }).click()
    await rows.nth(60).waitFor()
    expect(await rows.count()).toBe(61)
    await page.getByLabel('Label', { exact: true }).fill('gold')
    await page.getByRole('link', { name: 'Tenant 7', exact: true }).waitFor()
    await rows.nth(2).waitFor({ state: 'detached' })
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('No service is found').waitFor()
    await close()
  })

  it('looks within names on Enter, and orders by the last change', async () => {
    const { page, open, close } = await world.visitor()
    await open('/services')
    const searchbox = page.getByRole('searchbox', { name: 'Search services' })
    await searchbox.fill('enant 59')
    await page.getByText('Enter also finds what is within').waitFor()
    await expectAccessible(page)
    await searchbox.press('Enter')
    await page.getByRole('link', { name: 'Tenant 59', exact: true }).waitFor()
    await searchbox.fill('enant 7777')
    await searchbox.press('Enter')
    await page.getByText('No name and no issuer has this text.').waitFor()
    await searchbox.fill('')
    const { services } = await world.server.get('/api/services?query=Tenant%207&limit=1')
    world.server.system.clock.advance(1_000)
    await world.server.call('PATCH', `/api/${services[0].apiKey}/service`, '{"description":"x"}', {
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    await page.getByRole('button', { name: /Order/ }).press('Enter')
    await page.getByRole('option', { name: 'Last change' }).press('Enter')
    const first = page.getByRole('rowheader').first()
    await first.getByText('Tenant 7', { exact: true }).waitFor()
    await expectAccessible(page)
    await close()
  })

  itBehaves(() => world, {
    path: () => '/services',
    heading: 'Services',
    without: ['use_introspection'],
    needs: /\/api\/services/,
    picture: 'services',
  })
})
