/** Postern delivers CIBA notifications itself if the service is set so. CIBA §10.2, §10.3 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deliverDue, startDelivering } from '../../../src/process/outbox.ts'
import { FetchError } from '../../../src/system/fetch.ts'
import {
  begin,
  cibaClient,
  complete,
  createCibaService,
  type Mode,
  notificationToken,
  poll,
} from '../../support/ciba.ts'
import type { TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createCibaService({ attributes: [{ key: 'ext.ciba.deliver', value: 'true' }] })
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const deliver = () => deliverDue(service.store, service.system)
const posts = (url: string) => service.system.fetch.asked.filter((each) => each.url === url)
let endpoints = 0

/** A completed request of a client with a notification endpoint. */
async function completed(mode: Mode, decision: Json = {}) {
  endpoints += 1
  const url = `https://app.example.com/notified/${endpoints}`
  const client = await cibaClient(service, mode, { bcNotificationEndpoint: url })
  const issued = await begin(service, client)
  const answer = await complete(service, issued.ticket, decision)
  return { url, client, answer, authReqId: issued.authReqId }
}

describe('notification of a service with ext.ciba.deliver', () => {
  it('is JSON with auth_req_id alone in ping mode, with its token (CIBA §10.2)', async () => {
    const { url, client, answer, authReqId } = await completed('PING')
    expect(answer).toMatchObject({ action: 'NO_ACTION', authReqId })
    expect(answer).not.toHaveProperty('responseContent')
    expect(answer).not.toHaveProperty('clientNotificationToken')
    service.system.fetch.answer(url, { status: 204 })
    await deliver()
    await deliver()
    const [sent, ...more] = posts(url)
    expect(more).toEqual([])
    expect(sent?.options).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${notificationToken}`,
      },
      body: JSON.stringify({ auth_req_id: authReqId }),
    })
    expect(await poll(service, client, authReqId)).toMatchObject({ action: 'OK' })
  })

  it('contains the tokens or the error in push mode (CIBA §10.3, §12)', async () => {
    const granted = await completed('PUSH')
    const denied = await completed('PUSH', { result: 'ACCESS_DENIED' })
    for (const { url } of [granted, denied]) service.system.fetch.answer(url, { body: 'thanks' })
    await deliver()
    const bodyOf = (url: string) => JSON.parse(posts(url)[0]?.options.body ?? '')
    const { accessToken } = granted.answer
    const { authReqId } = granted
    expect(granted.answer.action).toBe('NO_ACTION')
    expect(bodyOf(granted.url)).toMatchObject({ auth_req_id: authReqId, access_token: accessToken })
    expect(bodyOf(denied.url)).toMatchObject({ error: 'access_denied' })
  })

  it('is not sent in poll mode, nor if the attribute is not true', async () => {
    const polled = await completed('POLL')
    await service.configure({ attributes: [{ key: 'ext.ciba.deliver', value: 'false' }] })
    const pinged = await completed('PING')
    expect(pinged.answer.action).toBe('NOTIFICATION')
    await deliver()
    for (const { url } of [polled, pinged]) expect(posts(url)).toEqual([])
  })

  it('is retried with an interval that doubles after each failure', async () => {
    const { url } = await completed('PING')
    const attempts = async (seconds: number) => {
      service.system.clock.advance(seconds * 1000)
      await deliver()
      return posts(url).length
    }
    const counts: number[] = []
    for (const seconds of [0, 4, 1, 9, 1, 19, 1]) counts.push(await attempts(seconds))
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4])
    service.system.fetch.answer(url, { status: 503 })
    expect(await attempts(40)).toBe(5)
    service.system.fetch.answer(url, {})
    expect(await attempts(80)).toBe(6)
    expect(await attempts(3_000)).toBe(6)
  })

  it('is dropped an hour after the decision', async () => {
    const { url } = await completed('PING')
    service.system.clock.advance(3_600_000)
    await deliver()
    expect(posts(url)).toEqual([])
  })

  it.each([401, 403, 301, 307])(
    'is not retried after the status %i (CIBA §10.2)',
    async (status) => {
      const { url } = await completed('PING')
      service.system.fetch.answer(url, { status })
      await deliver()
      service.system.clock.advance(600_000)
      await deliver()
      expect(posts(url)).toHaveLength(1)
      const logged = service.system.log.entries.at(-1)
      expect(logged).toMatchObject({ message: 'notifying failed' })
      expect(JSON.stringify(logged)).not.toContain(notificationToken)
    },
  )

  it('is not retried if the response cannot be read', async () => {
    const { url } = await completed('PING')
    const about = { purpose: 'client notification' }
    service.system.fetch.answer(url, new FetchError('too-large', about))
    await deliver()
    service.system.clock.advance(600_000)
    await deliver()
    expect(posts(url)).toHaveLength(1)
  })

  it('is sent once by ten concurrent workers', async () => {
    const { url } = await completed('PING')
    service.system.fetch.answer(url, {})
    await Promise.all(Array.from({ length: 10 }, deliver))
    expect(posts(url)).toHaveLength(1)
  })
})

describe('delivery worker', () => {
  it('delivers until it is stopped, also after an error', async () => {
    const { url } = await completed('PING')
    service.system.fetch.answer(url, () => {
      throw new Error('unheard-of')
    })
    const worker = startDelivering(service.store, service.system)
    while (posts(url).length === 0) await new Promise((next) => setTimeout(next, 50))
    service.system.fetch.answer(url, {})
    service.system.clock.advance(5_000)
    while (posts(url).length === 1) await new Promise((next) => setTimeout(next, 50))
    await worker.stop()
    expect(posts(url)).toHaveLength(2)
  })
})
