/** The screens of tokens and sessions, and of what clients are told of their end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, obtainTokens, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { openSession, withSessions } from '../support/sessions.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of tokens and sessions', () => {
  let world: ConsoleWorld
  let service: TestService
  let client: Json
  beforeAll(async () => {
    world = await startConsole()
    service = await createService({ serviceName: 'Bank', ...withSessions() }, world.server)
    client = await service.client({ clientName: 'Till' })
  })
  afterAll(() => world?.close())

  const at = (screen = 'grants') => `/services/${service.serviceId}/${screen}`
  const total = async () =>
    (await service.get(`/api/${service.serviceId}/auth/token/get/list`)).totalCount

  it('says where nothing is there', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByText('No token is there').waitFor()
    await open(at('deliveries'))
    await page.getByText('No notification is there').waitFor()
    await expectAccessible(page)
    await close()
  })

  it('shows what clients and callers are still to be told of CIBA and of batches', async () => {
    const { store, system } = world.server
    const waiting = (notificationId: string, clientId: number) =>
      store.notifications.insert({
        ...{ serviceId: service.serviceId, notificationId, clientId },
        ...{ dueAt: system.clock() + 60_000, expiresAt: system.clock() + 3_600_000 },
        message: { kind: 'ciba', url: 'https://client.example/', body: '{}' },
      })
    await store.commit(waiting('of-a-client', client.clientId), waiting('of-a-caller', 0))
    const { page, open, close } = await world.visitor()
    await open(at('deliveries'))
    const table = page.getByRole('group', { name: 'CIBA and batches of tokens' })
    const row = (name: string) => table.getByRole('row', { name })
    await row('of-a-client').getByText(String(client.clientId)).waitFor()
    await row('of-a-caller').getByText('Caller of the API').waitFor()
    await expectAccessible(page)
    await close()
  })

  it('revokes one token, and all of a user whose name is typed', async () => {
    for (let each = 0; each < 3; each += 1) await obtainTokens(service, client)
    const { page, open, close } = await world.visitor()
    await open(at())
    const one = page.getByRole('button', { name: /^Revoke the token/ }).first()
    await one.waitFor()
    await expectAccessible(page)
    await takePicture(page, 'grants')
    await one.press('Enter')
    await page.getByText('Revoked: 1 token').waitFor()
    await page.getByLabel('Subject').fill('alice')
    await page.getByRole('button', { name: 'Revoke all of these' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 access tokens').waitFor()
    const submit = dialog.getByRole('button', { name: 'Revoke' })
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByLabel('Type alice to confirm').fill('alice')
    await submit.press('Enter')
    await page.getByText('No token is there').waitFor()
    expect(await total()).toBe(0)
    await close()
  })

  it('introspects a pasted token, and ends a session', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const { subject, sessionId } = await openSession(service)
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByRole('tab', { name: 'Introspect' }).click()
    await page.getByLabel('Access token').fill(accessToken)
    await page.getByRole('button', { name: 'Introspect' }).click()
    await page.getByText('"subject": "alice"').waitFor()
    await page.getByRole('tab', { name: 'Sessions' }).click()
    await page.getByText('Name a subject or a client').waitFor()
    await page.getByLabel('Subject').fill(subject)
    await page.getByRole('button', { name: /^End the session/ }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).press('Enter')
    await page.getByText('The session has ended.').waitFor()
    const { session } = await service.api('/session/get', { sessionId })
    expect(session?.status).not.toBe('LIVE')
    await close()
  })

  it('tells that the server is away, and is not for those without the right', async () => {
    const broken = await world.visitor()
    await broken.fail(/\/list$/, 503)
    for (const screen of ['grants', 'deliveries']) {
      await broken.open(at(screen))
      await broken.page.getByText('The server cannot answer at present').waitFor()
    }
    await broken.close()
    const few = await world.visitor({ rights: ['view_service'], serviceId: service.serviceId })
    for (const screen of ['grants', 'deliveries']) {
      await few.open(at(screen))
      await few.page.getByText('does not have the right for this').waitFor()
    }
    await few.close()
  })

  it('has all its texts in its files of messages', async () => {
    await obtainTokens(service, client)
    const { page, open, close } = await world.visitor()
    for (const screen of ['grants', 'deliveries']) {
      await open(`${at(screen)}?locale=pseudo`)
      expect(await foreignTexts(page)).toEqual([])
    }
    await close()
  })
})
