/** The list of clients: search, filters, a secret that is shown once, and locks of many. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, takePicture } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of clients', () => {
  let world: ConsoleWorld
  let serviceId = 0
  const clients = () => `/services/${serviceId}/clients`
  beforeAll(async () => {
    world = await startConsole()
    const created = await world.server.post('/api/service/create', {
      serviceName: 'Bank',
      issuer: 'https://as.example',
    })
    serviceId = created.apiKey
  })
  afterAll(() => world?.close())

  it('creates the first client by keyboard only, and shows its secret once', async () => {
    const { page, open, close } = await world.visitor()
    await open(clients())
    await page.getByText('This service has no client yet').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create client' }).first().press('Enter')
    await page.keyboard.type('Online banking')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('https://bank.example/callback')
    await expectAccessible(page)
    await takePicture(page, 'create-client')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).press('Enter')
    await page.getByText('The secret is shown now, and not again').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Copy the client secret' }).press('Enter')
    await page.getByText('Copied').first().waitFor()
    const secret = await page.evaluate(() => navigator.clipboard.readText())
    const { clients: found } = await world.server.get(`/api/${serviceId}/clients?query=Online`)
    const { clientSecret, redirectUris } = await world.server.get(
      `/api/${serviceId}/client/get/${found[0].clientId}`,
    )
    expect({ clientSecret, redirectUris }).toEqual({
      clientSecret: secret,
      redirectUris: ['https://bank.example/callback'],
    })
    await page.getByRole('button', { name: 'Done' }).press('Enter')
    expect(await page.getByText(secret).count()).toBe(0)
    await page.getByRole('link', { name: 'Online banking' }).waitFor()
    await close()
  })

  it.each(['Application in the browser', 'Application on a device', 'Service without users'])(
    'creates a client of the kind “%s”',
    async (kind) => {
      const { page, open, close } = await world.visitor()
      await open(clients())
      await page.getByRole('button', { name: 'Create client' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: /^Name/ }).fill(kind)
      await dialog.getByText(kind).click()
      if (kind !== 'Service without users') {
        await dialog.getByRole('textbox', { name: /^Redirect/ }).fill('http://127.0.0.1/callback')
      }
      await dialog.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByRole('link', { name: kind }).waitFor()
      await close()
    },
  )

  it('locks many clients after a confirmation, and shows only those that are locked', async () => {
    const { page, open, close } = await world.visitor()
    await open(clients())
    await page.locator('label', { has: page.getByLabel('Select all clients') }).click()
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await page.getByRole('dialog').getByText('Locked clients get no tokens').waitFor()
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
    await page.getByText('4 clients were locked.').waitFor()
    const { clients: found } = await world.server.get(`/api/${serviceId}/clients`)
    expect(found.map(({ locked }: { locked: boolean }) => locked)).toEqual([true, true, true, true])
    await page
      .locator('label', { has: page.getByLabel(/^Select client/) })
      .first()
      .click()
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
    await page.getByText('1 client was unlocked.').waitFor()
    await page.getByRole('button', { name: /State/ }).click()
    await page.getByRole('option', { name: 'Not locked' }).click()
    await page.getByRole('row').nth(2).waitFor({ state: 'detached' })
    expect(await page.getByRole('row').count()).toBe(2)
    await close()
  })

  it('filters on the server, and looks within names on Enter', async () => {
    const { page, open, close } = await world.visitor()
    await open(clients())
    const choose = async (field: RegExp, option: string) => {
      await page.getByRole('button', { name: field }).press('Enter')
      await page.getByRole('option', { name: option, exact: true }).press('Enter')
    }
    await choose(/^(.* )?Type/, 'Public')
    await page.getByRole('link', { name: 'Online banking' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('row').count()).toBe(3)
    await choose(/Application/, 'Native')
    await page.getByRole('row').nth(2).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Application on a device' }).waitFor()
    await expectAccessible(page)
    await choose(/Authentication/, 'private_key_jwt')
    await page.getByText('No client is found').waitFor()
    await choose(/Authentication/, 'All')
    await choose(/Not used/, 'For 30 days')
    await page.getByRole('link', { name: 'Application on a device' }).waitFor()
    await page.getByRole('searchbox').fill('on a dev')
    await page.getByText('No client is found').waitFor()
    await page.getByRole('searchbox').press('Enter')
    await page.getByRole('link', { name: 'Application on a device' }).waitFor()
    await close()
  })

  it('offers no change to a token that only reads', async () => {
    const { page, open, close } = await world.visitor({ rights: ['view_client'], serviceId })
    await open(clients())
    await page.getByRole('link', { name: 'Online banking' }).waitFor()
    expect(await page.getByRole('button', { name: 'Create client' }).count()).toBe(0)
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await close()
  })

  itBehaves(() => world, {
    path: clients,
    heading: 'Clients',
    without: ['use_introspection'],
    needs: /\/clients$/,
    picture: 'clients',
  })
})
