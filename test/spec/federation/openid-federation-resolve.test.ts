/** The resolve endpoint, OpenID Federation §8.3. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createEntity, entityKeys, verified } from '../../support/entity.ts'
import {
  type Entity,
  entity,
  federationOf,
  minute,
  pinned,
  type RelyingParty,
  relyingParty,
} from '../../support/federation.ts'
import { form, issuer, type TestService } from '../../support/flows.ts'
import { publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const type = 'https://anchor.example/marks/member'
const service: TestService = await createEntity()
const federation = federationOf(service.system)
afterAll(() => service.close())

let anchor: Entity
let middle: Entity
let party: RelyingParty
let count = 0
beforeEach(async () => {
  count += 1
  anchor = await entity(`https://anchor-${count}.example`)
  middle = await entity(`https://middle-${count}.example`, { superiors: [anchor] })
  party = await relyingParty(`https://rp-${count}.example`, [middle])
  anchor.claims = { trust_mark_issuers: { [type]: [middle.id] } }
  await service.configure({ trustAnchors: [pinned(anchor)] })
})

const resolve = (more: Json = {}) =>
  service.api('/federation/resolve', { sub: party.id, trustAnchors: [anchor.id], ...more })

async function claimsOf(answer: Json): Promise<{ header: Json; claims: Json }> {
  expect(answer).toMatchObject({ action: 'OK', resultCode: 'P139901' })
  return verified(service, answer.responseContent, entityKeys.map(publicKey))
}

const errorOf = ({ action, resultCode, responseContent }: Json) => [
  action,
  JSON.parse(responseContent).error,
  resultCode,
]

const asked = () => service.system.fetch.asked.length

describe('resolve response', () => {
  it('has the resolved metadata and the trust chain of an entity, signed', async () => {
    middle.statements[anchor.id] = {
      metadata_policy: { openid_relying_party: { contacts: { add: ['ops@anchor.example'] } } },
    }
    federation.publish(party)
    const { header, claims } = await claimsOf(await resolve({ discover: true }))
    expect(header).toMatchObject({ typ: 'resolve-response+jwt', kid: 'entity-es256' })
    const now = Math.floor(service.system.clock() / 1_000)
    expect(claims).toMatchObject({ iss: issuer, sub: party.id, iat: now, exp: now + 300 })
    expect(claims['metadata']).toMatchObject({
      openid_relying_party: { client_name: 'Federated client', contacts: ['ops@anchor.example'] },
      federation_entity: {},
    })
    expect(claims['trust_chain']).toHaveLength(4)
    expect(claims).not.toHaveProperty('trust_marks')
  })

  it('has the metadata of the entity types in the request only', async () => {
    federation.publish(party)
    const some = ['openid_relying_party', 'openid_provider', '__proto__', 'constructor']
    const { claims } = await claimsOf(await resolve({ discover: true, entityTypes: some }))
    expect(Object.keys(claims['metadata'])).toEqual(['openid_relying_party'])
  })

  it('takes the query of the request, in which parameters may be repeated', async () => {
    federation.publish(party)
    await resolve({ discover: true })
    const query = [
      form({ sub: party.id, trust_anchor: 'https://other.example' }),
      form({ trust_anchor: anchor.id, entity_type: 'openid_relying_party' }),
      form({ entity_type: 'federation_entity' }),
    ].join('&')
    const answer = await service.api('/federation/resolve', { parameters: query })
    const { claims } = await claimsOf(answer)
    expect(Object.keys(claims['metadata']).sort()).toEqual([
      'federation_entity',
      'openid_relying_party',
    ])
  })

  it('has only the trust marks that are valid', async () => {
    const good = await federation.trustMark(middle, party, type)
    party.claims = {
      trust_marks: [
        await federation.trustMark(anchor, party, type),
        await federation.trustMark(middle, party, 'https://unknown.example'),
        await federation.trustMark(middle, anchor, type),
        good,
      ],
    }
    federation.publish(party)
    const { claims } = await claimsOf(await resolve({ discover: true }))
    expect(claims['trust_marks']).toEqual([good])
  })

  it('ends with its first trust mark (OpenID Federation §8.3.2)', async () => {
    const exp = Math.floor(service.system.clock() / 1_000) + 20
    const mark = await federation.trustMark(middle, party, type, { claims: { exp } })
    party.claims = { trust_marks: [mark] }
    federation.publish(party)
    const { claims } = await claimsOf(await resolve({ discover: true }))
    expect(claims['exp']).toBe(exp)
  })
})

describe('resolver', () => {
  it('fetches nothing for a stranger (OpenID Federation §18.1)', async () => {
    federation.publish(party)
    const before = asked()
    expect(errorOf(await resolve())).toEqual(['NOT_FOUND', 'not_found', 'P139005'])
    expect(asked()).toBe(before)
  })

  it('knows an entity whose statements are in memory, until they expire', async () => {
    federation.publish(party)
    await claimsOf(await resolve({ discover: true }))
    const before = asked()
    await claimsOf(await resolve())
    expect(asked()).toBe(before)
    service.system.clock.advance(6 * minute)
    expect(errorOf(await resolve())).toEqual(['NOT_FOUND', 'not_found', 'P139005'])
    expect(asked()).toBe(before)
  })

  it('uses no other trust anchors than those of the request (OpenID Federation §8.3.1)', async () => {
    const other = await entity('https://other-anchor.example')
    await service.configure({ trustAnchors: [pinned(other), pinned(anchor)] })
    federation.publish(party)
    await claimsOf(await resolve({ discover: true }))
    expect(errorOf(await resolve({ trustAnchors: [other.id] }))[0]).toBe('NOT_FOUND')
  })

  it.each<[string, Json, unknown[]]>([
    ['no sub', { sub: undefined }, ['BAD_REQUEST', 'invalid_request', 'P139002']],
    ['a sub of http', { sub: 'http://rp.example' }, ['BAD_REQUEST', 'invalid_request', 'P139002']],
    ['no anchor', { trustAnchors: [] }, ['BAD_REQUEST', 'invalid_request', 'P139003']],
    [
      '21 entity types',
      { entityTypes: Array(21).fill('a') },
      ['BAD_REQUEST', 'invalid_request', 'P139003'],
    ],
    [
      'an unknown anchor',
      { trustAnchors: ['https://unknown.example'] },
      ['NOT_FOUND', 'invalid_trust_anchor', 'P139004'],
    ],
    [
      'a repeated sub',
      { parameters: 'sub=https%3A%2F%2Fa.example&sub=https%3A%2F%2Fb.example' },
      ['BAD_REQUEST', 'invalid_request', 'P001001'],
    ],
    ['an empty query', { parameters: '' }, ['BAD_REQUEST', 'invalid_request', 'P139002']],
  ])('refuses a request with %s', async (_what, more, expected) => {
    expect(errorOf(await resolve(more))).toEqual(expected)
  })

  it('says that metadata contradict policies', async () => {
    middle.statements[anchor.id] = {
      metadata_policy: { openid_relying_party: { client_name: { one_of: ['Another'] } } },
    }
    federation.publish(party)
    const [action, error] = errorOf(await resolve({ discover: true }))
    expect([action, error]).toEqual(['BAD_REQUEST', 'invalid_metadata'])
  })

  it('serves no service that takes part in no federation', async () => {
    await service.configure({ federationEnabled: false })
    expect(errorOf(await resolve())).toEqual(['NOT_FOUND', 'not_found', 'P134001'])
    await service.configure({ federationEnabled: true })
  })
})
