/** Access tokens that a symmetric key of the service signs, RFC 7518 §3.2. */
import { decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const secret = Buffer.alloc(64, 'a secret of the service')
const octKey = (bytes: number, more: JWK = {}) => ({
  ...{ kty: 'oct', kid: 'shared', k: secret.subarray(0, bytes).toString('base64url') },
  ...more,
})
const symmetric = (alg: string, key: JWK = octKey(64), more: Json = {}) => ({
  jwks: jwksOf(key, ...serviceKeys),
  accessTokenSignAlg: alg,
  attributes: [{ key: 'ext.at.symmetric', value: 'true' }],
  ...more,
})
const save = (document: Json) =>
  service.call('POST', `/api/${service.serviceId}/service/update`, document)
const clock = () => new Date(service.system.clock())

describe('ext.at.symmetric of a service', () => {
  it.each(['HS256', 'HS384', 'HS512'])(
    'signs access tokens with %s, and nothing else (RFC 7518 §3.2)',
    async (alg) => {
      await service.configure(symmetric(alg))
      const first = await obtainTokens(service, client, { scope: 'openid read' })
      const tokens = await refresh(service, client, first.refreshToken)
      const { accessToken, idToken } = tokens
      expect(decodeProtectedHeader(accessToken)).toEqual({ alg, kid: 'shared', typ: 'at+jwt' })
      const { payload } = await jwtVerify(accessToken, secret, { currentDate: clock() })
      expect(payload).toMatchObject({ sub: 'alice', scope: 'openid read' })
      expect(decodeProtectedHeader(idToken).alg).toBe('RS256')
      const parameters = form({ token: accessToken })
      const shown = await service.api('/auth/introspection/standard', { parameters })
      expect(JSON.parse(shown.responseContent).active).toBe(true)
      expect((await service.api('/auth/userinfo', { token: accessToken })).action).toBe('OK')
      const own = { clientId: String(client.clientId), clientSecret: client.clientSecret }
      await service.api('/auth/revocation', { parameters, ...own })
      expect((await service.api('/auth/userinfo', { token: accessToken })).action).toBe(
        'UNAUTHORIZED',
      )
    },
  )

  it('never publishes the key (RFC 7517 §9.3)', async () => {
    await service.configure(symmetric('HS256'))
    const { k } = octKey(64)
    const path = `/api/${service.serviceId}/service`
    const viewer = await service.tokenFor(service.serviceId, ['view_service'])
    const shown = await Promise.all([
      service.call('GET', `${path}/jwks/get`),
      service.call('GET', `${path}/configuration`),
      service.call('GET', `${path}/get`, undefined, { token: viewer }),
    ])
    for (const { status, text } of shown) {
      expect([status, text.includes(k), text.includes('shared')]).toEqual([200, false, false])
    }
    const owner = await service.call('GET', `${path}/jwks/get?includePrivateKeys=true`)
    expect(owner.body.keys[0]).toEqual(octKey(64))
  })

  it.each<[string, Json, string | undefined]>([
    ['HS256 of 256 bits', symmetric('HS256', octKey(32)), undefined],
    ['HS256 of 248 bits', symmetric('HS256', octKey(31)), 'at least 256 bits'],
    ['HS384 of 256 bits', symmetric('HS384', octKey(32)), 'at least 384 bits'],
    ['HS512 of 504 bits', symmetric('HS512', octKey(63)), 'at least 512 bits'],
    [
      'HS256, and a key for HS512',
      symmetric('HS256', octKey(64, { alg: 'HS512' })),
      'requires a key',
    ],
    [
      'HS256, and a key for encryption',
      symmetric('HS256', octKey(64, { use: 'enc' })),
      'requires a key',
    ],
    [
      'HS256, and another key named',
      symmetric('HS256', octKey(64), { accessTokenSignatureKeyId: 'rs256' }),
      'the kid rs256',
    ],
    [
      'HS256, and the key named',
      symmetric('HS256', octKey(64), { accessTokenSignatureKeyId: 'shared' }),
      undefined,
    ],
    [
      'HS256 without the attribute',
      { ...symmetric('HS256'), attributes: [] },
      'require an asymmetric algorithm',
    ],
    [
      'HS256 with false',
      symmetric('HS256', octKey(64), { attributes: [{ key: 'ext.at.symmetric', value: 'false' }] }),
      'require an asymmetric algorithm',
    ],
    [
      'HS256 under FAPI 2.0',
      symmetric('HS256', octKey(64), { fapiModes: ['FAPI2_SECURITY'] }),
      'not allowed by FAPI',
    ],
    ['NONE', symmetric('NONE'), 'require an asymmetric algorithm'],
  ])('saving a service with %s', async (_case, document, problem) => {
    const { status, body } = await save(document)
    expect([status, body.resultMessage]).toEqual(
      problem === undefined ? [200, undefined] : [400, expect.stringContaining(problem)],
    )
  })

  it('refuses HS256 with the profile fapi-2.0', async () => {
    const attributes = [
      { key: 'ext.at.symmetric', value: 'true' },
      { key: 'ext.profile', value: 'fapi-2.0' },
    ]
    const { status, body } = await save(symmetric('HS256', octKey(64), { attributes }))
    expect([status, body.resultMessage]).toEqual([400, expect.stringContaining('FAPI')])
  })

  it('signs for clients whose tokens are JWTs, and not for opaque ones', async () => {
    await service.configure(symmetric('HS256'))
    const algorithmOf = async (value: string) => {
      const attributes = [{ key: 'ext.access_token.format', value }]
      const { accessToken } = await requestToken(service, await service.client({ attributes }), {
        ...{ grant_type: 'client_credentials', scope: 'read' },
      })
      return accessToken.includes('.') ? decodeProtectedHeader(accessToken).alg : 'opaque'
    }
    expect([await algorithmOf('jwt'), await algorithmOf('opaque')]).toEqual(['HS256', 'opaque'])
  })

  it('does not sign with a symmetric key without accessTokenSignAlg', async () => {
    await service.configure({ jwks: jwksOf(octKey(64), ...serviceKeys), attributes: [] })
    const { accessToken } = await obtainTokens(service, client)
    expect(accessToken).not.toContain('.')
    const own = await service.client({ idTokenSignAlg: 'HS256' })
    const { idToken } = await obtainTokens(service, own)
    const key = new TextEncoder().encode(own.clientSecret)
    expect((await jwtVerify(idToken, key, { currentDate: clock() })).payload.sub).toBe('alice')
  })
})
