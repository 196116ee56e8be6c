/** Settings of a service that takes part in a federation, and warnings about them. */
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  anchor,
  attributes,
  createEntity,
  entityKeys,
  entitySettings,
  signingKey,
  superior,
  trustMark,
} from '../../support/entity.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [first, second] = entityKeys as [JWK, JWK]
const markType = 'https://anchor.example.org/marks/member'

let service: TestService
beforeAll(async () => {
  service = await createEntity()
})
afterAll(() => service.close())

const anchorKeys = jwksOf(publicKey(first))
const anchors = (...trustAnchors: object[]) => ({ trustAnchors })
const sameKid = { ...publicKey(second), kid: first.kid ?? '' }
const { kid: _, ...nameless } = publicKey(second)

const refused: [string, string, Record<string, unknown>][] = [
  ['a superior that is no URL', 'authorityHints', { authorityHints: ['superior'] }],
  ['a superior without TLS', 'authorityHints', { authorityHints: ['http://superior.example.org'] }],
  ['a superior with a query', 'authorityHints', { authorityHints: [`${superior}?x`] }],
  ['a superior that is the service', 'authorityHints', { authorityHints: [superior, issuer] }],
  ['a superior that is listed twice', 'authorityHints', { authorityHints: [superior, superior] }],
  ['an issuer without TLS', 'issuer', { issuer: 'http://localhost:8080' }],
  [
    'a life of more than 30 days',
    'federationConfigurationDuration',
    { federationConfigurationDuration: 2_592_001 },
  ],
  [
    'explicit registration without its endpoint',
    'federationRegistrationEndpoint',
    { federationRegistrationEndpoint: undefined },
  ],
  [
    'a registration endpoint without TLS',
    'federationRegistrationEndpoint',
    { federationRegistrationEndpoint: 'http://as.example.com/register' },
  ],
  [
    'a signed key set without TLS',
    'signedJwksUri',
    { signedJwksUri: 'http://as.example.com/jwks' },
  ],
  [
    'a kid of two keys',
    'federationJwks',
    { federationJwks: jwksOf(first, { ...second, kid: first.kid ?? '' }) },
  ],
  ['a trust anchor without identifier', 'trustAnchors.0.entityId', anchors({ jwks: anchorKeys })],
  [
    'a trust anchor that is no entity',
    'trustAnchors.0.entityId',
    anchors({ entityId: 'x', jwks: anchorKeys }),
  ],
  ['a trust anchor without keys', 'trustAnchors.0.jwks', anchors({ entityId: anchor })],
  [
    'a trust anchor with an empty key set',
    'trustAnchors.0.jwks',
    anchors({ entityId: anchor, jwks: jwksOf() }),
  ],
  [
    'a trust anchor with a malformed key set',
    'trustAnchors.0.jwks',
    anchors({ entityId: anchor, jwks: '{' }),
  ],
  [
    'a trust anchor with a private key',
    'trustAnchors.0.jwks.keys.0',
    anchors({ entityId: anchor, jwks: jwksOf(first) }),
  ],
  [
    'a trust anchor with a kid of two keys',
    'trustAnchors.1.jwks',
    anchors(
      { entityId: superior, jwks: anchorKeys },
      { entityId: anchor, jwks: jwksOf(publicKey(first), sameKid) },
    ),
  ],
  [
    'a trust anchor with a key without kid',
    'trustAnchors.0.jwks',
    anchors({ entityId: anchor, jwks: jwksOf(nameless as JWK) }),
  ],
  [
    'a trust anchor that is listed twice',
    'trustAnchors',
    anchors({ entityId: anchor, jwks: anchorKeys }, { entityId: anchor, jwks: anchorKeys }),
  ],
  [
    'too many keys of trust anchors',
    'trustAnchors',
    anchors(
      ...Array.from({ length: 5 }, (_each, index) => ({
        entityId: `${anchor}/${index}`,
        jwks: jwksOf(...Array.from({ length: 41 }, () => publicKey(first))),
      })),
    ),
  ],
]

describe('settings of a service in a federation', () => {
  it.each(refused)('are refused with %s, naming %s', async (_what, property, more) => {
    const answer = await service.configure(more)
    expect(answer.resultCode).toBe('P000206')
    expect(answer.resultMessage).toContain(` ${property}: `)
  })

  it.each(refused.filter(([, property]) => !/jwks$/i.test(property)))(
    'may have %s while the service takes part in no federation',
    async (_what, _property, more) => {
      const saved = await service.configure({ ...more, federationEnabled: false })
      expect(saved.resultMessage).toBeUndefined()
    },
  )

  it('are accepted at their limits', async () => {
    const saved = await service.configure({
      federationConfigurationDuration: 2_592_000,
      issuer: 'https://as.example.com/tenant',
      trustAnchors: Array.from({ length: 4 }, (_each, index) => ({
        entityId: `${anchor}/${index}`,
        jwks: anchorKeys,
      })),
    })
    expect(saved.resultMessage).toBeUndefined()
    expect(saved.trustAnchors).toHaveLength(4)
    await service.configure({})
  })
})

describe('attributes of a service in a federation', () => {
  const changed = async (jwt: string, change: (header: Json) => Json) => {
    const [header = '', ...rest] = jwt.split('.')
    const decoded = JSON.parse(Buffer.from(header, 'base64url').toString())
    const text = JSON.stringify(change(decoded))
    return [Buffer.from(text).toString('base64url'), ...rest].join('.')
  }
  const withHeader = async (change: (header: Json) => Json) => {
    const mark = await trustMark(markType)
    return [{ ...mark, trust_mark: await changed(mark.trust_mark, change) }]
  }

  it.each<[string, () => unknown]>([
    ['a text', () => 'x'],
    ['an object', () => ({})],
    ['no JWT', () => [{ trust_mark_type: markType, trust_mark: 'x' }]],
    ['no type', async () => [{ ...(await trustMark(markType)), trust_mark_type: undefined }]],
    ['another type', async () => [{ ...(await trustMark(markType)), trust_mark_type: 'x' }]],
    ['a type of another JWT', () => withHeader((header) => ({ ...header, typ: 'JWT' }))],
    ['no kid', () => withHeader(({ kid: _kid, ...header }) => header)],
    ['no signature', () => withHeader((header) => ({ ...header, alg: 'none' }))],
    ['a symmetric signature', () => withHeader((header) => ({ ...header, alg: 'HS256' }))],
    ['no issuer', async () => [await trustMark(markType, { iss: undefined })]],
    ['no time', async () => [await trustMark(markType, { iat: undefined })]],
    ['a text as exp', async () => [await trustMark(markType, { exp: '9999999999' as never })]],
    ['null', () => [null]],
    ['fifty-one', async () => Array(51).fill(await trustMark(markType))],
    ['another subject', async () => [await trustMark(markType, { sub: 'https://x.example.com' })]],
    ['an end in the past', async () => [await trustMark(markType, { exp: 1_700_000_000 })]],
  ])('are refused with trust marks that have %s (OpenID Federation §7.1)', async (_what, make) => {
    const answer = await service.configure(
      attributes({ 'ext.federation.trust_marks': await make() }),
    )
    expect(answer.resultCode).toBe('P000206')
    expect(answer.resultMessage).toContain('ext.federation.trust_marks')
  })

  it.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'x'],
    ['null', 'null'],
    ['a member null', { contacts: null }],
    ['keys', { jwks: { keys: [] } }],
    ['an endpoint of superiors', { federation_fetch_endpoint: `${issuer}/fetch` }],
    ['an endpoint without TLS', { federation_resolve_endpoint: 'http://as.example.com/x' }],
    ['an endpoint with a fragment', { federation_resolve_endpoint: `${issuer}/x#y` }],
    ['an endpoint that is no text', { federation_resolve_endpoint: 1 }],
  ])(
    'are refused with metadata that are or have %s (OpenID Federation §5.1.1)',
    async (_what, value) => {
      const answer = await service.configure(
        attributes({ 'ext.federation.entity_metadata': value }),
      )
      expect(answer.resultCode).toBe('P000206')
      expect(answer.resultMessage).toContain('ext.federation.entity_metadata')
    },
  )
})

describe('warnings about a service in a federation', () => {
  const warningsWith = async (more: Record<string, unknown>): Promise<Json[]> =>
    (await service.configure(more)).warnings ?? []

  it('are none if its settings are complete', async () => {
    expect(await warningsWith({})).toEqual([])
  })

  it('name a key that is also in jwks (OpenID Federation §3.1.1)', async () => {
    const [, shared] = serviceKeys as [JWK, JWK]
    const federationJwks = jwksOf(first, { ...shared, kid: 'renamed' })
    const warnings = await warningsWith({ federationJwks })
    expect(warnings).toMatchObject([{ code: 'federation-key-shared', property: 'federationJwks' }])
    expect(warnings[0]?.['message']).toContain('renamed')
    expect(await warningsWith({ federationJwks, federationEnabled: false })).toEqual([])
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['no private key', 'signing-key-missing', { federationJwks: jwksOf(publicKey(first)) }],
    ['no key', 'signing-key-missing', { federationJwks: undefined }],
    ['no superior', 'federation-incomplete', { authorityHints: undefined }],
    ['no issuer', 'federation-incomplete', { issuer: undefined }],
  ])('tell that it has %s: %s', async (_what, code, more) => {
    expect((await warningsWith(more)).map((each) => each['code'])).toEqual([code])
  })

  it('are given at its creation, too', async () => {
    const federationJwks = jwksOf(await signingKey('ES256', 'own'))
    const created = await service.post('/api/service/create', {
      ...entitySettings,
      ...{ federationJwks, authorityHints: [] },
    })
    expect(created.warnings.map(({ code }: Json) => code)).toContain('federation-incomplete')
  })
})
