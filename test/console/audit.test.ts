/** The screen of the audit log. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of the audit log', () => {
  let world: ConsoleWorld
  let service: TestService
  beforeAll(async () => {
    world = await startConsole()
    service = await createService({ serviceName: 'Bank' }, world.server)
    await service.client({ clientName: 'Till' })
    const { serviceId } = service
    await service.call('PATCH', `/api/${serviceId}/service`, '{"accessTokenDuration":90}', {
      headers: {
        'Content-Type': 'application/merge-patch+json',
        'Postern-Reason': 'Short tokens',
      },
    })
  })
  afterAll(() => world?.close())

  const at = () => `/services/${service.serviceId}/audit`

  it('shows who changed what and why, and takes a change back, without a mouse', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByText('Short tokens').waitFor()
    await expectAccessible(page)
    await takePicture(page, 'audit')
    await page.getByRole('button', { name: 'Open service.updated' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('accessTokenDuration').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Bring back the settings' }).press('Enter')
    await page.getByText('The earlier settings are back.').waitFor()
    const saved = await service.get(`/api/${service.serviceId}/service/get`)
    expect(saved.accessTokenDuration ?? 0).toBe(0)
    await close()
  })

  it('is filtered, says where nothing is found, and is exported', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByRole('button', { name: 'What happened' }).click()
    await page.getByRole('option', { name: 'client.created' }).click()
    await page.getByRole('button', { name: 'Open client.created' }).waitFor()
    expect(await page.getByRole('button', { name: 'Open service.updated' }).count()).toBe(0)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export as NDJSON' }).click()
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['client.created'])
    await page.getByLabel('About').fill('client:1')
    await page.getByText('No record is there').waitFor()
    await close()
  })

  it('tells that the server is away, and is not for those without the right', async () => {
    const broken = await world.visitor()
    await broken.fail(/\/audit$/, 503)
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
    await page.getByText('Short tokens').waitFor()
    // The types and their descriptions come from the server.
    const { types } = await service.get('/api/audit/types')
    const known = new Set(types.flatMap((each: Json) => [each.type, each.description]))
    expect((await foreignTexts(page)).filter((text) => !known.has(text))).toEqual([])
    await close()
  })
})
