/**
 * The forms in which official clients send and read values: lists and JSON text, objects and names,
 * numbers and text. Java: authlete-java-common; Go: authlete-go; Python: authlete; Ruby; TypeScript.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  obtainCode,
  obtainTokens,
  redirectUri,
  type TestService,
  verifier,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({
    deviceVerificationUri: 'https://as.example.com/device',
    supportedAuthorizationDetailsTypes: ['payment', 'account'],
  })
  client = await service.client()
})
afterAll(() => service.close())

describe('properties of a token request', () => {
  const list = [
    { key: 'shown', value: 'a' },
    { key: 'hidden', value: 'b', hidden: true },
  ]
  const redeemWith = async (properties: unknown) =>
    service.api('/auth/token', {
      parameters: form({
        ...{ grant_type: 'authorization_code', redirect_uri: redirectUri },
        ...{ code: await obtainCode(service, client), code_verifier: verifier },
      }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret, properties },
    })

  it.each<[string, unknown]>([
    ['a list, as Java, Go, Ruby and Python send them', list],
    ['JSON text, as the contract and TypeScript have them', JSON.stringify(list)],
  ])('are accepted as %s', async (_form, properties) => {
    const redeemed = await redeemWith(properties)
    expect(redeemed).toMatchObject({
      action: 'OK',
      properties: [{ key: 'shown', value: 'a', hidden: false }, list[1]],
    })
    expect(JSON.parse(redeemed.responseContent)).toMatchObject({ shown: 'a' })
    expect(JSON.parse(redeemed.responseContent)).not.toHaveProperty('hidden')
  })

  it.each([['[{"value":"no key"}]'], ['{"key":"no list"}'], [[{ value: 'no key' }]], [[1]], [7]])(
    'are rejected as %j by the rule P000206',
    async (properties) => {
      expect(await redeemWith(properties)).toMatchObject({ resultCode: 'P000206' })
    },
  )
})

describe('client identifiers', () => {
  const credentials = () => ({ clientId: client.clientId, clientSecret: client.clientSecret })

  it.each<[string, Record<string, unknown>, string]>([
    ['/auth/token', { parameters: 'grant_type=client_credentials' }, 'OK'],
    ['/auth/revocation', { parameters: 'token=unknown' }, 'OK'],
    ['/pushed_auth_req', { parameters: form({ response_type: 'code' }) }, 'CREATED'],
    ['/device/authorization', { parameters: 'scope=read' }, 'OK'],
  ])('are accepted as numbers by %s', async (path, body, action) => {
    expect(await service.api(path, { ...body, ...credentials() })).toMatchObject({ action })
  })

  it('are accepted as numbers in token creation and revocation', async () => {
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
      clientIdentifier: client.clientId,
    })
    expect(created).toMatchObject({ action: 'OK', clientId: client.clientId })
    const revoke = { clientIdentifier: client.clientId, subject: 'alice' }
    expect((await service.api('/auth/token/revoke', revoke)).count).toBeGreaterThan(0)
    expect(
      await service.api('/auth/token/revoke', { ...revoke, clientIdentifier: '' }),
    ).toMatchObject({ resultCode: 'P000206' })
  })
})

describe('info of a subject token', () => {
  const exchange = (subjectToken: string) =>
    service.api('/auth/token', {
      parameters: form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subjectToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
  const tokenWith = async (elements: { type: string }[]) => {
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId, scopes: ['read'] },
      authorizationDetails: { elements },
    })
    return created.accessToken
  }

  it('has scopes as objects, as the contract says', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const { subjectTokenInfo } = await exchange(accessToken)
    expect(subjectTokenInfo.scopes).toEqual([
      { name: 'openid', defaultEntry: false },
      { name: 'profile', defaultEntry: false },
    ])
  })

  it('has authorization details as a list, with the members of a single element', async () => {
    const payment = { type: 'payment', actions: ['start'] }
    const { subjectTokenInfo } = await exchange(await tokenWith([payment]))
    expect(subjectTokenInfo.authorizationDetails).toEqual({ elements: [payment], ...payment })
  })

  it('has no type if there are several authorization details', async () => {
    const elements = [{ type: 'payment' }, { type: 'account' }]
    const { subjectTokenInfo } = await exchange(await tokenWith(elements))
    expect(subjectTokenInfo.authorizationDetails).toEqual({ elements, type: '' })
  })
})

describe('info of a ticket', () => {
  it.each<[string, unknown]>([
    ['text, as the contract has it', 'changed'],
    ['an object, as Java, Go and Python have it', { context: 'changed' }],
  ])('is updated by %s, and returned as an object', async (_form, info) => {
    const { ticket } = await authorize(service, client)
    const updated = await service.api('/auth/authorization/ticket/update', { ticket, info })
    expect(updated).toMatchObject({ action: 'OK', info: { context: 'changed' } })
    const read = await service.api('/auth/authorization/ticket/info', { ticket })
    expect(read.info).toEqual({ context: 'changed' })
  })
})

describe('generated secrets', () => {
  const plain = /^[A-Za-z\d]{22,86}$/

  it('are letters and digits, unchanged by form encoding (RFC 6749 §2.3.1)', async () => {
    const path = (operation: string) => `/api/${service.serviceId}${operation}`
    const refreshed = await service.get(path(`/client/secret/refresh/${client.clientId}`))
    client = { ...client, clientSecret: refreshed.newClientSecret }
    const tokens = await obtainTokens(service, client)
    const { ticket } = await authorize(service, client)
    const device = await service.api('/device/authorization', {
      ...{ parameters: '', clientId: client.clientId, clientSecret: client.clientSecret },
    })
    const api = await service.post('/api/servicetoken/create', {
      ...{ serviceId: service.serviceId, rights: ['use_service'] },
    })
    const { accessToken, refreshToken } = tokens
    const made = { accessToken, refreshToken, ticket, deviceCode: device.deviceCode }
    const secrets = { ...made, client: client.clientSecret, api: api.accessToken }
    expect(Object.entries(secrets).filter(([, secret]) => !plain.test(secret))).toEqual([])
  })
})

describe('Python booleans', () => {
  it('are accepted in a query (pretty=True) and in a form', async () => {
    const get = async (query: string) => {
      const path = `/api/${service.serviceId}/service/jwks/get?${query}`
      return (await service.call('GET', path)).text
    }
    expect(await get('pretty=True')).toBe(await get('pretty=true'))
    expect(await get('pretty=False&includePrivateKeys=False')).toBe(await get('pretty=false'))
    const path = `/api/${service.serviceId}/client/lock_flag/update/${client.clientId}`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const locked = async (text: string) => {
      await service.call('POST', path, `clientLocked=${text}`, { headers })
      return (await service.get(`/api/${service.serviceId}/client/get/${client.clientId}`)).locked
    }
    expect(await locked('True')).toBe(true)
    expect(await locked('False')).toBe(false)
  })
})

describe('API tokens of official clients', () => {
  it('are accepted with the scheme DPoP, which Java and Go clients can use', async () => {
    const path = `/api/${service.serviceId}/service/get`
    const call = (authorization: string) =>
      service.call('GET', path, undefined, {
        token: null,
        headers: { Authorization: authorization },
      })
    expect((await call(`DPoP ${service.adminToken}`)).status).toBe(200)
    expect((await call('DPoP unknown')).body.resultCode).toBe('P000102')
    expect((await call(`Digest ${service.adminToken}`)).body.resultCode).toBe('P000101')
  })

  it('with use_introspection suffice for introspection and UserInfo', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const token = await service.tokenFor(service.serviceId, ['use_introspection'])
    const call = (operation: string, body: unknown) =>
      service.call('POST', `/api/${service.serviceId}${operation}`, body, { token })
    for (const [operation, action] of [
      ['/auth/introspection', 'OK'],
      ['/auth/userinfo', 'OK'],
      ['/auth/userinfo/issue', 'JSON'],
    ] as const) {
      expect((await call(operation, { token: accessToken })).body.action).toBe(action)
    }
    expect((await call('/auth/token', { parameters: '' })).body.resultCode).toBe('P000103')
  })
})

describe('members of some official clients', () => {
  it('include the developer of a client list (Java)', async () => {
    await service.client({ developer: 'dev' })
    const list = `/api/${service.serviceId}/client/get/list`
    expect(await service.get(`${list}?developer=dev`)).toMatchObject({
      ...{ developer: 'dev', totalCount: 1 },
    })
    expect(await service.get(list)).not.toHaveProperty('developer')
  })

  it('include developer logins with sealed credentials (Java, Go, PHP)', async () => {
    const developerSnsCredentials = [{ sns: 'FACEBOOK', apiKey: 'k', apiSecret: 'sns-secret' }]
    const given = { supportedDeveloperSnses: ['FACEBOOK'], developerSnsCredentials }
    expect(await service.configure(given)).toMatchObject(given)
    const row = await service.store.services.find(service.serviceId)
    expect(row?.data).not.toHaveProperty('developerSnsCredentials')
    expect(row?.secrets).toMatchObject({ developerSnsCredentials })
    const token = await service.tokenFor(service.serviceId, ['view_service'])
    const path = `/api/${service.serviceId}/service/get`
    const { text } = await service.call('GET', path, undefined, { token })
    expect(text).not.toContain('sns-secret')
  })

  it('include encryption of credential requests and responses (Java)', async () => {
    const credentialIssuerMetadata = {
      requireCredentialRequestEncryption: true,
      credentialResponseEncryptionZipValuesSupported: ['DEF'],
    }
    expect(await service.configure({ credentialIssuerMetadata })).toMatchObject({
      credentialIssuerMetadata,
    })
  })
})

describe('loopback issuer without TLS', () => {
  it('has its own ID Tokens exchanged, and no other http issuer (RFC 8693 §3)', async () => {
    const at = await createService({ issuer: 'http://localhost:3000' }, service)
    const own = await at.client()
    const { idToken } = await obtainTokens(at, own)
    const exchange = (subjectToken: string) =>
      at.api('/auth/token', {
        parameters: form({
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: subjectToken,
          subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        }),
        ...{ clientId: String(own.clientId), clientSecret: own.clientSecret },
      })
    expect(await exchange(idToken)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
    await at.configure({ issuer: 'https://as.example.com' })
    expect(await exchange(idToken)).toMatchObject({ resultCode: 'P027014' })
  })
})

describe('FAPI modes of the Java client beyond the contract', () => {
  it('sign requests to and responses of resources (FAPI 2.0 Message Signing §5.6)', async () => {
    const tokens = await obtainTokens(service, client)
    const introspect = () => service.api('/auth/introspection', { token: tokens.accessToken })
    expect(await introspect()).toMatchObject({ action: 'OK', responseSigningRequired: false })
    await service.configure({ fapiModes: ['FAPI2_MESSAGE_SIGNING_RESOURCE_RES'] })
    expect(await introspect()).not.toMatchObject({ responseSigningRequired: false })
    await service.configure({ fapiModes: ['FAPI2_MESSAGE_SIGNING_RESOURCE_REQ'] })
    expect(await introspect()).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P004801' })
    await service.configure({})
  })
})
