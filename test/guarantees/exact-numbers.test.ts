/** Numbers in JSON that is passed on keep their digits, RFC 8259 §6. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inexactNumber, parseExact, writeExact } from '../../src/model/exact-json.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { requestObjectFor } from '../support/signing-client.ts'

const numbers = '{"account_no":1234567890123456789,"rate":1.10,"size":1E400,"flat":{"n":[-0,2.50]}}'
const members = numbers.slice(1, -1)
const typed = `{"type":"payment",${members}}`

let service: TestService
beforeAll(async () => {
  service = await createService({
    supportedAuthorizationDetailsTypes: ['payment'],
    dynamicRegistrationSupported: true,
    registrationEndpoint: `${issuer}/register`,
    supportedCustomClientMetadata: ['limits'],
    accessTokenSignAlg: 'ES256',
  })
})
afterAll(() => service.close())

const payloadOf = (jwt: string) => Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()

describe('numbers in claims of the caller', () => {
  it('keep their digits in ID Token, access token and UserInfo (RFC 8259 §6)', async () => {
    const client = await service.client()
    const given = { claims: numbers, jwtAtClaims: numbers }
    const { idToken, jwtAccessToken, accessToken } = await obtainTokens(service, client, {}, given)
    expect(payloadOf(idToken)).toContain(members)
    expect(payloadOf(jwtAccessToken)).toContain(members)
    const user = await service.api('/auth/userinfo/issue', { token: accessToken, claims: numbers })
    expect(user.responseContent).toBe(`{"sub":"alice",${members}}`)
  })

  it('keep their digits in signed UserInfo, next to an equal requested value', async () => {
    const client = await service.client({ userInfoSignAlg: 'ES256' })
    const asked = '{"userinfo":{"rate":{"value":1.10}}}'
    const { accessToken: token } = await obtainTokens(service, client, { claims: asked })
    const user = await service.api('/auth/userinfo/issue', { token, claims: numbers })
    expect(payloadOf(user.responseContent)).toContain(members)
  })
})

describe('numbers in authorization details', () => {
  it('keep their digits from the request to introspection (RFC 9396 §9)', async () => {
    const client = await service.client()
    const asked = { authorization_details: `[${typed}]` }
    const { authorizationDetails } = await authorize(service, client, asked)
    expect(authorizationDetails.elements[0].otherFields).toBe(numbers)
    const tokens = await obtainTokens(service, client, asked)
    const { responseContent, accessToken, jwtAccessToken } = tokens
    expect(responseContent).toContain(`"authorization_details":[${typed}]`)
    expect(payloadOf(jwtAccessToken)).toContain(typed)
    const introspected = await service.api('/auth/introspection/standard', {
      parameters: form({ token: accessToken }),
    })
    expect(introspected.responseContent).toContain(typed)
  })

  it('keep their digits in a request object (RFC 9101 §4)', async () => {
    const client = await service.client({ jwks: jwksOf(publicKey(clientKey)) })
    const parameters = {
      response_type: 'code',
      redirect_uri: client.redirectUris[0],
      scope: 'read',
    }
    const placed = { ...parameters, authorization_details: 'details' }
    const unsigned = await requestObjectFor(service, client, placed)
    const payload = payloadOf(unsigned).replace('"details"', `[${typed}]`)
    const key = await import('jose').then(({ importJWK }) => importJWK(clientKey, 'ES256'))
    const { CompactSign } = await import('jose')
    const request = await new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: 'ES256', kid: clientKey.kid ?? '' })
      .sign(key)
    const answer = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(client.clientId), request }),
    })
    expect(answer.authorizationDetails.elements[0].otherFields).toBe(numbers)
  })

  it('are compared beyond 2^53 with the granted ones (RFC 9396 §6.1)', async () => {
    const client = await service.client()
    const detail = (n: string) => `[{"type":"payment","account_no":${n}}]`
    const { refreshToken } = await obtainTokens(service, client, {
      authorization_details: detail('9007199254740993'),
    })
    const refreshWith = (n: string): Promise<Json> =>
      requestToken(service, client, {
        ...{ grant_type: 'refresh_token', refresh_token: refreshToken },
        authorization_details: detail(n),
      })
    expect(await refreshWith('9007199254740992')).toMatchObject({ resultCode: 'P012106' })
    expect(await refreshWith('9007199254740993')).toMatchObject({ action: 'OK' })
  })
})

describe('custom metadata', () => {
  it('of a service is a string if a JSON number would change (RFC 8414 §2)', async () => {
    const metadata = [
      { key: 'op_version', value: '1.10' },
      { key: 'registration_number', value: '1234567890123456789' },
      { key: 'count', value: '12' },
    ]
    await service.configure({ metadata })
    const document = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(document).toMatchObject({
      op_version: '1.10',
      registration_number: '1234567890123456789',
      count: 12,
    })
  })

  it('of a service is refused with an inexact number in JSON, which the error names', async () => {
    const refused = await service.configure({ metadata: [{ key: 'x', value: '{"v":1.10}' }] })
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain('1.10')
  })

  it('of a service cannot replace its issuer, keys or algorithms (RFC 8414 §2)', async () => {
    const before = await service.get(`/api/${service.serviceId}/service/configuration`)
    await service.configure({
      metadata: [
        { key: 'issuer', value: 'https://evil.example.com' },
        { key: 'jwks_uri', value: 'https://evil.example.com/jwks' },
        { key: 'id_token_signing_alg_values_supported', value: '["none"]' },
        { key: 'dpop_signing_alg_values_supported', value: '["HS256"]' },
        { key: 'op_name', value: 'Example' },
      ],
    })
    const document = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(document).toMatchObject({
      ...{ issuer: before.issuer, jwks_uri: before.jwks_uri, op_name: 'Example' },
      id_token_signing_alg_values_supported: before.id_token_signing_alg_values_supported,
      dpop_signing_alg_values_supported: before.dpop_signing_alg_values_supported,
    })
  })

  it('of a client keeps the digits of numbers (RFC 7591 §3.2.1)', async () => {
    const json = `{"redirect_uris":["https://x.example.com/cb"],"default_max_age":60.0,"limits":${numbers}}`
    const { action, responseContent, client } = await service.api('/client/registration', { json })
    expect(action).toBe('CREATED')
    expect(responseContent).toContain(`"limits":${numbers}`)
    expect(client).toMatchObject({ defaultMaxAge: 60, customMetadata: `{"limits":${numbers}}` })
  })
})

describe('JSON text with exact numbers', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, tie('number'), tie('text'), tie('list'), tie('object')),
    number: fc
      .tuple(fc.bigInt(), fc.constantFrom('', '.0', '.10', '.125', '.5e3', 'E-7'))
      .map(([whole, rest]) => `${whole}${rest}`),
    text: fc.string().map((text) => JSON.stringify(text.replaceAll('\0', ''))),
    list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    object: fc
      .uniqueArray(fc.stringMatching(/^[a-z"\\1]{1,5}$/), { maxLength: 4 })
      .chain((names) =>
        fc.tuple(...names.map(() => tie('value'))).map((values) => ({ names, values })),
      )
      .map(({ names, values }) => `{${names.map((n, at) => `${JSON.stringify(n)}:${values[at]}`)}}`)
      .filter((text) => !/"\d+":/.test(text)),
  })).value as fc.Arbitrary<string>

  it('is written as it was parsed', () => {
    fc.assert(fc.property(json, (text) => writeExact(parseExact(text)) === text))
  })

  it('is inexact if and only if JSON.parse and JSON.stringify change it', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(inexactNumber(text) === undefined).toBe(JSON.stringify(JSON.parse(text)) === text)
      }),
    )
  })

  it('can have plain numbers in its outermost object for comparisons', () => {
    expect(parseExact('{"exp":1700000000.0,"a":{"b":1.10}}', 1)).toEqual({
      exp: 1700000000,
      a: { b: { text: '1.10' } },
    })
  })

  it('is not confused by strings that look like markers', () => {
    const text = '{"a":"\\u00001.10","b":1.10}'
    expect(writeExact(parseExact(text))).toBe('{"a":"\\u00001.10","b":1.1}')
  })
})
