/** Events of changes that no single operation makes, and of services with a clock of their own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliverEvents } from '../../../src/process/events/event-outbox.ts'
import { doScheduledTasks } from '../../../src/process/keys/scheduled.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { redirectUri, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { advance, createTestService, day } from '../../support/test-service.ts'
import { type Receiver, reaching, receiveEvents } from '../../support/webhooks.ts'

let service: TestService
let receiver: Receiver
let subscribed: Json
beforeEach(async () => {
  receiver = await receiveEvents()
  const jwks = jwksOf(...serviceKeys.filter(({ kid }) => kid === 'es256'))
  service = await createTestService({ jwks })
  service.system.clock.set(Date.now())
  subscribed = await service.api('/events/endpoint/create', { url: receiver.url })
})
afterEach(async () => {
  await receiver.close()
  await service.close()
})

const deliver = () => deliverEvents(service.store, reaching(service.system))
/** The types and the data of what the receiver got, in no order. */
async function told(): Promise<Json[]> {
  await deliver()
  const events = receiver.received.map(({ event }) => ({ type: event.type, ...event.data }))
  return events.sort((a, b) => a.type.localeCompare(b.type))
}
const send = async (operation: string, body: Json): Promise<Json> =>
  (await service.call('POST', `/api/${service.serviceId}${operation}`, body)).body
async function apply(configuration: Json, more: Json = {}): Promise<Json> {
  const { etags } = await send('/plan', configuration)
  return send('/apply', { ...configuration, etags, ...more })
}

describe('event of configuration that is applied', () => {
  const client = { key: 'web', clientName: 'Web', redirectUris: [redirectUri] }
  const items = (...clients: Json[]) => ({ clients: { items: clients } })

  it('tells once of each call, whatever it changed, with a signature that verifies', async () => {
    const requests = [
      await apply(items(client)),
      await apply(items({ ...client, clientName: 'Another' })),
      await apply(
        { clients: { items: [], delete: 'listed-keys', deleted: ['web'] } },
        { allowDelete: true },
      ),
    ]
    expect(requests.every(({ resultCode }) => resultCode === undefined)).toBe(true)
    const events = await told()
    expect(events.map(({ type, clientId }) => [type, clientId])).toEqual(
      requests.map(() => ['configuration.applied', undefined]),
    )
    expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(3)
    for (const message of receiver.received) receiver.verify(message, subscribed.secret)
  })

  it('is none if nothing of it was applied', async () => {
    const { etags } = await send('/plan', items(client))
    await service.configure({ serviceName: 'Changed since' })
    const refused = await send('/apply', { ...items(client), etags })
    expect(refused.resultCode).toBeDefined()
    expect((await told()).map(({ type }) => type)).toEqual(['service.updated'])
  })
})

describe('event of a key that is rotated by schedule', () => {
  it('is delivered, and tells which key is next', async () => {
    const schedule = { alg: 'ES256', periodDays: 30 }
    await service.api('/service/keys/schedule', schedule)
    service.system.clock.advance(30 * day * 1_000)
    const { store, system } = service
    const documents = openDocuments(store, system.clock)
    await doScheduledTasks({ store, documents, system }, new AbortController().signal)
    const { keys } = await service.api('/service/keys/list', { states: ['NEXT'] })
    const events = await told()
    expect(events.map(({ type }) => type)).toEqual(['key.rotated', 'key.schedule_changed'])
    expect([events[0].keyId, events[0].requestId]).toEqual([keys[0].kid, undefined])
  })
})

describe('event of a test service whose clock was moved', () => {
  it('has the time of the process, and is delivered and repeated by it', async () => {
    await advance(service, 400 * day)
    await service.client()
    receiver.answer(503)
    const { clock } = service.system
    const start = clock()
    await deliver()
    const { deliveries } = await service.api('/events/delivery/list', {})
    const [{ createdAt, nextAttemptAt }] = deliveries
    expect(createdAt).toBe(start)
    expect(nextAttemptAt).toBeLessThan(start + 10_000)
    await advance(service, day)
    await deliver()
    expect(receiver.received).toHaveLength(1)
    clock.set(nextAttemptAt)
    receiver.answer(204)
    expect((await told()).map(({ type }) => type)).toEqual(['client.created', 'client.created'])
    const timestamps = receiver.received.map(({ event }) => Date.parse(event.timestamp))
    expect(timestamps).toEqual([start, start])
  })
})
