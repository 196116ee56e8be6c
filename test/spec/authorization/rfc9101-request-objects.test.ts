/**
 * Request objects, RFC 9101 and OIDC Core §6: by value and by reference, and each reason to reject
 * them.
 */
import { type CryptoKey, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  challenge,
  createService,
  form,
  issuer,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client({
    jwks: jwksOf(publicKey(clientKey)),
    requestUris: ['https://app.example.com/request.jwt#1'],
  })
})
afterAll(() => service.close())

const members = (by: Json, more: Record<string, unknown> = {}) => ({
  iss: String(by.clientId),
  aud: issuer,
  exp: Math.floor(service.system.clock() / 1000) + 60,
  client_id: String(by.clientId),
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid read',
  state: 'inner',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  max_age: 60,
  claims: { id_token: { acr: { essential: true, value: 'loa3' } } },
  ...more,
})

async function sign(claims: Record<string, unknown>, jwk = clientKey): Promise<string> {
  const key = (await importJWK(jwk, jwk.alg)) as CryptoKey
  const header = { alg: jwk.alg ?? '', kid: jwk.kid ?? '' }
  return new SignJWT(claims).setProtectedHeader(header).sign(key)
}

const ask = (parameters: Record<string, string | undefined>, by = client) =>
  service.api('/auth/authorization', {
    parameters: form({ client_id: String(by.clientId), ...parameters }),
  })

const discovered = async (): Promise<string[]> =>
  (await service.get(`/api/${service.serviceId}/service/configuration`))
    .request_object_signing_alg_values_supported

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The signature with another first character. */
const changed = (jwt: string) =>
  jwt.replace(/\.(.)([^.]*)$/, (_, first: string, rest: string) =>
    first === 'A' ? `.B${rest}` : `.A${rest}`,
  )

describe('requestObjectPayload', () => {
  it('is the payload of the signed request object (RFC 9101 §4)', async () => {
    const request = await sign(members(client))
    const payload = Buffer.from(request.split('.')[1] ?? '', 'base64url').toString()
    expect(await ask({ request })).toMatchObject({
      action: 'INTERACTION',
      requestObjectPayload: payload,
    })
  })

  it('is the payload of a pushed request object (RFC 9126 §3)', async () => {
    const request = await sign(members(client))
    const pushed = await service.api('/pushed_auth_req', {
      parameters: form({ request }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    const asked = await ask({ request_uri: pushed.requestUri })
    expect(JSON.parse(asked.requestObjectPayload)).toMatchObject({ state: 'inner', max_age: 60 })
  })

  it('is absent if the request has no request object', async () => {
    const plain = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
    const asked = await ask({ ...plain, code_challenge: challenge, code_challenge_method: 'S256' })
    expect(asked.action).toBe('INTERACTION')
    expect(asked).not.toHaveProperty('requestObjectPayload')
  })
})

describe('request object', () => {
  it('replaces the parameters outside of it (RFC 9101 §6.3)', async () => {
    const request = await sign(members(client))
    const asked = await ask({ request, state: 'outer', scope: 'openid read write' })
    expect(asked).toMatchObject({
      action: 'INTERACTION',
      maxAge: 60,
      acrs: ['loa3'],
      acrEssential: true,
    })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['openid', 'read'])
  })

  it('is merged with outer parameters under traditional processing (OIDC Core §6.1)', async () => {
    await service.configure({ traditionalRequestObjectProcessingApplied: true })
    const { state: _, ...claims } = members(client, { exp: undefined })
    const request = await sign(claims)
    const outer = { response_type: 'code', scope: 'openid', state: 'outer' }
    const asked = await ask({ request, ...outer })
    const { responseContent } = await service.api('/auth/authorization/issue', {
      ...{ ticket: asked.ticket, subject: 'alice', authTime: 1 },
    })
    expect(new URL(responseContent).searchParams.get('state')).toBe('outer')
    expect(await ask({ request })).toMatchObject({ resultCode: 'P031015' })
    expect(await ask({ request, response_type: 'id_token' })).toMatchObject({
      resultCode: 'P031016',
    })
    await service.configure({})
  })

  it('is fetched from a registered request_uri with any fragment (OIDC Core §6.2)', async () => {
    const body = await sign(members(client))
    service.system.fetch.answer('https://app.example.com/request.jwt', { body })
    const requestUri = 'https://app.example.com/request.jwt#2'
    expect(await ask({ request_uri: requestUri })).toMatchObject({ action: 'INTERACTION' })
    const foreign = await ask({ request_uri: 'https://evil.example.com/request.jwt' })
    expect(foreign).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P018006' })
    service.system.fetch.answer('https://app.example.com/request.jwt', { status: 500 })
    expect(await ask({ request_uri: requestUri })).toMatchObject({ resultCode: 'P018007' })
  })

  it('is required if the service or the client is set so (RFC 9101 §10.5)', async () => {
    const signing = await service.client({ requestObjectRequired: true })
    expect(await ask({ response_type: 'code' }, signing)).toMatchObject({ resultCode: 'P031005' })
  })

  const unsecured = (by: Json, more: Record<string, unknown> = {}, alg = 'none') =>
    `${encode({ alg })}.${encode(members(by, more))}.`

  it('can be unsigned if the client registered no algorithm (OIDC Registration §2)', async () => {
    const plain = await service.client({ requestSignAlg: 'NONE' })
    const signing = await service.client({
      ...{ requestSignAlg: 'ES256', jwks: jwksOf(publicKey(clientKey)) },
    })
    expect(await ask({ request: unsecured(plain) }, plain)).toMatchObject({ action: 'INTERACTION' })
    expect(await ask({ request: unsecured(client) })).toMatchObject({ action: 'INTERACTION' })
    expect(await ask({ request: unsecured(signing) }, signing)).toMatchObject({
      resultCode: 'P031007',
    })
    for (const alg of ['None', 'NONE']) {
      expect(await ask({ request: unsecured(client, {}, alg) })).toMatchObject({
        resultCode: 'P031007',
      })
    }
    expect(await ask({ request: `${unsecured(plain)}c2ln` }, plain)).toMatchObject({
      resultCode: 'P031006',
    })
  })

  it('can be unsigned at a registered request_uri (OIDC Core §6.2)', async () => {
    const body = unsecured(client)
    service.system.fetch.answer('https://app.example.com/request.jwt', { body })
    const asked = await ask({ request_uri: 'https://app.example.com/request.jwt#3' })
    expect(asked).toMatchObject({ action: 'INTERACTION', maxAge: 60 })
  })

  it('must be signed if request objects are required (RFC 9101 §10.5)', async () => {
    const held = { requestObjectRequired: true, requestSignAlg: 'NONE' }
    for (const by of [
      await service.client(held),
      await service.client({ ...held, requestSignAlg: undefined }),
    ]) {
      expect(await ask({ request: unsecured(by) }, by)).toMatchObject({ resultCode: 'P031007' })
    }
    await service.configure({ requestObjectRequired: true })
    expect(await ask({ request: unsecured(client) })).toMatchObject({ resultCode: 'P031007' })
    expect(await discovered()).not.toContain('none')
    await service.configure({ fapiModes: ['FAPI1_BASELINE'] })
    expect(await ask({ request: unsecured(client) })).toMatchObject({ resultCode: 'P031007' })
    expect(await discovered()).not.toContain('none')
    await service.configure({})
    expect(await discovered()).toContain('none')
  })

  it('must be signed if its scopes activate FAPI (FAPI 1.0 Baseline)', async () => {
    await service.configure({
      supportedServiceProfiles: ['FAPI'],
      supportedScopes: [
        { name: 'openid' },
        { name: 'pay', attributes: [{ key: 'fapi', value: 'r' }] },
      ],
    })
    expect(await ask({ request: unsecured(client) })).toMatchObject({ action: 'INTERACTION' })
    const request = unsecured(client, { scope: 'openid pay' })
    expect(await ask({ request, scope: 'openid' })).toMatchObject({ resultCode: 'P031007' })
    await service.configure({})
  })

  it('provides the redirect_uri, and a mismatch is reported (OIDC Core §6.1)', async () => {
    const wrong = 'https://app.example.com/other'
    const outer = { response_type: 'code', scope: 'openid' }
    const good = await ask({ ...outer, request: unsecured(client), redirect_uri: wrong })
    expect(good).toMatchObject({ action: 'INTERACTION' })
    for (const request of [
      unsecured(client, { redirect_uri: wrong }),
      await sign(members(client, { redirect_uri: wrong })),
    ]) {
      const refused = await ask({ ...outer, request, redirect_uri: redirectUri })
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P004003' })
      expect(JSON.parse(refused.responseContent).error_description).toContain('redirect_uri')
    }
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['of another issuer', 'P031009', { iss: 'someone' }],
    ['for another server', 'P031010', { aud: 'https://other.example.com' }],
    ['that has expired', 'P031011', { exp: 1 }],
    ['whose exp is text', 'P031011', { exp: 'soon' }],
    ['that begins later', 'P031012', { nbf: 9_999_999_999 }],
    ['in a request object', 'P031013', { request: 'x' }],
    ['of another client_id', 'P031014', { client_id: '1' }],
  ])(
    'is rejected with a redirect if it is one %s (RFC 9101 §6)',
    async (_what, resultCode, more) => {
      const request = await sign(members(client, more))
      const refused = await ask({ request, redirect_uri: redirectUri, state: 'outer' })
      expect(refused).toMatchObject({ action: 'LOCATION', resultCode })
      expect(refused.responseContent).toContain('error=invalid_request_object')
      expect(refused.responseContent).toContain('state=outer')
    },
  )

  it.each<[string, string, () => Promise<string>]>([
    ['garbage', 'P031006', async () => 'a.b'],
    ['encrypted with a header that is none', 'P031017', async () => 'a.b.c.d.e'],
    ['signed by another key', 'P031008', () => sign(members(client), serviceKeys[1])],
    ['changed', 'P031008', async () => changed(await sign(members(client)))],
  ])(
    'is rejected without a redirect if it is %s (RFC 9101 §6)',
    async (_what, resultCode, make) => {
      expect(await ask({ request: await make() })).toMatchObject({
        action: 'BAD_REQUEST',
        resultCode,
      })
    },
  )

  it('must have this server as aud if audiences are checked (RFC 9101 §4)', async () => {
    await service.configure({ requestObjectAudienceChecked: true })
    const request = await sign(members(client, { aud: undefined }))
    expect(await ask({ request })).toMatchObject({ resultCode: 'P031010' })
    await service.configure({})
  })

  it('is rejected together with request_uri or registration (OIDC Core §6)', async () => {
    const request = await sign(members(client))
    expect(await ask({ request, request_uri: 'https://app.example.com/r' })).toMatchObject({
      resultCode: 'P031004',
    })
    expect(await ask({ request, registration: '{}' })).toMatchObject({ resultCode: 'P031003' })
  })
})
