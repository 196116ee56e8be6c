/** Events of an endpoint that does not take them: so many wait, and further ones are dropped. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliverEvents } from '../../../src/process/events/event-outbox.ts'
import { createMetrics } from '../../../src/process/metrics/metrics.ts'
import { createService, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { type Receiver, reaching, receiveEvents } from '../../support/webhooks.ts'

let service: TestService
let receiver: Receiver
beforeEach(async () => {
  receiver = await receiveEvents()
  service = await createService({
    attributes: [{ key: 'ext.quota.waiting_events', value: '3' }],
  })
  // Receivers compare timestamps with their own clocks.
  service.system.clock.set(Date.now())
})
afterEach(async () => {
  await receiver.close()
  await service.close()
})

const subscribe = (more: Json = {}) =>
  service.api('/events/endpoint/create', { url: receiver.url, ...more })
const deliver = () => deliverEvents(service.store, reaching(service.system))
const waiting = async (endpointId: number): Promise<number> =>
  (await service.api('/events/delivery/list', { end: 100, endpointId, status: 'PENDING' }))
    .pendingCount
async function shown(endpointId: number): Promise<Json> {
  await service.store.eventDrops.flush()
  return service.api('/events/endpoint/get', { endpointId })
}

/** Changes clients until an event is dropped: what waits is counted in the background. */
async function fill(endpointId: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await service.client()
        return (await shown(endpointId)).dropped
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0)
}

describe('backlog of an endpoint (ext.quota.waiting_events)', () => {
  it('drops events beyond it, and shows how many and since when', async () => {
    const { endpointId, dropped, droppedSince } = await subscribe()
    expect([dropped, droppedSince]).toEqual([0, undefined])
    await fill(endpointId)
    const since = service.system.clock()
    const before = await waiting(endpointId)
    const { dropped: first } = await shown(endpointId)
    service.system.clock.advance(1_000)
    await service.client()
    await service.client()
    expect(await shown(endpointId)).toMatchObject({ dropped: first + 2, droppedSince: since })
    expect(await waiting(endpointId)).toBe(before)
    expect(before).toBeGreaterThanOrEqual(3)
  })

  it('keeps events for other endpoints, and changes happen', async () => {
    const { endpointId } = await subscribe({ types: ['client.created'] })
    await fill(endpointId)
    const other = await subscribe()
    const { clientId } = await service.client()
    expect(clientId).toBeGreaterThan(0)
    expect(await waiting(other.endpointId)).toBe(1)
    expect((await shown(other.endpointId)).dropped).toBe(0)
  })

  it('takes events again once those that waited were delivered', async () => {
    const { endpointId } = await subscribe()
    await fill(endpointId)
    await deliver()
    service.system.clock.advance(10_000)
    const { dropped } = await shown(endpointId)
    await expect
      .poll(async () => {
        await service.client()
        return waiting(endpointId)
      })
      .toBeGreaterThan(0)
    const now = (await shown(endpointId)).dropped
    await service.client()
    expect(now).toBeGreaterThanOrEqual(dropped)
    expect((await shown(endpointId)).dropped).toBe(now)
  })

  it('is counted from the beginning once the settings of the endpoint are saved', async () => {
    const { endpointId, url } = await subscribe()
    await fill(endpointId)
    const updated = await service.api('/events/endpoint/update', { endpointId, url })
    expect([updated.dropped, updated.droppedSince]).toEqual([0, undefined])
    expect((await shown(endpointId)).dropped).toBe(0)
  })

  it('counts drops in the metrics', async () => {
    const metrics = createMetrics(new Map())
    const { endpointId } = await subscribe()
    await fill(endpointId)
    const { dropped } = await shown(endpointId)
    expect(await metrics.text()).toContain(`postern_events_dropped_total ${dropped}`)
  })

  it.each(['0', '200001', 'all'])('cannot be %s', async (value) => {
    const attributes = [{ key: 'ext.quota.waiting_events', value }]
    const body = { serviceName: 'tenant', attributes }
    expect((await service.call('POST', '/api/service/create', body)).status).toBe(400)
  })
})
