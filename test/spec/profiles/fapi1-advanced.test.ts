/** FAPI 1.0 Baseline and Advanced, activated by `fapiModes` of the service or by scopes. */
import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import {
  authorize,
  challenge,
  createService,
  form,
  issuer,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

const pushedAuthReqEndpoint = `${issuer}/par`
const clientCertificate = selfSigned('/CN=client')
let service: TestService
let client: Json
const signing = { tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)) }
const under = (mode: string, more = {}) =>
  service.configure({ fapiModes: [mode], pushedAuthReqEndpoint, ...more })
beforeAll(async () => {
  service = await createService()
  client = await service.client(signing)
})
beforeEach(() => under('FAPI1_ADVANCED'))
afterAll(() => service.close())

const state = 'x'.repeat(128)
const members = {
  ...{ response_type: 'code id_token', redirect_uri: redirectUri, scope: 'openid' },
  ...{ state, nonce: 'n'.repeat(64) },
}

const ask = async (more: Record<string, unknown> = {}, outer = {}, signed = {}) =>
  service.api('/auth/authorization', {
    parameters: form({
      client_id: String(client.clientId),
      request: await requestObjectFor(service, client, { ...members, ...more }, signed),
      ...outer,
    }),
  })

const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
const pushObject = async (more: Record<string, unknown>, outer = {}) => {
  const by = await assertionFor(service, client)
  const request = await requestObjectFor(service, client, { ...members, ...more })
  return service.api('/pushed_auth_req', { parameters: form({ ...by, ...outer, request }) })
}

const issue = async (more: Record<string, unknown> = {}, outer = {}) =>
  service.api('/auth/authorization/issue', {
    ...{ ticket: (await ask(more, outer)).ticket, subject: 'alice' },
  })

const fragmentOf = ({ responseContent }: Json) =>
  new URLSearchParams(new URL(responseContent).hash.slice(1))

async function redeem(code: string, more: Record<string, unknown> = {}, parameters = {}) {
  const by = await assertionFor(service, client)
  return service.api('/auth/token', {
    parameters: form({
      ...{ ...by, grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      ...parameters,
    }),
    clientCertificate,
    ...more,
  })
}

const seconds = () => Math.floor(service.system.clock() / 1000)
const leftHalf = (text: string) =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')

describe('service with fapiModes FAPI1_ADVANCED', () => {
  it('issues a detached signature with s_hash and c_hash (FAPI 1.0 Advanced §5.2.2)', async () => {
    const answer = fragmentOf(await issue())
    const idToken = answer.get('id_token') ?? ''
    expect(['PS256', 'ES256']).toContain(decodeProtectedHeader(idToken).alg)
    expect(decodeJwt(idToken)).toMatchObject({
      s_hash: leftHalf(state),
      c_hash: leftHalf(answer.get('code') ?? ''),
      nonce: 'n'.repeat(64),
    })
    expect(answer.get('state')).toBe(state)
  })

  it('requires a certificate and binds tokens to it (FAPI 1.0 Advanced §5.2.2)', async () => {
    const { authorizationCode } = await issue()
    expect(await redeem(authorizationCode, { clientCertificate: undefined })).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P052011' },
    })
    const { accessToken: token } = await redeem(authorizationCode)
    const good = await service.api('/auth/introspection', { token, clientCertificate })
    expect(good.action).toBe('OK')
    const other = await service.api('/auth/introspection', {
      ...{ token, clientCertificate: selfSigned('/CN=other') },
    })
    expect(other).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P017003' })
  })

  it.each<[string, string, () => Record<string, unknown>]>([
    ['no exp', 'P052008', () => ({ exp: undefined })],
    ['no nbf', 'P052009', () => ({ nbf: undefined })],
    ['an exp more than an hour after nbf', 'P052010', () => ({ exp: seconds() + 3_700 })],
    ['an nbf more than an hour ago', 'P052010', () => ({ nbf: seconds() - 3_700 })],
    ['an aud of another server', 'P031010', () => ({ aud: 'https://other.example.com' })],
    ['no aud', 'P052007', () => ({ aud: undefined })],
  ])(
    'rejects a request object with %s (FAPI 1.0 Advanced §5.2.2)',
    async (_what, resultCode, more) => {
      const refused = await ask(more())
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_request_object')
    },
  )

  it('rejects request objects by RS256 or another key (FAPI 1.0 Advanced §5.2.2)', async () => {
    const rsa = serviceKeys[0]
    const other = await service.client({ ...signing, jwks: jwksOf(publicKey(rsa ?? {})) })
    const request = await requestObjectFor(service, other, members, { key: rsa ?? {} })
    const parameters = form({ client_id: String(other.clientId), request })
    expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
      resultCode: 'P052006',
    })
    expect(await ask({}, {}, { key: serviceKeys[1] })).toMatchObject({ resultCode: 'P031008' })
    const good = await requestObjectFor(service, client, members)
    expect(await ask({}, { request: good.replace(/.{4}$/, 'AAAA') })).toMatchObject({
      resultCode: 'P031008',
    })
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`
    expect(await ask({}, { request: none })).toMatchObject({ resultCode: 'P031007' })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['nonce', { nonce: undefined }, 'P005006'],
    ['redirect_uri', { redirect_uri: undefined }, 'P004002'],
    ['scope', { scope: undefined }, 'P005005'],
  ])(
    'rejects a request object without %s (FAPI 1.0 Advanced §5.2.2)',
    async (name, more, resultCode) => {
      const outer = { [name]: String(members[name as keyof typeof members]) }
      expect(await ask(more, outer)).toMatchObject({ resultCode })
    },
  )

  it('rejects a request without a request object (FAPI 1.0 Advanced §5.2.2)', async () => {
    const refused = await authorize(service, client, { response_type: 'code id_token' })
    expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P031005' })
  })

  it('ignores parameters outside the request object (FAPI 1.0 Advanced §5.2.2)', async () => {
    await under('FAPI1_ADVANCED', { traditionalRequestObjectProcessingApplied: true })
    const answer = fragmentOf(await issue({ state: undefined }, { state: 'outer', nonce: 'outer' }))
    expect(answer.get('state')).toBeNull()
    const claims = decodeJwt(answer.get('id_token') ?? '')
    expect(claims['s_hash']).toBeUndefined()
    expect(claims['nonce']).toBe(members.nonce)
  })

  it('rejects code without JARM, and front-channel tokens (FAPI 1.0 Advanced §5.2.2)', async () => {
    for (const response_type of [
      'code',
      'token',
      'id_token',
      'code token',
      'code id_token token',
    ]) {
      const refused = await ask({ response_type })
      expect(refused).toMatchObject({ resultCode: 'P052004' })
    }
    expect(await ask({ response_mode: 'query' })).toMatchObject({ resultCode: 'P005008' })
  })

  it('answers invalid_request to code without JARM (FAPI 1.0 Advanced §5.2.2-2)', async () => {
    for (const response_mode of ['query', 'fragment', 'form_post']) {
      const refused = await ask({ response_type: 'code', response_mode })
      expect(refused).toMatchObject({ resultCode: 'P052014' })
      expect(refused.responseContent).toContain('invalid_request')
      const pushed = await pushObject({ ...pkce, response_type: 'code', response_mode })
      expect(pushed).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P052014' })
    }
  })

  it('rejects a JARM request object without scope (FAPI 1.0 Advanced §5.2.3-8)', async () => {
    const jarm = { response_type: 'code', response_mode: 'jwt', scope: undefined }
    const refused = await ask(jarm, { response_type: 'code', scope: 'openid' })
    expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P052015' })
    const answer = new URL(refused.responseContent).searchParams.get('response') ?? ''
    expect(decodeJwt(answer)).toMatchObject({ error: 'invalid_request', state })
    const pushed = await pushObject({ ...pkce, ...jarm }, { scope: 'openid' })
    expect(pushed).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P052015' })
    expect(JSON.parse(pushed.responseContent).error).toBe('invalid_request')
  })

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['an expired one', { exp: 1 }, {}],
    ['one without nbf', { nbf: undefined }, {}],
    ['one for another server', { aud: 'https://other.example.com' }, {}],
    ['one signed by another key', {}, { signedBy: 'another' }],
    ['an unsigned one', {}, { signedBy: 'nobody' }],
    ['one with response_mode=query outside', { exp: 1 }, { response_mode: 'query' }],
  ])(
    'reports an invalid request object in a JARM response: %s (FAPI 1.0 Advanced §5.2.3.2)',
    async (_what, more, outer) => {
      const { signedBy, ...parameters } = outer
      const jarm = { response_type: 'code', response_mode: 'jwt', ...more }
      const good = await requestObjectFor(service, client, { ...members, ...jarm })
      const none = Buffer.from('{"alg":"none"}').toString('base64url')
      const request = signedBy === 'nobody' ? { request: `${none}.${good.split('.')[1]}.` } : {}
      const signed = signedBy === 'another' ? { key: serviceKeys[1] } : {}
      const refused = await ask(
        jarm,
        {
          response_type: 'code',
          redirect_uri: redirectUri,
          scope: 'openid',
          ...parameters,
          ...request,
        },
        signed,
      )
      expect(refused.action).toBe('LOCATION')
      const answer = new URL(refused.responseContent).searchParams
      expect([...answer.keys()]).toEqual(['response'])
      expect(decodeJwt(answer.get('response') ?? '')).toMatchObject({
        ...{ error: 'invalid_request_object', iss: issuer, aud: String(client.clientId) },
      })
    },
  )

  it('reports an invalid request object without JARM in the fragment, or on a page', async () => {
    const outer = { response_type: 'code id_token', redirect_uri: redirectUri, scope: 'openid' }
    const refused = await ask({ exp: 1 }, outer)
    expect(fragmentOf(refused).get('error')).toBe('invalid_request_object')
    const code = { response_type: 'code', redirect_uri: `${redirectUri}/other` }
    expect(await ask({ exp: 1 }, code)).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it('answers code and errors in JARM responses (FAPI 1.0 Advanced §5.2.2.2)', async () => {
    const jarm = { response_type: 'code', response_mode: 'jwt' }
    const { responseContent } = await issue(jarm)
    const parameters = new URL(responseContent).searchParams
    expect([...parameters.keys()]).toEqual(['response'])
    const response = parameters.get('response') ?? ''
    expect(['PS256', 'ES256']).toContain(decodeProtectedHeader(response).alg)
    const { exp = 0, ...claims } = decodeJwt(response)
    expect(claims).toMatchObject({ iss: issuer, aud: String(client.clientId), state })
    expect(exp - seconds()).toBeLessThanOrEqual(600)
    const { ticket } = await ask(jarm)
    const denied = await service.api('/auth/authorization/fail', { ticket, reason: 'DENIED' })
    const error = new URL(denied.responseContent).searchParams.get('response') ?? ''
    expect(decodeJwt(error)).toMatchObject({ error: 'access_denied', state })
  })

  it('requires PKCE with S256 of pushed requests (FAPI 1.0 Advanced §5.2.2)', async () => {
    const push = async (more: Record<string, unknown> = {}) => {
      const by = await assertionFor(service, client)
      const request = await requestObjectFor(service, client, { ...members, ...more })
      return service.api('/pushed_auth_req', { parameters: form({ ...by, request }) })
    }
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    expect(await push()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P003001' })
    expect(await push({ ...pkce, code_challenge_method: 'plain' })).toMatchObject({
      action: 'BAD_REQUEST',
    })
    const pushed = await push(pkce)
    expect(pushed).toMatchObject({ action: 'CREATED' })
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(client.clientId), request_uri: pushed.requestUri }),
    })
    const { authorizationCode } = await service.api('/auth/authorization/issue', {
      ...{ ticket, subject: 'alice' },
    })
    expect(await redeem(authorizationCode)).toMatchObject({ resultCode: 'P003006' })
    expect(await redeem(authorizationCode, {}, { code_verifier: 'x'.repeat(43) })).toMatchObject({
      resultCode: 'P003008',
    })
    expect(await redeem(authorizationCode, {}, { code_verifier: verifier })).toMatchObject({
      action: 'OK',
    })
  })

  it('accepts an endpoint or a list with the issuer as aud (RFC 7523 §3)', async () => {
    const push = async (claims: Record<string, unknown>, signed = {}) => {
      const by = await assertionFor(service, client, claims, signed)
      const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
      const request = await requestObjectFor(service, client, { ...members, ...pkce })
      return service.api('/pushed_auth_req', { parameters: form({ ...by, request }) })
    }
    for (const aud of [pushedAuthReqEndpoint, `${issuer}/token`, issuer, ['other', issuer]]) {
      expect(await push({ aud })).toMatchObject({ action: 'CREATED' })
    }
    for (const claims of [
      { aud: 'https://other.example.com' },
      { iss: 'other' },
      { sub: 'other' },
      { sub: undefined },
      { exp: seconds() - 300 },
    ]) {
      const refused = await push(claims)
      expect(refused.action).toBe('UNAUTHORIZED')
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_client')
    }
    const rsa = serviceKeys[0]
    expect(await push({}, { key: rsa })).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('accepts a request object without nbf if nbfOptional is set', async () => {
    await under('FAPI1_ADVANCED', { nbfOptional: true })
    expect(await ask({ nbf: undefined })).toMatchObject({ action: 'INTERACTION' })
  })
})

describe('service with fapiModes FAPI1_BASELINE', () => {
  it('requires PKCE, redirect_uri, and nonce or state (FAPI 1.0 Baseline §5.2.2)', async () => {
    await under('FAPI1_BASELINE')
    const asked = (more: Record<string, string | undefined>) => authorize(service, client, more)
    expect(await asked({})).toMatchObject({ action: 'INTERACTION' })
    expect(await asked({ nonce: undefined })).toMatchObject({ resultCode: 'P052002' })
    expect(await asked({ scope: 'read', state: undefined })).toMatchObject({
      resultCode: 'P052003',
    })
    expect(
      await asked({ code_challenge: undefined, code_challenge_method: undefined }),
    ).toMatchObject({ resultCode: 'P003001' })
    expect(await asked({ scope: 'read', redirect_uri: undefined })).toMatchObject({
      resultCode: 'P052001',
    })
  })

  it('rejects clients with client_secret_basic (FAPI 1.0 Baseline §5.2.2)', async () => {
    await under('FAPI1_BASELINE')
    const weak = await service.client()
    expect(await authorize(service, weak)).toMatchObject({ resultCode: 'P052013' })
    const refused = await requestToken(service, weak, { grant_type: 'client_credentials' })
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010007' })
  })
})

describe('scope with the attribute fapi=rw', () => {
  it('applies FAPI 1.0 Advanced to requests with the scope, and to no others', async () => {
    await service.configure({
      supportedServiceProfiles: ['FAPI'],
      supportedScopes: [
        { name: 'openid' },
        { name: 'pay', attributes: [{ key: 'fapi', value: 'rw' }] },
      ],
    })
    const plain = await service.client()
    expect(await authorize(service, plain, { scope: 'openid' })).toMatchObject({
      action: 'INTERACTION',
    })
    expect(await authorize(service, plain, { scope: 'openid pay' })).toMatchObject({
      resultCode: 'P031005',
    })
    expect(await ask({ scope: 'openid pay' })).toMatchObject({ action: 'INTERACTION' })
    expect(await ask({ scope: 'openid pay', exp: undefined })).toMatchObject({
      resultCode: 'P052008',
    })
    const { authorizationCode } = await issue({ scope: 'openid pay' })
    expect(await redeem(authorizationCode, { clientCertificate: undefined })).toMatchObject({
      resultCode: 'P052011',
    })
    expect(await redeem(authorizationCode)).toMatchObject({ action: 'OK' })
    const weak = await requestToken(service, plain, {
      ...{ grant_type: 'client_credentials', scope: 'pay' },
    })
    expect(weak).toMatchObject({ resultCode: 'P052013' })
  })
})

describe('auth_time in an ID Token', () => {
  it('is required if the client or max_age requests it (OIDC Core §2)', async () => {
    await service.configure({})
    const needing = await service.client({ authTimeRequired: true })
    const plain = await service.client()
    for (const [by, more] of [
      [needing, {}],
      [plain, { max_age: '60' }],
    ] as const) {
      const { ticket } = await authorize(service, by, more)
      const call = { ticket, subject: 'alice' }
      const refused = await service.api('/auth/authorization/issue', call)
      expect(refused.resultCode).toBe('P033003')
      const issued = await service.api('/auth/authorization/issue', { ...call, authTime: 1 })
      expect(issued.action).toBe('LOCATION')
    }
  })
})
