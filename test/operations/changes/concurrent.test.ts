/** Many concurrent changes of one thing: each is made from the newest state, and none fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestService } from '../../support/flows.ts'
import { createReceiver, withSignals } from '../../support/security-events.ts'
import { createServer, type Json } from '../../support/server.ts'
import { clockOf, createTestService } from '../../support/test-service.ts'

const calls = 150
const places = Array.from({ length: calls }, (_, place) => place)
const merge = { headers: { 'Content-Type': 'application/merge-patch+json' } }

let service: TestService
beforeAll(async () => {
  const server = await createServer({ testServices: true })
  service = await createTestService(withSignals({ 'ext.mode': 'test' }), server)
})
afterAll(() => service.close())

const pathOf = (operation: string) => `/api/${service.serviceId}${operation}`
const change = (path: string, patch: Json) =>
  service.call('PATCH', path, JSON.stringify(patch), merge)
const post = (operation: string, body: Json) => service.call('POST', pathOf(operation), body)

/** The statuses of concurrent calls, each once. */
async function statuses(call: (place: number) => Promise<{ status: number }>) {
  const answers = await Promise.all(places.map(call))
  return [...new Set(answers.map(({ status }) => status))]
}

describe(`${calls} concurrent calls`, () => {
  it('change one client', async () => {
    const { clientId } = await service.client()
    const path = pathOf(`/clients/${clientId}`)
    const add = (place: number) => change(path, { contacts: [`${place}@example.com`] })
    expect(await statuses(add)).toEqual([200])
  })

  it('change one service', async () => {
    const name = (place: number) => change(pathOf('/service'), { serviceName: `By ${place}` })
    expect(await statuses(name)).toEqual([200])
  })

  it('move one clock, each by a second', async () => {
    const { ahead } = await clockOf(service)
    expect(await statuses(() => post('/testclock', { advanceSeconds: 1 }))).toEqual([200])
    expect((await clockOf(service)).ahead - ahead).toBe(calls * 1_000)
  })

  it('change one endpoint of events, and replace its secret', async () => {
    const url = 'https://hooks.example.com/events'
    const { endpointId } = await service.api('/events/endpoint/create', { url })
    const update = (place: number) =>
      post('/events/endpoint/update', { endpointId, url, description: `By call ${place}` })
    expect(await statuses(update)).toEqual([200])
    expect(await statuses(() => post('/events/endpoint/rotate', { endpointId }))).toEqual([200])
  })

  it('change one stream of security events', async () => {
    const receiver = await createReceiver(service)
    await receiver.create()
    const { clientId } = receiver.client
    const stop = (place: number) => {
      const status = place % 2 ? 'enabled' : 'paused'
      return post('/ssf/stream/status/update', { clientId, status })
    }
    expect(await statuses(stop)).toEqual([200])
  })
})
