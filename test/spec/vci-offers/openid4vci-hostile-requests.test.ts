/** Malformed and very large requests with offers and details: none is a server error. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hostile, json, problemOf } from '../../faults/malformed.ts'
import { createIssuer } from '../../support/credentials.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import {
  authorizationRequest,
  form,
  obtainCode,
  redeem,
  type TestService,
} from '../../support/flows.ts'
import { createOffer, detailsFor, preAuthorized } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

const numRuns = inject('dialect') === 'sqlite' ? 150 : 40

let service: TestService
let client: Json
let info: Json
beforeAll(async () => {
  service = await createIssuer({
    supportedAuthorizationDetailsTypes: ['openid_credential'],
    preAuthorizedGrantAnonymousAccessSupported: true,
  })
  client = await service.client()
  const more = { authorizationCodeGrantIncluded: true, issuerStateIncluded: true, txCode: '1234' }
  info = await createOffer(service, more)
})
afterAll(() => service.close())

const details = fc.oneof(
  hostile,
  fc
    .tuple(json, json, json)
    .map(([credential_configuration_id, claims, locations]) =>
      JSON.stringify([
        { type: 'openid_credential', credential_configuration_id, claims, locations },
      ]),
    ),
)

async function expectSane(path: string, body: unknown): Promise<void> {
  const reply = await service.call('POST', `/api/${service.serviceId}${path}`, body)
  expect(problemOf(reply, `/api/{serviceId}${path}`, 'post'), reply.text).toBeUndefined()
}

describe('malformed request', () => {
  it('for a token is no server error (OpenID4VCI §6.3)', async () => {
    const code = fc.oneof(fc.constant(info.preAuthorizedCode), hostile)
    const request = fc.record(
      { 'pre-authorized_code': code, tx_code: hostile, authorization_details: details },
      { requiredKeys: [] },
    )
    const property = fc.asyncProperty(request, (parameters) =>
      expectSane('/auth/token', { parameters: form({ grant_type: preAuthorized, ...parameters }) }),
    )
    await fc.assert(property, { numRuns })
  })

  it('for an authorization is no server error (OpenID4VCI §5.1)', async () => {
    const request = fc.record({ issuer_state: hostile, authorization_details: details })
    const property = fc.asyncProperty(request, (more) =>
      expectSane('/auth/authorization', { parameters: authorizationRequest(client, more) }),
    )
    await fc.assert(property, { numRuns })
  })

  it('for an offer is no server error (OpenID4VCI §4.1)', async () => {
    const ids = fc.array(fc.oneof(fc.constantFrom('diploma', 'mdl'), hostile), { maxLength: 3 })
    const dataset = fc.record({ credentialConfigurationId: hostile, identifiers: ids })
    const offer = fc.record(
      {
        ...{ authorizationCodeGrantIncluded: fc.boolean(), issuerStateIncluded: fc.boolean() },
        ...{ preAuthorizedCodeGrantIncluded: fc.boolean(), credentialConfigurationIds: ids },
        ...{ subject: hostile, context: hostile, txCode: hostile, txCodeDescription: hostile },
        ...{ txCodeInputMode: fc.constantFrom('numeric', 'text', 'x'), acr: hostile },
        ...{ jwtAtClaims: json, properties: json, duration: fc.integer() },
        credentialIdentifiers: fc.array(dataset, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    const property = fc.asyncProperty(offer, (body) => expectSane('/vci/offer/create', body))
    await fc.assert(property, { numRuns })
  })
})

describe('large request', () => {
  it('with a hundred authorization details does not hold the event loop', async () => {
    const authorization_details = detailsFor(...Array<string>(100).fill('diploma'))
    const code = await obtainCode(service, client, { authorization_details })
    let answer: Json
    const hold = await holdOf(async () => {
      answer = await redeem(service, client, code, { authorization_details })
    })
    expect(answer).toMatchObject({ action: 'OK' })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })
})
