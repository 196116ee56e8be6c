/** Lints of a service and of all its clients, with their fixes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('lints in the console', () => {
  let world: ConsoleWorld
  let id = 0
  beforeAll(async () => {
    world = await startConsole()
  })
  beforeEach(async () => {
    const made = await world.server.post('/api/service/create', {
      ...{ serviceName: 'Bank', issuer: 'https://as.example' },
    })
    id = made.apiKey
  })
  afterAll(() => world?.close())

  it('shows which profiles hold, and applies a fix with a reason', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}/lint`)
    const table = page.getByRole('group', { name: 'Findings of the service' })
    await table.getByText('L1301').waitFor()
    await expectAccessible(page)
    await takePicture(page, 'lint')
    await page.getByRole('button', { name: 'Apply the fix of L1301' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('parRequired').waitFor()
    await dialog.getByLabel('Reason').fill('FAPI')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await table.getByText('L1301').waitFor({ state: 'detached' })
    expect((await world.server.get(`/api/${id}/service/get`)).parRequired).toBe(true)
    const { records } = await world.server.get(`/api/${id}/audit?type=service.updated`)
    expect(records.at(-1)).toMatchObject({ reason: 'FAPI' })
    await close()
  })

  it('filters findings by profile, and leads to the setting of one', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}/lint`)
    await page.getByRole('button', { name: /Show findings of/ }).press('Enter')
    await page.getByRole('option', { name: 'rfc9700' }).click()
    const table = page.getByRole('group', { name: 'Findings of the service' })
    await table.getByText('L1301').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Edit pkceRequired' }).press('Enter')
    await page.getByRole('checkbox', { name: /^pkceRequired/ }).waitFor()
    await close()
  })

  it('checks all clients in pages, with progress', async () => {
    const create = (number: number) =>
      world.server.post(`/api/${id}/client/create`, { clientName: `Client ${number}` })
    for (let number = 0; number < 120; number++) await create(number)
    const { page, watch, open, close } = await world.visitor()
    await open(`/services/${id}/lint`)
    await page.getByRole('button', { name: 'Check all clients' }).press('Enter')
    await page.getByText('120 of 120 clients checked').waitFor()
    expect(watch.calls.filter((call) => call === `POST /api/${id}/client/lint`)).toHaveLength(2)
    await page.getByRole('link', { name: 'Client 119' }).waitFor()
    await expectAccessible(page)
    await close()
  })

  it('offers no fix without the right to change the service', async () => {
    const { page, open, close } = await world.visitor({ rights: ['view_service'] })
    await open(`/services/${id}/lint`)
    await page.getByText('fixes cannot be applied here').waitFor()
    expect(await page.getByRole('button', { name: /^Apply/ }).count()).toBe(0)
    await close()
  })

  it('says that there are no clients, and that the server cannot answer', async () => {
    const { page, open, fail, close } = await world.visitor()
    await open(`/services/${id}/lint`)
    await page.getByRole('button', { name: 'Check all clients' }).click()
    await page.getByText('The service has no clients').waitFor()
    await fail(/\/client\/lint$/, 503)
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByText('The server cannot answer at present').waitFor()
    await fail(/\/service\/lint$/, 503)
    await page.goto(`${world.server.url}/console/services/${id}/lint`)
    await page.getByText('The server cannot answer at present').waitFor()
    await close()
  })

  it('has all its texts in its files of messages', async () => {
    const { page, open, close } = await world.visitor()
    await open(`/services/${id}/lint?locale=pseudo`)
    await page.getByText('L1301').waitFor()
    const texts = await foreignTexts(page)
    expect(texts).toEqual([])
    await close()
  })
})
