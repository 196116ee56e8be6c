/** The device of a user, which the caller tells of, and lists of tokens show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../src/store/open.ts'
import { begin, cibaClient, complete, createCibaService, poll } from '../../support/ciba.ts'
import {
  createService,
  form,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openTestStore, sealer } from '../../support/stores.ts'

const phone = { clientIp: '192.0.2.7', userAgent: 'Phone/1.0' }
const laptop = { clientIp: '2001:db8::1', userAgent: 'Laptop/2.0' }
const shownPhone = { issuedFor: '192.0.2.7', userAgent: 'Phone/1.0' }
const shownLaptop = { issuedFor: '2001:db8::1', userAgent: 'Laptop/2.0' }

let service: TestService
beforeAll(async () => {
  service = await createCibaService({
    refreshTokenKept: false,
    deviceAuthorizationEndpoint: 'https://as.example.com/device',
    deviceVerificationUri: 'https://as.example.com/verify',
  })
})
afterAll(() => service.close())

/** The tokens of a client as both lists show them. */
async function listed(client: Json): Promise<{ access: Json[]; refresh: Json[] }> {
  const of = `clientIdentifier=${client.clientId}&tokenStatus=VALID`
  const path = `/api/${service.serviceId}/auth/token/get/list?${of}`
  const access = await service.get(path)
  const refreshed = await service.get(`${path}&kind=refresh_token`)
  return { access: access.accessTokens, refresh: refreshed.refreshTokens }
}

/** Every live token of the client has this device. */
async function expectDevice(client: Json, device: object, refreshable = true): Promise<void> {
  const { access, refresh } = await listed(client)
  expect(access).toMatchObject([device])
  expect(refresh).toMatchObject(refreshable ? [device] : [])
}

const codeGrant = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
})

describe('device of a token', () => {
  it('is the one of the authorization, until a token request has another', async () => {
    const client = await service.client()
    await obtainTokens(service, client, {}, phone)
    await expectDevice(client, shownPhone)
    const other = await service.client()
    const code = await obtainCode(service, other, {}, phone)
    await requestToken(service, other, codeGrant(code), laptop)
    await expectDevice(other, shownLaptop)
  })

  it('is absent where the caller does not tell of it', async () => {
    const client = await service.client()
    await obtainTokens(service, client)
    const { access, refresh } = await listed(client)
    for (const token of [...access, ...refresh]) {
      expect(token).not.toHaveProperty('issuedFor')
      expect(token).not.toHaveProperty('userAgent')
    }
  })

  it.each([true, false])(
    'stays at a refresh without one, and follows a refresh with one (token kept: %s)',
    async (refreshTokenKept) => {
      await service.configure({ refreshTokenKept })
      const client = await service.client()
      const first = await obtainTokens(service, client, {}, phone)
      service.system.clock.advance(2_000)
      const second = await refresh(service, client, first.refreshToken)
      await expectDevice(client, shownPhone)
      const parameters = { grant_type: 'refresh_token', refresh_token: second.refreshToken }
      const third = await requestToken(service, client, parameters, laptop)
      await expectDevice(client, shownLaptop)
      const moved = { ...parameters, refresh_token: third.refreshToken }
      await requestToken(service, client, moved, { clientIp: '198.51.100.9' })
      await expectDevice(client, { issuedFor: '198.51.100.9', userAgent: 'Laptop/2.0' })
      await service.configure({ refreshTokenKept: false })
    },
  )

  it('is stored by implicit and password grants, and by created tokens', async () => {
    const implicit = await service.client({ responseTypes: ['TOKEN'], grantTypes: ['IMPLICIT'] })
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({ response_type: 'token', client_id: String(implicit.clientId) }),
    })
    await service.api('/auth/authorization/issue', { ticket, subject: 'alice', ...phone })
    await expectDevice(implicit, shownPhone, false)
    const byPassword = await service.client()
    const login = { grant_type: 'password', username: 'alice', password: 'not-stored' }
    const asked = await requestToken(service, byPassword, login, phone)
    const issued = { ticket: asked.ticket, subject: 'alice', clientIp: '198.51.100.9' }
    expect(await service.api('/auth/token/issue', issued)).toMatchObject({ action: 'OK' })
    await expectDevice(byPassword, { issuedFor: '198.51.100.9', userAgent: 'Phone/1.0' })
    const created = await service.client()
    const token = { grantType: 'AUTHORIZATION_CODE', clientId: created.clientId, subject: 'alice' }
    await service.api('/auth/token/create', { ...token, ...laptop })
    await expectDevice(created, shownLaptop)
  })

  it('is the one where the user decided, of the device flow (RFC 8628 §3.3)', async () => {
    const client = await service.client()
    const { deviceCode, userCode } = await service.api('/device/authorization', {
      parameters: form({ scope: 'openid' }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    const decision = { userCode, result: 'AUTHORIZED', subject: 'alice', ...phone }
    await service.api('/device/complete', decision)
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
    await requestToken(service, client, { grant_type: grantType, device_code: deviceCode })
    await expectDevice(client, shownPhone)
  })

  it.each(['POLL', 'PUSH'] as const)(
    'is the one of the decision of CIBA, in %s mode',
    async (mode) => {
      const client = await cibaClient(service, mode)
      const { ticket, authReqId } = await begin(service, client)
      await complete(service, ticket, phone)
      if (mode === 'POLL') await poll(service, client, authReqId)
      await expectDevice(client, shownPhone)
    },
  )

  it('is shortened, and has no control and no invisible characters', async () => {
    const client = await service.client()
    const userAgent = `Evil\u202e\r\n\u0007 \u{1f511}${'x'.repeat(4_000)}`
    await obtainTokens(service, client, {}, { clientIp: ` ${'9'.repeat(70)}`, userAgent })
    const { access } = await listed(client)
    const shown = [...access[0].userAgent]
    expect(shown).toHaveLength(512)
    expect(access[0].userAgent).toMatch(/^Evil \u{1f511}x+$/u)
    expect(access[0].issuedFor).toBe('9'.repeat(64))
    const nothing = await service.client()
    await obtainTokens(service, nothing, {}, { clientIp: ' ', userAgent: '\n' })
    expect((await listed(nothing)).access[0]).not.toHaveProperty('issuedFor')
  })

  it('goes with the token', async () => {
    const client = await service.client()
    await obtainTokens(service, client, {}, { userAgent: 'Vanishing/1.0' })
    await service.api('/auth/token/revoke', { clientIdentifier: String(client.clientId) })
    expect(await listed(client)).toEqual({ access: [], refresh: [] })
  })
})

describe('statements of a refresh', () => {
  it('are as many with a device as without', async () => {
    const opened = await openTestStore()
    const sent: string[] = []
    const engine = {
      ...opened.engine,
      beforeRead() {
        sent.push('read')
        opened.engine.beforeRead?.()
      },
      commit: (...writes: Parameters<typeof opened.engine.commit>) => {
        sent.push(...writes.map(({ sql }) => sql))
        return opened.engine.commit(...writes)
      },
    }
    const on = { store: assemble(engine, sealer), engine, close: opened.close }
    const counted = await createService({}, { on })
    const client = await counted.client()
    const first = await obtainTokens(counted, client, {}, phone)
    sent.length = 0
    const second = await refresh(counted, client, first.refreshToken)
    const without = sent.splice(0)
    const parameters = { grant_type: 'refresh_token', refresh_token: second.refreshToken }
    expect(await requestToken(counted, client, parameters, laptop)).toMatchObject({ action: 'OK' })
    expect(sent).toHaveLength(without.length)
    const updates = (texts: string[]) => texts.filter((sql) => /^update.*user_agent/s.test(sql))
    expect(updates(without)).toEqual([])
    expect(updates(sent)).toHaveLength(1)
    await counted.close()
  })
})
