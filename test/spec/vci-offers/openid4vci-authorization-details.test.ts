/** Authorization details of the type openid_credential, OpenID4VCI §5.1.1, §6.1.1 and §6.2. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIssuer, credentialIssuer } from '../../support/credentials.ts'
import {
  authorizationRequest,
  authorize,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { createOffer, detailsFor, issuableIn, redeemOffer } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

const settings = {
  supportedAuthorizationDetailsTypes: ['openid_credential', 'payment'],
  preAuthorizedGrantAnonymousAccessSupported: true,
}

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createIssuer(settings)
  client = await service.client()
})
afterAll(() => service.close())

const introspect = (answer: Json): Promise<Json> =>
  service.api('/auth/introspection', { token: answer.accessToken })
const issuableBy = async (answer: Json) => issuableIn(await introspect(answer))
const detailsOf = ({ responseContent }: Json): Json =>
  JSON.parse(responseContent).authorization_details
const errorIn = ({ responseContent }: Json): string | null =>
  new URL(responseContent).searchParams.get('error')
const elementOf = (id: string, ...identifiers: string[]) => ({
  type: 'openid_credential',
  credential_configuration_id: id,
  ...(identifiers.length > 0 ? { credential_identifiers: identifiers } : {}),
})
const named = (id: string, ...identifiers: string[]) => ({
  credentialIdentifiers: [{ credentialConfigurationId: id, identifiers }],
})

describe('authorization details of credentials', () => {
  const ask = (detail: Record<string, unknown>, of = service, by = client) =>
    authorize(of, by, {
      authorization_details: JSON.stringify([{ type: 'openid_credential', ...detail }]),
    })

  it('name a configuration of the issuer (OpenID4VCI §5.1.1)', async () => {
    const known = await ask({ credential_configuration_id: 'mdl' })
    expect(known).toMatchObject({ action: 'INTERACTION' })
    expect(issuableIn(known)).toEqual({ mdl: ['mdl'] })
    for (const id of ['unknown', 'toString', 7, undefined]) {
      const refused = await ask({ credential_configuration_id: id })
      expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P123001' })
      expect(errorIn(refused)).toBe('invalid_authorization_details')
    }
  })

  it('are valid whatever unknown members they have (OpenID4VCI §5.1.1)', async () => {
    const more = { credential_configuration_id: 'mdl', format: 'x', credential_definition: [1] }
    expect(await ask(more)).toMatchObject({ action: 'INTERACTION' })
  })

  it('have claims as a list of objects, if any (OpenID4VCI §5.1.1)', async () => {
    const claims = [{ path: ['degree'] }]
    const id = { credential_configuration_id: 'diploma' }
    expect(await ask({ ...id, claims })).toMatchObject({ action: 'INTERACTION' })
    for (const wrong of [[], {}, ['degree'], 'degree', [null]]) {
      expect(await ask({ ...id, claims: wrong })).toMatchObject({ resultCode: 'P123003' })
    }
  })

  it('name the issuer as location if it lists its servers (OpenID4VCI §5.1.1)', async () => {
    const of = await createIssuer(settings, { authorizationServers: [issuer] }, service)
    const by = await of.client()
    const id = { credential_configuration_id: 'mdl' }
    const located = { ...id, locations: [credentialIssuer] }
    expect(await ask(located, of, by)).toMatchObject({ action: 'INTERACTION' })
    expect(await ask(id, of, by)).toMatchObject({ action: 'LOCATION', resultCode: 'P123002' })
    const elsewhere = { ...id, locations: ['https://other.example.com'] }
    expect(await ask(elsewhere, of, by)).toMatchObject({ resultCode: 'P123002' })
  })

  it('are checked when the request is pushed, and used after that (RFC 9126 §2)', async () => {
    const push = (authorization_details: string) =>
      service.api('/pushed_auth_req', {
        parameters: authorizationRequest(client, { authorization_details }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
    expect(await push(detailsFor('unknown'))).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P123001' },
    })
    const { requestUri } = await push(detailsFor('mdl'))
    const answer = await service.api('/auth/authorization', {
      parameters: new URLSearchParams({
        ...{ client_id: String(client.clientId), request_uri: requestUri },
      }).toString(),
    })
    expect(issuableIn(answer)).toEqual({ mdl: ['mdl'] })
  })

  it('have no meaning for a service that issues no credentials', async () => {
    const of = await createIssuer({ ...settings, verifiableCredentialsEnabled: false }, {}, service)
    const by = await of.client()
    const answer = await ask({ any: 'member' }, of, by)
    expect(answer).toMatchObject({ action: 'INTERACTION' })
    expect(answer).not.toHaveProperty('issuableCredentials')
    const authorization_details = detailsFor('mdl')
    const tokens = await obtainTokens(of, by, { authorization_details })
    expect(detailsOf(tokens)).toEqual([elementOf('mdl')])
  })
})

describe('token response', () => {
  const authorization_details = detailsFor('diploma', 'mdl')

  it('names the datasets of each configuration (OpenID4VCI §6.2)', async () => {
    const tokens = await obtainTokens(service, client, { authorization_details })
    const expected = [elementOf('diploma', 'diploma'), elementOf('mdl', 'mdl')]
    expect(detailsOf(tokens)).toEqual(expected)
    expect(await issuableBy(tokens)).toEqual({ diploma: ['diploma'], mdl: ['mdl'] })
    expect(await introspect(tokens)).toMatchObject({ forCredentialIssuance: true })
  })

  it('names the datasets that the caller has, and repeats them (OpenID4VCI §6.2)', async () => {
    const datasets = named('diploma', 'ba-2021', 'ma-2023')
    const tokens = await obtainTokens(service, client, { authorization_details }, datasets)
    const expected = [elementOf('diploma', 'ba-2021', 'ma-2023'), elementOf('mdl', 'mdl')]
    expect(detailsOf(tokens)).toEqual(expected)
    const refreshed = await refresh(service, client, tokens.refreshToken)
    expect(detailsOf(refreshed)).toEqual(expected)
    expect(await issuableBy(refreshed)).toEqual({ diploma: ['ba-2021', 'ma-2023'], mdl: ['mdl'] })
  })

  it('agrees with the JWT and its introspection (RFC 9396 §9)', async () => {
    const of = await createIssuer({ ...settings, accessTokenSignAlg: 'ES256' }, {}, service)
    const by = await of.client()
    const asked = { authorization_details: detailsFor('diploma') }
    const { accessToken } = await obtainTokens(of, by, asked, named('diploma', 'ba', 'ma'))
    const [, payload = ''] = accessToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const expected = [elementOf('diploma', 'ba', 'ma')]
    expect(claims.authorization_details).toEqual(expected)
    const parameters = new URLSearchParams({ token: accessToken }).toString()
    const standard = await of.api('/auth/introspection/standard', { parameters })
    expect(detailsOf(standard)).toEqual(expected)
  })

  it('keeps other types of details as they are (RFC 9396 §7)', async () => {
    const both = JSON.stringify([{ type: 'payment', amount: 1 }, elementOf('mdl')])
    const tokens = await obtainTokens(service, client, { authorization_details: both })
    expect(detailsOf(tokens)).toEqual([{ type: 'payment', amount: 1 }, elementOf('mdl', 'mdl')])
  })

  it('has no details if only scopes were requested (OpenID4VCI §5.1.2)', async () => {
    const tokens = await obtainTokens(service, client, { scope: 'diploma' }, named('diploma', 'ba'))
    expect(detailsOf(tokens)).toBeUndefined()
    expect(await issuableBy(tokens)).toEqual({ diploma: ['ba'] })
  })

  it('lacks a configuration that the service dropped', async () => {
    const of = await createIssuer(settings, {}, service)
    const by = await of.client()
    const tokens = await obtainTokens(of, by, { authorization_details })
    const { credentialIssuerMetadata } = await of.get(`/api/${of.serviceId}/service/get`)
    const { diploma } = JSON.parse(credentialIssuerMetadata.credentialsSupported)
    const credentialsSupported = JSON.stringify({ diploma })
    await of.configure({
      credentialIssuerMetadata: { ...credentialIssuerMetadata, credentialsSupported },
    })
    const refreshed = await refresh(of, by, tokens.refreshToken)
    expect(detailsOf(refreshed)).toEqual([elementOf('diploma', 'diploma')])
  })
})

describe('token request with authorization details', () => {
  it('asks for a part of what was authorized (OpenID4VCI §6.1.1)', async () => {
    const code = await obtainCode(service, client, {
      authorization_details: detailsFor('diploma', 'mdl'),
    })
    const part = JSON.stringify([{ ...elementOf('mdl'), unknown: true }])
    const tokens = await redeem(service, client, code, { authorization_details: part })
    expect(detailsOf(tokens)).toEqual([elementOf('mdl', 'mdl')])
    expect(await issuableBy(tokens)).toEqual({ mdl: ['mdl'] })
    const whole = await refresh(service, client, tokens.refreshToken)
    expect(await issuableBy(whole)).toEqual({ diploma: ['diploma'], mdl: ['mdl'] })
  })

  it('may name a configuration that a scope granted, and no other (OpenID4VCI §6.1.1)', async () => {
    const scope = 'diploma read'
    const by = { authorization_details: detailsFor('diploma') }
    const tokens = await redeem(service, client, await obtainCode(service, client, { scope }), by)
    expect(detailsOf(tokens)).toEqual([elementOf('diploma', 'diploma')])
    const again = await refresh(service, client, tokens.refreshToken)
    expect(detailsOf(again)).toEqual([elementOf('diploma', 'diploma')])
    const wider = { authorization_details: detailsFor('mdl') }
    const code = await obtainCode(service, client, { scope })
    expect(await redeem(service, client, code, wider)).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P012106' },
    })
  })

  it('asks for a part of an offer (OpenID4VCI §6.1)', async () => {
    const credentialConfigurationIds = ['diploma', 'mdl']
    const more = { credentialConfigurationIds, ...named('mdl', 'car', 'bike') }
    const info = await createOffer(service, more)
    const asked = { authorization_details: detailsFor('mdl') }
    const tokens = await redeemOffer(service, info, asked)
    expect(detailsOf(tokens)).toEqual([elementOf('mdl', 'car', 'bike')])
    expect(await issuableBy(tokens)).toEqual({ mdl: ['car', 'bike'] })
  })

  it('cannot ask for more than an offer, and leaves the offer alone (OpenID4VCI §6.1)', async () => {
    const info = await createOffer(service)
    const wider = { authorization_details: detailsFor('diploma', 'mdl') }
    expect(await redeemOffer(service, info, wider)).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P012106' },
    })
    const other = { authorization_details: JSON.stringify([{ type: 'payment' }]) }
    expect(await redeemOffer(service, info, other)).toMatchObject({ resultCode: 'P012106' })
    const whole = await redeemOffer(service, info, { authorization_details: '[]' })
    expect(whole).toMatchObject({ action: 'OK' })
    expect(await issuableBy(whole)).toEqual({ diploma: ['diploma'] })
  })
})

describe('datasets that the caller names', () => {
  it('are of granted configurations, each once (OpenID4VCI §6.2)', async () => {
    const { ticket } = await authorize(service, client, { scope: 'diploma' })
    const issue = (more: Record<string, unknown>) =>
      service.api('/auth/authorization/issue', { ticket, subject: 'alice', ...more })
    expect(await issue(named('mdl', 'car'))).toMatchObject({ resultCode: 'P123101' })
    expect(await issue(named('diploma', 'ba', 'ba'))).toMatchObject({ resultCode: 'P123102' })
    expect(await issue(named('diploma', 'ba'))).toMatchObject({ action: 'LOCATION' })
  })

  it('are gone with the scope that granted the configuration (RFC 6749 §6)', async () => {
    const scope = 'diploma read'
    const tokens = await obtainTokens(service, client, { scope }, named('diploma', 'ba'))
    const narrowed = await refresh(service, client, tokens.refreshToken, { scope: 'read' })
    expect(await issuableBy(narrowed)).toEqual({})
    expect(await introspect(narrowed)).toMatchObject({ forCredentialIssuance: false })
    const whole = await refresh(service, client, narrowed.refreshToken)
    expect(await issuableBy(whole)).toEqual({ diploma: ['ba'] })
  })

  it('come with the password grant, and with created tokens (OpenID4VCI §6.2)', async () => {
    const asked = await requestToken(service, client, {
      ...{ grant_type: 'password', username: 'alice', password: 'x', scope: 'diploma' },
    })
    const subject = 'alice'
    const datasets = named('diploma', 'ba')
    const issued = await service.api('/auth/token/issue', {
      ...{ ticket: asked.ticket, subject, ...datasets },
    })
    expect(await issuableBy(issued)).toEqual({ diploma: ['ba'] })
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject },
      ...{ scopes: ['diploma'], ...datasets },
    })
    expect(created).toMatchObject({ action: 'OK', expiresIn: 300 })
    expect(await issuableBy(created)).toEqual({ diploma: ['ba'] })
  })
})
