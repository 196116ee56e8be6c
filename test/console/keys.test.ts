/** Keys of a service: their states and times, generated, imported and rotated. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, takePicture } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of keys', () => {
  let world: ConsoleWorld
  let serviceId = 0
  const keys = () => `/services/${serviceId}/keys`
  beforeAll(async () => {
    world = await startConsole()
    const service = { serviceName: 'Bank', issuer: 'https://as.example' }
    serviceId = (await world.server.post('/api/service/create', service)).apiKey
  })
  afterAll(() => world?.close())

  const statesOf = async () => {
    const { keys: listed } = await world.server.post(`/api/${serviceId}/service/keys/list`, {})
    return listed.map(({ alg, state }: Record<string, string>) => `${alg} ${state}`).sort()
  }

  it('generates the first key by keyboard only, and begins and cancels a rotation', async () => {
    const { page, open, close } = await world.visitor()
    await open(keys())
    await page.getByText('This service has no key yet').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Generate key' }).press('Enter')
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Generate' }).press('Enter')
    await page.getByRole('cell', { name: 'Current' }).waitFor()
    expect(await statesOf()).toEqual(['ES256 CURRENT'])

    await page.getByRole('button', { name: /^Actions for key/ }).press('Enter')
    await page.getByRole('menuitem', { name: 'Begin rotation' }).press('Enter')
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Begin rotation' }).press('Enter')
    await page.getByRole('cell', { name: 'Next' }).waitFor()
    await page.getByRole('cell', { name: /^signs/ }).waitFor()
    await takePicture(page, 'keys-rotation')
    expect(await statesOf()).toEqual(['ES256 CURRENT', 'ES256 NEXT'])

    await page
      .getByRole('button', { name: /^Actions for key/ })
      .first()
      .press('Enter')
    await page.getByRole('menuitem', { name: 'Activate' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Activate' }).press('Enter')
    // The server refuses it: clients may not know the key yet.
    await dialog.getByRole('alert').waitFor()
    await dialog.getByText('At once, although').click()
    await dialog.getByRole('button', { name: 'Activate' }).press('Enter')
    await page.getByRole('cell', { name: 'Previous' }).waitFor()
    expect(await statesOf()).toEqual(['ES256 CURRENT', 'ES256 PREVIOUS'])
    await close()
  })

  it('shows which clients depend on an algorithm, with the settings that name it', async () => {
    const { apiKey } = await world.server.post('/api/service/create', {
      ...{ serviceName: 'Shop', issuer: 'https://shop.example' },
    })
    await world.server.post(`/api/${apiKey}/service/keys/generate`, { alg: 'ES256' })
    const uses = (clientName: string, settings: object) =>
      world.server.post(`/api/${apiKey}/client/create`, {
        ...{ clientName, grantTypes: ['AUTHORIZATION_CODE'], responseTypes: ['CODE'] },
        ...{ redirectUris: ['https://client.example/'], ...settings },
      })
    await uses('Signed for', { idTokenSignAlg: 'ES256', userInfoSignAlg: 'ES256' })
    await uses('Other', { idTokenSignAlg: 'PS256' })
    const { page, open, close } = await world.visitor()
    await open(`/services/${apiKey}/keys`)
    await page.getByRole('button', { name: 'Clients that depend on ES256' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 client depends on it, of 2.').waitFor()
    await dialog.getByRole('link', { name: 'Signed for' }).waitFor()
    await dialog.getByText('idTokenSignAlg userInfoSignAlg').waitFor()
    expect(await dialog.getByText('Other').count()).toBe(0)
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await close()
  })

  it('imports a key in PEM, and shows no private member', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const { page, open, close } = await world.visitor()
    await open(keys())
    await page.getByRole('button', { name: 'Import keys' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: /^Content/ }).fill('no key')
    await dialog.getByRole('button', { name: 'Import' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog
      .getByRole('textbox', { name: /^Content/ })
      .fill(String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
    await dialog.getByRole('button', { name: 'Import' }).click()
    await page.getByRole('region', { name: 'Keys for RS256' }).first().waitFor()
    expect(await page.content()).not.toContain('PRIVATE KEY')
    await close()
  })

  it('offers no change to a token that only reads', async () => {
    const { page, open, close } = await world.visitor({ rights: ['view_service'], serviceId })
    await open(keys())
    await page.getByRole('cell', { name: 'Current' }).first().waitFor()
    expect(await page.getByRole('button', { name: 'Generate key' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: /^Actions for key/ }).count()).toBe(0)
    await close()
  })

  itBehaves(() => world, {
    path: keys,
    heading: 'Keys',
    without: ['view_client'],
    needs: /keys\/list$/,
    picture: 'keys',
  })
})
