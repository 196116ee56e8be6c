/** Resources that a service describes: access tokens for them follow the description. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  obtainCode,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [tools, files, other] = [
  'https://tools.example/mcp',
  'https://files.example/',
  'https://other.example/',
]
const describing = (resources: unknown, more: Record<string, string> = {}) => ({
  attributes: Object.entries({
    'ext.resources': typeof resources === 'string' ? resources : JSON.stringify(resources),
    ...more,
  }).map(([key, value]) => ({ key, value })),
})
const isJwt = (token: string) => token.split('.').length === 3

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const ofClient = (resource: string | undefined, more: Record<string, string> = {}) =>
  requestToken(service, client, { grant_type: 'client_credentials', resource, ...more })

describe('ext.resources', () => {
  it.each([
    ['no JSON', '[', 'Expected the text of a JSON array'],
    ['no list', { resource: tools }, 'Expected the text of a JSON array'],
    ['a relative URI', [{ resource: '/mcp' }], '[0].resource: Expected an absolute URI'],
    [
      'a fragment',
      [{ resource: tools }, { resource: `${files}#a` }],
      '[1].resource: Expected an a',
    ],
    [
      'user information',
      [{ resource: 'https://a:b@tools.example/' }],
      '[0].resource: Expected an a',
    ],
    [
      'the same resource twice',
      [{ resource: files }, { resource: 'HTTPS://files.example:443' }],
      '[1].resource: The resource is listed twice',
    ],
    ['an unknown member', [{ resource: tools, scope: 'read' }], '[0]'],
    [
      'a scope with a space',
      [{ resource: tools, scopes: ['read', 'a b'] }],
      '[0].scopes[1]: Expected a scope',
    ],
    ['an unknown format', [{ resource: tools, accessTokenFormat: 'jws' }], '[0].accessTokenFormat'],
    [
      'a symmetric algorithm',
      [{ resource: tools, accessTokenSignAlg: 'HS256' }],
      '[0].accessTokenSignAlg',
    ],
    [
      'opaque tokens with an algorithm',
      [{ resource: tools, accessTokenFormat: 'opaque', accessTokenSignAlg: 'ES256' }],
      '[0].accessTokenSignAlg: Opaque access tokens are not signed',
    ],
    [
      'a duration of zero',
      [{ resource: tools, accessTokenDuration: 0 }],
      '[0].accessTokenDuration',
    ],
    [
      'a page that is not a URL',
      [{ resource: tools, tosUri: 'terms' }],
      '[0].tosUri: Expected a URL',
    ],
    [
      '201 resources',
      Array.from({ length: 201 }, (_, n) => ({ resource: `${files}${n}` })),
      'Expected at most 200 resources',
    ],
  ])('with %s is refused with its place', async (_, value, place) => {
    const refused = await service.configure(describing(value))
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain(`The attribute ext.resources is wrong: ${place}`)
  })

  it('is refused if it is listed twice', async () => {
    const [attribute] = describing([]).attributes
    const refused = await service.configure({ attributes: [attribute, attribute] })
    expect(refused.resultMessage).toContain('ext.resources is wrong: It is listed twice')
  })
})

describe('access token for one described resource', () => {
  it('has the format of the resource, before client and service (RFC 9068 §2.1)', async () => {
    const jwt = { resource: tools, accessTokenFormat: 'jwt' }
    const opaque = { resource: files, accessTokenFormat: 'opaque' }
    await service.configure(describing([jwt, opaque]))
    expect(isJwt((await ofClient(tools)).accessToken)).toBe(true)
    expect(isJwt((await ofClient('https://TOOLS.example/mcp')).accessToken)).toBe(true)
    for (const each of [files, other, undefined])
      expect(isJwt((await ofClient(each)).accessToken)).toBe(false)
    await service.configure({ ...describing([jwt, opaque]), accessTokenSignAlg: 'PS256' })
    const formats = [tools, files, other, undefined].map(async (each) =>
      isJwt((await ofClient(each)).accessToken),
    )
    expect(await Promise.all(formats)).toEqual([true, false, true, true])
  })

  it('is signed with the algorithm of the resource', async () => {
    const described = describing([{ resource: tools, accessTokenSignAlg: 'ES256' }])
    await service.configure({
      ...described,
      accessTokenSignAlg: 'PS256',
      accessTokenSignatureKeyId: 'ps256',
    })
    const { accessToken } = await ofClient(tools)
    expect(decodeProtectedHeader(accessToken).alg).toBe('ES256')
    expect(decodeJwt(accessToken).aud).toBe(tools)
    const { accessToken: another } = await ofClient(other)
    expect(decodeProtectedHeader(another).alg).toBe('PS256')
  })

  it('is refused without a key for the algorithm, or one that the profile forbids', async () => {
    const described = describing([{ resource: tools, accessTokenSignAlg: 'ES512' }])
    await service.configure(described)
    expect(await ofClient(tools)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P161002' })
    expect(await ofClient(other)).toMatchObject({ action: 'OK' })
    await service.configure({
      ...describing([{ resource: tools, accessTokenFormat: 'jwt' }]),
      jwks: jwksOf(),
    })
    expect(await ofClient(tools)).toMatchObject({ resultCode: 'P161002' })
  })

  it('lives as long as the resource says, unless a scope says less', async () => {
    const scopes = ['read', 'write'].map((name) => ({ name }))
    const short = { name: 'short', attributes: [{ key: 'access_token.duration', value: '30' }] }
    await service.configure({
      ...describing([{ resource: tools, accessTokenDuration: 90_000 }]),
      accessTokenDuration: 600,
      supportedScopes: [...scopes, short],
    })
    expect((await ofClient(tools)).accessTokenDuration).toBe(90_000)
    expect((await ofClient(tools, { scope: 'short' })).accessTokenDuration).toBe(30)
    expect((await ofClient(other)).accessTokenDuration).toBe(600)
    expect((await ofClient(undefined)).accessTokenDuration).toBe(600)
  })

  it('keeps lifetime and scopes of the resource when it is updated', async () => {
    const read = { resource: tools, scopes: ['read'], accessTokenDuration: 1_000 }
    await service.configure(describing([read, { resource: files, scopes: ['write'] }]))
    const { accessToken } = await ofClient(tools, { scope: 'read' })
    const scopes = ['read', 'write', 'email']
    const updated = await service.api('/auth/token/update', { accessToken, scopes })
    expect(updated).toMatchObject({ action: 'OK', scopes: ['read', 'email'] })
    const { accessTokenDuration } = await ofClient(tools)
    expect(accessTokenDuration).toBe(1_000)
    const seconds = (updated.accessTokenExpiresAt - service.system.clock()) / 1_000
    expect(seconds).toBeGreaterThan(900)
    expect(seconds).toBeLessThanOrEqual(1_000)
  })
})

describe('scopes of described resources', () => {
  const resources = [
    { resource: tools, scopes: ['read', 'openid'] },
    { resource: files, scopes: ['write'] },
  ]

  it('are left out of tokens for other resources, and stay in the grant (RFC 8707 §2.2)', async () => {
    await service.configure(describing(resources))
    const code = await obtainCode(service, client, {
      scope: 'openid read write email',
      resource: tools,
    })
    const first = await redeem(service, client, code)
    expect(first).toMatchObject({ action: 'OK', scopes: ['openid', 'read', 'email'] })
    expect(JSON.parse(first.responseContent).scope).toBe('openid read email')
  })

  it('follow the resource that each refresh asks for (RFC 8707 §2.2)', async () => {
    await service.configure(describing(resources))
    const { ticket } = await service.api('/auth/authorization', {
      parameters: `${form({
        ...{
          response_type: 'code',
          client_id: String(client.clientId),
          scope: 'openid read write',
        },
        ...{ redirect_uri: 'https://app.example.com/callback', nonce: 'n' },
      })}&${form({ resource: tools })}&${form({ resource: files })}`,
    })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const tokens = await requestToken(service, client, {
      ...{ grant_type: 'authorization_code', code: issued.authorizationCode, resource: files },
      redirect_uri: 'https://app.example.com/callback',
    })
    expect(tokens).toMatchObject({
      action: 'OK',
      scopes: ['openid', 'write'],
      idToken: expect.any(String),
    })
    const again = await requestToken(service, client, {
      ...{ grant_type: 'refresh_token', refresh_token: tokens.refreshToken, resource: tools },
    })
    expect(again).toMatchObject({ action: 'OK', scopes: ['openid', 'read'] })
    const both = await refresh(service, client, again.refreshToken ?? tokens.refreshToken)
    expect(both).toMatchObject({ action: 'OK', scopes: ['openid', 'read', 'write'] })
  })

  it('are left out of tokens that the caller creates, which the response tells', async () => {
    await service.configure(describing(resources))
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
      ...{ scopes: ['read', 'write'], resources: [files] },
    })
    expect(created).toMatchObject({ scopes: ['write'], refreshTokenScopes: ['read', 'write'] })
    const { accessToken: token } = created
    const told = await service.api('/auth/introspection', { token, resources: [files] })
    expect(told).toMatchObject({ action: 'OK', scopes: ['write'] })
  })

  it('stay in tokens for no resource, and for one without a description', async () => {
    await service.configure(describing(resources))
    for (const resource of [undefined, other]) {
      const { scopes } = await ofClient(resource, { scope: 'read write' })
      expect(scopes).toEqual(['read', 'write'])
    }
  })

  it('are required if the service requires scopes (RFC 6749 §3.3)', async () => {
    await service.configure({ ...describing(resources), scopeRequired: true })
    const refused = await ofClient(tools, { scope: 'write' })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P014101' })
  })
})

describe('demands of described resources', () => {
  it('ext.resources.closed refuses other resources (RFC 8707 §2)', async () => {
    const described = [{ resource: tools }]
    await service.configure(describing(described, { 'ext.resources.closed': 'true' }))
    for (const each of [tools, undefined])
      expect(await ofClient(each)).toMatchObject({ action: 'OK' })
    expect(await ofClient(other)).toMatchObject({ resultCode: 'P161001' })
    const asked = await authorize(service, client, { resource: other })
    expect(asked.responseContent).toContain('invalid_target')
    await service.configure(describing(described, { 'ext.resources.closed': 'false' }))
    expect(await ofClient(other)).toMatchObject({ action: 'OK' })
  })

  it('ext.resources.closed binds tokens that the caller creates (RFC 8707 §2)', async () => {
    const { clientId } = client
    const created = (resources?: string[]) =>
      service.api('/auth/token/create', { grantType: 'CLIENT_CREDENTIALS', clientId, resources })
    const described = [{ resource: tools }]
    await service.configure(describing(described, { 'ext.resources.closed': 'true' }))
    for (const each of [[tools], [], undefined]) {
      expect(await created(each)).toMatchObject({ action: 'OK' })
    }
    for (const each of [[other], [tools, other]]) {
      const refused = await created(each)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P161001' })
    }
    await service.configure(describing(described, { 'ext.resources.closed': 'false' }))
    expect(await created([other])).toMatchObject({ action: 'OK' })
  })

  it('dpopRequired refuses tokens without a DPoP key (RFC 9728 §2)', async () => {
    await service.configure(describing([{ resource: tools, dpopRequired: true }]))
    const refused = await ofClient(tools)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P161003' })
    expect(refused.responseContent).toContain('invalid_dpop_proof')
    expect(await ofClient(other)).toMatchObject({ action: 'OK' })
    const grant = { grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId, resources: [tools] }
    expect(await service.api('/auth/token/create', grant)).toMatchObject({ resultCode: 'P161003' })
    const bound = {
      ...grant,
      dpopKeyThumbprint: 'k'.repeat(43),
    }
    expect(await service.api('/auth/token/create', bound)).toMatchObject({ action: 'OK' })
  })

  it('certificateRequired refuses tokens without a client certificate (RFC 8705 §3)', async () => {
    await service.configure(describing([{ resource: tools, certificateRequired: true }]))
    expect(await ofClient(tools)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P161004' })
    expect(await ofClient(other)).toMatchObject({ action: 'OK' })
  })
})
