/** Lifetime and size of stored requests, which anonymous senders can create. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorizationRequest, createService, form, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { sharedStore } from '../support/stores.ts'

const minute = 60_000

const store = sharedStore()
let service: TestService
let client: Json
beforeEach(async () => {
  service = await createService({}, { on: store() })
  client = await service.client()
})
afterEach(() => service.close())

const lasting = (seconds: string) =>
  service.configure({ attributes: [{ key: 'ext.ticket.duration', value: seconds }] })

const ask = (more: Record<string, string> = {}): Promise<Json> =>
  service.api('/auth/authorization', { parameters: authorizationRequest(client, more) })

const issue = ({ ticket }: Json): Promise<Json> =>
  service.api('/auth/authorization/issue', { ticket, subject: 'alice' })

describe('ticket of an authorization request', () => {
  it.each<[string, string | undefined, number]>([
    ['an hour', undefined, 60],
    ['the duration of the service', '600', 10],
    ['at most a day', '86400', 24 * 60],
  ])('is valid for %s (RFC 6749 §4.1.1)', async (_what, seconds, minutes) => {
    if (seconds) await lasting(seconds)
    const [first, second] = [await ask(), await ask()]
    service.system.clock.advance(minutes * minute - 1)
    expect(await issue(first)).toMatchObject({ action: 'LOCATION' })
    service.system.clock.advance(1)
    expect(await issue(second)).toMatchObject({ resultCode: 'P032001' })
  })

  it.each(['0', '59', '86401', '-1', '1h', ''])(
    'cannot be set to last %j seconds',
    async (value) => {
      const path = `/api/${service.serviceId}/service/update`
      const attributes = [{ key: 'ext.ticket.duration', value }]
      const refused = await service.call('POST', path, { serviceName: 'x', attributes })
      expect(refused.status).toBe(400)
      expect(refused.body.resultMessage).toContain('ext.ticket.duration')
    },
  )
})

describe('stored request', () => {
  const details = (length: number) =>
    JSON.stringify([{ type: 'payment', note: 'x'.repeat(length) }])
  const claims = (length: number) =>
    JSON.stringify({ id_token: { name: { value: 'x'.repeat(length) } } })
  const codes = { resultCode: 'P072101' }

  beforeEach(() =>
    service.configure({
      supportedAuthorizationDetailsTypes: ['payment'],
      supportedBackchannelTokenDeliveryModes: ['POLL'],
      deviceVerificationUri: 'https://as.example.com/device',
    }),
  )

  it('has at most 32,768 characters, or the client gets an error (RFC 6749 §4.1.2)', async () => {
    expect(await ask({ authorization_details: details(30_000) })).toMatchObject({
      action: 'INTERACTION',
    })
    for (const more of [
      { authorization_details: details(33_000) },
      { authorization_details: details(20_000), claims: claims(20_000) },
    ]) {
      const refused = await ask(more)
      expect(refused).toMatchObject({ action: 'LOCATION', ...codes })
      expect(refused.responseContent).toContain('error=invalid_request')
    }
  })

  it('has this limit for devices, CIBA and token exchange (RFC 8628 §3.1)', async () => {
    const credentials = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const post = (path: string, more: Record<string, string>) =>
      service.api(path, {
        ...credentials,
        parameters: form({ ...more, authorization_details: details(33_000) }),
      })
    const device = await post('/device/authorization', { scope: 'read' })
    expect(device).toMatchObject({ action: 'BAD_REQUEST', ...codes })
    const exchanged = await post('/auth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...{ subject_token: 'PHNhbWw' },
      subject_token_type: 'urn:ietf:params:oauth:token-type:saml2',
    })
    expect(exchanged).toMatchObject({ action: 'BAD_REQUEST', ...codes })
    const path = `/client/update/${client.clientId}`
    await service.api(path, { ...client, bcDeliveryMode: 'POLL' })
    const pushed = await post('/backchannel/authentication', {
      ...{ scope: 'openid', login_hint: 'alice' },
    })
    expect(pushed).toMatchObject({ action: 'BAD_REQUEST', ...codes })
  })
})
