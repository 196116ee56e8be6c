/** The screen of refused calls, while they happen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, redirectUri, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of refusals', () => {
  let world: ConsoleWorld
  let service: TestService
  let client: Json
  beforeAll(async () => {
    world = await startConsole()
    service = await createService({ serviceName: 'Bank' }, world.server)
    client = await service.client({ clientName: 'Till' })
  })
  afterAll(() => world?.close())

  const at = () => `/services/${service.serviceId}/refusals`
  const refused = () => authorize(service, client, { redirect_uri: `${redirectUri}/` })

  it('tells that nothing was refused, then shows a call as it happens, without a mouse', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByText('Nothing was refused').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    await expectAccessible(page)
    await refused()
    await authorize(service, client, { response_type: 'unknown' })
    await page.getByRole('button', { name: 'Open P005002' }).waitFor()
    await page.getByRole('button', { name: 'Open P004003' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('client.redirectUris').waitFor()
    await dialog.getByText('hidden, 10 characters').first().waitFor()
    await expectAccessible(page)
    await dialog.getByRole('link', { name: 'Reproduce in the explorer' }).press('Enter')
    await page.getByRole('article', { name: 'What refused it' }).getByText('P004003').waitFor()
    await close()
  })

  it('groups by code, and filters', async () => {
    await refused()
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByRole('tab', { name: 'By code' }).click()
    await page.getByRole('button', { name: 'Show those with P005002' }).waitFor()
    await expectAccessible(page)
    await takePicture(page, 'refusals')
    await page.getByRole('button', { name: 'Show those with P005002' }).click()
    expect(await page.getByRole('button', { name: /^Open/ }).count()).toBe(1)
    await page.getByRole('searchbox').fill('no such word')
    await page.getByText('No refusal matches').waitFor()
    await close()
  })

  it('can be paused, tells that the server is away, and is not for all rights', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
    await close()
    const broken = await world.visitor()
    await broken.fail(/\/refusals$/, 503)
    await broken.open(at())
    await broken.page.getByText('The server cannot answer at present').waitFor()
    await broken.close()
    const few = await world.visitor({ rights: ['view_service'], serviceId: service.serviceId })
    await few.open(at())
    await few.page.getByText('does not have the right for this').waitFor()
    await few.close()
  })

  it('has all its texts in its files of messages', async () => {
    const { page, open, close } = await world.visitor()
    await open(`${at()}?locale=pseudo`)
    await page.getByText('P004003').first().click()
    await page.getByRole('dialog').waitFor()
    // The library of the dialog has its own word for those who cannot see its edge.
    expect((await foreignTexts(page)).filter((text) => text !== 'Dismiss')).toEqual([])
    await close()
  })
})
