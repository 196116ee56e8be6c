/** The notification endpoint, OpenID4VCI §11. */
import { calculateJwkThumbprint } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createIssuer, obtainCredentialToken } from '../../support/credentials.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import type { TestService } from '../../support/flows.ts'
import { storeIssued } from '../../support/issued.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
const notificationEndpoint = 'https://issuer.example.com/notification'
let service: TestService
let client: Json
let accessToken: string
beforeEach(async () => {
  service = await createIssuer({}, { notificationEndpoint }, { on: store() })
  client = await service.client()
  accessToken = await obtainCredentialToken(service, client)
})
afterEach(() => service.close())

const notificationId = 'notification-1'
const notify = (request: unknown, more: Json = {}) =>
  service.api('/vci/notification', {
    accessToken,
    requestContent: typeof request === 'string' ? request : JSON.stringify(request),
    ...more,
  })
const accepted = { notification_id: notificationId, event: 'credential_accepted' }
const issue = (more: Json = {}) =>
  storeIssued(service, { count: 2, clientId: client.clientId, notificationId, ...more })
const listed = async () =>
  (await service.api('/vci/credential/list', { subject: 'alice' })).credentials

describe('NO_CONTENT', () => {
  it('records the event for all credentials of the response (OpenID4VCI §11.1)', async () => {
    const { credentialIds } = await issue()
    const answer = await notify({ ...accepted, event_description: 'Stored.', other: 1 })
    expect(answer).toMatchObject({
      action: 'NO_CONTENT',
      resultCode: 'P130901',
      event: 'credential_accepted',
      eventDescription: 'Stored.',
      notificationId,
      repeated: false,
      credentialConfigurationId: 'diploma',
      clientId: client.clientId,
      subject: 'alice',
    })
    expect(new Set(answer.credentialIds)).toEqual(new Set(credentialIds))
    const notifiedAt = service.system.clock()
    for (const each of await listed()) {
      expect(each).toMatchObject({ event: 'credential_accepted', notifiedAt, status: 'VALID' })
    }
  })

  it('answers the same event again without recording it again (OpenID4VCI §11)', async () => {
    await issue()
    await notify(accepted)
    const before = await listed()
    service.system.clock.advance(60_000)
    expect(await notify(accepted)).toMatchObject({ action: 'NO_CONTENT', repeated: true })
    expect(await listed()).toEqual(before)
  })

  it('records a different event that comes later', async () => {
    await issue()
    await notify(accepted)
    const deleted = { ...accepted, event: 'credential_deleted' }
    expect(await notify(deleted)).toMatchObject({ action: 'NO_CONTENT', repeated: false })
    expect((await listed())[0].event).toBe('credential_deleted')
  })

  it('is relayed as 204 without a body', async () => {
    await issue()
    const body = { accessToken, requestContent: JSON.stringify(accepted) }
    const { relay } = await service.api('/vci/notification', body, { Prefer: 'relay' })
    expect(relay.status).toBe(204)
    expect(relay.body).toBeUndefined()
  })
})

describe('BAD_REQUEST', () => {
  const errorOf = ({ responseContent }: Json) => JSON.parse(responseContent).error

  it('refuses a malformed request as invalid_notification_request (OpenID4VCI §11.3)', async () => {
    await issue()
    const cases: [unknown, string][] = [
      ['', 'P130001'],
      ['[]', 'P130001'],
      ['{"notification_id":', 'P130001'],
      [{ event: 'credential_accepted' }, 'P130002'],
      [{ ...accepted, notification_id: 7 }, 'P130002'],
      [{ notification_id: notificationId }, 'P130003'],
      [{ ...accepted, event: 'credential_eaten' }, 'P130003'],
      [{ ...accepted, event_description: 'a "quote"' }, 'P130004'],
      [{ ...accepted, event_description: 1 }, 'P130004'],
    ]
    for (const [request, resultCode] of cases) {
      const answer = await notify(request)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode })
      expect(errorOf(answer)).toBe('invalid_notification_request')
    }
  })

  it('refuses an id that is unknown, or of another user, wallet or service', async () => {
    const refused = { action: 'BAD_REQUEST', resultCode: 'P130005' }
    expect(await notify(accepted)).toMatchObject(refused)
    await issue({ subject: 'bob' })
    expect(await notify(accepted)).toMatchObject(refused)
    await issue({ clientId: client.clientId + 1 })
    const answer = await notify(accepted)
    expect(answer).toMatchObject(refused)
    expect(errorOf(answer)).toBe('invalid_notification_id')
    const other = await createIssuer({}, { notificationEndpoint }, service)
    const ours = { clientId: client.clientId, notificationId }
    await storeIssued(other, ours)
    expect(await notify(accepted)).toMatchObject(refused)
  })
})

describe('UNAUTHORIZED', () => {
  it('refuses a request without a valid access token (RFC 6750 §3)', async () => {
    await issue()
    for (const token of [undefined, 'unknown']) {
      const answer = await notify(accepted, { accessToken: token })
      expect(answer.action).toBe('UNAUTHORIZED')
      expect(answer.responseContent).toContain('Bearer error="invalid_token"')
    }
  })

  it('refuses a token of a key without its proof, if the call has the URL (RFC 9449 §7)', async () => {
    await issue()
    const key = await dpopKey()
    const dpopKeyThumbprint = await calculateJwkThumbprint(key.publicJwk)
    const bound = await obtainCredentialToken(service, client, { dpopKeyThumbprint })
    const place = { accessToken: bound, htm: 'POST', htu: notificationEndpoint }
    expect((await notify(accepted, place)).action).toBe('UNAUTHORIZED')
    const now = service.system.clock()
    const dpop = await proof(key, { htu: notificationEndpoint, now, accessToken: bound })
    expect((await notify(accepted, { ...place, dpop })).action).toBe('NO_CONTENT')
  })
})

describe('FORBIDDEN', () => {
  it('refuses every notification while the service issues no credentials', async () => {
    await service.configure({ verifiableCredentialsEnabled: false })
    expect((await notify(accepted)).action).toBe('FORBIDDEN')
  })
})
