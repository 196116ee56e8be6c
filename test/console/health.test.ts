/** The state of the server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of health', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await startConsole()
  })
  afterAll(() => world?.close())

  it('shows the server and its database, and reads them again by keyboard', async () => {
    const { page, watch, open, close } = await world.visitor()
    await open('/health')
    const server = page.getByRole('region', { name: 'Server' })
    await server.getByText(process.versions.node).waitFor()
    await page.getByRole('button', { name: 'Read again' }).press('Enter')
    await expect.poll(() => watch.calls.filter((call) => call === 'GET /api/health').length).toBe(2)
    await close()
  })

  it('shows what postern doctor finds, with what mends it, and how late the sweep is', async () => {
    const { page, watch, open, close } = await world.visitor()
    await open('/health')
    const table = page.getByRole('group', { name: 'Examination' })
    await table.getByRole('rowheader', { name: 'node' }).waitFor()
    await table.getByRole('rowheader', { name: 'outbox' }).waitFor()
    await page.getByText('Sweep of expired rows is late by').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Read again' }).press('Enter')
    const calls = () => watch.calls.filter((call) => call === 'GET /api/doctor').length
    await expect.poll(calls).toBe(2)
    await close()
  })

  it('shows which tables have expired rows that are not yet removed', async () => {
    const { store, system } = world.server
    const expiresAt = system.clock() - 1
    const row = { serviceId: 1, ticketHash: 'expired', clientId: 1, expiresAt }
    const data = { kind: 'pushed', clientId: 1, parameters: '' } as const
    await store.commit(store.tickets.insert({ ...row, data }))
    const { page, open, close } = await world.visitor()
    await open('/health')
    await page.getByText('Expired rows that wait for the sweep').waitFor()
    await page.getByText('tickets: 1').waitFor()
    await close()
  })

  it('shows the server although the examination fails', async () => {
    const { page, open, fail, close } = await world.visitor()
    await fail(/\/api\/doctor$/, 503)
    await open('/health')
    await page.getByRole('region', { name: 'Server' }).getByText(process.versions.node).waitFor()
    await page.getByText('The server cannot answer at present').waitFor()
    await close()
  })

  it('says that the clocks differ', async () => {
    const { page, open, close } = await world.visitor()
    world.server.system.clock.advance(20 * 60_000)
    await open('/health')
    await page.getByText('The clocks differ').waitFor()
    await close()
  })

  itBehaves(() => world, {
    path: () => '/health',
    heading: 'Health',
    without: ['modify_service'],
    needs: /\/api\/health$/,
    picture: 'health',
  })
})
