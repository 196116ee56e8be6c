/** The device flow, RFC 8628: its codes, the decision of the user, and polls. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tokenHash } from '../../../src/oauth/tokens/access-token.ts'
import { createService, form, issuer, requestToken, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
const device = {
  deviceAuthorizationEndpoint: `${issuer}/device`,
  deviceVerificationUri: `${issuer}/activate`,
  deviceVerificationUriComplete: `${issuer}/activate?user_code=USER_CODE`,
}

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService(device)
  client = await service.publicClient()
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.configure({})
  // Ends the windows in which wrong user codes are counted.
  service.system.clock.advance(60_000)
})

const ask = (by: Json, more: Record<string, string | undefined> = {}): Promise<Json> =>
  service.api('/device/authorization', {
    parameters: form({
      ...(by.clientType === 'PUBLIC' ? { client_id: String(by.clientId) } : {}),
      scope: 'openid profile',
      ...more,
    }),
    ...(by.clientType === 'PUBLIC'
      ? {}
      : { clientId: String(by.clientId), clientSecret: by.clientSecret }),
  })
const verify = (userCode: string) => service.api('/device/verification', { userCode })
const complete = (userCode: string, more: Record<string, unknown> = {}): Promise<Json> =>
  service.api('/device/complete', { userCode, result: 'AUTHORIZED', subject: 'alice', ...more })
const poll = (by: Json, code: string, more: Record<string, string> = {}): Promise<Json> =>
  requestToken(service, by, { grant_type: grantType, device_code: code, ...more })
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error

describe('device authorization request', () => {
  it('returns a device code, a user code and a verification URI (RFC 8628 §3.2)', async () => {
    const asked = await ask(client, { acr_values: 'silver', resource: 'https://rs.example.com' })
    expect(asked).toMatchObject({
      action: 'OK',
      clientId: client.clientId,
      clientAuthMethod: 'NONE',
      userCode: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/),
      verificationUri: `${issuer}/activate`,
      verificationUriComplete: `${issuer}/activate?user_code=${asked.userCode}`,
      expiresIn: 600,
      interval: 5,
      acrs: ['silver'],
      resources: ['https://rs.example.com'],
      claimNames: expect.arrayContaining(['family_name', 'updated_at']),
    })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['openid', 'profile'])
    expect(JSON.parse(asked.responseContent)).toEqual({
      device_code: asked.deviceCode,
      user_code: asked.userCode,
      verification_uri: asked.verificationUri,
      verification_uri_complete: asked.verificationUriComplete,
      expires_in: 600,
      interval: 5,
    })
  })

  it.each<[Json, Json]>([
    [{ userCodeCharset: 'NUMERIC' }, { userCode: expect.stringMatching(/^\d{9}$/) }],
    [
      { userCodeCharset: 'NUMERIC', userCodeLength: 12 },
      { userCode: expect.stringMatching(/^\d{12}$/) },
    ],
    [{ userCodeLength: 10 }, { userCode: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{10}$/) }],
    [{ userCodeLength: 2_000_000_000 }, { userCode: expect.stringMatching(/^[A-Z]{255}$/) }],
    [
      { deviceFlowCodeDuration: 60, deviceFlowPollingInterval: 2 },
      { expiresIn: 60, interval: 2 },
    ],
    [{ supportedAcrs: ['gold'] }, { acrs: ['gold'] }],
  ])('with %j of the service returns %j (RFC 8628 §6.1)', async (settings, expected) => {
    await service.configure(settings)
    expect(await ask(client, { acr_values: 'silver gold' })).toMatchObject(expected)
  })

  it('returns no verification_uri_complete if the service has none', async () => {
    await service.configure({ deviceVerificationUriComplete: undefined })
    const asked = await ask(client)
    expect(asked).not.toHaveProperty('verificationUriComplete')
    expect(JSON.parse(asked.responseContent)).not.toHaveProperty('verification_uri_complete')
  })

  it('requests no claims without openid (OIDC Core §5.4)', async () => {
    expect(await ask(client, { scope: 'profile' })).toMatchObject({ claimNames: [] })
  })

  it.each<[string, string, Json]>([
    ['INTERNAL_SERVER_ERROR', 'P080001', { deviceVerificationUri: undefined }],
    ['BAD_REQUEST', 'P013003', { supportedGrantTypes: ['AUTHORIZATION_CODE'] }],
  ])('is %s by %s if the service has %j (RFC 8628 §3.1)', async (action, code, settings) => {
    await service.configure(settings)
    expect(await ask(client)).toMatchObject({ action, resultCode: code })
  })

  it('is UNAUTHORIZED if client authentication fails (RFC 8628 §3.1)', async () => {
    const confidential = await service.client()
    expect(await ask(confidential)).toMatchObject({ action: 'OK' })
    const refused = await ask({ ...confidential, clientSecret: 'wrong' })
    expect(refused).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P010005' })
  })

  it('is rejected if no unused user code is left (RFC 8628 §6.1)', async () => {
    await service.configure({ userCodeCharset: 'NUMERIC', userCodeLength: 1 })
    const codes: string[] = []
    let refused: Json
    for (let asked = 0; asked < 60 && !refused; asked += 1) {
      const answer = await ask(client)
      if (answer.action === 'OK') codes.push(answer.userCode)
      else refused = answer
    }
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P080002' })
    expect(new Set(codes).size).toBe(codes.length)
  })
})

describe('user code', () => {
  it('is accepted in any grouping and in lower case (RFC 8628 §6.1)', async () => {
    const { userCode } = await ask(client)
    const [left, right] = [userCode.slice(0, 4), userCode.slice(4)]
    for (const typed of [userCode, `${left}-${right}`, ` ${left} ${right.toLowerCase()}. `]) {
      expect(await verify(typed)).toMatchObject({
        action: 'VALID',
        clientId: client.clientId,
        scopes: [{ name: 'openid' }, { name: 'profile' }],
        expiresAt: service.system.clock() + 600_000,
      })
    }
  })

  it('is unknown to another service, and if it was never issued', async () => {
    const other = await service.post('/api/service/create', { ...device, issuer })
    const { userCode } = await ask(client)
    const elsewhere = `/api/${other.apiKey}/device/verification`
    expect(await service.post(elsewhere, { userCode })).toMatchObject({ action: 'NOT_EXIST' })
    for (const typed of ['', '--', 'ÄÖÜ', 'AAAAAAAA']) {
      expect(await verify(typed)).toMatchObject({ action: 'NOT_EXIST', resultCode: 'P081903' })
    }
    const completed = await complete('AAAAAAAA')
    expect(completed).toMatchObject({ action: 'USER_CODE_NOT_EXIST', resultCode: 'P082002' })
  })

  it('expires with its device code (RFC 8628 §3.2)', async () => {
    const { userCode, deviceCode } = await ask(client)
    service.system.clock.advance(600_000)
    expect(await verify(userCode)).toMatchObject({ action: 'EXPIRED' })
    const completed = await complete(userCode)
    expect(completed).toMatchObject({ action: 'USER_CODE_EXPIRED', resultCode: 'P082003' })
    const polled = await poll(client, deviceCode)
    expect(polled).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P026005' })
    expect(errorOf(polled)).toBe('expired_token')
  })

  it('is unknown after its client was deleted', async () => {
    const other = await service.publicClient()
    const { userCode, deviceCode } = await ask(other)
    await service.call('DELETE', `/api/${service.serviceId}/client/delete/${other.clientId}`)
    expect(await verify(userCode)).toMatchObject({ action: 'NOT_EXIST' })
    expect(await poll(client, deviceCode)).toMatchObject({ resultCode: 'P026002' })
  })

  it('is refused after 60 wrong user codes in a minute (RFC 8628 §5.1)', async () => {
    const { userCode } = await ask(client)
    for (let right = 0; right < 3; right += 1) {
      expect(await verify(userCode)).toMatchObject({ action: 'VALID' })
    }
    const wrong = await Promise.all(Array.from({ length: 60 }, (_, at) => verify(`AAAAA${at}`)))
    expect(new Set(wrong.map(({ action }) => action))).toEqual(new Set(['NOT_EXIST']))
    const blocked = await verify(userCode)
    expect(blocked).toEqual(wrong[0])
    expect(await complete(userCode)).toMatchObject({ action: 'USER_CODE_NOT_EXIST' })
    service.system.clock.advance(60_000)
    expect(await verify(userCode)).toMatchObject({ action: 'VALID' })
  })
})

describe('user decision of the device flow', () => {
  it('gives the device the granted tokens (RFC 8628 §3.5)', async () => {
    const { userCode, deviceCode } = await ask(client, { scope: 'openid profile read' })
    const completed = await complete(userCode, {
      ...{ scopes: ['openid', 'read', 'unknown'], sub: 'pairwise', authTime: 1_700_000_000 },
      ...{ acr: 'gold', claims: '{"name":"Alice"}', consentedClaims: ['name'] },
      ...{ idtHeaderParams: '{"x":"y"}', idTokenAudType: 'string', accessTokenDuration: 60 },
      ...{ properties: [{ key: 'p', value: 'v' }], refreshTokenDuration: 120 },
    })
    expect(completed).toMatchObject({ action: 'SUCCESS', resultCode: 'P082901' })
    const granted = await poll(client, deviceCode)
    expect(granted).toMatchObject({
      ...{ action: 'OK', grantType: 'DEVICE_CODE', subject: 'alice', scopes: ['openid', 'read'] },
      ...{ accessTokenDuration: 60, refreshTokenDuration: 120 },
      properties: [{ key: 'p', value: 'v' }],
    })
    expect(JSON.parse(granted.responseContent)).toMatchObject({ token_type: 'Bearer', p: 'v' })
    expect(decodeJwt(granted.idToken)).toMatchObject({
      ...{ iss: issuer, sub: 'pairwise', aud: String(client.clientId), acr: 'gold' },
      ...{ auth_time: 1_700_000_000, name: 'Alice' },
    })
    const introspected = await service.api('/auth/introspection', { token: granted.accessToken })
    expect(introspected).toMatchObject({ action: 'OK', subject: 'alice', grantType: 'DEVICE_CODE' })
    const path = `/api/${service.serviceId}/client/granted_scopes/get/${client.clientId}`
    const remembered = await service.post(path, { subject: 'alice' })
    expect(remembered.latestGrantedScopes).toEqual(['openid', 'read'])
    const again = await poll(client, deviceCode)
    expect(again).toMatchObject({ resultCode: 'P026004' })
    expect(errorOf(again)).toBe('invalid_grant')
  })

  it('is stored once of twenty concurrent calls (RFC 8628 §3.3)', async () => {
    const { userCode, deviceCode } = await ask(client)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => complete(userCode, { subject: `user-${at}` })),
    )
    expect(answers.filter(({ action }) => action === 'SUCCESS')).toHaveLength(1)
    const others = answers.filter(({ action }) => action !== 'SUCCESS')
    expect(new Set(others.map(({ resultCode }) => resultCode))).toEqual(new Set(['P082002']))
    expect(await verify(userCode)).toMatchObject({ action: 'NOT_EXIST' })
    const winner = answers.findIndex(({ action }) => action === 'SUCCESS')
    expect(await poll(client, deviceCode)).toMatchObject({ subject: `user-${winner}` })
  })

  it('requires a subject for AUTHORIZED only (RFC 8628 §3.3)', async () => {
    const { userCode } = await ask(client)
    const refused = await complete(userCode, { subject: undefined })
    expect(refused).toMatchObject({ action: 'INVALID_REQUEST', resultCode: 'P082001' })
    const denied = await complete(userCode, { subject: undefined, result: 'ACCESS_DENIED' })
    expect(denied).toMatchObject({ action: 'SUCCESS' })
  })

  it.each([
    ['ACCESS_DENIED', 'P026008', 'access_denied'],
    ['TRANSACTION_FAILED', 'P026009', 'expired_token'],
  ])(
    '%s reaches the device with the description of the caller (RFC 8628 §3.5)',
    async (result, resultCode, error) => {
      const { userCode, deviceCode } = await ask(client)
      const told = { errorDescription: 'Not "now"', errorUri: 'https://as.example.com/why' }
      await complete(userCode, { result, ...told })
      const polled = await poll(client, deviceCode)
      expect(polled).toMatchObject({ action: 'BAD_REQUEST', resultCode })
      expect(JSON.parse(polled.responseContent)).toEqual({
        error,
        error_description: `[${resultCode}] Not now`,
        error_uri: told.errorUri,
      })
      await service.configure({ errorDescriptionOmitted: true, errorUriOmitted: true })
      const again = await poll(client, deviceCode)
      expect(JSON.parse(again.responseContent)).toEqual({ error })
    },
  )
})

describe('managed grant of the device flow', () => {
  it('is created by one device and merged by another (Grant Management §5)', async () => {
    const confidential = await service.client()
    const first = await ask(confidential, { grant_management_action: 'create' })
    expect(first).toMatchObject({ gmAction: 'CREATE' })
    await complete(first.userCode)
    const { grantId } = await poll(confidential, first.deviceCode)
    expect(grantId).toEqual(expect.any(String))
    const more = { grant_management_action: 'merge', grant_id: grantId, scope: 'read' }
    const second = await ask(confidential, more)
    const about = { gmAction: 'MERGE', grantId, grantSubject: 'alice', grant: expect.anything() }
    expect(second).toMatchObject(about)
    expect(await verify(second.userCode)).toMatchObject(about)
    const foreign = await complete(second.userCode, { subject: 'bob' })
    expect(foreign).toMatchObject({ action: 'INVALID_REQUEST' })
    expect(await complete(second.userCode)).toMatchObject({ action: 'SUCCESS' })
    expect(await poll(confidential, second.deviceCode)).toMatchObject({ action: 'OK', grantId })
  })
})

describe('device poll', () => {
  it('is authorization_pending before the decision, or slow_down (RFC 8628 §3.5)', async () => {
    const { userCode, deviceCode } = await ask(client)
    const { clock } = service.system
    const errorAfter = async (seconds: number) => {
      clock.advance(seconds * 1000)
      return errorOf(await poll(client, deviceCode))
    }
    expect(await errorAfter(0)).toBe('authorization_pending')
    expect(await errorAfter(5)).toBe('authorization_pending')
    expect(await errorAfter(4)).toBe('slow_down')
    expect(await errorAfter(9)).toBe('slow_down')
    expect(await errorAfter(14)).toBe('slow_down')
    expect(await errorAfter(20)).toBe('authorization_pending')
    await complete(userCode)
    expect(await poll(client, deviceCode)).toMatchObject({ action: 'OK' })
  })

  it('gets authorization_pending once of ten concurrent polls (RFC 8628 §3.5)', async () => {
    const { deviceCode } = await ask(client)
    const answers = await Promise.all(Array.from({ length: 10 }, () => poll(client, deviceCode)))
    const errors = answers.map(errorOf).sort()
    expect(errors).toEqual(['authorization_pending', ...Array(9).fill('slow_down')])
  })

  it('gets the tokens once of a hundred concurrent polls (RFC 8628 §3.5)', async () => {
    const { userCode, deviceCode } = await ask(client)
    await complete(userCode)
    const answers = await Promise.all(Array.from({ length: 100 }, () => poll(client, deviceCode)))
    const [winner, ...more] = answers.filter(({ action }) => action === 'OK')
    expect(more).toEqual([])
    const lost = answers.filter((answer) => answer !== winner)
    expect(new Set(lost.map(({ resultCode }) => resultCode))).toEqual(new Set(['P026004']))
    const introspected = await service.api('/auth/introspection', { token: winner.accessToken })
    expect(introspected).toMatchObject({ action: 'OK' })
  })

  it.each<[string, string, string, Record<string, string>]>([
    ['no device_code', 'P026001', 'invalid_request', { device_code: '' }],
    ['an unknown device_code', 'P026002', 'invalid_grant', { device_code: 'unknown' }],
    ['a foreign resource', 'P012002', 'invalid_target', { resource: 'https://rs.example.com' }],
  ])(
    'with %s is rejected without consuming the code (RFC 8628 §3.4)',
    async (_what, resultCode, error, more) => {
      const { userCode, deviceCode } = await ask(client)
      await complete(userCode)
      const refused = await poll(client, deviceCode, more)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
      expect(errorOf(refused)).toBe(error)
      expect(await poll(client, deviceCode)).toMatchObject({ action: 'OK' })
    },
  )

  it('of another client is rejected without consuming the code (RFC 6749 §5.2)', async () => {
    const { userCode, deviceCode } = await ask(client)
    await complete(userCode)
    const other = await service.publicClient()
    const refused = await poll(other, deviceCode)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P026003' })
    expect(errorOf(refused)).toBe('invalid_grant')
    expect(await poll(client, deviceCode)).toMatchObject({ action: 'OK' })
  })

  it('can omit client_id if the service allows it', async () => {
    await service.configure({ missingClientIdAllowed: true })
    const { userCode, deviceCode } = await ask(client)
    await complete(userCode)
    const parameters = form({ grant_type: grantType, device_code: deviceCode })
    expect(await service.api('/auth/token', { parameters })).toMatchObject({ action: 'OK' })
    const nothing = await service.api('/auth/token', {
      parameters: form({ grant_type: grantType }),
    })
    expect(nothing).toMatchObject({ action: 'INVALID_CLIENT' })
  })
})

describe('metadata of the device flow', () => {
  it('lists the endpoint and the grant type (RFC 8628 §4)', async () => {
    const metadata = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(metadata.device_authorization_endpoint).toBe(`${issuer}/device`)
    expect(metadata.grant_types_supported).toContain(grantType)
  })
})

describe('database row of a device code', () => {
  it('contains neither code in clear nor an unkeyed hash of the user code', async () => {
    const { userCode, deviceCode } = await ask(client)
    const row = await service.store.deviceCodes.find(service.serviceId, tokenHash(deviceCode))
    const text = JSON.stringify(row)
    for (const secret of [userCode, deviceCode, tokenHash(userCode)]) {
      expect(text).not.toContain(secret)
    }
  })
})
