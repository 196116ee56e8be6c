/** The FAPI 2.0 Security Profile and Message Signing, activated by `fapiModes`. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import { type DpopKey, dpopKey, proof } from '../../support/dpop.ts'
import {
  authorize,
  challenge,
  createService,
  form,
  issuer,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

const pushedAuthReqEndpoint = `${issuer}/par`
let service: TestService
let client: Json
let key: DpopKey
const under = (...modes: string[]) =>
  service.configure({ fapiModes: modes, pushedAuthReqEndpoint, authorizationCodeDuration: 600 })
beforeAll(async () => {
  service = await createService()
  key = await dpopKey()
  client = await service.client({
    tokenAuthMethod: 'PRIVATE_KEY_JWT',
    jwks: jwksOf(publicKey(clientKey)),
  })
})
beforeEach(() => under('FAPI2_SECURITY'))
afterAll(() => service.close())

const request = (more: Record<string, string | undefined> = {}) => ({
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid offline_access',
  state: 'some-state',
  nonce: 'some-nonce',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  ...more,
})

async function push(parameters: Record<string, string | undefined>, claims = {}, more = {}) {
  const by = await assertionFor(service, client, claims)
  return service.api('/pushed_auth_req', { parameters: form({ ...by, ...parameters }), ...more })
}

const go = (requestUri: string, more = {}) =>
  service.api('/auth/authorization', {
    parameters: form({ client_id: String(client.clientId), request_uri: requestUri, ...more }),
  })

async function issue(more: Record<string, string | undefined> = {}): Promise<Json> {
  const { requestUri } = await push(request(more))
  const { ticket } = await go(requestUri)
  return service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
}

const dpop = (by = key) => proof(by, { htu: `${issuer}/token`, now: service.system.clock() })

async function redeem(code: string, more: Record<string, unknown> = {}, parameters = {}) {
  const by = await assertionFor(service, client)
  return service.api('/auth/token', {
    parameters: form({
      ...by,
      grant_type: 'authorization_code',
      ...{ code, redirect_uri: redirectUri, code_verifier: verifier, ...parameters },
    }),
    dpop: await dpop(),
    ...more,
  })
}

async function refresh(refreshToken: string, more: Record<string, unknown> = {}) {
  const by = await assertionFor(service, client)
  return service.api('/auth/token', {
    parameters: form({ ...by, grant_type: 'refresh_token', refresh_token: refreshToken }),
    ...more,
  })
}

describe('service with fapiModes FAPI2_SECURITY', () => {
  it('completes the flow with sender-constrained tokens (FAPI 2.0 §5.3.2.1)', async () => {
    const issued = await issue()
    const { searchParams } = new URL(issued.responseContent)
    expect(searchParams.get('iss')).toBe(issuer)
    const tokens = await redeem(issued.authorizationCode)
    expect(JSON.parse(tokens.responseContent).token_type).toBe('DPoP')
    expect(['PS256', 'ES256']).toContain(decodeProtectedHeader(tokens.idToken).alg)
  })

  it('accepts only the issuer as a string as aud of an assertion (FAPI 2.0 §5.3.2.1)', async () => {
    expect(await push(request())).toMatchObject({ action: 'CREATED' })
    for (const aud of [[issuer], `${issuer}/token`, pushedAuthReqEndpoint, undefined]) {
      const refused = await push(request(), { aud })
      expect(refused).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P011004' })
    }
  })

  it('accepts iat and nbf 8 s in the future, and not 70 s (FAPI 2.0 §5.3.2.1)', async () => {
    const seconds = Math.floor(service.system.clock() / 1000)
    const ahead = (by: number) => ({ iat: seconds + by, nbf: seconds + by })
    expect(await push(request(), ahead(8))).toMatchObject({ action: 'CREATED' })
    expect(await push(request(), ahead(70))).toMatchObject({ resultCode: 'P011007' })
  })

  it('rejects an authorization request that was not pushed (FAPI 2.0 §5.3.2.2)', async () => {
    const refused = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(client.clientId), ...request() }),
    })
    expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P018001' })
    expect(refused.responseContent).toContain('error=invalid_request')
  })

  it.each(['token', 'id_token', 'code id_token', 'code token', 'none'])(
    'rejects a pushed request with response_type=%s (FAPI 2.0 §5.3.2.2)',
    async (response_type) => {
      expect(await push(request({ response_type }))).toMatchObject({
        action: 'BAD_REQUEST',
        resultCode: 'P052004',
      })
    },
  )

  it('sends iss even if issSuppressed is set (RFC 9207 §2)', async () => {
    await service.configure({
      ...{ fapiModes: ['FAPI2_SECURITY'], pushedAuthReqEndpoint, issSuppressed: true },
    })
    const { responseContent } = await issue()
    expect(new URL(responseContent).searchParams.get('iss')).toBe(issuer)
  })

  it('rejects an authorization code that is 62 s old (FAPI 2.0 §5.3.2.1)', async () => {
    const { authorizationCode } = await issue()
    service.system.clock.advance(62_000)
    const refused = await redeem(authorizationCode)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P020002' })
  })

  it('does not rotate refresh tokens (FAPI 2.0 §5.3.2.1)', async () => {
    const { refreshToken } = await redeem((await issue()).authorizationCode)
    const first = await refresh(refreshToken, { dpop: await dpop() })
    expect(first).toMatchObject({ action: 'OK', refreshToken })
    service.system.clock.advance(31_000)
    expect(await refresh(refreshToken, { dpop: await dpop() })).toMatchObject({ action: 'OK' })
  })

  it('requires a DPoP proof, by any key, to refresh (FAPI 2.0 §5.3.2.1)', async () => {
    const { refreshToken } = await redeem((await issue()).authorizationCode)
    const other = await dpop(await dpopKey())
    expect(await refresh(refreshToken, { dpop: other })).toMatchObject({ action: 'OK' })
    expect(await refresh(refreshToken)).toMatchObject({ resultCode: 'P052011' })
  })

  it('binds tokens to the certificate if the request has one (RFC 8705 §3)', async () => {
    const clientCertificate = selfSigned('/CN=client')
    const { authorizationCode } = await issue()
    const tokens = await redeem(authorizationCode, { dpop: undefined, clientCertificate })
    expect(tokens.action).toBe('OK')
    const { certificateThumbprint } = await service.api('/auth/introspection', {
      ...{ token: tokens.accessToken, clientCertificate },
    })
    expect(certificateThumbprint).toBeTruthy()
    expect(await redeem((await issue()).authorizationCode, { dpop: undefined })).toMatchObject({
      resultCode: 'P052011',
    })
  })

  it('accepts DPoP proofs by ES256, PS256 and EdDSA only (FAPI 2.0 §5.4.1)', async () => {
    for (const [alg, action] of [
      ['PS256', 'OK'],
      ['EdDSA', 'OK'],
      ['RS256', 'BAD_REQUEST'],
      ['ES384', 'BAD_REQUEST'],
    ] as const) {
      const by = await dpopKey(alg)
      const made = await proof(by, { htu: `${issuer}/token`, now: service.system.clock(), alg })
      const { authorizationCode } = await issue()
      expect((await redeem(authorizationCode, { dpop: made })).action).toBe(action)
    }
  })

  it('requires PKCE with S256 and an https redirect URI (FAPI 2.0 §5.3.2.2)', async () => {
    const plain = { code_challenge: verifier, code_challenge_method: 'plain' }
    const without = { code_challenge: undefined, code_challenge_method: undefined }
    expect((await push(request(plain))).action).toBe('BAD_REQUEST')
    expect((await push(request(without))).action).toBe('BAD_REQUEST')
    expect((await push(request({ redirect_uri: undefined }))).action).toBe('BAD_REQUEST')
    const [own, scope] = [{ redirectUris: ['http://app.example.com/'] }, 'read']
    const insecure = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)), ...own },
    })
    for (const redirect_uri of ['http://app.example.com/', undefined]) {
      const by = await assertionFor(service, insecure)
      const parameters = form({ ...by, ...request({ scope, redirect_uri }) })
      expect(await service.api('/pushed_auth_req', { parameters })).toMatchObject({
        resultCode: 'P052001',
      })
    }
  })

  it.each(['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'CLIENT_SECRET_JWT', 'NONE'])(
    'rejects client authentication by %s (FAPI 2.0 §5.3.2.1)',
    async (tokenAuthMethod) => {
      const clientType = tokenAuthMethod === 'NONE' ? 'PUBLIC' : 'CONFIDENTIAL'
      const weak = await service.client({ clientType, tokenAuthMethod })
      const client_id = String(weak.clientId)
      const client_secret = tokenAuthMethod.endsWith('POST') ? weak.clientSecret : undefined
      const header = tokenAuthMethod.endsWith('BASIC')
        ? { clientId: client_id, clientSecret: weak.clientSecret }
        : {}
      const assertion = tokenAuthMethod.endsWith('JWT') ? await assertionFor(service, weak) : {}
      const refused = await service.api('/pushed_auth_req', {
        parameters: form({ client_id, client_secret, ...assertion, ...request() }),
        ...header,
      })
      expect(refused).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P010007' })
    },
  )

  it('rejects an ID Token algorithm that the profile forbids (FAPI 2.0 §5.4.1)', async () => {
    const weak = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)) },
      idTokenSignAlg: 'RS512',
    })
    const by = await assertionFor(service, weak)
    const parameters = form({ ...by, ...request() })
    const { requestUri } = await service.api('/pushed_auth_req', { parameters })
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(weak.clientId), request_uri: requestUri }),
    })
    const { authorizationCode: code } = await service.api('/auth/authorization/issue', {
      ...{ ticket, subject: 'alice' },
    })
    const refused = await service.api('/auth/token', {
      parameters: form({
        ...(await assertionFor(service, weak)),
        ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        code_verifier: verifier,
      }),
      dpop: await dpop(),
    })
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P052012' })
  })

  it('lists only what the profile allows in its metadata (FAPI 2.0 §5.3.2.1)', async () => {
    const { body } = await service.call('GET', `/api/${service.serviceId}/service/configuration`)
    expect(body).toMatchObject({
      require_pushed_authorization_requests: true,
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
      token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
    })
    expect(body.id_token_signing_alg_values_supported).toEqual(['PS256', 'ES256'])
    expect(body.token_endpoint_auth_methods_supported).not.toContain('client_secret_basic')
  })

  it('cannot be combined with FAPI 1.0, or sign access tokens by RS256', async () => {
    const both = await under('FAPI2_SECURITY', 'FAPI1_ADVANCED')
    expect(both.resultMessage).toContain('fapiModes')
    const weak = await service.configure({
      ...{ fapiModes: ['FAPI2_SECURITY'], accessTokenSignAlg: 'RS256' },
    })
    expect(weak.resultMessage).toContain('accessTokenSignAlg')
  })
})

describe('service with FAPI 2.0 Message Signing', () => {
  it('requires request objects with exp, nbf and aud (FAPI 2.0 Message Signing §5.3)', async () => {
    await under('FAPI2_MESSAGE_SIGNING_AUTH_REQ')
    expect(await push(request())).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P031005' })
    const seconds = Math.floor(service.system.clock() / 1000)
    const signed = async (more: Record<string, unknown> = {}) =>
      push({ request: await requestObjectFor(service, client, { ...request(), ...more }) })
    expect(await signed()).toMatchObject({ action: 'CREATED' })
    expect(await signed({ nbf: seconds + 8 })).toMatchObject({ action: 'CREATED' })
    expect(await signed({ aud: [issuer, 'other'] })).toMatchObject({ action: 'CREATED' })
    for (const [more, resultCode] of [
      [{ aud: undefined }, 'P052007'],
      [{ exp: undefined }, 'P052008'],
      [{ nbf: undefined }, 'P052009'],
      [{ exp: seconds + 3_700 }, 'P052010'],
      [{ nbf: seconds - 3_700, exp: seconds + 10 }, 'P052010'],
    ] as const) {
      const refused = await signed(more)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_request_object')
    }
  })

  it('signs authorization responses and errors (FAPI 2.0 Message Signing §5.4)', async () => {
    await under('FAPI2_MESSAGE_SIGNING_AUTH_RES')
    expect(await push(request())).toMatchObject({ resultCode: 'P052005' })
    const { responseContent } = await issue({ response_mode: 'jwt' })
    const response = new URL(responseContent).searchParams.get('response') ?? ''
    expect(['PS256', 'ES256']).toContain(decodeProtectedHeader(response).alg)
    expect(decodeJwt(response)).toMatchObject({ iss: issuer, state: 'some-state' })
    const { requestUri } = await push(request({ response_mode: 'jwt' }))
    const { ticket } = await go(requestUri)
    const failed = await service.api('/auth/authorization/fail', { ticket, reason: 'DENIED' })
    const error = new URL(failed.responseContent).searchParams.get('response') ?? ''
    expect(decodeJwt(error)).toMatchObject({ error: 'access_denied', state: 'some-state' })
    const direct = await authorize(service, client)
    const early = new URL(direct.responseContent).searchParams.get('response') ?? ''
    expect(decodeJwt(early)).toMatchObject({ error: 'invalid_request', state: 'some-state' })
  })

  it('answers introspection by JWTs with any Accept header (RFC 9701 §5)', async () => {
    await under('FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES')
    const { accessToken } = await redeem((await issue()).authorizationCode)
    const ask = (more: object) =>
      service.api('/auth/introspection/standard', { parameters: `token=${accessToken}`, ...more })
    const { action, responseContent } = await ask({ rsUri: 'https://api.example.com' })
    expect(action).toBe('JWT')
    expect(['PS256', 'ES256']).toContain(decodeProtectedHeader(responseContent).alg)
    const weak = { rsUri: 'https://api.example.com', introspectionSignAlg: 'RS256' }
    expect(await ask(weak)).toMatchObject({ resultCode: 'P042004' })
    expect(await ask({})).toMatchObject({ resultCode: 'P042003' })
  })
})
