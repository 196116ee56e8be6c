/** Authorization requests that a credential offer began: issuer_state, OpenID4VCI §5.1.3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIssuer } from '../../support/credentials.ts'
import {
  authorizationRequest,
  authorize,
  obtainTokens,
  redeem,
  type TestService,
} from '../../support/flows.ts'
import { createOffer, issuableIn, redeemOffer } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createIssuer({ preAuthorizedGrantAnonymousAccessSupported: true })
  client = await service.client()
})
afterAll(() => service.close())

const withState = { authorizationCodeGrantIncluded: true, issuerStateIncluded: true }
const begun = (more: Record<string, unknown> = {}): Promise<Json> =>
  createOffer(service, { ...withState, preAuthorizedCodeGrantIncluded: false, ...more })
const begin = ({ issuerState }: Json, scope = 'read'): Promise<Json> =>
  authorize(service, client, { issuer_state: issuerState, scope })
const issue = ({ ticket }: Json, subject = 'alice'): Promise<Json> =>
  service.api('/auth/authorization/issue', { ticket, subject })
const introspect = (answer: Json): Promise<Json> =>
  service.api('/auth/introspection', { token: answer.accessToken })
const isOpen = async ({ identifier }: Json): Promise<boolean> =>
  (await service.api('/vci/offer/info', { identifier })).action === 'OK'

describe('issuer state', () => {
  it('shows the offer and its credentials, without its codes (OpenID4VCI §5.1.3)', async () => {
    const context = 'counter 3'
    const info = await begun({ preAuthorizedCodeGrantIncluded: true, txCode: '493536', context })
    const answer = await begin(info)
    const { credentialOfferInfo: shown } = answer
    expect(shown).toMatchObject({
      ...{ identifier: info.identifier, subject: 'alice', context },
      ...{ issuerState: info.issuerState, credentialConfigurationIds: ['diploma'] },
      preAuthorizedCodeGrantIncluded: true,
    })
    expect(JSON.stringify(answer)).not.toContain(info.preAuthorizedCode)
    expect(JSON.stringify(answer)).not.toContain('493536')
    expect(issuableIn(answer)).toEqual({ diploma: ['diploma'] })
  })

  it('grants the credentials of the offer (OpenID4VCI §5.1.3)', async () => {
    const credentialIdentifiers = [{ credentialConfigurationId: 'diploma', identifiers: ['ba'] }]
    const info = await begun({ credentialIdentifiers })
    const more = { issuer_state: info.issuerState, scope: 'read mdl' }
    const tokens = await obtainTokens(service, client, more)
    const shown = await introspect(tokens)
    expect(issuableIn(shown)).toEqual({ diploma: ['ba'], mdl: ['mdl'] })
    expect(shown).toMatchObject({ forCredentialIssuance: true, scopes: ['read', 'mdl'] })
    expect(JSON.parse(tokens.responseContent)).not.toHaveProperty('authorization_details')
  })

  it('is ignored if it is unknown, expired, or of another service (OpenID4VCI §5.1.3)', async () => {
    const other = await createIssuer({}, {}, service)
    const foreign = await createOffer(other, withState)
    const expired = await begun({ duration: 1 })
    service.system.clock.advance(1_000)
    for (const { issuerState } of [{ issuerState: 'made up' }, foreign, expired]) {
      const answer = await begin({ issuerState })
      expect(answer).toMatchObject({ action: 'INTERACTION' })
      expect(answer).not.toHaveProperty('credentialOfferInfo')
      expect(answer).not.toHaveProperty('issuableCredentials')
    }
    expect(JSON.stringify(service.system.log.entries)).toContain('unknown issuer_state')
  })

  it('works in a pushed request (OpenID4VCI §5.1.4)', async () => {
    const info = await begun()
    const { requestUri } = await service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client, { issuer_state: info.issuerState }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    const answer = await service.api('/auth/authorization', {
      parameters: new URLSearchParams({
        ...{ client_id: String(client.clientId), request_uri: requestUri },
      }).toString(),
    })
    expect(answer.credentialOfferInfo).toMatchObject({ identifier: info.identifier })
    expect(await issue(answer)).toMatchObject({ action: 'LOCATION' })
    expect(await isOpen(info)).toBe(false)
  })

  it('has no meaning for a service that issues no credentials', async () => {
    const without = await createIssuer({ verifiableCredentialsEnabled: false }, {}, service)
    const answer = await authorize(without, await without.client(), { issuer_state: 'any' })
    expect(answer).toMatchObject({ action: 'INTERACTION' })
  })
})

describe('offer by issuer state', () => {
  it('is redeemed when the code is issued, not before', async () => {
    const info = await begun()
    const abandoned = await begin(info)
    expect(await isOpen(info)).toBe(true)
    const failed = await service.api('/auth/authorization/fail', {
      ...{ ticket: abandoned.ticket, reason: 'DENIED' },
    })
    expect(failed).toMatchObject({ action: 'LOCATION' })
    const answer = await begin(info)
    expect(await isOpen(info)).toBe(true)
    const { authorizationCode } = await issue(answer)
    expect(await isOpen(info)).toBe(false)
    const tokens = await redeem(service, client, authorizationCode)
    expect(issuableIn(await introspect(tokens))).toEqual({ diploma: ['diploma'] })
  })

  it('is redeemed once: the second request gets an error (OpenID4VCI §5.1.3)', async () => {
    const info = await begun()
    const [first, second] = [await begin(info), await begin(info)]
    expect(await issue(first)).toMatchObject({ action: 'LOCATION', resultCode: 'P033901' })
    const refused = await issue(second)
    expect(refused).toMatchObject({ action: 'LOCATION', resultCode: 'P123004' })
    expect(new URL(refused.responseContent).searchParams.get('error')).toBe('invalid_request')
    expect(await begin(info)).not.toHaveProperty('credentialOfferInfo')
  })

  it('gives one of twenty concurrent requests a code', async () => {
    const info = await begun()
    const begins = await Promise.all(Array.from({ length: 20 }, () => begin(info)))
    const answers = await Promise.all(begins.map((each) => issue(each)))
    expect(answers.filter(({ authorizationCode }) => authorizationCode)).toHaveLength(1)
    const others = answers.filter(({ authorizationCode }) => !authorizationCode)
    expect(new Set(others.map(({ resultCode }) => resultCode))).toEqual(new Set(['P123004']))
  })

  it('shares its redemption with the pre-authorized code', async () => {
    const info = await begun({ preAuthorizedCodeGrantIncluded: true })
    const answer = await begin(info)
    expect(await redeemOffer(service, info)).toMatchObject({ action: 'OK' })
    expect(await issue(answer)).toMatchObject({ resultCode: 'P123004' })
  })

  it('can be used again until it expires if it is reusable', async () => {
    const more = { reusable: true, duration: 600, preAuthorizedCodeGrantIncluded: true }
    const info = await begun(more)
    for (const subject of ['alice', 'bob']) {
      const issued = await issue(await begin(info), subject)
      expect(issued.authorizationCode).toEqual(expect.any(String))
    }
    expect(await redeemOffer(service, info)).toMatchObject({ action: 'OK' })
    expect(await redeemOffer(service, info)).toMatchObject({ resultCode: 'P124002' })
    const last = await begin(info)
    expect(last).toHaveProperty('credentialOfferInfo')
    service.system.clock.advance(600_000)
    expect(await begin(info)).not.toHaveProperty('credentialOfferInfo')
  })

  it('that expires during the login is refused', async () => {
    const answer = await begin(await begun({ duration: 60 }))
    service.system.clock.advance(60_000)
    expect(await issue(answer)).toMatchObject({ action: 'LOCATION', resultCode: 'P123004' })
  })
})
