/** The rules of grants at the token endpoint, and of tokens: RFC 6749 §4 to §6, RFC 9068. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const rs = 'https://rs.example.com'
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const contentOf = (answer: Json): Json => JSON.parse(answer.responseContent)
const introspect = (token: string, more = {}) =>
  service.api('/auth/introspection', { token, ...more })

describe('authorization code', () => {
  it.each<[string, string, string, Record<string, string | undefined>]>([
    ['no code', 'P020001', 'invalid_request', { code: undefined }],
    ['an unknown code', 'P020002', 'invalid_grant', { code: 'unknown' }],
    [
      'no redirect_uri (RFC 6749 §4.1.3)',
      'P020004',
      'invalid_request',
      { redirect_uri: undefined },
    ],
    ['another redirect_uri', 'P020005', 'invalid_grant', { redirect_uri: `${redirectUri}/` }],
    ['no code_verifier (RFC 7636 §4.5)', 'P003006', 'invalid_grant', { code_verifier: undefined }],
    [
      'a malformed code_verifier (RFC 7636 §4.1)',
      'P003007',
      'invalid_grant',
      { code_verifier: 'x' },
    ],
    [
      'another code_verifier (RFC 7636 §4.6)',
      'P003008',
      'invalid_grant',
      { code_verifier: 'x'.repeat(43) },
    ],
    [
      'a resource that was not granted (RFC 8707 §2.2)',
      'P012002',
      'invalid_target',
      { resource: rs },
    ],
  ])('is rejected with %s without being consumed', async (_what, resultCode, error, more) => {
    const code = await obtainCode(service, client)
    const refused = await redeem(service, client, code, more)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe(error)
    expect(await redeem(service, client, code)).toMatchObject({ action: 'OK' })
  })

  it('is rejected for another client without being consumed (RFC 6749 §5.2)', async () => {
    const code = await obtainCode(service, client)
    const other = await service.client()
    expect(await redeem(service, other, code)).toMatchObject({ resultCode: 'P020003' })
    expect(await redeem(service, client, code)).toMatchObject({ action: 'OK' })
  })

  it('is rejected with a verifier if it has no challenge (RFC 9700 §2.1.1)', async () => {
    const code = await obtainCode(service, client, {
      ...{ code_challenge: undefined, code_challenge_method: undefined },
    })
    expect(await redeem(service, client, code)).toMatchObject({ resultCode: 'P003009' })
    const more = { code_verifier: undefined }
    expect(await redeem(service, client, code, more)).toMatchObject({ action: 'OK' })
  })

  it('is redeemed by the challenge as verifier with the method plain (RFC 7636 §4.6)', async () => {
    const plain = { code_challenge: verifier, code_challenge_method: undefined }
    const code = await obtainCode(service, client, plain)
    expect(await redeem(service, client, code)).toMatchObject({ action: 'OK' })
  })

  it('expires after the authorizationCodeDuration of the service', async () => {
    await service.configure({ authorizationCodeDuration: 60 })
    const [early, late] = [await obtainCode(service, client), await obtainCode(service, client)]
    service.system.clock.advance(59_000)
    expect(await redeem(service, client, early)).toMatchObject({ action: 'OK' })
    service.system.clock.advance(3_000)
    expect(await redeem(service, client, late)).toMatchObject({ resultCode: 'P020002' })
    await service.configure({})
  })

  it('is rejected if the client was locked or may not use the grant any longer', async () => {
    const limited = await service.client()
    const code = await obtainCode(service, limited)
    const { clientId } = limited
    await service.api(`/client/update/${clientId}`, { ...limited, grantTypes: ['PASSWORD'] })
    expect(await redeem(service, limited, code)).toMatchObject({ resultCode: 'P013004' })
    await service.configure({ supportedGrantTypes: ['PASSWORD'] })
    expect(
      await redeem(service, client, await obtainCode(service, client).catch(() => 'x')),
    ).toMatchObject({
      resultCode: 'P013003',
    })
    await service.configure({})
  })
})

describe('grant_type', () => {
  it('must be present, and one of the known grant types (RFC 6749 §5.2)', async () => {
    expect(await requestToken(service, client, {})).toMatchObject({ resultCode: 'P013001' })
    const unknown = await requestToken(service, client, { grant_type: 'x' })
    expect(unknown).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P013002' })
    expect(errorOf(unknown)).toBe('unsupported_grant_type')
  })
})

describe('refresh token grant', () => {
  it.each<[string, string, Record<string, string | undefined>]>([
    ['no refresh_token', 'P021001', { refresh_token: undefined }],
    ['an unknown refresh_token', 'P021002', { refresh_token: 'x' }],
    ['a wider scope (RFC 6749 §6)', 'P002004', { scope: 'openid profile write' }],
    ['a resource that was not granted', 'P012002', { resource: rs }],
  ])('is rejected with %s', async (_what, resultCode, more) => {
    const { refreshToken } = await obtainTokens(service, client)
    expect(await refresh(service, client, refreshToken, more)).toMatchObject({ resultCode })
  })

  it('is rejected for another client (RFC 6749 §5.2)', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    expect(await refresh(service, await service.client(), refreshToken)).toMatchObject({
      resultCode: 'P021003',
    })
  })

  it('narrows scopes and resources of one access token only (RFC 6749 §6)', async () => {
    const first = await obtainTokens(service, client, { resource: rs, scope: 'openid read write' })
    expect(first.accessTokenResources).toEqual([rs])
    const narrowed = await refresh(service, client, first.refreshToken, { scope: 'read' })
    expect(narrowed).toMatchObject({
      scopes: ['read'],
      refreshTokenScopes: ['openid', 'read', 'write'],
    })
    expect(contentOf(narrowed)).not.toHaveProperty('id_token')
    const whole = await refresh(service, client, narrowed.refreshToken)
    expect(whole.scopes).toEqual(['openid', 'read', 'write'])
  })

  it('returns an ID Token with the same auth_time, without nonce (OIDC Core §12.2)', async () => {
    const first = await obtainTokens(
      service,
      client,
      {},
      { authTime: 1_700_000_000, claims: '{"name":"A"}' },
    )
    expect(decodeJwt(first.idToken)).toMatchObject({ name: 'A', nonce: 'some-nonce' })
    service.system.clock.advance(5_000)
    const next = decodeJwt((await refresh(service, client, first.refreshToken)).idToken)
    expect(next).toMatchObject({ sub: 'alice', auth_time: 1_700_000_000 })
    expect(next).not.toHaveProperty('nonce')
    expect(next).not.toHaveProperty('name')
    expect(next.iat).toBeGreaterThan(decodeJwt(first.idToken).iat ?? 0)
  })

  it('omits openid without offline_access if the service is set so', async () => {
    await service.configure({ openidDroppedOnRefreshWithoutOfflineAccess: true })
    const without = await obtainTokens(service, client)
    expect((await refresh(service, client, without.refreshToken)).scopes).toEqual(['profile'])
    const scope = 'openid offline_access'
    const withAccess = await obtainTokens(service, client, { scope })
    const kept = await refresh(service, client, withAccess.refreshToken)
    expect(kept.scopes).toEqual(['openid', 'offline_access'])
    await service.configure({})
  })

  it.each([
    [{ refreshTokenKept: true }, 1_000],
    [{ refreshTokenKept: true, refreshTokenDurationReset: true }, 2_000],
    [{ refreshTokenDurationKept: true }, 1_000],
    [{}, 2_000],
  ])(
    'with %j expires the refresh token after %i seconds if it is used halfway',
    async (settings, seconds) => {
      await service.configure({ ...settings, refreshTokenDuration: 1_000 })
      const now = service.system.clock()
      const { refreshToken } = await obtainTokens(service, client)
      service.system.clock.advance(500_000)
      const { refreshTokenExpiresAt } = await refresh(service, client, refreshToken)
      expect((refreshTokenExpiresAt - now) / 1000).toBe(seconds === 2_000 ? 1_500 : 1_000)
      await service.configure({})
    },
  )

  it('is unavailable to a client or a service without the grant type', async () => {
    const limited = await service.client({ grantTypes: ['AUTHORIZATION_CODE'] })
    expect(await obtainTokens(service, limited)).not.toHaveProperty('refreshToken')
  })
})

describe('token durations', () => {
  it('are the minimum of service, client and scopes', async () => {
    const attribute = (key: string, value: string) => ({ key, value })
    await service.configure({
      ...{ accessTokenDuration: 1_000, refreshTokenDuration: 2_000, idTokenDuration: 3_000 },
      supportedScopes: [
        { name: 'openid' },
        { name: 'profile' },
        {
          name: 'read',
          attributes: [
            attribute('access_token.duration', '10'),
            attribute('id_token.duration', '30'),
          ],
        },
      ],
    })
    const extension = { accessTokenDuration: 100, refreshTokenDuration: 200, idTokenDuration: 300 }
    const limited = await service.client({ extension })
    const lifetime = (idToken: string) => {
      const { exp = 0, iat = 0 } = decodeJwt(idToken)
      return exp - iat
    }
    for (const [by, scope, expected] of [
      [client, 'openid', [1_000, 2_000, 3_000]],
      [limited, 'openid', [100, 200, 300]],
      [limited, 'openid read', [10, 200, 30]],
    ] as const) {
      const tokens = await obtainTokens(service, by, { scope })
      const { accessTokenDuration, refreshTokenDuration, idToken } = tokens
      expect([accessTokenDuration, refreshTokenDuration, lifetime(idToken)]).toEqual(expected)
    }
    const chosen = await obtainTokens(service, limited, {}, { accessTokenDuration: 7 })
    expect(chosen.accessTokenDuration).toBe(7)
    await service.configure({ tokenExpirationLinked: true, refreshTokenDuration: 50 })
    expect((await obtainTokens(service, client)).accessTokenDuration).toBe(50)
    await service.configure({})
  })
})

describe('token properties', () => {
  it('are sent to the client unless they are hidden', async () => {
    const properties = [
      { key: 'seen', value: 'yes', hidden: false },
      { key: 'hidden', value: 'no', hidden: true },
    ]
    const code = await obtainCode(service, client, {}, { properties })
    const tokens = await requestToken(
      service,
      client,
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      },
      { properties: '[{"key":"late","value":"too"}]' },
    )
    expect(contentOf(tokens)).toMatchObject({ seen: 'yes', late: 'too' })
    expect(contentOf(tokens)).not.toHaveProperty('hidden')
    const described = async (more = {}) => {
      const parameters = form({ token: tokens.accessToken })
      return contentOf(await service.api('/auth/introspection/standard', { parameters, ...more }))
    }
    expect(await described()).not.toHaveProperty('hidden')
    expect(await described({ withHiddenProperties: true })).toMatchObject({ hidden: 'no' })
    expect((await introspect(tokens.accessToken)).properties).toHaveLength(3)
  })
})

describe('singleAccessTokenPerSubject', () => {
  it('revokes the former tokens of the client and the user', async () => {
    const single = await service.client({ singleAccessTokenPerSubject: true })
    const first = await obtainTokens(service, single)
    const other = await obtainTokens(service, single, {}, { subject: 'bob' })
    const second = await obtainTokens(service, single)
    const actions = await Promise.all(
      [first, other, second].map(async ({ accessToken }) => (await introspect(accessToken)).action),
    )
    expect(actions).toEqual(['UNAUTHORIZED', 'OK', 'OK'])
    expect(await refresh(service, single, first.refreshToken)).toMatchObject({
      action: 'BAD_REQUEST',
    })
  })
})

describe('JWT access token', () => {
  it('has the claims of RFC 9068 §2.2, signed by the key of the service', async () => {
    await service.configure({ accessTokenSignAlg: 'ES256' })
    const issue = {
      jwtAtClaims: '{"tenant":"t","iss":"evil"}',
      acr: 'loa2',
      authTime: 1_700_000_000,
    }
    const tokens = await obtainTokens(service, client, { resource: rs }, issue)
    const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
    const { payload } = await jwtVerify(tokens.accessToken, keys, {
      ...{ issuer, audience: rs, typ: 'at+jwt', algorithms: ['ES256'] },
      currentDate: new Date(service.system.clock()),
    })
    expect(payload).toMatchObject({
      ...{ sub: 'alice', client_id: String(client.clientId), scope: 'openid profile' },
      ...{ tenant: 't', acr: 'loa2', auth_time: 1_700_000_000, jti: expect.any(String) },
    })
    expect(tokens.jwtAccessToken).toBe(tokens.accessToken)
    expect(await introspect(tokens.accessToken)).toMatchObject({ action: 'OK', subject: 'alice' })
    const update = { accessToken: tokens.accessToken, scopes: ['openid'] }
    expect(await service.api('/auth/token/update', update)).toMatchObject({ resultCode: 'P047003' })
    await service.configure({})
  })
})

describe('ID Token signing', () => {
  it('is refused with a secret that is too short (RFC 7518 §3.2)', async () => {
    const weak = await service.client({ idTokenSignAlg: 'HS512' })
    const clientSecret = 'x'.repeat(32)
    await service.api(`/client/secret/update/${weak.clientId}`, { clientSecret })
    expect(await obtainTokens(service, { ...weak, clientSecret })).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P008002',
    })
  })

  it('ignores header parameters of the caller that affect verification', async () => {
    const idtHeaderParams = '{"crit":["b64"],"b64":false,"alg":"none","kid":"x","typ":"JWT"}'
    const { idToken } = await obtainTokens(service, client, {}, { idtHeaderParams })
    const header = JSON.parse(Buffer.from(idToken.split('.')[0], 'base64url').toString())
    expect(header).toEqual({ alg: 'RS256', kid: 'rs256', typ: 'JWT' })
  })

  it('uses the aud type of the caller or the service', async () => {
    await service.configure({ idTokenAudType: 'string' })
    const id = String(client.clientId)
    expect(decodeJwt((await obtainTokens(service, client)).idToken).aud).toBe(id)
    const asked = await obtainTokens(service, client, {}, { idTokenAudType: 'array' })
    expect(decodeJwt(asked.idToken).aud).toEqual([id])
    await service.configure({})
  })
})

describe('password grant', () => {
  const ask = (more = {}) =>
    requestToken(service, client, {
      ...{ grant_type: 'password', username: 'u', password: 'p', scope: 'read' },
      ...more,
    })

  it('requires a username and a password (RFC 6749 §4.3.2)', async () => {
    expect(await ask({ username: undefined })).toMatchObject({ resultCode: 'P023001' })
    expect(await ask({ password: undefined })).toMatchObject({ resultCode: 'P023001' })
  })

  it.each([
    ['UNKNOWN', 'INTERNAL_SERVER_ERROR', 'server_error'],
    ['INVALID_RESOURCE_OWNER_CREDENTIALS', 'BAD_REQUEST', 'invalid_grant'],
    ['INVALID_TARGET', 'BAD_REQUEST', 'invalid_target'],
    ['INVALID_CLIENT', 'BAD_REQUEST', 'invalid_client'],
    ['UNAUTHORIZED_CLIENT', 'BAD_REQUEST', 'unauthorized_client'],
    ['INVALID_SCOPE', 'BAD_REQUEST', 'invalid_scope'],
  ])('fails for the reason %s as %s with the error %s', async (reason, action, error) => {
    const { ticket } = await ask()
    const failed = await service.api('/auth/token/fail', { ticket, reason })
    expect(failed.action).toBe(action)
    expect(errorOf(failed)).toBe(error)
  })

  it('is decided once of twenty concurrent calls, and for an existing client only', async () => {
    const { ticket } = await ask()
    const issue = (named: string) =>
      service.api('/auth/token/issue', { ticket: named, subject: 'alice' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => issue(ticket)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(answers.filter(({ resultCode }) => resultCode === 'P036001')).toHaveLength(19)
    const locked = await service.client()
    const asked = await requestToken(service, locked, {
      ...{ grant_type: 'password', username: 'u', password: 'p' },
    })
    await service.api(`/client/lock_flag/update/${locked.clientId}`, { clientLocked: true })
    expect(await issue(asked.ticket)).toMatchObject({ resultCode: 'P014001' })
  })

  it('does not log or store the password', async () => {
    await ask({ password: 'recognisable-password' })
    const rows = JSON.stringify(service.system.log.entries)
    expect(rows).not.toContain('recognisable-password')
  })
})

describe('scopes that the caller granted', () => {
  it('replace the requested scopes, also if they are empty', async () => {
    const client = await service.client()
    const granted = async (scopes: string[] | undefined) => {
      const code = await obtainCode(service, client, { scope: 'read write' }, { scopes })
      return (await redeem(service, client, code)).scopes
    }
    expect(await granted(undefined)).toEqual(['read', 'write'])
    expect(await granted(['read'])).toEqual(['read'])
    expect(await granted([])).toEqual([])
    expect(await granted(['openid', 'read'])).toEqual(['read'])
  })
})
