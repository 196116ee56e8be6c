/** The request explorer: from a refused request to its fix, and through a whole flow. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  issuer,
  redirectUri,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole, type Visitor } from './support/world.ts'

describe.skipIf(!executablePath)('request explorer', () => {
  let world: ConsoleWorld
  let service: TestService
  let client: Json
  beforeAll(async () => {
    world = await startConsole()
    service = await createService({ serviceName: 'Bank' }, world.server)
    client = await service.client({ clientName: 'Till' })
  })
  afterAll(() => world?.close())

  const at = (http?: string) =>
    `/services/${service.serviceId}/explorer${http ? `?http=${encodeURIComponent(http)}` : ''}`
  const url = (of: Json, more: Record<string, string | undefined> = {}) =>
    `${issuer}/authorize?${authorizationRequest(of, more)}`
  const refusal = (visitor: Visitor) =>
    visitor.page.getByRole('article', { name: 'What refused it' })

  /** A service has five dry runs a second, by the clock of the test. */
  const later = () => service.system.clock.advance(1_000)

  it('tells why a pasted request is refused, without a mouse', async () => {
    const visitor = await world.visitor()
    const { page, open, close } = visitor
    await open(at())
    const field = page.getByLabel('Request', { exact: true })
    await field.focus()
    await page.keyboard.insertText(url(client, { redirect_uri: `${redirectUri}/` }))
    await page.keyboard.press('Control+Enter')
    await refusal(visitor).getByText('does not match a redirect URI').waitFor()
    const text = await refusal(visitor).innerText()
    for (const told of ['P004003', 'redirect_uri', `${redirectUri}/`, 'client.redirectUris']) {
      expect(text).toContain(told)
    }
    expect(await page.getByText('Not reached').count()).toBeGreaterThan(0)
    await expectAccessible(page)
    await takePicture(page, 'explorer-refused')
    await close()
  })

  it('applies the offered change, and runs the request again', async () => {
    later()
    const own = await service.client({ clientName: 'Kiosk' })
    const visitor = await world.visitor()
    const { page, open, close } = visitor
    await open(at(url(own, { redirect_uri: 'https://kiosk.example/cb' })))
    await refusal(visitor).getByRole('button', { name: 'Apply' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('https://kiosk.example/cb').waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Reason').fill('A new kiosk')
    await dialog.getByRole('button', { name: 'Save the change' }).press('Enter')
    await page.getByText('Would succeed').waitFor()
    const saved = await service.get(`/api/${service.serviceId}/client/get/${own.clientId}`)
    expect(saved.redirectUris).toEqual([redirectUri, 'https://kiosk.example/cb'])
    await close()
  })

  it('makes a request, and finishes its flow', async () => {
    later()
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByRole('tab', { name: 'Make a request' }).click()
    await page.getByRole('combobox', { name: 'Client' }).fill('Till')
    await page.getByRole('option', { name: /Till/ }).click()
    await page.getByRole('button', { name: 'Make the request' }).click()
    await page.getByText('Would succeed').waitFor()
    await page.getByText('This is no dry run').waitFor()
    await page.getByLabel('Subject').fill('alice')
    await page.getByRole('button', { name: 'Log in and consent' }).click()
    await page.getByRole('region', { name: 'The response to the client' }).waitFor()
    await page.getByLabel('Client secret').fill(client.clientSecret)
    await page.getByRole('button', { name: 'Get tokens' }).click()
    await page.getByText('The flow is complete.').waitFor()
    await page.getByText('"sub": "alice"').first().waitFor()
    await page.getByRole('button', { name: 'Introspect' }).click()
    await page.getByRole('region', { name: 'What a resource server learns' }).waitFor()
    await page.getByRole('button', { name: 'UserInfo' }).click()
    await page.getByRole('region', { name: 'What UserInfo answers' }).waitFor()
    await expectAccessible(page)
    await takePicture(page, 'explorer-flow')
    await close()
  })

  it('tells why a code cannot be exchanged', async () => {
    later()
    const visitor = await world.visitor()
    const { page, open, close } = visitor
    await open(at(url(client)))
    await page.getByLabel('Subject').fill('alice')
    await page.getByRole('button', { name: 'Log in and consent' }).click()
    await page.getByLabel('Client secret').fill('wrong-secret-of-the-till')
    await page.getByRole('button', { name: 'Get tokens' }).click()
    await refusal(visitor).getByText('P010005').first().waitFor()
    await close()
  })

  it('shows a request that cannot be read, and an unavailable server', async () => {
    later()
    const { page, watch, open, fail, close } = await world.visitor()
    watch.allow(400)
    await open(at('hello'))
    await page.getByRole('alert').getByText('The request cannot be read').waitFor()
    await fail(/\/explain$/, 503)
    await page.getByRole('button', { name: /Run/ }).click()
    await page.getByRole('alert').getByText('The server cannot answer at present').waitFor()
    await close()
  })

  it('offers no change to a caller that may not save it, and is not for those without use_service', async () => {
    later()
    const { serviceId } = service
    const visitor = await world.visitor({ rights: ['use_service', 'view_service'], serviceId })
    await visitor.open(at(url(client, { redirect_uri: 'https://elsewhere.example/' })))
    const apply = refusal(visitor).getByRole('button', { name: 'Apply' })
    expect(await apply.isDisabled()).toBe(true)
    await visitor.page.getByText('the API token needs the right modify_client').waitFor()
    await visitor.close()
    const few = await world.visitor({ rights: ['view_service'], serviceId })
    await few.open(at())
    await few.page.getByText('does not have the right for this').waitFor()
    await few.close()
  })

  it('has all its texts in its files of messages', async () => {
    later()
    const { page, open, close } = await world.visitor()
    await open(`${at()}?locale=pseudo`)
    await page.locator('textarea').fill(url(client, { redirect_uri: `${redirectUri}/` }))
    await page.locator('form button[type=submit]').click()
    await page.getByText('P004003').first().waitFor()
    expect(await foreignTexts(page)).toEqual([])
    await close()
  })
})
