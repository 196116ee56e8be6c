/** The entity configuration of a service, OpenID Federation §3, §5 and §9. */
import type { JWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { credentialKey, issuerMetadata } from '../../support/credentials.ts'
import {
  anchor,
  attributes,
  configurationOf,
  createEntity,
  documentOf,
  entityKeys,
  entitySettings,
  signingKey,
  superior,
  trustMark,
} from '../../support/entity.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const system = testSystem({ keyProviders: new Map([['box', createMemoryProvider('box')]]) })
const markType = 'https://anchor.example.org/marks/member'

let service: TestService
beforeAll(async () => {
  service = await createEntity({}, { system })
})
afterEach(() => service.configure({}))
afterAll(() => service.close())

const ask = (body: object = {}, of = service): Promise<Json> =>
  of.api('/federation/configuration', body)
const discovery = (): Promise<Json> =>
  service.get(`/api/${service.serviceId}/service/configuration`)
const configured = async (more: Record<string, unknown>) => {
  const saved = await service.configure(more)
  expect(saved.resultMessage).toBeUndefined()
  return configurationOf(service)
}

describe(`entity configuration on ${inject('dialect')}`, () => {
  it('is a typed JWT of the service about itself (OpenID Federation §3.1.1)', async () => {
    const { header, claims } = await configurationOf(service)
    expect(header).toEqual({ alg: 'ES256', kid: 'entity-es256', typ: 'entity-statement+jwt' })
    const iat = Math.floor(system.clock() / 1000)
    expect(claims).toEqual({
      ...{ iss: issuer, sub: issuer, iat, exp: iat + 86_400 },
      jwks: { keys: entityKeys.map(publicKey) },
      authority_hints: [superior],
      metadata: { openid_provider: expect.any(Object) },
    })
  })

  it('lives for federationConfigurationDuration, and caches keep it for a tenth', async () => {
    await service.configure({ federationConfigurationDuration: 3600 })
    const { claims } = await configurationOf(service)
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600)
    expect(await ask()).toMatchObject({
      resultCode: 'P134901',
      cacheControl: 'public, max-age=360',
    })
  })

  it('is signed once for all who ask within a minute, and again when the service changed', async () => {
    const first = await documentOf(service, 'configuration')
    system.clock.advance(59_000)
    expect(await documentOf(service, 'configuration')).toBe(first)
    system.clock.advance(1_000)
    const second = await documentOf(service, 'configuration')
    expect(second).not.toBe(first)
    await service.configure({ organizationName: 'Example' })
    const { claims } = await configurationOf(service)
    expect(claims.metadata.federation_entity).toEqual({ organization_name: 'Example' })
  })

  it('is of one service: others sign with their own keys (OpenID Federation §3.1.1)', async () => {
    const federationJwks = jwksOf(await signingKey('PS256', 'other'))
    const given = { issuer: 'https://other.example.com', federationJwks }
    const other = await createEntity(given, service)
    const { header, claims } = await configurationOf(other)
    expect(header).toMatchObject({ alg: 'PS256', kid: 'other' })
    expect(claims.iss).toBe('https://other.example.com')
  })
})

describe('keys of an entity configuration', () => {
  it('sign by the name federationSignatureKeyId', async () => {
    const { header } = await configured({ federationSignatureKeyId: 'entity-rs256' })
    expect(header).toMatchObject({ alg: 'RS256', kid: 'entity-rs256' })
  })

  it('sign RS256 without an algorithm of their own (OpenID Federation §3)', async () => {
    const { alg: _, ...rsa } = await signingKey('RS256', 'no-alg')
    const { header } = await configured({ federationJwks: jwksOf(rsa) })
    expect(header).toMatchObject({ alg: 'RS256', kid: 'no-alg' })
  })

  it('are published before and after they sign, and no longer (OpenID Federation §11.1)', async () => {
    const own = await createEntity({ federationSignatureKeyId: 'entity-es256' }, service)
    const rotate = (operation: string, more: object = {}) =>
      own.api('/service/keys/rotate', { set: 'federation', alg: 'ES256', operation, ...more })
    const kidsOf = ({ claims }: Json) =>
      claims.jwks.keys.filter(({ alg }: JWK) => alg === 'ES256').map(({ kid }: JWK) => kid)
    const { keys } = await rotate('begin')
    const next = keys.find(({ state }: Json) => state === 'NEXT').kid
    const before = await configurationOf(own)
    expect(before.header.kid).toBe('entity-es256')
    expect(kidsOf(before)).toEqual(['entity-es256', next])
    system.clock.advance(day)
    const after = await configurationOf(own)
    expect(after.header.kid).toBe(next)
    expect(kidsOf(after)).toEqual([next, 'entity-es256'])
    const retired = { kid: 'entity-es256', reason: 'compromised' }
    expect((await rotate('revoke', retired)).action).toBe('OK')
    expect(kidsOf(await configurationOf(own))).toEqual([next])
  })

  it('may be in a hardware security module', async () => {
    const own = await createEntity({ hsmEnabled: true, federationJwks: undefined }, service)
    const given = { kty: 'EC', use: 'sig', alg: 'ES384', hsmName: 'box', set: 'federation' }
    const { hsk } = await own.api('/hsk/create', given)
    const { header, claims } = await configurationOf(own)
    expect(header).toMatchObject({ alg: 'ES384', kid: hsk.kid })
    expect(claims.jwks.keys).toMatchObject([{ kid: hsk.kid, use: 'sig', alg: 'ES384' }])
  })

  it('do not contain keys for encryption', async () => {
    const { use: _, alg: _alg, ...key } = await signingKey('ES256', 'encrypts')
    const enc = { ...key, use: 'enc', alg: 'ECDH-ES' }
    const { claims } = await configured({ federationJwks: jwksOf(enc, ...entityKeys) })
    const kids = claims.jwks.keys.map(({ kid }: JWK) => kid)
    expect(kids).toEqual(['entity-es256', 'entity-rs256'])
  })
})

describe('metadata of an entity configuration', () => {
  it('are the discovery document, without request_uri (OpenID Federation §5.1.3)', async () => {
    const { claims } = await configurationOf(service)
    const document = await discovery()
    expect(document.request_uri_parameter_supported).toBeUndefined()
    expect(claims.metadata).toEqual({
      openid_provider: { ...document, request_uri_parameter_supported: false },
    })
    expect(claims.metadata.openid_provider.issuer).toBe(claims.iss)
  })

  it('are of the roles that the caller names, if the service has them', async () => {
    const credentials = {
      verifiableCredentialsEnabled: true,
      credentialJwks: jwksOf(credentialKey),
      credentialIssuerMetadata: issuerMetadata(),
    }
    const both = { entityTypes: ['OPENID_PROVIDER', 'OPENID_CREDENTIAL_ISSUER'] }
    const rolesOf = async (body: object) =>
      Object.keys((await configurationOf(service, body)).claims.metadata)
    expect(await rolesOf(both)).toEqual(['openid_provider'])
    await service.configure(credentials)
    const { metadata } = (await configurationOf(service, both)).claims
    const { responseContent } = await service.api('/vci/metadata', {})
    expect(metadata.openid_credential_issuer).toEqual({
      ...JSON.parse(responseContent),
      jwks: { keys: [publicKey(credentialKey)] },
    })
    expect(Object.keys(metadata)).toEqual(['openid_provider', 'openid_credential_issuer'])
    expect(await rolesOf({ entityTypes: ['OPENID_CREDENTIAL_ISSUER'] })).toEqual([
      'openid_credential_issuer',
    ])
    expect(await rolesOf({ entityTypes: ['OAUTH_AUTHORIZATION_SERVER'] })).toEqual([
      'oauth_authorization_server',
    ])
    const unknown = ['OPENID_RELYING_PARTY', '__proto__', 'x']
    for (const entityTypes of [unknown, [], undefined, null]) {
      expect(await rolesOf({ entityTypes })).toEqual(['openid_provider'])
    }
  })

  it('refuse the role of a credential issuer whose own metadata are incomplete', async () => {
    await service.configure({ verifiableCredentialsEnabled: true })
    const answer = await ask({ entityTypes: ['OPENID_CREDENTIAL_ISSUER'] })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P121003' })
    expect(JSON.parse(answer.responseContent).error).toBe('server_error')
  })

  it('have no member null, also none of the operator (OpenID Federation §5)', async () => {
    const metadata = [{ key: 'own_member', value: 'null' }]
    const { claims } = await configured({ metadata })
    expect((await discovery()).own_member).toBeNull()
    expect(claims.metadata.openid_provider).not.toHaveProperty('own_member')
  })

  it('have federation_entity with ext.federation.entity_metadata only (§5.1.1)', async () => {
    const more = { contacts: ['ops@example.com'], federation_resolve_endpoint: `${issuer}/resolve` }
    const with_ = await configured(attributes({ 'ext.federation.entity_metadata': more }))
    expect(with_.claims.metadata.federation_entity).toEqual(more)
    const without = await configured({})
    expect(without.claims.metadata).not.toHaveProperty('federation_entity')
  })
})

describe('further claims of an entity configuration', () => {
  it('are the trust anchors with ext.federation.anchor_hints only (§3.1.2)', async () => {
    const trustAnchors = [{ entityId: anchor, jwks: jwksOf(...entityKeys.map(publicKey)) }]
    const without = await configured({ trustAnchors })
    expect(without.claims).not.toHaveProperty('trust_anchor_hints')
    const hints = attributes({ 'ext.federation.anchor_hints': 'true' })
    expect((await configured({ trustAnchors, ...hints })).claims.trust_anchor_hints).toEqual([
      anchor,
    ])
    expect((await configured(hints)).claims).not.toHaveProperty('trust_anchor_hints')
  })

  it('are the trust marks of ext.federation.trust_marks until they expire (§3.1.2)', async () => {
    const without = await configured({})
    expect(without.claims).not.toHaveProperty('trust_marks')
    const exp = Math.floor(system.clock() / 1000) + 600
    const marks = [await trustMark(markType), await trustMark(`${markType}/2`, { exp })]
    const settings = attributes({ 'ext.federation.trust_marks': marks })
    expect((await configured(settings)).claims.trust_marks).toEqual(marks)
    system.clock.advance(600_000)
    expect((await configurationOf(service)).claims.trust_marks).toEqual([marks[0]])
    // An attribute that did not change does not keep an operator from changing others.
    const saved = await service.configure({ ...settings, organizationName: 'Example' })
    expect(saved.organizationName).toBe('Example')
    await service.configure({})
    expect(await service.configure(settings)).toMatchObject({
      resultCode: 'P000206',
      resultMessage: expect.stringContaining('has expired'),
    })
  })
})

describe('no entity configuration', () => {
  it('NOT_FOUND: the service takes part in no federation', async () => {
    await service.configure({ federationEnabled: false })
    const answer = await ask()
    expect(answer).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P134001' })
    expect(JSON.parse(answer.responseContent).error).toBe('not_found')
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['superiors', 'P134004', { authorityHints: undefined }],
    ['a list of superiors that is not empty', 'P134004', { authorityHints: [] }],
    ['keys', 'P134005', { federationJwks: undefined }],
    ['private keys', 'P134005', { federationJwks: jwksOf(...entityKeys.map(publicKey)) }],
    ['an issuer', 'P134002', { issuer: undefined }],
  ])('INTERNAL_SERVER_ERROR: the service has not %s', async (_what, resultCode, more) => {
    await service.configure(more)
    const answer = await ask()
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode })
    expect(JSON.parse(answer.responseContent).error).toBe('server_error')
  })

  it('INTERNAL_SERVER_ERROR: the key that must sign has no private half', async () => {
    const [first, second] = entityKeys as [JWK, JWK]
    const federationJwks = jwksOf(first, publicKey(second))
    await service.configure({ federationJwks, federationSignatureKeyId: second.kid })
    expect(await ask()).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P134005' })
  })
})

describe('discovery document', () => {
  const names = [
    ...['client_registration_types_supported', 'federation_registration_endpoint'],
    ...['organization_name', 'signed_jwks_uri'],
  ]
  const settings = { organizationName: 'Example', signedJwksUri: `${issuer}/signed-jwks` }

  it('tells how clients register, while the service takes part in a federation (§5.1.3)', async () => {
    await service.configure(settings)
    expect(await discovery()).toMatchObject({
      client_registration_types_supported: ['automatic', 'explicit'],
      federation_registration_endpoint: entitySettings.federationRegistrationEndpoint,
      organization_name: 'Example',
      signed_jwks_uri: settings.signedJwksUri,
    })
    await service.configure({ ...settings, federationEnabled: false })
    const document = await discovery()
    expect(names.filter((name) => name in document)).toEqual([])
  })

  it('has the endpoint for registration with the type EXPLICIT only (§5.1.3)', async () => {
    await service.configure({ supportedClientRegistrationTypes: ['AUTOMATIC'] })
    const document = await discovery()
    expect(document.client_registration_types_supported).toEqual(['automatic'])
    expect(document).not.toHaveProperty('federation_registration_endpoint')
    await service.configure({ supportedClientRegistrationTypes: undefined })
    expect(await discovery()).not.toHaveProperty('client_registration_types_supported')
  })
})
