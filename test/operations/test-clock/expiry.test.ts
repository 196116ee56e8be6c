/** What expires when the clock of a test service is moved. */
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { doScheduledTasks } from '../../../src/process/keys/scheduled.ts'
import { deliverDue } from '../../../src/process/outbox.ts'
import { expireSessions } from '../../../src/sessions/expire.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import {
  begin,
  cibaClient,
  cibaSettings,
  complete,
  notificationEndpoint,
  poll,
} from '../../support/ciba.ts'
import {
  authorize,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { openSession, toldOf } from '../../support/sessions.ts'
import { assertionFor } from '../../support/signing-client.ts'
import { advance, clockOf, createTestService, day, forTests } from '../../support/test-service.ts'

const backchannel = 'https://app.example.com/logout'
const settings = {
  ...cibaSettings,
  deviceAuthorizationEndpoint: `${issuer}/device`,
  deviceVerificationUri: `${issuer}/activate`,
  backchannelLogoutSupported: true,
  accessTokenDuration: 3_600,
  refreshTokenDuration: 30 * day,
  accessTokenSignAlg: 'ES256',
  ...forTests({
    'ext.ciba.deliver': 'true',
    'ext.session.registry': 'on',
    'ext.session.expiry': 'logout',
    'ext.session.max_seconds': '600',
  }),
}

let host: TestService
let service: TestService
let other: TestService
let client: Json
beforeAll(async () => {
  host = await createTestService(settings)
})
afterAll(() => host.close())
beforeEach(async () => {
  service = await createTestService(settings, host)
  other = await createTestService(settings, host)
  client = await service.client({ backchannelLogoutUri: backchannel })
})
/** Nothing that a test leaves is due in the next one. */
afterEach(() => service.outbox.idle())

const introspect = (at: TestService, token: string): Promise<Json> =>
  at.api('/auth/introspection', { token })
const error = (answer: Json): string => JSON.parse(answer.responseContent).error

describe(`advancing the clock of a service on ${inject('dialect')} expires`, () => {
  it('its tickets', async () => {
    const { ticket } = await authorize(service, client)
    await advance(service, day)
    const { action } = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    expect(action).toBe('BAD_REQUEST')
  })

  it('its authorization codes', async () => {
    const code = await obtainCode(service, client)
    await advance(service, 700)
    expect(error(await redeem(service, client, code))).toBe('invalid_grant')
  })

  it('its access tokens, whose times are those of its clock', async () => {
    await advance(service, day)
    const { accessToken } = await obtainTokens(service, client)
    const { now } = await clockOf(service)
    expect(decodeJwt(accessToken)).toMatchObject({ iat: now / 1_000, exp: now / 1_000 + 3_600 })
    await advance(service, 3_599)
    expect((await introspect(service, accessToken)).action).toBe('OK')
    await advance(service, 1)
    expect((await introspect(service, accessToken)).action).toBe('UNAUTHORIZED')
  })

  it('its refresh tokens', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    await advance(service, 29 * day)
    const rotated = await refresh(service, client, refreshToken)
    expect(rotated.action).toBe('OK')
    await advance(service, 31 * day)
    expect(error(await refresh(service, client, rotated.refreshToken))).toBe('invalid_grant')
  })

  it('its device codes', async () => {
    const asked = await service.api('/device/authorization', {
      parameters: form({ scope: 'openid' }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    const ask = () =>
      requestToken(service, client, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: asked.deviceCode,
      })
    expect(error(await ask())).toBe('authorization_pending')
    await advance(service, 5)
    expect(error(await ask())).toBe('authorization_pending')
    await advance(service, 600)
    expect(error(await ask())).toBe('expired_token')
  })

  it('its backchannel requests, and the interval between polls', async () => {
    const polling = await cibaClient(service, 'POLL')
    const { authReqId, expiresIn } = await begin(service, polling)
    expect(error(await poll(service, polling, authReqId))).toBe('authorization_pending')
    expect(error(await poll(service, polling, authReqId))).toBe('slow_down')
    await advance(service, 15)
    expect(error(await poll(service, polling, authReqId))).toBe('authorization_pending')
    await advance(service, expiresIn)
    expect(error(await poll(service, polling, authReqId))).toBe('expired_token')
  })

  it('its sessions, and notifies their clients at once', async () => {
    service.system.fetch.answer(backchannel, {})
    const { sessionId, subject } = await openSession(service)
    const tokens = await obtainTokens(service, client, {}, { subject, sessionId })
    const beside = await openSession(other)
    await advance(service, 600)
    expect((await service.api('/session/get', { sessionId })).session).toMatchObject({
      status: 'EXPIRED',
      endedAt: (await clockOf(service)).now,
    })
    expect(await toldOf(service, sessionId)).toEqual([client.clientId])
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('BAD_REQUEST')
    expect((await other.api('/session/get', { sessionId: beside.sessionId })).action).toBe('OK')
    await service.outbox.idle()
    const { options } =
      service.system.fetch.asked.filter(({ url }) => url === backchannel).at(-1) ?? {}
    const sent = new URLSearchParams(String(options?.body)).get('logout_token') ?? ''
    expect(decodeJwt(sent).iat).toBe((await clockOf(service)).now / 1_000)
  })

  it('no more than that: nothing of another service, and nothing that was issued since', async () => {
    const theirs = await other.client()
    const { accessToken } = await obtainTokens(other, theirs)
    await advance(service, 50 * 365 * day)
    expect((await introspect(other, accessToken)).action).toBe('OK')
    const tokens = await obtainTokens(service, client)
    await service.store.purge(service.system.clock())
    expect((await introspect(service, tokens.accessToken)).action).toBe('OK')
    expect((await refresh(service, client, tokens.refreshToken)).action).toBe('OK')
  })
})

describe('sweep of a process', () => {
  const parts = () => {
    const { store, system } = service
    const outbox = { send: async () => {} }
    return { store, system, documents: openDocuments(store, system.clock), outbox }
  }
  const { signal } = new AbortController()

  it('ends sessions by the clocks of their services', async () => {
    // Ends what other tests left.
    service.system.clock.advance(600_000)
    await expireSessions(parts(), signal)
    await advance(service, day)
    await openSession(service)
    await openSession(other)
    service.system.clock.advance(600_000 - 1)
    expect(await expireSessions(parts(), signal)).toBe(0)
    service.system.clock.advance(1)
    expect(await expireSessions(parts(), signal)).toBe(2)
  })

  it('rotates keys by the clocks of their services', async () => {
    for (const each of [service, other]) {
      await each.api('/service/keys/generate', { alg: 'ES384' })
      await each.api('/service/keys/schedule', { alg: 'ES384', periodDays: 30 })
    }
    const made = async (at: TestService): Promise<number> =>
      (await at.api('/service/keys/list', {})).keys.filter(({ alg }: Json) => alg === 'ES384')
        .length
    await doScheduledTasks(parts(), signal)
    expect([await made(service), await made(other)]).toEqual([1, 1])
    await advance(service, 30 * day)
    await doScheduledTasks(parts(), signal)
    expect([await made(service), await made(other)]).toEqual([2, 1])
    await doScheduledTasks(parts(), signal)
    expect([await made(service), await made(other)]).toEqual([2, 1])
  })

  it('sends notifications that were stored by a clock that is ahead', async () => {
    const pinged = await cibaClient(service, 'PING')
    await advance(service, 365 * day)
    service.system.fetch.answer(notificationEndpoint, {})
    const { ticket } = await begin(service, pinged)
    await complete(service, ticket)
    await deliverDue(service.store, service.system)
    const asked = service.system.fetch.asked.filter(({ url }) => url === notificationEndpoint)
    expect(asked).toHaveLength(1)
  })
})

describe('notification of a logout', () => {
  it('is tried again when it is due by the clock of its service', async () => {
    const uri = 'https://later.example.com/logout'
    const told = await service.client({ backchannelLogoutUri: uri })
    const { sessionId, subject } = await openSession(service)
    await obtainTokens(service, told, {}, { subject, sessionId })
    const begin = async () => {
      await service.outbox.begin()
      await service.outbox.idle()
      const { deliveries } = await service.api('/logout/delivery/list', { sessionId })
      return deliveries.map(({ status }: Json) => status)
    }
    await advance(service, 600)
    await service.outbox.idle()
    service.system.fetch.answer(uri, {})
    expect(await begin()).toEqual(['PENDING'])
    await advance(service, 3_600)
    expect(await begin()).toEqual(['DELIVERED'])
  })
})

describe('client that signs', () => {
  it('takes the time of the service: an assertion of real time has expired', async () => {
    const signing = await service.client({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      jwks: jwksOf(publicKey(clientKey)),
    })
    await advance(service, day)
    const iat = (await clockOf(service)).now / 1_000
    const ask = async (claims: object): Promise<string> => {
      const assertion = await assertionFor(service, signing, { ...claims })
      const parameters = form({ grant_type: 'client_credentials', ...assertion })
      return (await service.api('/auth/token', { parameters })).action
    }
    expect(await ask({})).toBe('INVALID_CLIENT')
    expect(await ask({ iat, exp: iat + 60 })).toBe('OK')
  })
})

describe('key of a test service', () => {
  it('becomes the one that signs when the clock reaches that time', async () => {
    const { keys } = await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    const [next] = keys.filter(({ state }: Json) => state === 'NEXT')
    const states = async () =>
      (await service.api('/service/keys/list', {})).keys.map(({ kid, state }: Json) => [kid, state])
    expect(await states()).toContainEqual([next.kid, 'NEXT'])
    await advance(service, (next.activeFrom - service.system.clock()) / 1_000)
    expect(await states()).toContainEqual([next.kid, 'CURRENT'])
    const { accessToken } = await obtainTokens(service, client)
    const [header = ''] = accessToken.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString()).kid).toBe(next.kid)
  })
})

describe('dry run of a request', () => {
  const triedAt = async (more: object): Promise<number> => {
    const { issued } = await service.api('/explain', {
      operation: '/auth/token',
      request: {
        parameters: form({ grant_type: 'client_credentials' }),
        clientId: String(client.clientId),
        clientSecret: client.clientSecret,
      },
      ...more,
    })
    return issued.tokens[0].claims.iat
  }

  it('is at the time of the service, or at the given one', async () => {
    await advance(service, day)
    const { now } = await clockOf(service)
    const iat = now / 1_000
    expect(await triedAt({})).toBe(iat)
    expect(await triedAt({ service: { accessTokenDuration: 60 } })).toBe(iat)
    expect(await triedAt({ at: now + 5_000 })).toBe(iat + 5)
  })
})
