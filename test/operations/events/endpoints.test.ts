/** Endpoints for events: created, shown, changed, and deleted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const url = 'https://hooks.example.com/postern'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const create = (more: Json = {}) => service.api('/events/endpoint/create', { url, ...more })
const remove = (endpointId: number) =>
  service.call('POST', `/api/${service.serviceId}/events/endpoint/delete`, { endpointId })

describe('endpoint for events', () => {
  it('is created with a secret, which no other response has', async () => {
    const made = await create({ types: ['client.created'], description: 'Billing' })
    const { secret, endpointId, ...shown } = made
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(shown).toMatchObject({ url, types: ['client.created'], disabled: false })
    const got = await service.api('/events/endpoint/get', { endpointId })
    expect(got).toEqual({ endpointId, ...shown })
    const { endpoints } = await service.api('/events/endpoint/list', {})
    expect(endpoints).toEqual([{ endpointId, ...shown }])
    await remove(endpointId)
  })

  it('is created once by repeated calls with one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'endpoint-1' }
    const first = await service.api('/events/endpoint/create', { url }, key)
    expect(await service.api('/events/endpoint/create', { url }, key)).toEqual(first)
    const { endpoints } = await service.api('/events/endpoint/list', {})
    expect(endpoints).toHaveLength(1)
    await remove(first.endpointId)
  })

  it('keeps its secret sealed', async () => {
    const { secret, endpointId } = await create()
    const { eventEndpoints } = service.engine.tables
    const stored = JSON.stringify(await service.engine.read.select().from(eventEndpoints))
    expect(stored).toContain(String(endpointId))
    expect(stored).not.toContain(secret.slice(6))
    await remove(endpointId)
  })

  it('has its settings replaced by an update', async () => {
    const { endpointId } = await create({ types: ['client.created'], description: 'Billing' })
    const updated = await service.api('/events/endpoint/update', { endpointId, url: `${url}/2` })
    expect(updated).toMatchObject({ url: `${url}/2`, description: '', disabled: false })
    expect(updated.types).toBeUndefined()
    await remove(endpointId)
  })

  it('is unknown after its deletion', async () => {
    const { endpointId } = await create()
    expect((await remove(endpointId)).status).toBe(204)
    for (const operation of ['get', 'update', 'rotate', 'delete']) {
      const path = `/api/${service.serviceId}/events/endpoint/${operation}`
      const reply = await service.call('POST', path, { endpointId, url })
      expect([reply.status, reply.body.resultCode]).toEqual([404, 'P164001'])
    }
  })

  it.each([
    ['ftp://hooks.example.com/'],
    ['hooks.example.com'],
    ['https://hooks.example.com/#part'],
    ['https://user:secret@hooks.example.com/'],
  ])('is refused with the URL %s', async (wrong) => {
    expect(await create({ url: wrong })).toMatchObject({ resultCode: 'P164002' })
  })

  it('is one of 20 at most, also if calls are concurrent', async () => {
    for (let count = 0; count < 18; count += 1) await create()
    const made = await Promise.all(Array.from({ length: 4 }, () => create()))
    const codes = made.map(({ resultCode = 'created' }) => resultCode).sort()
    expect(codes).toEqual(['P164003', 'P164003', 'created', 'created'])
    const { endpoints } = await service.api('/events/endpoint/list', {})
    expect(endpoints).toHaveLength(20)
    const row = await service.store.services.find(service.serviceId)
    expect(row?.subscriptions.map(({ endpointId }) => endpointId).sort()).toEqual(
      endpoints.map(({ endpointId }: Json) => endpointId).sort(),
    )
    for (const { endpointId } of endpoints) await remove(endpointId)
    const after = await service.store.services.find(service.serviceId)
    expect(after?.subscriptions).toEqual([])
  })

  it('requires the right modify_service', async () => {
    const token = await service.tokenFor(service.serviceId, ['create_client'])
    const path = `/api/${service.serviceId}/events/endpoint/list`
    expect((await service.call('POST', path, {}, { token })).status).toBe(403)
  })
})
