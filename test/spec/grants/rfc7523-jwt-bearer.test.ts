/** JWT assertions as authorization grants, RFC 7523 §2.1. Client assertions are elsewhere. */
import { CompactEncrypt, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, form, issuer, type TestService } from '../../support/flows.ts'
import { clientKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const bring = (assertion: string | undefined, by: Json = client): Promise<Json> =>
  service.api('/auth/token', {
    parameters: form({ grant_type: grantType, assertion, scope: 'read unknown' }),
    ...(by ? { clientId: String(by.clientId), clientSecret: by.clientSecret } : {}),
  })
const errorOf = (answer: Json): string => JSON.parse(answer.responseContent).error
const seconds = (more = 0) => Math.floor(service.system.clock() / 1000) + more
const claims = (more: Json = {}) => ({
  ...{ iss: 'https://idp.example.com', sub: 'alice', aud: issuer, exp: seconds(60) },
  ...more,
})
const sign = async (more: Json = {}) =>
  new SignJWT(claims(more))
    .setProtectedHeader({ alg: 'ES256' })
    .sign(await importJWK(clientKey, 'ES256'))
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (more: Json = {}) => `${base64({ alg: 'none' })}.${base64(claims(more))}.`
const encrypted = async () =>
  new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    .encrypt(Buffer.alloc(16, 1))

describe('JWT bearer assertion', () => {
  it('is passed to the caller, which verifies it and creates a token (RFC 7523 §2.1)', async () => {
    const assertion = await sign()
    const asked = await bring(assertion)
    expect(asked).toMatchObject({
      ...{ action: 'JWT_BEARER', resultCode: 'P028901', grantType: 'JWT_BEARER', assertion },
      ...{ clientId: client.clientId, scopes: ['read'], ticket: expect.any(String) },
    })
    expect(asked).not.toHaveProperty('responseContent')
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'JWT_BEARER', clientId: client.clientId, subject: 'alice' },
      scopes: asked.scopes,
    })
    expect(created).toMatchObject({ action: 'OK', grantType: 'JWT_BEARER', scopes: ['read'] })
    const { ticket } = asked
    const failed = await service.api('/auth/token/fail', { ticket, reason: 'INVALID_SCOPE' })
    expect(failed).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it.each<[string, () => string | Promise<string>]>([
    ['names the token endpoint as its audience', () => sign({ aud: [`${issuer}/token`, 'x'] })],
    ['is unsigned', unsigned],
    ['is encrypted', encrypted],
  ])('that %s is left to the caller to verify (RFC 7523 §3)', async (_what, make) => {
    expect(await bring(await make())).toMatchObject({ action: 'JWT_BEARER' })
  })

  it.each<[string, string, string, () => string | undefined | Promise<string>]>([
    ['is missing', 'P028002', 'invalid_request', () => undefined],
    ['is no JWT', 'P028003', 'invalid_grant', () => 'not-a-jwt'],
    ['has no iss', 'P028006', 'invalid_grant', () => sign({ iss: undefined })],
    ['has no sub', 'P028006', 'invalid_grant', () => unsigned({ sub: 1 })],
    ['has no aud', 'P028006', 'invalid_grant', () => sign({ aud: undefined })],
    ['has an aud that is no string', 'P028006', 'invalid_grant', () => unsigned({ aud: [1] })],
    ['has no exp', 'P028006', 'invalid_grant', () => sign({ exp: undefined })],
    ['has another aud', 'P028007', 'invalid_grant', () => sign({ aud: 'https://other' })],
    ['has expired', 'P028008', 'invalid_grant', () => sign({ exp: seconds(-10) })],
    ['was issued in the future', 'P028009', 'invalid_grant', () => sign({ iat: seconds(60) })],
    ['is not valid yet', 'P028009', 'invalid_grant', () => sign({ nbf: seconds(60) })],
  ])('that %s is rejected (RFC 7523 §3)', async (_what, resultCode, error, make) => {
    const refused = await bring(await make())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(errorOf(refused)).toBe(error)
  })

  it.each<[string, string, () => string | Promise<string>]>([
    ['jwtGrantEncryptedJwtRejected', 'P028004', encrypted],
    ['jwtGrantUnsignedJwtRejected', 'P028005', unsigned],
  ])('is rejected if the service has %s (RFC 7523 §3.1)', async (flag, resultCode, make) => {
    await service.configure({ [flag]: true })
    expect(await bring(await make())).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(await bring(await sign())).toMatchObject({ action: 'JWT_BEARER' })
  })
})

describe('client of the JWT bearer grant', () => {
  it('can be anonymous unless the service requires a client (RFC 7521 §4.1)', async () => {
    const assertion = await sign()
    const asked = await bring(assertion, null)
    expect(asked).toMatchObject({ action: 'JWT_BEARER', assertion })
    expect(asked).not.toHaveProperty('clientId')
    await service.configure({ jwtGrantByIdentifiableClientsOnly: true })
    const refused = await bring(assertion, null)
    expect(refused).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P028001' })
    expect(await bring(assertion)).toMatchObject({ action: 'JWT_BEARER' })
  })
})
