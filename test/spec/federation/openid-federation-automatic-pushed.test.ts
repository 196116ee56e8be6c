/** Automatic registration by pushed requests and other first steps, OpenID Federation §12.1.1.2. */
import type { JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  assertionOf,
  type FederatedService,
  federatedService,
  newParty,
  requestClaims,
  requestObject,
  tokensOf,
} from '../../support/automatic.ts'
import { certificate } from '../../support/certificates.ts'
import { entity, entityKey, type RelyingParty } from '../../support/federation.ts'
import { form, issuer, redirectUri } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: FederatedService
let party: RelyingParty
beforeAll(async () => {
  service = await federatedService({
    deviceVerificationUri: `${issuer}/device`,
    deviceAuthorizationEndpoint: `${issuer}/device_authorization`,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
  })
})
afterAll(() => service.close())
beforeEach(async () => {
  party = await newParty(service)
})

type Texts = Record<string, string | undefined>

const fetches = () => service.system.fetch.asked.splice(0).map(({ url }) => url)
const plain = () => requestClaims(service, party) as Texts
const push = (parameters: Texts, more: object = {}) =>
  service.api('/pushed_auth_req', { parameters: form(parameters), ...more })
const follow = ({ requestUri }: Json) =>
  service.api('/auth/authorization', {
    parameters: form({ client_id: party.id, request_uri: requestUri }),
  })

describe('pushed request of a relying party', () => {
  it('registers it by its request object, and the flow goes on', async () => {
    const request = await requestObject(service, party)
    const pushed = await push({
      client_id: party.id,
      request,
      ...(await assertionOf(service, party)),
    })
    expect(pushed).toMatchObject({ action: 'CREATED', clientAuthMethod: 'PRIVATE_KEY_JWT' })
    const response = await follow(pushed)
    expect(response).toMatchObject({ action: 'INTERACTION', clientEntityIdUsed: true })
    expect(await tokensOf(service, party, response.ticket)).toMatchObject({
      action: 'OK',
      clientEntityIdUsed: true,
    })
  })

  it('registers it by the trust chain in the header, without a fetch', async () => {
    const header = { trust_chain: await service.federation.chain(party) }
    const request = await requestObject(service, party, { header })
    fetches()
    const pushed = await push({ request, ...(await assertionOf(service, party)) })
    expect(pushed).toMatchObject({ action: 'CREATED' })
    expect(fetches()).toEqual([])
    expect(await follow(pushed)).toMatchObject({ action: 'INTERACTION' })
  })

  it('may be longer than others by its request object only', async () => {
    const header = { padding: 'x'.repeat(60_000) }
    const request = await requestObject(service, party, { header })
    const assertion = () => assertionOf(service, party)
    expect(await push({ request, ...(await assertion()) })).toMatchObject({ action: 'CREATED' })
    const large = { ...plain(), state: 'x'.repeat(66_000), ...(await assertion()) }
    expect(await push(large)).toMatchObject({ action: 'PAYLOAD_TOO_LARGE' })
  })

  it('registers it without a request object by private_key_jwt', async () => {
    const pushed = await push({ ...plain(), ...(await assertionOf(service, party)) })
    expect(pushed).toMatchObject({ action: 'CREATED', clientAuthMethod: 'PRIVATE_KEY_JWT' })
    expect(await follow(pushed)).toMatchObject({ action: 'INTERACTION' })
  })

  it.each<[string, string, () => unknown]>([
    ['the token endpoint as audience', 'P011004', () => `${issuer}/token`],
    ['a list of audiences', 'P011004', () => [issuer, `${issuer}/par`]],
  ])('is refused with an assertion that has %s', async (_what, code, aud) => {
    const ask = async () =>
      push({ ...plain(), ...(await assertionOf(service, party, { aud: aud() })) })
    fetches()
    expect(await ask()).toMatchObject({ action: 'UNAUTHORIZED', resultCode: code })
    expect(fetches()).toEqual([])
    await push({ ...plain(), ...(await assertionOf(service, party)) })
    expect(await ask()).toMatchObject({ action: 'UNAUTHORIZED', resultCode: code })
  })

  it('is refused with an assertion by another key, and the client stays', async () => {
    const protocolKey = { ...(await entityKey('x')), kid: party.protocolKey.kid ?? '' }
    const forged = await assertionOf(service, { ...party, protocolKey })
    expect(await push({ ...plain(), ...forged })).toMatchObject({
      action: 'UNAUTHORIZED',
      resultCode: 'P011002',
    })
    fetches()
    expect(await push({ ...plain(), ...(await assertionOf(service, party)) })).toMatchObject({
      action: 'CREATED',
    })
    expect(fetches()).toEqual([])
  })

  it('is refused without credentials, or with a secret, before anything is fetched', async () => {
    fetches()
    expect(await push(plain())).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P137201' })
    const basic = { clientId: party.id, clientSecret: 'x'.repeat(43) }
    expect(await push({}, basic)).toMatchObject({ resultCode: 'P137201' })
    expect(fetches()).toEqual([])
  })

  it('registers it by a self-signed certificate of its keys (RFC 8705 §2.2)', async () => {
    const own = certificate({ subject: [['CN', 'own']] })
    const other = certificate({ subject: [['CN', 'own']] })
    const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'tls', x5c: [own.base64] }
    const metadata = {
      token_endpoint_auth_methods_supported: ['self_signed_tls_client_auth', 'private_key_jwt'],
      jwks: JSON.parse(jwksOf(jwk as JWK, publicKey(party.protocolKey))),
    }
    party = { ...(await newParty(service, metadata)), protocolKey: party.protocolKey }
    const pushed = await push(plain(), { clientCertificate: own.pem })
    expect(pushed).toMatchObject({
      action: 'CREATED',
      clientAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
    })
    expect(await push(plain(), { clientCertificate: other.pem })).toMatchObject({
      action: 'UNAUTHORIZED',
    })
  })

  it('names what is wrong with the trust chain (OpenID Federation §12.1.3)', async () => {
    const lonely = await entity('https://lonely.example')
    const stranger = await newParty({ ...service, middle: lonely })
    const refused = await push({
      ...(requestClaims(service, stranger) as Texts),
      ...(await assertionOf(service, stranger)),
    })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST' })
    expect(JSON.parse(refused.responseContent).error).toMatch(/^invalid_trust_(anchor|chain)$/)
  })

  it('lets one of fifty concurrent requests with one jti through', async () => {
    const request = await requestObject(service, party)
    const ask = async () => push({ request, ...(await assertionOf(service, party)) })
    const responses = await Promise.all(Array.from({ length: 50 }, ask))
    const codes = responses.map(({ resultCode }) => resultCode)
    expect(codes.filter((code) => code === 'P019901')).toHaveLength(1)
    expect(codes.filter((code) => code === 'P137114')).toHaveLength(49)
  })
})

describe('other first steps of a relying party', () => {
  it('register it by its assertion at the device authorization endpoint', async () => {
    const grant_types = ['urn:ietf:params:oauth:grant-type:device_code']
    party = await newParty(service, { grant_types })
    const ask = async (claims?: Record<string, unknown>) =>
      service.api('/device/authorization', {
        parameters: form({ scope: 'openid', ...(await assertionOf(service, party, claims)) }),
      })
    const elsewhere = await ask({ aud: `${issuer}/token` })
    expect(elsewhere).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P011004' })
    expect(await ask()).toMatchObject({
      action: 'OK',
      clientEntityId: party.id,
      clientEntityIdUsed: true,
    })
  })

  it('register it by its assertion at the backchannel endpoint', async () => {
    party = await newParty(service, {
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
    })
    const response = await service.api('/backchannel/authentication', {
      parameters: form({
        scope: 'openid',
        login_hint: 'alice',
        ...(await assertionOf(service, party)),
      }),
    })
    expect(response).toMatchObject({
      action: 'USER_IDENTIFICATION',
      clientEntityId: party.id,
      clientEntityIdUsed: true,
    })
  })
})

it('a client by reference of its pushed request only is not registered', async () => {
  const request_uri = 'urn:ietf:params:oauth:request_uri:unknown'
  const parameters = form({ client_id: party.id, request_uri, redirect_uri: redirectUri })
  expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
    action: 'BAD_REQUEST',
    resultCode: 'P030002',
  })
})
