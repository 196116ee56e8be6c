/** OpenID Connect Native SSO for Mobile Apps: apps of a vendor share a session on a device. */
import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const scope = 'openid device_sso read'
const settings = {
  nativeSsoSupported: true,
  supportedScopes: ['openid', 'device_sso', 'read'].map((name) => ({ name })),
}
const secret = 'a-device-secret-that-the-frontend-made'
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

let service: TestService
let client: Json
let other: Json
let sessions = 0
let sessionId = ''
beforeAll(async () => {
  service = await createService(settings)
  client = await service.publicClient()
  other = await service.publicClient()
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.configure({})
  sessions += 1
  sessionId = `session-${sessions}`
})

const obtain = (more: Json = {}): Promise<Json> =>
  obtainTokens(service, client, { scope }, { sessionId, authTime: 1_700_000_000, ...more })
const finish = (tokens: Json, more: Json = {}): Promise<Json> =>
  service.api('/nativesso', {
    ...{ accessToken: tokens.accessToken, refreshToken: tokens.refreshToken },
    ...{ deviceSecret: secret, ...more },
  })
const exchange = (idToken: string, by: Json = other, more: Record<string, string> = {}) =>
  requestToken(service, by, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...{ subject_token: idToken, actor_token: secret, scope },
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    actor_token_type: 'urn:openid:params:token-type:device-secret',
    ...more,
  })
const isGood = async (token: string): Promise<boolean> =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

describe('Native SSO authorization request', () => {
  it('requires the scopes openid and device_sso and a code (OIDC Native SSO §3.1)', async () => {
    const asked = (more: Record<string, string>) => authorize(service, client, { scope, ...more })
    expect(await asked({})).toMatchObject({ nativeSsoRequested: true })
    expect(await asked({ scope: 'openid read' })).toMatchObject({ nativeSsoRequested: false })
    expect(await asked({ scope: 'device_sso' })).toMatchObject({ nativeSsoRequested: false })
    expect(await asked({ response_type: 'id_token' })).toMatchObject({ nativeSsoRequested: false })
    await service.configure({ nativeSsoSupported: false })
    expect(await asked({})).toMatchObject({ nativeSsoRequested: false })
  })

  it('is issued with a session ID of the caller only (OIDC Native SSO §3.3)', async () => {
    const { ticket } = await authorize(service, client, { scope })
    const refused = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P029001' })
    expect(refused.responseContent).toContain('error=server_error')
  })
})

describe('token endpoint with Native SSO', () => {
  it('leaves the device secret to the caller (OIDC Native SSO §3.4)', async () => {
    const tokens = await obtain()
    expect(tokens).toMatchObject({
      ...{ action: 'NATIVE_SSO', resultCode: 'P029901', grantType: 'AUTHORIZATION_CODE' },
      ...{ sessionId, subject: 'alice', scopes: ['openid', 'device_sso', 'read'] },
    })
    for (const name of ['idToken', 'responseContent', 'deviceSecret', 'deviceSecretHash']) {
      expect(tokens).not.toHaveProperty(name)
    }
    const code = await obtainCode(service, client, { scope }, { sessionId })
    const brought = await redeem(service, client, code, { device_secret: secret })
    expect(brought).toMatchObject({ action: 'NATIVE_SSO', deviceSecret: secret })
  })

  it('leaves the device secret of a refresh to the caller (OIDC Native SSO §3.4)', async () => {
    const { refreshToken } = await obtain()
    const refreshed = await refresh(service, client, refreshToken, { device_secret: secret })
    expect(refreshed).toMatchObject({ action: 'NATIVE_SSO', sessionId, deviceSecret: secret })
    const finished = await finish(refreshed)
    expect(decodeJwt(finished.idToken)).toMatchObject({ sid: sessionId, ds_hash: hashOf(secret) })
    const narrowed = await refresh(service, client, refreshed.refreshToken, { scope: 'openid' })
    expect(narrowed).toMatchObject({ action: 'OK', idToken: expect.any(String) })
  })

  it('answers OK without the scope device_sso or without support of the service', async () => {
    const plain = await obtainTokens(service, client, { scope: 'openid read' }, { sessionId })
    expect(plain).toMatchObject({ action: 'OK', idToken: expect.any(String) })
    await service.configure({ nativeSsoSupported: false })
    expect(await obtain()).toMatchObject({ action: 'OK', idToken: expect.any(String) })
  })
})

describe('/nativesso', () => {
  it('returns the token response with the ID Token (OIDC Native SSO §3.3)', async () => {
    const tokens = await obtain({ acr: 'gold' })
    const finished = await finish(tokens, {
      ...{ sub: 'pairwise', claims: '{"name":"Alice","ds_hash":"x","sid":"x"}' },
      ...{ idtHeaderParams: '{"x":"y"}', idTokenAudType: 'string' },
    })
    expect(finished).toMatchObject({ action: 'OK', resultCode: 'P083901' })
    expect(JSON.parse(finished.responseContent)).toEqual({
      ...{ access_token: tokens.accessToken, refresh_token: tokens.refreshToken },
      ...{ token_type: 'Bearer', expires_in: 86_400, scope },
      ...{ id_token: finished.idToken, device_secret: secret },
    })
    expect(decodeProtectedHeader(finished.idToken)).toMatchObject({ x: 'y' })
    const half = createHash('sha256').update(tokens.accessToken).digest().subarray(0, 16)
    expect(decodeJwt(finished.idToken)).toMatchObject({
      ...{ iss: issuer, sub: 'pairwise', aud: String(client.clientId), name: 'Alice' },
      ...{ sid: sessionId, ds_hash: hashOf(secret), at_hash: half.toString('base64url') },
      ...{ acr: 'gold', auth_time: 1_700_000_000, nonce: 'some-nonce' },
    })
  })

  it('accepts a deviceSecretHash, and no refresh token (OIDC Native SSO §3.3)', async () => {
    const tokens = await obtain()
    service.system.clock.advance(10_000)
    const more = { refreshToken: undefined, deviceSecretHash: 'by-another-rule' }
    const finished = await finish(tokens, more)
    expect(decodeJwt(finished.idToken)).toMatchObject({ sub: 'alice', ds_hash: 'by-another-rule' })
    const response = JSON.parse(finished.responseContent)
    expect(response).toMatchObject({ expires_in: 86_390 })
    expect(response).not.toHaveProperty('refresh_token')
  })

  it('accepts a JWT access token, and an access token that does not expire', async () => {
    await service.configure({ accessTokenSignAlg: 'ES256' })
    const { jwtAccessToken } = await obtain()
    expect(await finish({ accessToken: jwtAccessToken })).toMatchObject({ action: 'OK' })
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
      ...{ sessionId, accessTokenPersistent: true },
    })
    const finished = await finish(created)
    expect(JSON.parse(finished.responseContent)).not.toHaveProperty('expires_in')
  })

  it.each<[string, string, (tokens: Json) => Json | Promise<Json>]>([
    ['no access token', 'P083002', () => ({ accessToken: undefined })],
    ['no device secret', 'P083003', () => ({ deviceSecret: '' })],
    ['an unknown access token', 'P083004', () => ({ accessToken: 'unknown' })],
    ['an unknown refresh token', 'P083006', () => ({ refreshToken: 'unknown' })],
    [
      'the refresh token of another grant',
      'P083006',
      async () => ({ refreshToken: (await obtain()).refreshToken }),
    ],
    [
      'an access token without a session',
      'P083005',
      async () => {
        const tokens = await obtainTokens(service, client, { scope: 'openid' })
        return { accessToken: tokens.accessToken, refreshToken: undefined }
      },
    ],
    [
      'an access token without a user',
      'P083005',
      async () => {
        const created = await service.api('/auth/token/create', {
          ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId, sessionId },
        })
        return { accessToken: created.accessToken, refreshToken: undefined }
      },
    ],
  ])('answers CALLER_ERROR for %s', async (_what, resultCode, change) => {
    const tokens = await obtain()
    const refused = await finish(tokens, await change(tokens))
    expect(refused).toMatchObject({ action: 'CALLER_ERROR', resultCode })
    expect(refused).not.toHaveProperty('responseContent')
  })

  it('answers CALLER_ERROR for an expired token, a locked client, or no support', async () => {
    const locked = await service.publicClient()
    const tokens = await obtainTokens(service, locked, { scope }, { sessionId })
    await service.api(`/client/lock_flag/update/${locked.clientId}`, { clientLocked: true })
    expect(await finish(tokens)).toMatchObject({ resultCode: 'P083004' })
    const expired = await obtain()
    service.system.clock.advance(86_400_000)
    expect(await finish(expired)).toMatchObject({ resultCode: 'P083004' })
    await service.configure({ nativeSsoSupported: false })
    expect(await finish(expired)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P083001' })
  })
})

describe('Native SSO token exchange of another app', () => {
  it('issues tokens for an ID Token with a pairwise sid (OIDC Native SSO §4.3)', async () => {
    const pairwise = await service.publicClient({ subjectType: 'PAIRWISE' })
    const tokens = await obtainTokens(service, pairwise, { scope }, { sessionId })
    const { idToken } = await finish(tokens)
    const { sid, sub } = decodeJwt(idToken)
    expect(sid).toMatch(/^[\w-]{43}$/)
    expect([sub, JSON.stringify(decodeProtectedHeader(idToken))]).not.toContain(sessionId)
    const shared = await exchange(idToken)
    expect(shared).toMatchObject({ action: 'NATIVE_SSO', subject: 'alice', sessionId })
    expect(decodeJwt((await finish(shared)).idToken)['sid']).toBe(sessionId)
    const back = await exchange((await finish(shared)).idToken, pairwise)
    expect(back).toMatchObject({ action: 'NATIVE_SSO', sessionId })
    expect(decodeJwt((await finish(back)).idToken)['sid']).toBe(sid)
    await service.api('/nativesso/logout', { sessionId })
    expect(await exchange(idToken)).toMatchObject({ resultCode: 'P029005' })
  })

  it('issues tokens of the session for ID Token and secret (OIDC Native SSO §4.3)', async () => {
    // A pairwise `sub` of one client is unknown to another client.
    const { idToken } = await finish(await obtain({ acr: 'gold' }), { sub: 'pairwise' })
    const shared = await exchange(idToken)
    expect(shared).toMatchObject({
      ...{ action: 'NATIVE_SSO', grantType: 'TOKEN_EXCHANGE', clientId: other.clientId },
      ...{ subject: 'alice', sessionId, deviceSecret: secret, deviceSecretHash: hashOf(secret) },
      ...{ subjectTokenType: 'ID_TOKEN', actorTokenType: 'DEVICE_SECRET', actorToken: secret },
      scopes: ['openid', 'device_sso', 'read'],
    })
    expect(shared).not.toHaveProperty('responseContent')
    expect(shared).not.toHaveProperty('ticket')
    const finished = await finish(shared)
    expect(JSON.parse(finished.responseContent)).toMatchObject({
      ...{ access_token: shared.accessToken, refresh_token: shared.refreshToken },
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      device_secret: secret,
    })
    expect(decodeJwt(finished.idToken)).toMatchObject({
      ...{ sub: 'alice', aud: [String(other.clientId)], sid: sessionId, acr: 'gold' },
      ...{ auth_time: 1_700_000_000, ds_hash: hashOf(secret) },
    })
    const refreshed = await refresh(service, other, shared.refreshToken)
    expect(refreshed).toMatchObject({ action: 'NATIVE_SSO', sessionId })
  })

  it('issues no refresh token if the service does not support refresh tokens', async () => {
    const { idToken } = await finish(await obtain())
    await service.configure({ supportedGrantTypes: ['TOKEN_EXCHANGE'] })
    const shared = await exchange(idToken)
    expect(shared).toMatchObject({ action: 'NATIVE_SSO', accessToken: expect.any(String) })
    expect(shared).not.toHaveProperty('refreshToken')
  })

  const sign = async (claims: Json, key = serviceKeys[1]) =>
    new SignJWT({
      ...{ iss: issuer, sub: 'alice', aud: 'x', sid: sessionId, ds_hash: 'x' },
      ...{ iat: service.system.clock() / 1000, exp: service.system.clock() / 1000 + 60 },
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(await importJWK(key ?? {}, 'ES256'))
  const bare = (token: string) => {
    const [, claims] = token.split('.')
    return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
  }
  const foreign = { iss: 'https://other.example.com' }

  it.each<[string, string, () => Promise<string>]>([
    ['of another issuer', 'P029003', () => sign(foreign, clientKey)],
    ['without a signature', 'P029003', async () => bare(await sign({}))],
    ['signed by another key', 'P027015', () => sign({}, clientKey)],
    ['without sid', 'P029004', () => sign({ sid: undefined })],
    ['without ds_hash', 'P029004', () => sign({ ds_hash: undefined })],
    ['of an unknown session', 'P029005', () => sign({ sid: 'unknown' })],
    ['that has expired', 'P027012', () => sign({ exp: service.system.clock() / 1000 - 60 })],
  ])('is rejected with an ID Token %s (OIDC Native SSO §4.3)', async (_what, resultCode, make) => {
    await obtain()
    const refused = await exchange(await make())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
  })

  it('is rejected with another subject_token_type (OIDC Native SSO §4.2)', async () => {
    const { accessToken } = await obtain()
    const more = { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
    const refused = await exchange(accessToken, other, more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P029003' })
  })

  it('requires client authentication (OIDC Native SSO §4.3)', async () => {
    const { idToken } = await finish(await obtain())
    const parameters = form({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...{ subject_token: idToken, actor_token: secret },
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      actor_token_type: 'urn:openid:params:token-type:device-secret',
    })
    const refused = await service.api('/auth/token', { parameters })
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P029002' })
  })

  it('is rejected if the session has no live token (OIDC Native SSO §4.3)', async () => {
    const { idToken } = await finish(await obtain(), { idTokenAudType: 'array' })
    await service.api('/nativesso/logout', { sessionId })
    const refused = await exchange(idToken)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P029005' })
    expect(JSON.parse(refused.responseContent).error).toBe('invalid_grant')
  })
})

describe('/nativesso/logout', () => {
  it('revokes the tokens of all apps of the session, and no other tokens', async () => {
    const mine = await obtain()
    const shared = await exchange((await finish(mine)).idToken)
    const kept = await obtain({ sessionId: `${sessionId}-other` })
    const ended = await service.api('/nativesso/logout', { sessionId })
    expect(ended).toMatchObject({ action: 'OK', resultCode: 'P083902', count: 4 })
    expect(await Promise.all([mine, shared, kept].map((each) => isGood(each.accessToken)))).toEqual(
      [false, false, true],
    )
    const refused = await refresh(service, other, shared.refreshToken)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST' })
    expect(await service.api('/nativesso/logout', { sessionId })).toMatchObject({ count: 0 })
  })

  it.each([{}, { sessionId: '' }])(
    'answers CALLER_ERROR for a missing session ID: %j',
    async (body) => {
      const refused = await service.api('/nativesso/logout', body)
      expect(refused).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P083101' })
    },
  )
})

describe('metadata of Native SSO', () => {
  it('says whether Native SSO is supported (OIDC Native SSO §5)', async () => {
    const read = () => service.get(`/api/${service.serviceId}/service/configuration`)
    expect((await read()).native_sso_supported).toBe(true)
    await service.configure({ nativeSsoSupported: false })
    expect(await read()).not.toHaveProperty('native_sso_supported')
  })
})

describe('end of a Native SSO session', () => {
  it('revokes codes, and tokens of a concurrent exchange (OIDC Native SSO §4.3)', async () => {
    const code = await obtainCode(service, client, { scope }, { sessionId })
    const { idToken } = await finish(await obtain())
    const { refreshTokens } = service.store
    const find = refreshTokens.findOf
    vi.spyOn(refreshTokens, 'findOf').mockImplementationOnce(async (...owner) => {
      const rows = await find(...owner)
      await service.api('/nativesso/logout', { sessionId })
      return rows
    })
    expect(await exchange(idToken)).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P029005' },
    })
    expect(await service.store.accessTokens.findOf(service.serviceId, { sessionId })).toEqual([])
    expect(await redeem(service, client, code)).toMatchObject({ resultCode: 'P020002' })
  })

  it('does not happen while a refresh token of the session lives', async () => {
    const tokens = await obtain()
    const { idToken } = await finish(tokens)
    await service.store.commit(
      service.store.accessTokens.deleteOf(service.serviceId, { sessionId }),
    )
    expect(await exchange(idToken)).toMatchObject({ action: 'NATIVE_SSO' })
  })

  it('makes /nativesso refuse an expired refresh token (OIDC Native SSO §3.4)', async () => {
    await service.configure({ accessTokenDuration: 3_000, refreshTokenDuration: 60 })
    const tokens = await obtain()
    service.system.clock.advance(61_000)
    expect(await finish(tokens)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P083006' })
  })
})

describe('Native SSO token exchange under FAPI', () => {
  it('checks the app as every grant does (FAPI 2.0 §5.3.2.1)', async () => {
    const { idToken } = await finish(await obtain())
    const attributes = [{ key: 'fapi2', value: 'sp' }]
    await service.configure({
      supportedServiceProfiles: ['FAPI'],
      supportedScopes: [{ name: 'openid' }, { name: 'device_sso' }, { name: 'read', attributes }],
    })
    const refused = await exchange(idToken)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P052013' })
    expect(refused).not.toHaveProperty('accessToken')
  })
})
