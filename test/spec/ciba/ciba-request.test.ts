/** Requests to the backchannel authentication endpoint, plain and signed. CIBA §7.1 */
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  askFor,
  begin,
  cibaClient,
  complete,
  createCibaService,
  notificationToken,
  type Parameters,
  poll,
  signingClient,
  signRequest,
} from '../../support/ciba.ts'
import { form, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createCibaService()
  client = await cibaClient(service, 'POLL')
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const minutes = (count: number) => Math.floor(service.system.clock() / 1000) + count * 60
const none = { login_hint: undefined }

describe('USER_IDENTIFICATION of a backchannel request', () => {
  it('contains every parameter and a ticket (CIBA §7.1)', async () => {
    await service.configure({
      attributes: [{ key: 'a', value: 'b' }],
      backchannelUserCodeParameterSupported: true,
      supportedAcrs: ['urn:acr:1', 'urn:acr:2'],
    })
    const full = await cibaClient(service, 'PING', {
      attributes: [{ key: 'c', value: 'd' }],
      clientIdAlias: 'alias-of-ciba',
      clientIdAliasEnabled: true,
      bcUserCodeRequired: true,
    })
    const answer = await ask(service, full, {
      scope: 'openid email unheard-of',
      acr_values: 'urn:acr:2 urn:acr:9 urn:acr:1',
      binding_message: 'W4SCT',
      user_code: 'a user code',
      requested_expiry: '120',
      claims: '{"id_token":{"nickname":null},"userinfo":{"zoneinfo":null}}',
      resource: 'https://rs.example.com/',
    })
    expect(answer).toEqual({
      action: 'USER_IDENTIFICATION',
      resultCode: 'P070901',
      resultMessage: expect.any(String),
      ticket: expect.stringMatching(/^[\w-]{43}$/),
      clientId: full.clientId,
      dynamicScopes: [],
      clientIdAlias: 'alias-of-ciba',
      clientIdAliasUsed: false,
      clientName: 'The PING client',
      clientAuthMethod: 'CLIENT_SECRET_BASIC',
      deliveryMode: 'PING',
      scopes: [
        expect.objectContaining({ name: 'openid' }),
        expect.objectContaining({ name: 'email' }),
      ],
      claimNames: ['email', 'email_verified', 'nickname', 'zoneinfo'],
      clientNotificationToken: notificationToken,
      acrs: ['urn:acr:2', 'urn:acr:1'],
      hintType: 'LOGIN_HINT',
      hint: 'alice',
      bindingMessage: 'W4SCT',
      userCode: 'a user code',
      userCodeRequired: true,
      requestedExpiry: 120,
      warnings: [
        'unheard-of of scope is not supported.',
        'urn:acr:9 of acr_values is not supported.',
      ],
      resources: ['https://rs.example.com/'],
      serviceAttributes: [{ key: 'a', value: 'b' }],
      clientAttributes: [{ key: 'c', value: 'd' }],
      clientEntityIdUsed: false,
      metadataDocumentUsed: false,
    })
  })

  it('is returned for a form, and for a client named by its alias', async () => {
    const named = await cibaClient(service, 'POLL', {
      ...{ clientIdAlias: 'another-alias', clientIdAliasEnabled: true },
    })
    const parameters = form({ scope: 'openid', login_hint: 'alice' })
    const body = form({ parameters, clientId: 'another-alias', clientSecret: named.clientSecret })
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect(await service.api('/backchannel/authentication', body, type)).toMatchObject({
      action: 'USER_IDENTIFICATION',
      clientId: named.clientId,
      clientIdAliasUsed: true,
      requestedExpiry: 0,
      warnings: [],
    })
  })

  it('contains the subject of an id_token_hint, also if it has expired (CIBA §7.1)', async () => {
    const { idToken } = await obtainTokens(service, client)
    service.system.clock.advance(90_000_000)
    const hinted = { ...none, id_token_hint: idToken }
    expect(await ask(service, client, hinted)).toMatchObject({
      action: 'USER_IDENTIFICATION',
      hintType: 'ID_TOKEN_HINT',
      hint: idToken,
      sub: 'alice',
    })
  })

  it('contains a login_hint_token unchanged (CIBA §7.1)', async () => {
    expect(await ask(service, client, { ...none, login_hint_token: 'a.b.c' })).toMatchObject({
      hintType: 'LOGIN_HINT_TOKEN',
      hint: 'a.b.c',
    })
  })

  it('warns of a user code and a requested_expiry that have no effect', async () => {
    const { warnings, userCode, userCodeRequired } = await ask(service, client, {
      ...{ user_code: '1234', requested_expiry: '601' },
    })
    expect({ userCode, userCodeRequired }).toEqual({ userCode: '1234', userCodeRequired: false })
    expect(warnings).toEqual([
      'The parameter user_code is not supported by the service.',
      'The requested_expiry exceeds the limit of the service.',
    ])
  })

  it('is returned to a client that authenticates by private_key_jwt (CIBA §7.1)', async () => {
    const keyed = await cibaClient(service, 'POLL', {
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)) },
    })
    const id = String(keyed.clientId)
    const claims = { iss: id, sub: id, aud: `${issuer}/backchannel`, jti: 'x', exp: minutes(1) }
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(clientKey)
    const parameters = form({
      ...{ scope: 'openid', login_hint: 'alice', client_assertion: assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const answer = await service.api('/backchannel/authentication', { parameters })
    expect(answer).toMatchObject({
      action: 'USER_IDENTIFICATION',
      clientAuthMethod: 'PRIVATE_KEY_JWT',
    })
    const again = await service.api('/backchannel/authentication', { parameters })
    expect(again).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P011010' })
  })
})

describe('UNAUTHORIZED of a backchannel request', () => {
  it('is the answer to failed client authentication (CIBA §13)', async () => {
    const answer = await askFor(service, { ...client, clientSecret: 'wrong' }, {})
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED' })
    expect(errorOf(answer)).toBe('invalid_client')
  })

  it('is the answer to public clients, which cannot use CIBA (CIBA §7.1)', async () => {
    const anyone = await service.publicClient({ bcDeliveryMode: 'POLL' })
    const parameters = form({ client_id: String(anyone.clientId), scope: 'openid' })
    const answer = await service.api('/backchannel/authentication', { parameters })
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P070001' })
    expect(errorOf(answer)).toBe('invalid_client')
  })
})

describe('INTERNAL_SERVER_ERROR of a backchannel request', () => {
  it('is never the answer to malformed parameters of a client', async () => {
    for (const parameters of ['', '%00', 'scope=openid&login_hint=a&claims=%7B', 'a=1&a=2']) {
      const credentials = { clientId: String(client.clientId), clientSecret: client.clientSecret }
      const answer = await service.api('/backchannel/authentication', {
        parameters,
        ...credentials,
      })
      expect(answer.action).toBe('BAD_REQUEST')
    }
  })
})

describe('BAD_REQUEST of a backchannel request', () => {
  const manyChars = (count: number) => 'x'.repeat(count)
  it.each<[string, string, string, Parameters]>([
    ['without openid (CIBA §7.1)', 'P070006', 'invalid_scope', { scope: 'profile' }],
    ['without a scope', 'P070006', 'invalid_scope', { scope: undefined }],
    ['without a hint (CIBA §7.1)', 'P070007', 'invalid_request', none],
    ['with two hints (CIBA §7.1)', 'P070008', 'invalid_request', { login_hint_token: 'x' }],
    [
      'with a hint that is no ID Token',
      'P009001',
      'invalid_request',
      { ...none, id_token_hint: 'x' },
    ],
    [
      'with a notification token that is none (RFC 6750 §2.1)',
      'P070010',
      'invalid_request',
      { client_notification_token: 'a b' },
    ],
    [
      'with a binding message that is too long (CIBA §13)',
      'P070011',
      'invalid_binding_message',
      { binding_message: manyChars(101) },
    ],
    [
      'with a binding message that controls the device',
      'P070011',
      'invalid_binding_message',
      { binding_message: 'a\u202eb\u0007' },
    ],
    ['with an expiry of 0 (CIBA §7.1)', 'P070014', 'invalid_request', { requested_expiry: '0' }],
    ['with an expiry of words', 'P070014', 'invalid_request', { requested_expiry: 'soon' }],
    [
      'with an expiry beyond numbers',
      'P070014',
      'invalid_request',
      { requested_expiry: '9999999999' },
    ],
    [
      'with a resource that is no URI (RFC 8707 §2)',
      'P012001',
      'invalid_target',
      { resource: 'x' },
    ],
    ['with a request_uri (CIBA §7.1.1)', 'P070116', 'invalid_request', { request_uri: 'urn:x' }],
    ['with a request that is no JWT', 'P070102', 'invalid_request', { request: 'x' }],
  ])('is the answer to a request %s: %s', async (_title, code, error, more) => {
    const answer = await ask(service, client, more)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(errorOf(answer)).toBe(error)
  })

  it('is the answer to ping or push mode without a notification token (CIBA §7.1)', async () => {
    for (const mode of ['PING', 'PUSH'] as const) {
      const other = await cibaClient(service, mode)
      const answer = await ask(service, other, { client_notification_token: undefined })
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070009' })
      expect(errorOf(answer)).toBe('invalid_request')
    }
  })

  it('is the answer to a notification token beyond 1024 characters (CIBA §7.1)', async () => {
    const ping = await cibaClient(service, 'PING')
    for (const [length, action] of [
      [1024, 'USER_IDENTIFICATION'],
      [1025, 'BAD_REQUEST'],
    ] as const) {
      const token = manyChars(length)
      const answer = await ask(service, ping, { client_notification_token: token })
      expect(answer.action).toBe(action)
    }
  })

  it('is the answer to a missing user code that the client requires (CIBA §7.1)', async () => {
    await service.configure({ backchannelUserCodeParameterSupported: true })
    const coded = await cibaClient(service, 'POLL', { bcUserCodeRequired: true })
    const answer = await ask(service, coded)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070013' })
    expect(errorOf(answer)).toBe('missing_user_code')
    expect(await ask(service, client)).toMatchObject({ action: 'USER_IDENTIFICATION' })
  })

  it('is the answer to a client without CIBA or a delivery mode (CIBA §4, §13)', async () => {
    const codes = async (more: Json) =>
      (await ask(service, await cibaClient(service, 'POLL', more))).resultCode
    expect(await codes({ grantTypes: ['AUTHORIZATION_CODE'] })).toBe('P070002')
    expect(await codes({ bcDeliveryMode: undefined })).toBe('P070003')
    expect(await codes({ bcDeliveryMode: 'SHOUT' })).toBe('P070003')
    expect(await codes({ bcDeliveryMode: 'PUSH' })).toBe('P070005')
    await service.configure({ supportedGrantTypes: ['AUTHORIZATION_CODE'] })
    expect(await codes({})).toBe('P070002')
    await service.configure({ supportedBackchannelTokenDeliveryModes: ['PING'] })
    expect(await codes({})).toBe('P070004')
    await service.configure({ supportedBackchannelTokenDeliveryModes: undefined })
    const answer = await ask(service, client)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070002' })
    expect(errorOf(answer)).toBe('unauthorized_client')
  })

  it('is replaced by UNAUTHORIZED for a locked client', async () => {
    const locked = await cibaClient(service, 'POLL')
    const body = { clientIdentifier: String(locked.clientId), clientLocked: true }
    await service.api(`/client/lock_flag/update/${locked.clientId}`, body)
    expect(await ask(service, locked)).toMatchObject({
      ...{ action: 'UNAUTHORIZED', resultCode: 'P010008' },
    })
  })

  it('is not the answer to a short binding_message in any script (CIBA §7.1)', async () => {
    for (const message of ['1234', 'ÄÖÜ é', '漢字かな交じり文', '🔑 42', 'x'.repeat(100)]) {
      const { action, bindingMessage } = await ask(service, client, { binding_message: message })
      expect({ action, bindingMessage }).toEqual({
        action: 'USER_IDENTIFICATION',
        bindingMessage: message,
      })
    }
  })
})

describe('signed backchannel request', () => {
  let signer: Json
  beforeAll(async () => {
    signer = await signingClient(service)
  })
  const send = async (claims: Json = {}, more: Parameters = {}) =>
    askFor(service, signer, { request: await signRequest(service, signer, { claims }), ...more })

  it('provides all parameters, and the request_context to the caller (CIBA §7.1.1)', async () => {
    const answer = await send({
      ...{ aud: ['https://other.example', issuer], client_id: String(signer.clientId) },
      ...{ acr_values: 'urn:acr:1', binding_message: '1234' },
      ...{ claims: { userinfo: { email: null } }, request_context: { amount: '1 EUR' } },
    })
    expect(answer).toMatchObject({
      ...{ action: 'USER_IDENTIFICATION', hint: 'alice', bindingMessage: '1234' },
      ...{ acrs: ['urn:acr:1'], claimNames: ['email'], requestContext: '{"amount":"1 EUR"}' },
    })
  })

  it.each([300, '300'])(
    'accepts requested_expiry as %j, a number or a string (CIBA §7.1.1)',
    async (requested_expiry) => {
      expect(await send({ requested_expiry })).toMatchObject({
        action: 'USER_IDENTIFICATION',
        requestedExpiry: 300,
      })
    },
  )

  it.each<[string, string, () => Json]>([
    ['aud is missing', 'P070107', () => ({ aud: undefined })],
    ['aud is wrong', 'P070107', () => ({ aud: 'https://other.example' })],
    ['iss is missing', 'P070106', () => ({ iss: undefined })],
    ['iss is wrong', 'P070106', () => ({ iss: 'somebody' })],
    ['its client_id is another', 'P070106', () => ({ client_id: '1' })],
    ['exp is missing', 'P070108', () => ({ exp: undefined })],
    ['it has expired', 'P070109', () => ({ exp: minutes(-1) })],
    ['exp is in 70 minutes', 'P070110', () => ({ exp: minutes(70) })],
    ['iat is missing', 'P070108', () => ({ iat: undefined })],
    ['iat is in the future', 'P070111', () => ({ iat: minutes(10) })],
    ['nbf is missing', 'P070108', () => ({ nbf: undefined })],
    ['nbf is in 10 minutes', 'P070111', () => ({ nbf: minutes(10) })],
    ['nbf was 70 minutes ago', 'P070112', () => ({ nbf: minutes(-70) })],
    ['jti is missing', 'P070113', () => ({ jti: undefined })],
    ['two hints are in it', 'P070008', () => ({ login_hint_token: 'x' })],
    ['a request is in it', 'P070114', () => ({ request: 'x' })],
    ['no hint is in it', 'P070007', () => ({ login_hint: undefined })],
  ])('is invalid_request if %s (CIBA §7.1.1)', async (_title, code, claims) => {
    const answer = await send(claims())
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(errorOf(answer)).toBe('invalid_request')
  })

  it.each<[string, string, () => Promise<string>]>([
    [
      'by none',
      'P070104',
      async () => {
        const [, payload] = (await signRequest(service, signer)).split('.')
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
      },
    ],
    [
      'badly',
      'P070105',
      async () => `${(await signRequest(service, signer)).slice(0, -10)}AAAAAAAAAA`,
    ],
    [
      'by RS256 where ES256 is registered',
      'P070104',
      async () => signRequest(service, signer, { key: serviceKeys[0] as never, alg: 'RS256' }),
    ],
    [
      'by the key of another client',
      'P070105',
      async () => {
        const { privateKey } = await generateKeyPair('ES256')
        return signRequest(service, signer, { key: privateKey as never })
      },
    ],
    ['not at all', 'P070103', async () => 'x'],
  ])('is invalid_request if it is signed %s (CIBA §7.1.1)', async (_title, code, make) => {
    const answer = await askFor(service, signer, { request: await make() })
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(errorOf(answer)).toBe('invalid_request')
  })

  it('is invalid_request if it is no JWS (CIBA §7.1.1)', async () => {
    const header = Buffer.from('{"alg":"ES256"}').toString('base64url')
    const sign = new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(clientKey)
    const [, , signature] = (await sign).split('.')
    for (const request of [`${header}.e30.${signature}`, 'a.b.c.d.e', `${header}..`]) {
      const answer = await askFor(service, signer, { request })
      expect(answer.action).toBe('BAD_REQUEST')
      expect(errorOf(answer)).toBe('invalid_request')
    }
  })

  it('is required of a client with a registered signing algorithm (CIBA §7.1.1)', async () => {
    const answer = await ask(service, signer)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070101' })
    expect(errorOf(answer)).toBe('invalid_request')
  })

  it('is rejected with request parameters outside of it (CIBA §7.1.1)', async () => {
    expect(await send({}, { scope: 'openid' })).toMatchObject({ resultCode: 'P070102' })
    const named = { client_id: String(signer.clientId) }
    expect(await send({}, named)).toMatchObject({ action: 'USER_IDENTIFICATION' })
  })

  it('is rejected if it is replayed (CIBA §7.1.1)', async () => {
    const request = await signRequest(service, signer)
    expect(await askFor(service, signer, { request })).toMatchObject({
      action: 'USER_IDENTIFICATION',
    })
    const again = await askFor(service, signer, { request })
    expect(again).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070115' })
  })

  it('can use any asymmetric algorithm if the client registered none', async () => {
    const free = await signingClient(service, { bcRequestSignAlg: undefined })
    const request = await signRequest(service, free)
    expect(await askFor(service, free, { request })).toMatchObject({
      action: 'USER_IDENTIFICATION',
    })
  })

  it('is verified by the jwksUri of the client, fetched again after a rotation', async () => {
    const jwksUri = 'https://app.example.com/jwks'
    service.system.fetch.answer(jwksUri, { body: { keys: [publicKey(clientKey)] } })
    const remote = await signingClient(service, { jwks: undefined, jwksUri })
    const request = await signRequest(service, remote)
    expect(await askFor(service, remote, { request })).toMatchObject({
      action: 'USER_IDENTIFICATION',
    })
  })
})

describe('FAPI-CIBA request (FAPI-CIBA §5.2.2)', () => {
  const scopes = [{ name: 'openid' }, { name: 'pay', attributes: [{ key: 'fapi', value: 'rw' }] }]
  const settings = { supportedServiceProfiles: ['FAPI'], supportedScopes: scopes }
  const send = async (asker: Json, claims: Json) =>
    askFor(service, asker, { request: await signRequest(service, asker, { claims }) })

  it('must be signed, must not be pushed, and needs a binding_message if required', async () => {
    await service.configure(settings)
    expect(await ask(service, client, { scope: 'openid pay' })).toMatchObject({
      resultCode: 'P070101',
    })
    expect(await ask(service, client)).toMatchObject({ action: 'USER_IDENTIFICATION' })
    const push = await cibaClient(service, 'PUSH', {
      ...{ bcRequestSignAlg: 'ES256', jwks: jwksOf(publicKey(clientKey)) },
    })
    const pushed = { scope: 'openid pay', client_notification_token: 'token' }
    expect(await send(push, pushed)).toMatchObject({ resultCode: 'P070015' })
    const signer = await signingClient(service)
    expect(await send(signer, { scope: 'openid pay' })).toMatchObject({
      action: 'USER_IDENTIFICATION',
    })
    await service.configure({ ...settings, backchannelBindingMessageRequiredInFapi: true })
    const bare = await send(signer, { scope: 'openid pay' })
    expect(bare).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P070012' })
    expect(errorOf(bare)).toBe('invalid_request')
    const bound = await send(signer, { scope: 'openid pay', binding_message: '1234' })
    expect(bound).toMatchObject({ action: 'USER_IDENTIFICATION' })
    expect(await send(signer, { scope: 'openid' })).toMatchObject({
      action: 'USER_IDENTIFICATION',
    })
  })
})

describe('granted backchannel request', () => {
  it('keeps its claims and resources for the tokens (OIDC Core §5.5, RFC 8707 §2.2)', async () => {
    const resources = ['https://rs.example.com/a', 'https://rs.example.com/b']
    const parameters = form({
      ...{ scope: 'openid', login_hint: 'alice' },
      claims: '{"id_token":{"nickname":null},"userinfo":{"email":null}}',
    })
    const both = resources.map((resource) => `&${form({ resource })}`).join('')
    const credentials = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const { ticket } = await service.api('/backchannel/authentication', {
      ...{ parameters: parameters + both, ...credentials },
    })
    const { authReqId } = await service.api('/backchannel/authentication/issue', { ticket })
    await complete(service, ticket)
    const tokens = await poll(service, client, authReqId)
    expect(tokens).toMatchObject({ action: 'OK', resources, requestedIdTokenClaims: ['nickname'] })
    const { userInfoClaims } = await service.api('/auth/userinfo', { token: tokens.accessToken })
    expect(JSON.parse(userInfoClaims)).toEqual({ email: null })
  })

  it('has the requested lifetime, up to the lifetime of the service', async () => {
    await service.configure({ backchannelAuthReqIdDuration: 100 })
    const lives = async (requested_expiry?: string) =>
      (await begin(service, client, { requested_expiry })).expiresIn
    expect([await lives(), await lives('30'), await lives('101')]).toEqual([100, 30, 100])
  })
})
