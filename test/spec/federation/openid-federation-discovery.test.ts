/** Discovery of trust chains, OpenID Federation §10.1. */
import { beforeEach, describe, expect, it } from 'vitest'
import { type Given, resolveChain } from '../../../src/clients/federation/resolve.ts'
import { readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import { FetchError } from '../../../src/system/fetch.ts'
import {
  type Entity,
  entity,
  entityKey,
  federationOf,
  minute,
  pinned,
  type RelyingParty,
  relyingParty,
} from '../../support/federation.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import { asyncOutcomeOf, serviceWith } from '../../support/rules.ts'
import { type TestSystem, testSystem } from '../../support/system.ts'

let system: TestSystem
let federation: ReturnType<typeof federationOf>
let anchor: Entity
let middle: Entity
let party: RelyingParty
beforeEach(async () => {
  system = testSystem()
  federation = federationOf(system)
  anchor = await entity('https://anchor.example')
  middle = await entity('https://middle.example', { superiors: [anchor] })
  party = await relyingParty('https://rp.example', [middle])
})

interface Asked extends Given {
  id?: string
  trusting?: readonly Entity[]
  attributes?: { key: string; value: string }[]
  apiKey?: number
  /** When the service was changed. */
  modifiedAt?: number
}

const resolve = (given: Asked = {}) => {
  const {
    id = party.id,
    trusting = [anchor],
    attributes = [],
    apiKey = 1,
    modifiedAt = 1,
    ...rest
  } = given
  const trustAnchors = trusting.map(pinned)
  const service = serviceWith({ trustAnchors, attributes, apiKey, modifiedAt })
  const context = { service, system, now: system.clock() }
  return asyncOutcomeOf(resolveChain(context, id, rest))
}

/** Issuer and subject of each statement. */
const pathOf = (resolved: Awaited<ReturnType<typeof resolve>>) =>
  typeof resolved === 'string'
    ? resolved
    : resolved.statements.map(({ issuer, subject }) => [issuer, subject].map(host).join(' > '))
const host = (id: string) => new URL(id).host.replace('.example', '')

const fetched = () => system.fetch.asked.map(({ url }) => url)
const forget = () => system.fetch.asked.splice(0)
const wellKnown = (id: string) => `${id}/.well-known/openid-federation`
const statementUrl = (superior: Entity, of: Entity) =>
  `${superior.id}/fetch?sub=${encodeURIComponent(of.id)}`
const missing = { status: 404, contentType: 'application/json', body: '{"error":"not_found"}' }

describe('discovered trust chain', () => {
  it('leads from the entity along its authority hints to the anchor', async () => {
    federation.publish(party)
    expect(pathOf(await resolve())).toEqual([
      'rp > rp',
      'middle > rp',
      'anchor > middle',
      'anchor > anchor',
    ])
    expect(fetched()).toEqual([
      wellKnown(party.id),
      wellKnown(middle.id),
      wellKnown(anchor.id),
      statementUrl(middle, party),
      statementUrl(anchor, middle),
    ])
    expect(system.fetch.asked[0]?.options).toMatchObject({
      purpose: 'entity statement',
      accept: 'application/entity-statement+jwt',
      maxBytes: 65_536,
    })
  })

  it('is found for an entity with a path, whose slash at the end is not doubled (§9)', async () => {
    const deep = await relyingParty('https://rp.example/tenant/', [anchor])
    federation.publish(deep)
    expect(await resolve({ id: deep.id })).toMatchObject({ subject: deep.id })
    expect(fetched()).toContain('https://rp.example/tenant/.well-known/openid-federation')
  })

  it('is found when the chain of the request is invalid', async () => {
    federation.publish(party)
    const chain = (await federation.chain(party)).slice(1)
    expect(await resolve({ chain })).toMatchObject({ anchor: anchor.id })
    expect(fetched()).toHaveLength(5)
  })

  it('is not looked for when the chain of the request is valid', async () => {
    federation.publish(party)
    expect(await resolve({ chain: await federation.chain(party) })).toMatchObject({
      subject: party.id,
    })
    expect(fetched()).toEqual([])
  })

  it('is not looked for if ext.federation.static_chains is `only` (§18.1)', async () => {
    federation.publish(party)
    const attributes = [{ key: 'ext.federation.static_chains', value: 'only' }]
    expect(await resolve({ attributes })).toBe('invalid_trust_chain (P136002)')
    const chain = (await federation.chain(party)).slice(1)
    expect(await resolve({ attributes, chain })).toBe('invalid_trust_chain (P135102)')
    expect(await resolve({ attributes, chain: await federation.chain(party) })).toMatchObject({
      subject: party.id,
    })
    expect(fetched()).toEqual([])
  })

  it('begins with a given configuration, whose hints count (§12.2.2)', async () => {
    federation.publish(party)
    const text = await federation.configuration(party, {
      claims: { authority_hints: [anchor.id], aud: 'https://as.example.com' },
    })
    system.fetch.answer(statementUrl(anchor, party), async () => ({
      body: await federation.about(anchor, party),
    }))
    const configuration = readStatement(text, true)
    expect(pathOf(await resolve({ configuration }))).toEqual([
      'rp > rp',
      'anchor > rp',
      'anchor > anchor',
    ])
    expect(fetched()).not.toContain(wellKnown(party.id))
  })

  it.each([
    ['https://anchor.example/fetch', 'https://anchor.example/fetch?sub='],
    ['https://anchor.example/fetch?', 'https://anchor.example/fetch?sub='],
    ['https://anchor.example/fetch?a=%20b&c', 'https://anchor.example/fetch?a=%20b&c&sub='],
    ['https://anchor.example/fetch?a=b&', 'https://anchor.example/fetch?a=b&sub='],
    ['https://other.example:8443', 'https://other.example:8443?sub='],
  ])('asks the fetch endpoint %s with a further parameter (§8.1.1)', async (endpoint, begin) => {
    const direct = await relyingParty('https://direct.example', [anchor])
    federation.publish(direct)
    anchor.claims = { metadata: { federation_entity: { federation_fetch_endpoint: endpoint } } }
    const url = `${begin}https%3A%2F%2Fdirect.example`
    system.fetch.answer(url, async () => ({ body: await federation.about(anchor, direct) }))
    expect(pathOf(await resolve({ id: direct.id }))).toHaveLength(3)
    expect(fetched()).toContain(url)
  })

  it.each([
    'http://anchor.example/fetch',
    'https://a:b@anchor.example/fetch',
    'https://a@anchor.example/fetch',
    'https://anchor.example/fetch#x',
    'ftp://anchor.example/fetch',
    '//anchor.example/fetch',
    `https://anchor.example/${'a'.repeat(2_048)}`,
    7,
    null,
    undefined,
  ])('is not found through the fetch endpoint %j (§5.1.1)', async (endpoint) => {
    federation.publish(party)
    anchor.claims = {
      metadata: { federation_entity: { federation_fetch_endpoint: endpoint ?? undefined } },
    }
    expect(await resolve()).toBe('invalid_trust_anchor (P136201)')
    expect(fetched()).toHaveLength(4)
  })

  it.each<[string, boolean]>([
    ['application/entity-statement+jwt', true],
    ['Application/Entity-Statement+JWT; charset=utf-8', true],
    ['application/jwt', true],
    ['application/octet-stream', true],
    ['text/plain; charset=utf-8', true],
    ['', true],
    ['text/html', false],
    ['application/json', false],
    ['application/jwt-secevent', false],
  ])('has statements of the media type %j: %s', async (contentType, isRead) => {
    federation.publish(party)
    const body = await federation.configuration(party)
    system.fetch.answer(wellKnown(party.id), { contentType, body: `${body}\n` })
    const resolved = await resolve()
    if (isRead) expect(resolved).toMatchObject({ subject: party.id })
    else expect(resolved).toBe('invalid_client (P136101)')
  })
})

describe('choice among several trust chains', () => {
  let other: Entity
  beforeEach(async () => {
    other = await entity('https://other.example')
  })

  it('prefers the shortest, and then the order of trustAnchors (§10.3)', async () => {
    const both = await relyingParty('https://both.example', [middle, other, anchor])
    federation.publish(both)
    const anchorOf = async (...trusting: Entity[]) => {
      const resolved = await resolve({ id: both.id, trusting })
      return typeof resolved === 'string' ? resolved : pathOf(resolved).at(-1)
    }
    expect(await anchorOf(anchor, other)).toBe('anchor > anchor')
    expect(await anchorOf(other, anchor)).toBe('other > other')
    expect(fetched()).not.toContain(wellKnown(middle.id))
  })

  it.each<[string, () => Promise<void>]>([
    ['is revoked', async () => system.fetch.answer(statementUrl(anchor, party), missing)],
    [
      'has expired',
      async () => {
        const body = await federation.about(anchor, party, { claims: { iat: 1, exp: 2 } })
        system.fetch.answer(statementUrl(anchor, party), { body })
      },
    ],
    [
      'breaks a constraint',
      async () => {
        party.statements[anchor.id] = {
          constraints: { naming_constraints: { excluded: ['rp.example'] } },
        }
      },
    ],
    [
      'is of an entity with other keys',
      async () => {
        party.statements[anchor.id] = {
          jwks: JSON.parse(jwksOf(publicKey(await entityKey('other')))),
        }
      },
    ],
  ])('uses a longer chain if the shortest one %s', async (_what, spoil) => {
    party.superiors = [anchor, middle]
    federation.publish(party)
    expect(pathOf(await resolve())).toHaveLength(3)
    system = testSystem()
    federation = federationOf(system)
    federation.publish(party)
    await spoil()
    expect(pathOf(await resolve())).toEqual([
      'rp > rp',
      'middle > rp',
      'anchor > middle',
      'anchor > anchor',
    ])
  })

  it('uses an anchor as a superior below another anchor', async () => {
    anchor.superiors = [other]
    party.superiors = [anchor]
    federation.publish(party)
    system.fetch.answer(wellKnown(anchor.id), async () => ({
      body: await federation.configuration({ ...anchor, id: anchor.id }),
    }))
    const posing = await entity(anchor.id)
    expect(pathOf(await resolve({ trusting: [posing, other] }))).toEqual([
      'rp > rp',
      'anchor > rp',
      'other > anchor',
      'other > other',
    ])
  })

  it('is not spoiled by loops among hints (§10.1)', async () => {
    const left = await entity('https://left.example')
    const right = await entity('https://right.example', { superiors: [left] })
    left.superiors = [right, left]
    for (const one of [left, right]) {
      system.fetch.answer(wellKnown(one.id), async () => ({
        body: await federation.configuration(one),
      }))
    }
    federation.publish(party)
    system.fetch.answer(wellKnown(party.id), async () => ({
      body: await federation.configuration(party, {
        claims: { authority_hints: [party.id, left.id, right.id, middle.id, left.id] },
      }),
    }))
    expect(pathOf(await resolve())).toHaveLength(4)
    const count = (id: string) => fetched().filter((url) => url === wellKnown(id)).length
    expect([party, left, right, middle].map(({ id }) => count(id))).toEqual([1, 1, 1, 1])
  })

  it('is not looked for by a service without trust anchors', async () => {
    federation.publish(party)
    expect(await resolve({ trusting: [] })).toBe('invalid_trust_anchor (P136201)')
    expect(fetched()).toEqual([])
  })

  it('refuses an entity whose only hints are loops', async () => {
    party.superiors = []
    party.claims = { authority_hints: [party.id] }
    federation.publish(party)
    expect(await resolve()).toBe('invalid_trust_anchor (P136201)')
    expect(fetched()).toEqual([wellKnown(party.id)])
  })
})

describe('published statement', () => {
  const publish = (url: string, body: string) => system.fetch.answer(url, { body })

  it('must be about the entity that it was asked of (§10.2)', async () => {
    federation.publish(party)
    publish(wellKnown(party.id), await federation.configuration(middle))
    expect(await resolve()).toBe('invalid_trust_chain (P136103)')
  })

  it('by a superior must be by that superior, about the subordinate, and signed', async () => {
    const stranger = await entity('https://stranger.example')
    const forged = { ...stranger, id: middle.id }
    const texts = [
      [await federation.about(stranger, party), 'P136103'],
      [await federation.about(middle, stranger), 'P136103'],
      [await federation.configuration(middle), 'P136103'],
      [await federation.about(forged, party), 'P136103'],
      ['a.b.c', 'P135001'],
      ['{"error":"not_found"}', 'P135001'],
    ] as const
    for (const [text, code] of texts) {
      system = testSystem()
      federation = federationOf(system)
      federation.publish(party)
      publish(statementUrl(middle, party), text)
      expect(await resolve()).toBe(`invalid_trust_chain (${code})`)
    }
  })

  it('that is given must be signed with its own keys, before anything is fetched', async () => {
    federation.publish(party)
    const key = { ...(await entityKey('x')), kid: party.key.kid ?? '' }
    const configuration = readStatement(await federation.configuration(party, { key }))
    expect(await resolve({ configuration })).toBe('invalid_trust_chain (P136202)')
    expect(fetched()).toEqual([])
  })

  it('of an entity must be signed with its own keys', async () => {
    federation.publish(party)
    const key = { ...(await entityKey('x')), kid: party.key.kid ?? '' }
    publish(wellKnown(party.id), await federation.configuration(party, { key }))
    expect(await resolve()).toBe('invalid_trust_chain (P136103)')
  })

  it('must be valid at the time of the request, by clocks that may differ by seconds', async () => {
    federation.publish(party)
    const seconds = Math.floor(system.clock() / 1_000)
    const times = (iat: number, exp: number) => ({
      claims: { iat: seconds + iat, exp: seconds + exp },
    })
    const cases: [number, number, string][] = [
      [-300, -15, 'invalid_trust_chain (P135007)'],
      [20, 300, 'invalid_trust_chain (P135006)'],
      [-300, -5, 'valid'],
      [8, 300, 'valid'],
    ]
    for (const [iat, exp, expected] of cases) {
      system = testSystem()
      federation = federationOf(system)
      federation.publish(party)
      publish(wellKnown(party.id), await federation.configuration(party, times(iat, exp)))
      const resolved = await resolve()
      expect(typeof resolved === 'string' ? resolved : 'valid').toBe(expected)
    }
  })
})

describe('keys of a trust anchor', () => {
  it('that its pinned keys attest count (§11.2)', async () => {
    federation.publish(party)
    const next = await entityKey('anchor-2')
    const old = anchor.key
    const jwks = { keys: [old, next].map(publicKey) }
    system.fetch.answer(wellKnown(anchor.id), async () => ({
      body: await federation.configuration(anchor, { claims: { jwks } }),
    }))
    system.fetch.answer(statementUrl(anchor, middle), async () => ({
      body: await federation.about({ ...anchor, key: next }, middle),
    }))
    expect(await resolve()).toMatchObject({ anchor: anchor.id })
  })

  it('that replace the pinned ones are refused', async () => {
    const before = { ...anchor }
    Object.assign(anchor, { key: await entityKey('anchor-2') })
    federation.publish(party)
    expect(await resolve({ trusting: [before] })).toBe('invalid_trust_chain (P135105)')
    // The change of the service counts at once.
    expect(await resolve({ trusting: [anchor], modifiedAt: 2 })).toMatchObject({
      anchor: anchor.id,
    })
  })
})

describe('known statements', () => {
  it('are not fetched again during half of their life', async () => {
    federation.publish(party)
    await resolve()
    forget()
    system.clock.advance(2 * minute)
    expect(await resolve()).toMatchObject({ subject: party.id })
    expect(fetched()).toEqual([])
    system.clock.advance(minute)
    const resolved = await resolve()
    expect(resolved).toMatchObject({ expiresAt: system.clock() + 5 * minute })
    expect(fetched()).toHaveLength(5)
  })

  it('are used until they expire while their publisher cannot be reached', async () => {
    federation.publish(party)
    await resolve()
    system.clock.advance(3 * minute)
    system.fetch.answer(wellKnown(anchor.id), new FetchError('timeout', { purpose: '' }))
    expect(await resolve()).toMatchObject({ subject: party.id })
    system.clock.advance(3 * minute)
    expect(await resolve()).toBe('temporarily_unavailable (P136102)')
  })

  it('are fetched again if the chain of them has become invalid', async () => {
    federation.publish(party)
    await resolve()
    forget()
    // The intermediate has changed its key, which its known configuration lacks.
    Object.assign(middle, { key: await entityKey('middle-2') })
    const second = await relyingParty('https://second.example', [middle])
    federation.publish(second)
    expect(await resolve({ id: second.id })).toMatchObject({ subject: second.id })
    expect(fetched()).toContain(wellKnown(middle.id))
  })

  it('are shared by services, and verdicts are not', async () => {
    federation.publish(party)
    const other = await entity('https://other-anchor.example')
    const asOther = { trusting: [other], apiKey: 2 }
    expect(await resolve()).toMatchObject({ anchor: anchor.id })
    forget()
    expect(await resolve(asOther)).toBe('invalid_trust_anchor (P136201)')
    // It asked for nothing new, and its refusal is its own.
    expect(fetched().filter((url) => url.includes('fetch?'))).toEqual([])
    expect(await resolve({ apiKey: 3 })).toMatchObject({ anchor: anchor.id })
    expect(await resolve({ apiKey: 1 })).toMatchObject({ anchor: anchor.id })
  })

  it('that were fetched without a check of certificates are not for other services', async () => {
    federation.publish(party)
    const attributes = [{ key: 'ext.outbound.tls_insecure', value: 'true' }]
    await resolve({ attributes, apiKey: 2 })
    forget()
    await resolve()
    expect(fetched()).toHaveLength(5)
  })
})
