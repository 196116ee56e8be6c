/** What requests and tokens may obtain: `issuableCredentials`, OpenID4VCI §5.1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configurations, createIssuer } from '../../support/credentials.ts'
import { authorize, obtainTokens, type TestService } from '../../support/flows.ts'
import { detailsFor, issuableIn } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

const settings = { supportedAuthorizationDetailsTypes: ['openid_credential'] }

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createIssuer(settings)
  client = await service.client()
})
afterAll(() => service.close())

const introspect = (answer: Json, of = service): Promise<Json> =>
  of.api('/auth/introspection', { token: answer.accessToken })

describe('issuable credentials', () => {
  it('are the whole configurations whose scope is requested (OpenID4VCI §5.1.2)', async () => {
    const answer = await authorize(service, client, { scope: 'openid diploma' })
    expect(JSON.parse(answer.issuableCredentials)).toEqual([
      {
        ...configurations['diploma'],
        credential_configuration_id: 'diploma',
        credential_identifiers: ['diploma'],
      },
    ])
  })

  it('join scopes and details; details win for the same one (OpenID4VCI §5.1.2)', async () => {
    const asked = { scope: 'diploma', authorization_details: detailsFor('diploma', 'mdl') }
    expect(issuableIn(await authorize(service, client, asked))).toEqual({
      ...{ diploma: ['diploma'], mdl: ['mdl'] },
    })
    const tokens = await obtainTokens(service, client, asked)
    expect(issuableIn(await introspect(tokens))).toEqual({ diploma: ['diploma'], mdl: ['mdl'] })
  })

  it('are what the user consented to, if that is less', async () => {
    const asked = { scope: 'diploma mdl' }
    const tokens = await obtainTokens(service, client, asked, { scopes: ['mdl'] })
    expect(issuableIn(await introspect(tokens))).toEqual({ mdl: ['mdl'] })
  })

  it('are absent where there are none', async () => {
    const answer = await authorize(service, client, { scope: 'openid read' })
    expect(answer).not.toHaveProperty('issuableCredentials')
    const shown = await introspect(await obtainTokens(service, client, { scope: 'read' }))
    expect(shown).toMatchObject({ forCredentialIssuance: false })
    expect(shown).not.toHaveProperty('issuableCredentials')
  })

  it('are absent where the service issues none', async () => {
    const off = { ...settings, verifiableCredentialsEnabled: false }
    const of = await createIssuer(off, {}, service)
    const by = await of.client()
    const answer = await authorize(of, by, { scope: 'openid diploma' })
    expect(answer).not.toHaveProperty('issuableCredentials')
    const shown = await introspect(await obtainTokens(of, by, { scope: 'diploma' }), of)
    expect(shown).toMatchObject({ action: 'OK', forCredentialIssuance: false })
    expect(shown).not.toHaveProperty('issuableCredentials')
  })
})
