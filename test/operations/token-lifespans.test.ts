/** Attributes for the lifetimes of tokens: each with its effect, and without it. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const attributes = (pairs: Record<string, string>) => ({
  attributes: Object.entries(pairs).map(([key, value]) => ({ key, value })),
})
const clientWith = (pairs: Record<string, string>, more: Json = {}) =>
  service.client({ ...attributes(pairs), ...more })

describe('ext.lifespan of a client', () => {
  const lifespans = {
    'ext.lifespan.authorization_code.access_token': '101',
    'ext.lifespan.authorization_code.id_token': '102',
    'ext.lifespan.authorization_code.refresh_token': '2000000',
    'ext.lifespan.refresh_token.access_token': '201',
    'ext.lifespan.refresh_token.id_token': '202',
    'ext.lifespan.refresh_token.refresh_token': '203',
    'ext.lifespan.client_credentials.access_token': '301',
    'ext.lifespan.implicit.access_token': '401',
    'ext.lifespan.implicit.id_token': '402',
    'ext.lifespan.password.access_token': '501',
    'ext.lifespan.password.refresh_token': '503',
  }

  /** The lifetimes of access token, ID Token and refresh token in seconds. */
  const lifetimes = ({ accessTokenDuration, idToken, refreshTokenDuration }: Json) => {
    const { exp = 0, iat = 0 } = idToken ? decodeJwt(idToken) : {}
    return [accessTokenDuration, exp - iat, refreshTokenDuration]
  }
  const lifetimesOf = async (client: Json) => {
    const coded = await obtainTokens(service, client)
    const implicit = { response_type: 'id_token token' }
    const { ticket } = await authorize(service, client, implicit)
    const credentials = { grant_type: 'password', username: 'alice', password: 'secret' }
    const asked = await requestToken(service, client, { ...credentials, scope: 'read' })
    return {
      code: lifetimes(coded),
      refresh: lifetimes(await refresh(service, client, coded.refreshToken)),
      credentials: lifetimes(
        await requestToken(service, client, { grant_type: 'client_credentials', scope: 'read' }),
      ),
      implicit: lifetimes(
        await service.api('/auth/authorization/issue', { ticket, subject: 'alice' }),
      ),
      password: lifetimes(
        await service.api('/auth/token/issue', { ticket: asked.ticket, subject: 'alice' }),
      ),
    }
  }

  it('sets the lifetime of each token by its grant, also a longer one (RFC 6749 §5.1)', async () => {
    const client = await clientWith(lifespans, { extension: { accessTokenDuration: 60 } })
    expect(await lifetimesOf(client)).toEqual({
      code: [101, 102, 2_000_000],
      refresh: [201, 202, 203],
      credentials: [301, 0, undefined],
      implicit: [401, 402, undefined],
      password: [501, 0, 503],
    })
  })

  it('leaves the lifetimes of other grants and clients to service and client', async () => {
    const plain = [86_400, 86_400, 864_000]
    const other = await service.client()
    expect(await lifetimesOf(other)).toEqual({
      code: plain,
      refresh: plain,
      credentials: [86_400, 0, undefined],
      implicit: [86_400, 86_400, undefined],
      password: [86_400, 0, 864_000],
    })
    const coded = await clientWith({ 'ext.lifespan.authorization_code.access_token': '101' })
    const { code, refresh: refreshed } = await lifetimesOf(coded)
    expect([code, refreshed]).toEqual([[101, 86_400, 864_000], plain])
  })

  it('comes after the lifetime that a call chooses, and is told in the token response', async () => {
    const client = await clientWith(lifespans)
    const request = { grant_type: 'client_credentials', scope: 'read' }
    const told = JSON.parse((await requestToken(service, client, request)).responseContent)
    expect(told.expires_in).toBe(301)
    const chosen = await requestToken(service, client, request, { accessTokenDuration: 42 })
    expect(chosen.accessTokenDuration).toBe(42)
  })

  it('is refused when it is saved with 0 or text', async () => {
    for (const value of ['0', '1h', '-1', '315360001']) {
      const reply = await service.call('POST', `/api/${service.serviceId}/client/create`, {
        ...attributes({ 'ext.lifespan.password.access_token': value }),
        clientType: 'PUBLIC',
      })
      expect([reply.status, reply.body.resultMessage]).toEqual([
        400,
        expect.stringContaining('ext.lifespan.password.access_token'),
      ])
    }
  })
})

describe('ext.refresh.max_lifetime', () => {
  const maximum = (value: string) => attributes({ 'ext.refresh.max_lifetime': value })
  const secondsLeft = ({ action, refreshTokenDuration, refreshTokenExpiresAt }: Json) => {
    expect(action).toBe('OK')
    const exact = Math.floor((refreshTokenExpiresAt - service.system.clock()) / 1_000)
    expect(refreshTokenDuration).toBe(exact)
    return refreshTokenDuration
  }
  const ways: [string, Json][] = [
    ['replaced', {}],
    ['kept, and renewed by each use', { refreshTokenKept: true, refreshTokenDurationReset: true }],
  ]

  it.each(ways)('ends a refresh token that is %s (RFC 9700 §4.14.2)', async (_way, settings) => {
    for (const owner of ['service', 'client']) {
      const of = (name: string) => (owner === name ? maximum('1000') : {})
      await service.configure({ ...settings, refreshTokenDuration: 600, ...of('service') })
      const client = await service.client(of('client'))
      let tokens = await obtainTokens(service, client)
      expect(secondsLeft(tokens)).toBe(600)
      service.system.clock.advance(500_000)
      tokens = await refresh(service, client, tokens.refreshToken)
      expect(secondsLeft(tokens)).toBe(500)
      service.system.clock.advance(400_000)
      tokens = await refresh(service, client, tokens.refreshToken)
      expect(secondsLeft(tokens)).toBe(100)
      service.system.clock.advance(100_000)
      const late = await refresh(service, client, tokens.refreshToken)
      expect([late.action, late.resultCode]).toEqual(['BAD_REQUEST', 'P021002'])
    }
  })

  it.each(ways)('without it, a refresh token that is %s lives on', async (_way, settings) => {
    await service.configure({ ...settings, refreshTokenDuration: 600 })
    const client = await service.client()
    let tokens = await obtainTokens(service, client)
    for (let use = 0; use < 4; use += 1) {
      service.system.clock.advance(500_000)
      tokens = await refresh(service, client, tokens.refreshToken)
      expect(secondsLeft(tokens)).toBe(600)
    }
  })

  it('limits the lifetime that a call chooses, also later, and linked access tokens', async () => {
    await service.configure({ ...maximum('100'), tokenExpirationLinked: true })
    const client = await service.client()
    const request = { grantType: 'AUTHORIZATION_CODE', subject: 'alice' }
    const created = await service.api('/auth/token/create', {
      ...{ ...request, clientId: client.clientId, refreshTokenDuration: 5_000 },
    })
    const chosen = service.system.clock() + 9_000_000
    const updated = await service.api('/auth/token/update', {
      ...{ accessToken: created.accessToken, refreshTokenExpiresAt: chosen },
    })
    expect(updated.refreshTokenExpiresAt).toBe(service.system.clock() + 100_000)
    const tokens = await obtainTokens(service, client)
    expect([tokens.accessTokenDuration, tokens.refreshTokenDuration]).toEqual([100, 100])
  })

  it('applies to tokens that were issued before it was set', async () => {
    const client = await service.client()
    const [young, old] = [await obtainTokens(service, client), await obtainTokens(service, client)]
    service.system.clock.advance(50_000)
    await service.configure(maximum('100'))
    expect(secondsLeft(await refresh(service, client, young.refreshToken))).toBe(50)
    service.system.clock.advance(50_000)
    expect((await refresh(service, client, old.refreshToken)).resultCode).toBe('P021002')
  })

  it('is refused when it is saved with 0', async () => {
    const path = `/api/${service.serviceId}/client/create`
    const reply = await service.call('POST', path, { clientType: 'PUBLIC', ...maximum('0') })
    expect([reply.status, reply.body.resultMessage]).toEqual([
      400,
      expect.stringContaining('ext.refresh.max_lifetime'),
    ])
  })
})
