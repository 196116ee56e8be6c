/** The screen of the endpoints that get events, and of what was delivered to them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliverEvents } from '../../src/process/events/event-outbox.ts'
import { createService, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { type Receiver, reaching, receiveEvents } from '../support/webhooks.ts'
import { expectAccessible } from './support/looks.ts'
import { itBehaves } from './support/screens.ts'
import { type ConsoleWorld, executablePath, startConsole } from './support/world.ts'

describe.skipIf(!executablePath)('screen of events', () => {
  let world: ConsoleWorld
  let service: TestService
  let receiver: Receiver
  beforeAll(async () => {
    world = await startConsole()
    receiver = await receiveEvents()
    service = await createService({ serviceName: 'Bank' }, world.server)
  })
  afterAll(async () => {
    await receiver?.close()
    await world?.close()
  })

  const at = () => `/services/${service.serviceId}/events`
  const deliver = () => deliverEvents(service.store, reaching(service.system))
  const list = (): Promise<Json> => service.api('/events/delivery/list', {})

  it('says where no endpoint and no event is there', async () => {
    const { page, open, close } = await world.visitor()
    await open(at())
    await page.getByText('No endpoint gets events').waitFor()
    await page.getByText('No event is there').waitFor()
    await expectAccessible(page)
    await close()
  })

  it('shows what failed and why, and sends what was delivered or parked again', async () => {
    const { endpointId } = await service.api('/events/endpoint/create', { url: receiver.url })
    await service.client()
    receiver.answer(410)
    await deliver()
    await service.api('/events/endpoint/update', { endpointId, url: receiver.url })
    receiver.answer(204)
    await service.client()
    await deliver()
    const { page, open, close } = await world.visitor()
    await open(at())
    const deliveries = page.getByRole('group', { name: 'Deliveries' })
    await deliveries.getByText('status 410').waitFor()
    await page.getByText('1 event was parked').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Send parked: / }).press('Enter')
    await page.getByText('Sent again: 1 event').waitFor()
    await deliver()
    expect(await list()).toMatchObject({ pendingCount: 0, parkedCount: 0 })
    const again = deliveries.getByRole('button', { name: /^Send again: evt_/ })
    await again.first().press('Enter')
    await deliveries.getByText('waiting', { exact: true }).waitFor()
    expect((await list()).pendingCount).toBe(1)
    await deliver()
    expect(receiver.received.length).toBe(4)
    await close()
  })

  it('says how many events an endpoint lost, because too many waited', async () => {
    const attributes = [{ key: 'ext.quota.waiting_events', value: '1' }]
    const busy = await createService({ serviceName: 'Busy', attributes }, world.server)
    await busy.api('/events/endpoint/create', { url: receiver.url })
    for (let made = 0; made < 3; made++) await busy.client()
    await busy.store.eventDrops.flush()
    const [endpoint] = (await busy.api('/events/endpoint/list', {})).endpoints
    expect(endpoint.dropped).toBeGreaterThan(0)
    const { page, open, close } = await world.visitor()
    await open(`/services/${busy.serviceId}/events`)
    await page.getByText(/^\d+ events? (was|were) dropped$/).waitFor()
    await expectAccessible(page)
    await close()
  })

  it('disables an endpoint and enables it again, with its other settings as they were', async () => {
    const types = ['client.created', 'client.deleted']
    const settings = { url: `${receiver.url}/some`, types, description: 'Of the desk' }
    const { endpointId } = await service.api('/events/endpoint/create', settings)
    const shown = async () => {
      const { disabled, ...rest } = await service.api('/events/endpoint/get', { endpointId })
      expect(rest).toMatchObject(settings)
      return disabled
    }
    const { page, open, close } = await world.visitor()
    await open(at())
    const endpoints = page.getByRole('group', { name: 'Endpoints' })
    await endpoints.getByRole('button', { name: `Disable ${settings.url}` }).press('Enter')
    await endpoints.getByText('Disabled', { exact: true }).waitFor()
    await expectAccessible(page)
    expect(await shown()).toBe(true)
    await endpoints.getByRole('button', { name: `Enable ${settings.url}` }).press('Enter')
    await page.getByText('The endpoint gets events again.').waitFor()
    expect(await shown()).toBe(false)
    await close()
  })

  itBehaves(() => world, {
    path: at,
    heading: 'Events',
    without: ['view_service', 'use_service'],
    needs: /\/events\//,
    picture: 'events',
  })
})
