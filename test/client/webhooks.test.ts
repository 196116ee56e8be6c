/** Events of Postern, verified by `postern-client/webhooks`. */
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWebhooks, type WebhookError } from '../../client/src/webhooks.ts'
import { deliverEvents } from '../../src/process/events/event-outbox.ts'
import { createService, type TestService } from '../support/flows.ts'
import { type Receiver, reaching, receiveEvents } from '../support/webhooks.ts'

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const event = {
  type: 'client.created',
  timestamp: '2026-11-27T16:08:54.000Z',
  data: { serviceId: 1 },
}
const body = JSON.stringify(event)

/** A message as another implementation of Standard Webhooks signs it. */
function messageOf(text = body, at = new Date(), by = secret) {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign('evt_1', at, text),
  }
}

/** The reason of a refusal. */
async function refused(verification: Promise<unknown>): Promise<string> {
  const error = await verification.then(
    () => undefined,
    (thrown: WebhookError) => thrown,
  )
  expect(error?.name).toBe('WebhookError')
  return error?.reason ?? ''
}

describe('webhooks', () => {
  let service: TestService
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await receiveEvents()
    service = await createService()
    service.system.clock.set(Date.now())
  })
  afterEach(async () => {
    await receiver.close()
    await service.close()
  })

  it('verify an event that Postern delivers, also while the secret is replaced', async () => {
    const { endpointId, secret: former } = await service.api('/events/endpoint/create', {
      url: receiver.url,
    })
    const rotated = await service.api('/events/endpoint/rotate', { endpointId, graceSeconds: 60 })
    const { clientId } = await service.client()
    await deliverEvents(service.store, reaching(service.system))
    const [message] = receiver.received
    for (const each of [former, rotated.secret, [former, rotated.secret]]) {
      const { body = '', headers = {} } = message ?? {}
      expect(await createWebhooks(each).verify(body, headers)).toEqual({
        id: message?.id,
        type: 'client.created',
        timestamp: new Date(message?.event.timestamp),
        data: { serviceId: service.serviceId, clientId, requestId: expect.any(String) },
      })
    }
  })
})

describe('verify', () => {
  const { verify } = createWebhooks(secret)

  it('takes the fields as Fetch and as Node have them, and the body as text or bytes', async () => {
    const headers = messageOf()
    for (const fields of [headers, new Headers(headers)]) {
      for (const given of [body, Buffer.from(body)]) {
        expect(await verify(given, fields)).toMatchObject({ id: 'evt_1', type: 'client.created' })
      }
    }
  })

  it('refuses a body that is not the signed one', async () => {
    expect(await refused(verify(`${body} `, messageOf()))).toBe('signature')
  })

  it('refuses another id, and a signature by another secret', async () => {
    const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
    expect(await refused(verify(body, { ...messageOf(), 'webhook-id': 'evt_2' }))).toBe('signature')
    expect(await refused(verify(body, messageOf(body, new Date(), other)))).toBe('signature')
  })

  it.each([
    '',
    'v1,',
    'v1,AAAA',
    'v1,____________________________________________=',
    `v1a,${'A'.repeat(43)}=`,
    `v1,${'A'.repeat(43)}=`,
    `v1,${'A'.repeat(43)}= `.repeat(10_000),
  ])('refuses the signature %.40s', async (signature) => {
    const refusal = await refused(verify(body, { ...messageOf(), 'webhook-signature': signature }))
    expect(refusal).toBe(signature === '' ? 'headers' : 'signature')
  })

  it('refuses a message that is older or newer than five minutes', async () => {
    const now = Date.now()
    for (const seconds of [-301, 301]) {
      const message = messageOf(body, new Date(now + seconds * 1_000))
      expect(await refused(createWebhooks(secret, { now: () => now }).verify(body, message))).toBe(
        'time',
      )
    }
    const message = { ...messageOf(), 'webhook-timestamp': 'Infinity' }
    expect(await refused(verify(body, message))).toBe('time')
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('requires %s', async (name) => {
    expect(await refused(verify(body, { ...messageOf(), [name]: undefined }))).toBe('headers')
  })

  it.each(['', '[]', 'null', '{', '{"type":"a","timestamp":"b","data":{}}'])(
    'refuses a signed body that is not an event: %s',
    async (text) => {
      expect(await refused(verify(text, messageOf(text)))).toBe('body')
    },
  )
})

describe('a secret', () => {
  it.each(['', 'whsec_', 'secret', 'whsec_*', 'whsec_A', 'whsec_AA===', []])(
    'of the form %j is refused',
    (given) => {
      expect(() => createWebhooks(given)).toThrow(TypeError)
    },
  )
})
