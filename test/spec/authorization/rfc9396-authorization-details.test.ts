/** Rich authorization requests, RFC 9396: requested, decided, narrowed, and introspected. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  obtainCode,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const payment = {
  type: 'payment',
  locations: ['https://bank.example.com'],
  actions: ['initiate', 'status'],
  datatypes: ['iban'],
  identifier: 'account-1',
  privileges: ['owner'],
  amount: { currency: 'EUR', value: '12.50' },
}
const reading = { type: 'reading', actions: ['read'] }
const asElement = ({ datatypes, amount, ...common }: typeof payment) => ({
  ...common,
  dataTypes: datatypes,
  otherFields: JSON.stringify({ amount }),
})

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ supportedAuthorizationDetailsTypes: ['payment', 'reading'] })
  client = await service.client()
})
afterAll(() => service.close())

const ask = (details: unknown) =>
  authorize(service, client, {
    authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
  })
const codeFor = (details: unknown, issue: Record<string, unknown> = {}) =>
  obtainCode(service, client, { authorization_details: JSON.stringify(details) }, issue)
const introspect = (token: string) =>
  service.api('/auth/introspection/standard', { parameters: form({ token }) })

describe('authorization_details', () => {
  it('are returned to the caller and granted with the code (RFC 9396 §2, §7)', async () => {
    const asked = await ask([payment, reading])
    expect(asked.authorizationDetails.elements).toEqual([
      asElement(payment),
      { type: 'reading', actions: ['read'] },
    ])
    const tokens = await redeem(service, client, await codeFor([payment, reading]))
    expect(JSON.parse(tokens.responseContent).authorization_details).toEqual([payment, reading])
    expect(tokens.authorizationDetails.elements[0]).toEqual(asElement(payment))
  })

  it('are returned by introspection and in JWT access tokens (RFC 9396 §9.1, §9.2)', async () => {
    const tokens = await redeem(service, client, await codeFor([payment]))
    const { authorizationDetails } = await service.api('/auth/introspection', {
      token: tokens.accessToken,
    })
    expect(authorizationDetails.elements).toEqual([asElement(payment)])
    const { responseContent } = await introspect(tokens.accessToken)
    expect(JSON.parse(responseContent).authorization_details).toEqual([payment])
    await service.configure({ accessTokenSignAlg: 'ES256' })
    const { accessToken } = await redeem(service, client, await codeFor([payment]))
    expect(decodeJwt(accessToken)['authorization_details']).toEqual([payment])
    await service.configure({})
  })

  it('are replaced by the decision of the caller (RFC 9396 §7.1)', async () => {
    const enriched = { ...payment, identifier: 'account-2' }
    const code = await codeFor([payment, reading], {
      authorizationDetails: { elements: [asElement(enriched)] },
    })
    const { responseContent } = await redeem(service, client, code)
    expect(JSON.parse(responseContent).authorization_details).toEqual([enriched])
  })

  it('are narrowed by a token request for one token only (RFC 9396 §6.1)', async () => {
    const narrow = { ...payment, actions: ['status'] }
    const code = await codeFor([payment, reading])
    const first = await redeem(service, client, code, {
      authorization_details: JSON.stringify([narrow]),
    })
    expect(JSON.parse(first.responseContent).authorization_details).toEqual([narrow])
    const second = await refresh(service, client, first.refreshToken)
    expect(JSON.parse(second.responseContent).authorization_details).toEqual([payment, reading])
    const third = await refresh(service, client, second.refreshToken, {
      authorization_details: JSON.stringify([reading]),
    })
    expect(JSON.parse(third.responseContent).authorization_details).toEqual([reading])
  })

  it.each<[string, unknown]>([
    ['another type', [{ type: 'admin' }]],
    ['another action', [{ ...payment, actions: ['initiate', 'cancel'] }]],
    ['a missing list of actions', [{ ...payment, actions: undefined }]],
    ['an empty list', [{ ...payment, actions: [] }]],
    ['another amount', [{ ...payment, amount: { currency: 'EUR', value: '99999' } }]],
    ['an additional field', [{ ...payment, recurring: true }]],
    ['a missing field', [{ ...payment, identifier: undefined }]],
  ])('cannot be widened by a token request for %s (RFC 9396 §6.1)', async (_what, details) => {
    const code = await codeFor([payment])
    const refused = await redeem(service, client, code, {
      authorization_details: JSON.stringify(details),
    })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P012106' })
    expect(JSON.parse(refused.responseContent).error).toBe('invalid_authorization_details')
    expect((await redeem(service, client, code)).action).toBe('OK')
  })

  it.each<[string, string, unknown]>([
    ['are no JSON', 'P012101', '{'],
    ['are an object', 'P012101', payment],
    ['contain a string', 'P012101', ['payment']],
    ['contain a list', 'P012101', [[payment]]],
    ['contain null', 'P012101', [null]],
    ['have no type', 'P012101', [{ actions: ['read'] }]],
    ['have a type that is no string', 'P012101', [{ type: 1 }]],
    ['contain a NUL', 'P012101', '[{"type":"payment","x":"\\u0000"}]'],
    ['have an unknown type', 'P012104', [payment, { type: 'admin' }]],
    ['have a type of the prototype', 'P012104', [{ type: '__proto__' }]],
    ['have actions that are no list', 'P012103', [{ ...payment, actions: 'read' }]],
    ['have locations that are no strings', 'P012103', [{ ...payment, locations: [1] }]],
    ['have an identifier that is no string', 'P012103', [{ ...payment, identifier: 1 }]],
    ['are more than 100', 'P012102', Array(101).fill(reading)],
    [
      'are nested too deeply',
      'P012102',
      `[{"type":"payment","x":${'['.repeat(40)}${']'.repeat(40)}}]`,
    ],
  ])(
    'are invalid_authorization_details if they %s (RFC 9396 §5)',
    async (_what, resultCode, details) => {
      const refused = await ask(details)
      expect(refused).toMatchObject({ action: 'LOCATION', resultCode })
      expect(refused.responseContent).toContain('error=invalid_authorization_details')
    },
  )

  it('must have a type that the client registered (RFC 9396 §10)', async () => {
    const reader = await service.client({ authorizationDetailsTypes: ['reading'] })
    const ask = (details: unknown) =>
      authorize(service, reader, { authorization_details: JSON.stringify(details) })
    expect((await ask([reading])).action).toBe('INTERACTION')
    expect(await ask([payment])).toMatchObject({ resultCode: 'P012105' })
  })

  it('are rejected by a service without types; metadata lists types (RFC 9396 §10)', async () => {
    const known = await service.call('GET', `/api/${service.serviceId}/service/configuration`)
    expect(known.body.authorization_details_types_supported).toEqual(['payment', 'reading'])
    await service.configure({ supportedAuthorizationDetailsTypes: undefined })
    expect(await ask([payment])).toMatchObject({ resultCode: 'P012104' })
    await service.configure({})
  })

  it('are granted to client credentials, and to passwords by the ticket', async () => {
    const authorization_details = JSON.stringify([payment])
    const own = await requestToken(service, client, {
      grant_type: 'client_credentials',
      authorization_details,
    })
    expect(JSON.parse(own.responseContent).authorization_details).toEqual([payment])
    const asked = await requestToken(service, client, {
      grant_type: 'password',
      ...{ username: 'alice', password: 'secret', authorization_details },
    })
    expect(asked.authorizationDetails.elements).toEqual([asElement(payment)])
    const issued = await service.api('/auth/token/issue', {
      ...{ ticket: asked.ticket, subject: 'alice' },
    })
    expect(issued.authorizationDetails.elements).toEqual([asElement(payment)])
  })

  it('are set by the caller in token creation and update', async () => {
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId },
      authorizationDetails: { elements: [asElement(payment)] },
    })
    expect(created.authorizationDetails.elements).toEqual([asElement(payment)])
    const updated = await service.api('/auth/token/update', {
      accessToken: created.accessToken,
      authorizationDetails: { elements: [{ type: 'reading', actions: ['read'] }] },
    })
    expect(updated.authorizationDetails.elements).toEqual([reading])
    const { responseContent } = await introspect(created.accessToken)
    expect(JSON.parse(responseContent).authorization_details).toEqual([reading])
    const wrong = await service.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId },
      authorizationDetails: { elements: [{ type: 'reading', otherFields: '[' }] },
    })
    expect(wrong.resultMessage).toContain('otherFields')
  })
})

describe('authorization details type that is removed from the service or client', () => {
  it('is omitted from tokens issued afterwards (RFC 9396 §10)', async () => {
    const code = await codeFor([payment, reading])
    await service.configure({ supportedAuthorizationDetailsTypes: ['reading'] })
    const tokens = await redeem(service, client, code)
    expect(JSON.parse(tokens.responseContent).authorization_details).toEqual([reading])
    await service.configure({})
    const narrowed = await service.client({ authorizationDetailsTypes: ['payment', 'reading'] })
    const authorization_details = JSON.stringify([payment, reading])
    const first = await redeem(
      service,
      narrowed,
      await obtainCode(service, narrowed, { authorization_details }),
    )
    const more = { clientType: 'CONFIDENTIAL', redirectUris: narrowed.redirectUris }
    await service.api(`/client/update/${narrowed.clientId}`, {
      ...{ ...more, authorizationDetailsTypes: ['reading'] },
    })
    const next = await refresh(service, narrowed, first.refreshToken)
    expect(JSON.parse(next.responseContent).authorization_details).toEqual([reading])
  })
})
