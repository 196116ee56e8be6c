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
  ])('are taken as %s', async (_form, properties) => {
    const redeemed = await redeemWith(properties)
    expect(redeemed).toMatchObject({
      action: 'OK',
      properties: [{ key: 'shown', value: 'a', hidden: false }, list[1]],
    })
    expect(JSON.parse(redeemed.responseContent)).toMatchObject({ shown: 'a' })
    expect(JSON.parse(redeemed.responseContent)).not.toHaveProperty('hidden')
  })

  it.each([['[{"value":"no key"}]'], ['{"key":"no list"}'], [[{ value: 'no key' }]], [[1]], [7]])(
    'are refused as %j, by the rule P000206',
    async (properties) => {
      expect(await redeemWith(properties)).toMatchObject({ resultCode: 'P000206' })
    },
  )
})

describe('identifiers of clients', () => {
  const credentials = () => ({ clientId: client.clientId, clientSecret: client.clientSecret })

  it.each<[string, Record<string, unknown>, string]>([
    ['/auth/token', { parameters: 'grant_type=client_credentials' }, 'OK'],
    ['/auth/revocation', { parameters: 'token=unknown' }, 'OK'],
    ['/pushed_auth_req', { parameters: form({ response_type: 'code' }) }, 'CREATED'],
    ['/device/authorization', { parameters: 'scope=read' }, 'OK'],
  ])('are taken as numbers by %s', async (path, body, action) => {
    expect(await service.api(path, { ...body, ...credentials() })).toMatchObject({ action })
  })

  it('are taken as numbers where tokens are created and revoked', async () => {
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

describe('the info of a subject token', () => {
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

  it('has authorization details as a list, with the members of a lone element', async () => {
    const payment = { type: 'payment', actions: ['start'] }
    const { subjectTokenInfo } = await exchange(await tokenWith([payment]))
    expect(subjectTokenInfo.authorizationDetails).toEqual({ elements: [payment], ...payment })
  })

  it('has a type that is none of several authorization details', async () => {
    const elements = [{ type: 'payment' }, { type: 'account' }]
    const { subjectTokenInfo } = await exchange(await tokenWith(elements))
    expect(subjectTokenInfo.authorizationDetails).toEqual({ elements, type: '' })
  })
})

describe('what is kept with a ticket', () => {
  it.each<[string, unknown]>([
    ['text, as the contract has it', 'changed'],
    ['an object, as Java, Go and Python have it', { context: 'changed' }],
  ])('is updated by %s, and comes back as an object', async (_form, info) => {
    const { ticket } = await authorize(service, client)
    const updated = await service.api('/auth/authorization/ticket/update', { ticket, info })
    expect(updated).toMatchObject({ action: 'OK', info: { context: 'changed' } })
    const read = await service.api('/auth/authorization/ticket/info', { ticket })
    expect(read.info).toEqual({ context: 'changed' })
  })
})
