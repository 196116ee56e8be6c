/** API tokens: created for a purpose, shown once, rotated and revoked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, takePicture } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of API tokens', () => {
  let world: ConsoleWorld
  let serviceId = 0
  beforeAll(async () => {
    world = await startConsole()
    const service = { serviceName: 'Bank', issuer: 'https://as.example' }
    serviceId = (await world.server.post('/api/service/create', service)).apiKey
  })
  afterAll(() => world?.close())

  const rightsOf = async (token: string) =>
    (await world.server.call('GET', '/api/self', undefined, { token })).body.rights

  it('creates a token for a purpose by keyboard only, rotates and revokes it', async () => {
    const { page, open, close } = await world.visitor()
    await open('/tokens')
    const copied = async () => {
      await page.getByRole('button', { name: 'Copy the API token' }).press('Enter')
      await page.getByText('Copied').first().waitFor()
      const value = await page.evaluate(() => navigator.clipboard.readText())
      await page.getByRole('button', { name: 'Done' }).press('Enter')
      await page.getByText(value).waitFor({ state: 'detached' })
      return value
    }
    await page.getByRole('button', { name: 'Create API token' }).press('Enter')
    await page.keyboard.type('Introspection of the shop')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await expectAccessible(page)
    await takePicture(page, 'create-token')
    await page.keyboard.press('Enter')
    await page.getByText('The token is shown now, and not again').waitFor()
    await expectAccessible(page)
    const first = await copied()
    const row = page.getByRole('row', { name: /Introspection of the shop/ })
    const never = row.getByText('never', { exact: true })
    await never.first().waitFor()
    const unused = await never.count()
    expect(await rightsOf(first)).toEqual(['use_introspection'])
    await world.server.store.apiTokenUses.flush(world.server.system.clock())
    await page.reload()
    await row.waitFor()
    expect(await never.count()).toBe(unused - 1)

    const actions = page.getByRole('button', { name: 'Actions for Introspection of the shop' })
    await actions.press('Enter')
    await page.getByRole('menuitem', { name: 'Rotate' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).press('Enter')
    await page.getByText('The token is shown now, and not again').waitFor()
    const second = await copied()
    expect([await rightsOf(first), await rightsOf(second)]).toEqual([
      undefined,
      ['use_introspection'],
    ])

    await actions.press('Enter')
    await page.getByRole('menuitem', { name: 'Revoke' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter')
    await page.getByText('“Introspection of the shop” was revoked.').waitFor()
    expect(await rightsOf(second)).toBeUndefined()
    await close()
  })

  it('shows the tokens of one service, of which there may be none', async () => {
    const { page, open, close } = await world.visitor()
    await open('/tokens')
    const field = page.getByRole('combobox', { name: 'Tokens for' })
    await field.fill('Bank')
    await page.getByRole('option', { name: 'Bank' }).click()
    await page.getByText('There is no API token for this').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create API token' }).first().click()
    await page.getByRole('dialog').getByLabel('Description').fill('Frontend')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    const listed = await world.server.post('/api/servicetoken/all', { serviceId })
    expect(listed).toMatchObject([{ description: 'Frontend', rights: ['use_service'] }])
    await close()
  })

  it('shows an administrator of one service the tokens of that service only', async () => {
    const { page, open, close } = await world.visitor({ rights: ['admin'], serviceId })
    await open('/tokens')
    await page.getByRole('rowheader', { name: 'Frontend' }).waitFor()
    expect(await page.getByRole('combobox').count()).toBe(0)
    await close()
  })

  itBehaves(() => world, {
    path: () => '/tokens',
    heading: 'API tokens',
    without: ['modify_service'],
    needs: /token\/all$/,
    picture: 'tokens',
  })
})
