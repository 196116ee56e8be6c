/** Automatic registration by authorization requests, OpenID Federation §12.1.1. */
import { CompactEncrypt, decodeJwt, importJWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  assertionOf,
  authorizeParty,
  type FederatedService,
  federatedService,
  newParty,
  requestObject,
  requestParameters,
  tokensOf,
} from '../../support/automatic.ts'
import { entityKey, minute, type RelyingParty, signed } from '../../support/federation.ts'
import { form, issuer, redirectUri } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: FederatedService
let party: RelyingParty
const encryptionKey = await encryptionPair('RSA-OAEP-256', 'enc-1')
beforeAll(async () => {
  service = await federatedService({ jwks: jwksOf(...serviceKeys, encryptionKey) })
})
afterAll(() => service.close())
beforeEach(async () => {
  party = await newParty(service)
})

const fetches = () => service.system.fetch.asked.splice(0).map(({ url }) => url)
const clientOf = async ({ id }: { id: string }) => {
  const { clients = [] } = await service.get(
    `/api/${service.serviceId}/client/get/list?start=0&end=1000`,
  )
  return clients.find(({ entityId }: { entityId?: string }) => entityId === id)
}
const withChain = async () => ({ header: { trust_chain: await service.federation.chain(party) } })

describe('automatic registration', () => {
  it('registers a relying party by its request object, and logs it in', async () => {
    const response = await authorizeParty(service, party)
    expect(response).toMatchObject({ action: 'INTERACTION', clientEntityIdUsed: true })
    const tokens = await tokensOf(service, party, response.ticket)
    expect(tokens).toMatchObject({
      action: 'OK',
      clientEntityId: party.id,
      clientEntityIdUsed: true,
      clientAuthMethod: 'PRIVATE_KEY_JWT',
    })
    const { id_token: idToken } = JSON.parse(tokens.responseContent)
    expect(decodeJwt(idToken).aud).toEqual([party.id])
  })

  it('keeps what the federation says about the client, for operators to read', async () => {
    await authorizeParty(service, party)
    const now = service.system.clock()
    expect(await clientOf(party)).toMatchObject({
      entityId: party.id,
      automaticallyRegistered: true,
      explicitlyRegistered: false,
      clientSource: 'AUTOMATIC_REGISTRATION',
      clientRegistrationTypes: ['AUTOMATIC', 'EXPLICIT'],
      trustAnchorId: service.anchor.id,
      trustChainUpdatedAt: now,
      trustChainExpiresAt: now + 5 * minute,
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      clientName: 'Federated client',
    })
  })

  it('uses the trust chain in the header of the request object, without a fetch', async () => {
    fetches()
    expect(await authorizeParty(service, party, await withChain())).toMatchObject({
      action: 'INTERACTION',
    })
    expect(fetches()).toEqual([])
  })

  it('uses the trust chain in a claim, which is no parameter of the request', async () => {
    fetches()
    const claims = { trust_chain: await service.federation.chain(party) }
    const response = await authorizeParty(service, party, { claims })
    expect(response).toMatchObject({ action: 'INTERACTION' })
    expect(fetches()).toEqual([])
  })

  it('discovers the trust chain if the one of the request is not valid', async () => {
    const chain = await service.federation.chain(party)
    const reversed = { header: { trust_chain: [...chain].reverse() } }
    expect(await authorizeParty(service, party, reversed)).toMatchObject({ action: 'INTERACTION' })
  })

  it('fetches the chain once: a client that is known and current costs no fetch', async () => {
    await authorizeParty(service, party)
    fetches()
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
    expect(fetches()).toEqual([])
  })

  it('reads an encrypted request object before the client is known', async () => {
    const text = await requestObject(service, party, await withChain())
    const key = await importJWK(publicKey(encryptionKey), 'RSA-OAEP-256')
    const encrypted = await new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'enc-1' })
      .encrypt(key)
    const parameters = form({ client_id: party.id, request: encrypted })
    expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
      action: 'INTERACTION',
    })
    const broken = form({ client_id: party.id, request: `${encrypted.slice(0, -4)}AAAA` })
    expect(await service.api('/auth/authorization', { parameters: broken })).toMatchObject({
      resultCode: 'P137103',
    })
  })

  it('reads keys from the jwks_uri of the relying party, and from its signed key set', async () => {
    const keys = { keys: [publicKey(party.protocolKey)] }
    const byUri = await newParty(service, { jwks: undefined, jwks_uri: `${party.id}/jwks` })
    service.system.fetch.answer(`${party.id}/jwks`, { body: keys })
    const theirs = { ...byUri, protocolKey: party.protocolKey }
    expect(await authorizeParty(service, theirs)).toMatchObject({ action: 'INTERACTION' })

    const url = `${party.id}/signed-jwks`
    const bySet = await newParty(service, { jwks: undefined, signed_jwks_uri: url })
    const named = { iss: bySet.id, sub: bySet.id }
    const set = await signed(bySet.key, { ...keys, ...named }, { typ: 'jwk-set+jwt' })
    service.system.fetch.answer(url, { body: set })
    const signer = { ...bySet, protocolKey: party.protocolKey }
    expect(await authorizeParty(service, signer)).toMatchObject({ action: 'INTERACTION' })
  })
})

describe('request object of a relying party', () => {
  const later = () => Math.floor(service.system.clock() / 1_000) + 3_700
  const over = () => Math.floor(service.system.clock() / 1_000) - 300

  it.each<[string, string, () => Record<string, unknown>]>([
    ['without jti', 'P137111', () => ({ jti: undefined })],
    ['with a jti of 257 characters', 'P137111', () => ({ jti: 'x'.repeat(257) })],
    ['without exp', 'P137110', () => ({ exp: undefined })],
    ['that has expired', 'P137110', () => ({ exp: over() })],
    ['that is valid for more than an hour', 'P137110', () => ({ exp: later() })],
    ['without iss', 'P137107', () => ({ iss: undefined })],
    ['by another issuer', 'P137107', () => ({ iss: `${party.id}/1` })],
    ['without aud', 'P137108', () => ({ aud: undefined })],
    ['for another audience', 'P137108', () => ({ aud: `${issuer}/1` })],
    ['for two audiences', 'P137108', () => ({ aud: [issuer, 'https://other.example'] })],
    ['with a sub', 'P137109', () => ({ sub: party.id })],
    ['of another client', 'P137106', () => ({ client_id: `${party.id}/1` })],
    ['without client_id', 'P137106', () => ({ client_id: undefined })],
    ['with another request object', 'P137112', () => ({ request: 'e30.e30.' })],
    ['with a request_uri', 'P137112', () => ({ request_uri: 'https://rp.example/r' })],
    ['with a trust chain that is no list', 'P137113', () => ({ trust_chain: 'text' })],
  ])('is refused %s before anything is fetched, and later, too', async (_what, code, claims) => {
    fetches()
    const refused = await authorizeParty(service, party, { claims: claims() })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(fetches()).toEqual([])
    expect(await clientOf(party)).toBeUndefined()
    await authorizeParty(service, party)
    const again = await authorizeParty(service, party, { claims: claims() })
    expect(again).toMatchObject({ resultCode: code })
  })

  it('may name its audience in a list', async () => {
    expect(await authorizeParty(service, party, { claims: { aud: [issuer] } })).toMatchObject({
      action: 'INTERACTION',
    })
  })

  it('is refused with another client_id outside', async () => {
    const outer = { client_id: `${party.id}/1` }
    const refused = await authorizeParty(service, party, { outer })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P137106' })
  })

  it('is refused with the number of the client outside', async () => {
    await authorizeParty(service, party)
    const { clientId } = await clientOf(party)
    const outer = { client_id: String(clientId) }
    expect(await authorizeParty(service, party, { outer })).toMatchObject({
      resultCode: 'P137106',
    })
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['of the type of a client assertion', 'P137105', { typ: 'client-authentication+jwt' }],
    ['of the type of an entity statement', 'P137105', { typ: 'entity-statement+jwt' }],
    ['with a trust chain of numbers', 'P137113', { trust_chain: [1, 2] }],
  ])('is refused %s', async (_what, code, header) => {
    expect(await authorizeParty(service, party, { header })).toMatchObject({ resultCode: code })
  })

  it('is refused without a signature, with a symmetric one, and if it is too large', async () => {
    const [, claims = ''] = (await requestObject(service, party)).split('.')
    const headed = (header: object, signature: string) =>
      [Buffer.from(JSON.stringify(header)).toString('base64url'), claims, signature].join('.')
    const ask = (request: string) =>
      service.api('/auth/authorization', {
        parameters: form({ client_id: party.id, request }),
      })
    expect(await ask(headed({ alg: 'none' }, ''))).toMatchObject({ resultCode: 'P137104' })
    expect(await ask(headed({ alg: 'HS256' }, 'AAAA'))).toMatchObject({ resultCode: 'P137104' })
    const large = headed({ alg: 'ES256', padding: 'x'.repeat(96 * 1_024) }, 'AAAA')
    expect(await ask(large)).toMatchObject({ resultCode: 'P137102' })
    expect(await ask('text')).toMatchObject({ resultCode: 'P137102' })
  })

  it('may be larger than those of ordinary clients, because of its trust chain', async () => {
    const chain = await service.federation.chain(party)
    const padding = 'x'.repeat(50_000)
    const header = { trust_chain: chain, padding }
    expect(await authorizeParty(service, party, { header })).toMatchObject({
      action: 'INTERACTION',
    })
  })

  it('is required at the authorization endpoint', async () => {
    const plain = { client_id: party.id, response_type: 'code', redirect_uri: redirectUri }
    const ask = () => service.api('/auth/authorization', { parameters: form(plain) })
    fetches()
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P137101' })
    expect(fetches()).toEqual([])
    await authorizeParty(service, party)
    expect(await ask()).toMatchObject({ action: 'LOCATION', resultCode: 'P137101' })
  })

  it('is refused with the signature of another key, and the client stays', async () => {
    const key = { ...(await entityKey('x')), kid: party.protocolKey.kid ?? '' }
    for (const wrong of [key, party.key]) {
      const refused = await authorizeParty(service, party, { key: wrong })
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P031008' })
    }
    expect(await clientOf(party)).toBeDefined()
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
  })

  it('may be by reference if its URI is registered, or the service fetches any', async () => {
    const url = `${party.id}/request.jwt`
    const parameters = form({ client_id: party.id, request_uri: url })
    const ask = () => service.api('/auth/authorization', { parameters })
    const publish = async (of = party) =>
      service.system.fetch.answer(url, { body: await requestObject(service, of) })
    await publish()
    fetches()
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P018006' })
    expect(fetches()).toEqual([])
    const supported = async () => {
      const { responseContent } = await service.api('/federation/configuration', {})
      const { openid_provider: provider } = decodeJwt(responseContent)['metadata'] as Json
      return provider.request_uri_parameter_supported
    }
    const federationJwks = jwksOf(await entityKey('own'))
    await service.configure({ federationJwks })
    expect(await supported()).toBe(false)
    const attributes = [{ key: 'ext.federation.request_uri', value: 'true' }]
    await service.configure({ attributes, federationJwks })
    expect(await supported()).toBe(true)
    expect(await ask()).toMatchObject({ action: 'INTERACTION' })
    expect(fetches().filter((each) => each === url)).toHaveLength(1)
    await service.configure({})
    await publish()
    expect(await ask()).toMatchObject({ resultCode: 'P018006' })

    const registered = await newParty(service, { request_uris: [url] })
    await authorizeParty(service, registered)
    await publish(registered)
    const theirs = form({ client_id: registered.id, request_uri: url })
    expect(await service.api('/auth/authorization', { parameters: theirs })).toMatchObject({
      action: 'INTERACTION',
    })
  })
})

describe('jti of a request object', () => {
  it('is used once (OpenID Federation §12.1.1.1)', async () => {
    const parameters = await requestParameters(service, party)
    const ask = () => service.api('/auth/authorization', { parameters })
    expect(await ask()).toMatchObject({ action: 'INTERACTION' })
    const again = await ask()
    expect(again).toMatchObject({ action: 'LOCATION', resultCode: 'P137114' })
    expect(again.responseContent).toContain('error=invalid_request_object')
  })

  it('may be that of a request object of another client', async () => {
    const other = await newParty(service)
    const claims = { jti: 'the-same' }
    for (const each of [party, other]) {
      expect(await authorizeParty(service, each, { claims })).toMatchObject({
        action: 'INTERACTION',
      })
    }
  })

  it('lets one of fifty concurrent requests through', async () => {
    await authorizeParty(service, party)
    const parameters = await requestParameters(service, party)
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => service.api('/auth/authorization', { parameters })),
    )
    const codes = responses.map(({ resultCode }) => resultCode)
    expect(codes.filter((code) => code === 'P030901')).toHaveLength(1)
    expect(codes.filter((code) => code === 'P137114')).toHaveLength(49)
  })
})

describe('first request of a relying party', () => {
  it('registers one client if twenty come at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => authorizeParty(service, party)),
    )
    expect(new Set(responses.map(({ action }) => action))).toEqual(new Set(['INTERACTION']))
    const { clients } = await service.get(
      `/api/${service.serviceId}/client/get/list?start=0&end=1000`,
    )
    const same = clients.filter(({ entityId }: { entityId?: string }) => entityId === party.id)
    expect(same).toHaveLength(1)
  })

  it('is refused at other services, each of which has its own anchors', async () => {
    await authorizeParty(service, party)
    const other = await service.post('/api/service/create', { serviceName: 'Other', issuer })
    const parameters = await requestParameters(service, party)
    const ask = () => service.post(`/api/${other.apiKey}/auth/authorization`, { parameters })
    expect(await ask()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P030002' })
  })

  it('is refused if the service does not announce automatic registration', async () => {
    await authorizeParty(service, party)
    for (const off of [
      { federationEnabled: false },
      { supportedClientRegistrationTypes: ['EXPLICIT'] },
      { supportedClientRegistrationTypes: undefined },
    ]) {
      const stranger = await newParty(service)
      await service.configure(off)
      const refused = await authorizeParty(service, stranger)
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P030002' })
      const isOn = off.federationEnabled === undefined
      const known = await authorizeParty(service, party)
      expect(known.action).toBe(isOn ? 'INTERACTION' : 'BAD_REQUEST')
    }
    await service.configure({})
  })

  it('is refused if another client has the entity identifier as its alias', async () => {
    await service.client({ clientIdAlias: party.id, clientIdAliasEnabled: false })
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P137007',
    })
  })

  it('is refused beyond the limit of clients of federations', async () => {
    const limited = await federatedService({
      attributes: [{ key: 'ext.federation.limit', value: '1' }],
    })
    const [first, second] = [await newParty(limited), await newParty(limited)]
    expect(await authorizeParty(limited, first)).toMatchObject({ action: 'INTERACTION' })
    expect(await authorizeParty(limited, second)).toMatchObject({ resultCode: 'P137006' })
    expect(await authorizeParty(limited, first)).toMatchObject({ action: 'INTERACTION' })
    await limited.close()
  })
})

describe('metadata of a relying party', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['only for explicit registration', 'P137001', { client_registration_types: ['explicit'] }],
    ['without redirect URIs', 'P137002', { redirect_uris: undefined }],
    ['without keys', 'P137003', { jwks: undefined }],
    ['with a secret method', 'P137004', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['with a bad redirect URI', 'P137005', { redirect_uris: ['javascript:alert(1)'] }],
    ['with a value of a wrong type', 'P137005', { default_max_age: 'soon' }],
  ])('are refused %s', async (_what, code, metadata) => {
    const wrong = await newParty(service, metadata)
    const refused = await authorizeParty(service, wrong)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(refused.errorPage).toMatchObject({ code: 'invalid_metadata' })
    expect(await clientOf(wrong)).toBeUndefined()
  })

  it('decide which methods the client may use (OpenID Federation §12.1.4)', async () => {
    const supported = ['self_signed_tls_client_auth', 'private_key_jwt']
    const several = await newParty(service, { token_endpoint_auth_methods_supported: supported })
    const { ticket } = await authorizeParty(service, several)
    expect(await clientOf(several)).toMatchObject({
      tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
    })
    expect(await tokensOf(service, several, ticket)).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'PRIVATE_KEY_JWT',
    })
    const basic = await service.api('/auth/token', {
      parameters: form({ grant_type: 'client_credentials' }),
      clientId: several.id,
      clientSecret: 'x'.repeat(43),
    })
    expect(basic).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010006' })
  })
})

describe('token endpoint', () => {
  it('registers no relying party (OpenID Federation §12.1.1)', async () => {
    fetches()
    const parameters = form({
      grant_type: 'client_credentials',
      ...(await assertionOf(service, party)),
    })
    expect(await service.api('/auth/token', { parameters })).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P010005',
    })
    expect(fetches()).toEqual([])
  })
})

describe('token that the caller creates', () => {
  it('is for the entity identifier, if the call says so', async () => {
    await authorizeParty(service, party)
    const create = (more: object) =>
      service.api('/auth/token/create', {
        grantType: 'AUTHORIZATION_CODE',
        clientIdentifier: party.id,
        subject: 'alice',
        ...more,
      })
    const introspect = (token: string) => service.api('/auth/introspection', { token })
    const named = await create({})
    expect(await introspect(named.accessToken)).toMatchObject({ clientEntityIdUsed: true })
    const { clientId } = await clientOf(party)
    const byNumber = { clientIdentifier: undefined, clientId }
    const numbered = await create(byNumber)
    expect(await introspect(numbered.accessToken)).toMatchObject({ clientEntityIdUsed: false })
    const flagged = await create({ ...byNumber, clientEntityIdUsed: true })
    expect(await introspect(flagged.accessToken)).toMatchObject({
      clientEntityId: party.id,
      clientEntityIdUsed: true,
    })
  })
})
