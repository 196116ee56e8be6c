/** Malformed parameters of a client are answered with an action that the caller can relay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, type TestService } from '../support/flows.ts'

let service: TestService
let credentials: Record<string, string>
beforeAll(async () => {
  service = await createService({
    deviceVerificationUri: `${issuer}/device`,
    dynamicRegistrationSupported: true,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
  })
  const { clientId, clientSecret } = await service.client()
  credentials = { clientId: String(clientId), clientSecret }
})
afterAll(() => service.close())

const long = `grant_type=client_credentials&x=${'y'.repeat(70_000)}`
const nul = 'admin\u0000'

const authenticated: [string, string, string][] = [
  ['/auth/token', 'INVALID_CLIENT', 'BAD_REQUEST'],
  ['/auth/revocation', 'INVALID_CLIENT', 'BAD_REQUEST'],
  ['/device/authorization', 'UNAUTHORIZED', 'BAD_REQUEST'],
  ['/backchannel/authentication', 'UNAUTHORIZED', 'BAD_REQUEST'],
]

describe.each(authenticated)('%s', (operation, unauthenticated, bad) => {
  it.each([
    { clientId: nul, clientSecret: 'x' },
    { clientId: 'x', clientSecret: '\ud800' },
  ])('refuses credentials with %j as invalid_client (RFC 6749 §A)', async (given) => {
    const parameters = form({ grant_type: 'client_credentials' })
    const answer = await service.api(operation, { ...given, parameters })
    expect(answer).toMatchObject({ action: unauthenticated, resultCode: 'P076002' })
    expect(JSON.parse(answer.responseContent).error).toBe('invalid_client')
  })

  it('refuses parameters that are too long as invalid_request (RFC 6749 §5.2)', async () => {
    const answer = await service.api(operation, { ...credentials, parameters: long })
    expect(answer).toMatchObject({ action: bad, resultCode: 'P076001' })
    expect(JSON.parse(answer.responseContent).error).toBe('invalid_request')
  })

  it('refuses a NUL in form-encoded parameters as invalid_request (RFC 6749 §A)', async () => {
    const { body } = await service.call(
      'POST',
      `/api/${service.serviceId}${operation}`,
      new URLSearchParams({ ...credentials, parameters: `x=${nul}` }).toString(),
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    )
    expect(body).toMatchObject({ action: bad, resultCode: 'P076001' })
  })
})

it.each<[string, Record<string, unknown>, object]>([
  ['/auth/authorization', { parameters: long }, { action: 'BAD_REQUEST', resultCode: 'P076001' }],
  ['/pushed_auth_req', { parameters: nul }, { action: 'BAD_REQUEST', resultCode: 'P076001' }],
  [
    '/auth/introspection/standard',
    { parameters: long },
    { action: 'BAD_REQUEST', resultCode: 'P076001' },
  ],
  ['/auth/introspection', { token: nul }, { action: 'UNAUTHORIZED', resultCode: 'P076003' }],
  [
    '/auth/introspection',
    { token: 'x'.repeat(40_000) },
    { action: 'UNAUTHORIZED', resultCode: 'P076003' },
  ],
  ['/auth/userinfo', { token: nul }, { action: 'UNAUTHORIZED', resultCode: 'P076003' }],
  ['/auth/userinfo/issue', { token: nul }, { action: 'UNAUTHORIZED', resultCode: 'P076003' }],
  [
    '/gm',
    { accessToken: nul, gmAction: 'QUERY', grantId: 'x' },
    { action: 'UNAUTHORIZED', resultCode: 'P076003' },
  ],
  ['/client/registration', { json: '\ud800' }, { action: 'BAD_REQUEST', resultCode: 'P076001' }],
  ['/device/verification', { userCode: nul }, { action: 'NOT_EXIST', resultCode: 'P076004' }],
  [
    '/device/complete',
    { userCode: 'x'.repeat(2_000), result: 'ACCESS_DENIED' },
    { action: 'USER_CODE_NOT_EXIST', resultCode: 'P076004' },
  ],
  ['/jose/verify', { jose: 'x'.repeat(70_000) }, { valid: false, resultCode: 'P076001' }],
])(
  '%s answers %j with an action (RFC 6749 §5.2, RFC 6750 §3.1)',
  async (operation, body, expected) => {
    expect(await service.api(operation, body)).toMatchObject(expected)
  },
)

it('an invalid property that the caller sent is an error of the caller', async () => {
  const path = `/api/${service.serviceId}/auth/token`
  for (const body of [{ parameters: 12 }, { parameters: '', accessToken: 'x'.repeat(40_000) }]) {
    expect(await service.call('POST', path, body)).toMatchObject({ status: 400 })
  }
})
