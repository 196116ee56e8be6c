/** Pushed authorization requests, RFC 9126, from the push to the authorization response. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const endpoint = `${issuer}/par`
let service: TestService
let client: Json
let other: Json
beforeAll(async () => {
  service = await createService({ pushedAuthReqEndpoint: endpoint, pushedAuthReqDuration: 90 })
  client = await service.client()
  other = await service.client()
})
afterAll(() => service.close())

const credentials = (by: Json) => ({ clientId: String(by.clientId), clientSecret: by.clientSecret })

const push = (more: Record<string, string | undefined> = {}, body = {}, by = client) =>
  service.api('/pushed_auth_req', {
    parameters: authorizationRequest(by, more),
    ...credentials(by),
    ...body,
  })

const use = (requestUri: string, by = client, more = {}) =>
  service.api('/auth/authorization', {
    parameters: form({ client_id: String(by.clientId), request_uri: requestUri, ...more }),
  })

const issue = (ticket: string) =>
  service.api('/auth/authorization/issue', { ticket, subject: 'alice' })

describe('accepted pushed authorization request (CREATED)', () => {
  it('returns a request_uri and its lifetime (RFC 9126 §2.2)', async () => {
    const pushed = await push()
    expect(pushed).toMatchObject({ action: 'CREATED', clientAuthMethod: 'CLIENT_SECRET_BASIC' })
    expect(JSON.parse(pushed.responseContent)).toEqual({
      request_uri: pushed.requestUri,
      expires_in: 90,
    })
  })

  it('is used as pushed, without the parameters of the front channel (RFC 9126 §4)', async () => {
    const { requestUri } = await push({ scope: 'openid', state: 'pushed' })
    const asked = await use(requestUri, client, { scope: 'openid read write', state: 'changed' })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['openid'])
    const { responseContent } = await issue(asked.ticket)
    expect(new URL(responseContent).searchParams.get('state')).toBe('pushed')
  })

  it('can be used until the authorization completes (RFC 9126 §4)', async () => {
    const { requestUri } = await push()
    const first = await use(requestUri)
    const second = await use(requestUri)
    expect([first.action, second.action]).toEqual(['INTERACTION', 'INTERACTION'])
    expect((await issue(first.ticket)).action).toBe('LOCATION')
    expect(await use(requestUri)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P018002' })
    expect((await issue(second.ticket)).action).toBe('BAD_REQUEST')
  })

  it('is unknown to another client, after its expiry, or by a guessed request_uri', async () => {
    const { requestUri } = await push()
    expect(await use(requestUri, other)).toMatchObject({ resultCode: 'P018002' })
    expect(await use(`${requestUri}x`)).toMatchObject({ resultCode: 'P018002' })
    service.system.clock.advance(91_000)
    expect(await use(requestUri)).toMatchObject({ resultCode: 'P018002' })
  })
})

describe('rejected pushed authorization request', () => {
  it.each<[string, Record<string, string | undefined>, object, object]>([
    ['an error of the request', { response_type: 'nonsense' }, {}, { action: 'BAD_REQUEST' }],
    ['a request_uri', { request_uri: 'https://x.example' }, {}, { resultCode: 'P018003' }],
    [
      'an unregistered redirect_uri',
      { redirect_uri: 'https://x.example' },
      {},
      { action: 'BAD_REQUEST' },
    ],
    ['a wrong secret', {}, { clientSecret: 'wrong' }, { action: 'UNAUTHORIZED' }],
    ['too much', { state: 'x'.repeat(70_000) }, {}, { action: 'PAYLOAD_TOO_LARGE' }],
  ])('reports %s (RFC 9126 §2.3)', async (_what, more, body, expected) => {
    expect(await push(more, body)).toMatchObject(expected)
  })

  it('is FORBIDDEN for a response type that the client did not register', async () => {
    const limited = await service.client({ responseTypes: ['ID_TOKEN'] })
    expect(await push({}, {}, limited)).toMatchObject({ action: 'FORBIDDEN' })
  })

  it('is required by a client with parRequired: direct requests fail (RFC 9126 §5)', async () => {
    const pushing = await service.client({ parRequired: true })
    const direct = await service.api('/auth/authorization', {
      parameters: authorizationRequest(pushing),
    })
    expect(direct).toMatchObject({ action: 'LOCATION', resultCode: 'P018001' })
    const { requestUri } = await push({}, {}, pushing)
    expect(await use(requestUri, pushing)).toMatchObject({ action: 'INTERACTION' })
  })
})

describe('DPoP key of a pushed request', () => {
  it('binds the code, as dpop_jkt does (RFC 9449 §10)', async () => {
    const [key, otherKey] = await Promise.all([dpopKey(), dpopKey()])
    const now = service.system.clock()
    const dpop = await proof(key, { htu: endpoint, now })
    const mismatch = await push({ dpop_jkt: 'x'.repeat(43) }, { dpop })
    expect(mismatch).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P018004' })
    const pushed = await push({}, { dpop: await proof(key, { htu: endpoint, now }) })
    const { authorizationCode: code } = await issue((await use(pushed.requestUri)).ticket)
    const redeem = async (by: typeof key) =>
      requestToken(
        service,
        client,
        {
          ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
          code_verifier: verifier,
        },
        { dpop: await proof(by, { htu: `${issuer}/token`, now }) },
      )
    expect(await redeem(otherKey)).toMatchObject({ resultCode: 'P016012' })
    expect(await redeem(key)).toMatchObject({ action: 'OK' })
  })
})
